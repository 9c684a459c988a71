// The evaluation trace (Wengert list) of the graph as written, with tangents or adjoints.

import { forward } from "../engine/forward.ts";
import { reverse } from "../engine/reverse.ts";
import { markDescendants, type NodeId } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { filled } from "../ops/build.ts";
import { checkReal, seedNodes } from "./gradient.ts";
import { evaluateNodes, type Workspace } from "./workspace.ts";

/**
 * One line of the list. A real node has a tangent or adjoint if it has a name or depends on an input, parameter or state; a constant such
 * as the 2 of x^2 has none.
 */
export interface TraceEntry {
  readonly id: NodeId;
  readonly op: string;
  readonly name: string | null;
  readonly inputs: readonly NodeId[];
  readonly value: Tensor;
  readonly tangent?: Tensor;
  readonly adjoint?: Tensor;
}

/** Values only. */
export function traceValues(workspace: Workspace): TraceEntry[] {
  return traceWith(workspace, [], [], "adjoint");
}

/** Adjoints of `of` (a scalar, or the sum of its elements) at the nodes as written. */
export function traceReverse(workspace: Workspace, of: NodeId): TraceEntry[] {
  const { build, ids } = workspace;
  checkReal(workspace, of);
  const shown = variableNodes(workspace);
  const y = ids[of];
  const xs = shown.map((written) => ids[written]);
  const adjoints = reverse(build, y, xs, filled(build, 1, build.nodes[y].shape));
  return traceWith(workspace, shown, adjoints, "adjoint");
}

/** Tangents at the nodes as written, for the given seeds. */
export function traceForward(workspace: Workspace, seeds: ReadonlyMap<NodeId, Tensor>): TraceEntry[] {
  const { build, ids } = workspace;
  const shown = variableNodes(workspace);
  const tangents = forward(
    build,
    seedNodes(workspace, seeds),
    shown.map((written) => ids[written]),
  );
  return traceWith(workspace, shown, tangents, "tangent");
}

/** The real nodes that vary: named ones, and those on a path from an input, parameter or state. */
function variableNodes({ program }: Workspace): NodeId[] {
  const { nodes } = program.graph;
  const leaves = [...program.inputs, ...program.params, ...program.states].map(({ node }) => node);
  const varies = markDescendants(nodes, leaves);
  return nodes.flatMap(({ dtype, name }, id) => (dtype === "real" && (varies[id] || name !== null) ? [id] : []));
}

function traceWith(
  workspace: Workspace,
  shown: readonly NodeId[],
  derivatives: readonly (NodeId | null)[],
  kind: "tangent" | "adjoint",
): TraceEntry[] {
  const { build, ids, program } = workspace;
  const targets = derivatives.map((derivative, k) => derivative ?? filled(build, 0, build.nodes[ids[shown[k]]].shape));
  const values = evaluateNodes(workspace, [...ids, ...targets]);
  const place = new Map(shown.map((written, k) => [written, values[ids.length + k]]));
  return program.graph.nodes.map((node, id) => {
    const derivative = place.get(id);
    return { id, op: node.op, name: node.name, inputs: node.inputs, value: values[id], ...(derivative && { [kind]: derivative }) };
  });
}
