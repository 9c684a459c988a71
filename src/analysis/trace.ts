// The evaluation trace (Wengert list) of the graph as written, with tangents or adjoints.

import { forward } from "../engine/forward.ts";
import { reverse } from "../engine/reverse.ts";
import type { NodeId } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { filled } from "../ops/build.ts";
import { seedNodes } from "./gradient.ts";
import { evaluateNodes, type Workspace } from "./workspace.ts";

/** One line of the list. Int and bool nodes have no derivative. */
export interface TraceEntry {
  readonly id: NodeId;
  readonly op: string;
  readonly name: string | null;
  readonly inputs: readonly NodeId[];
  readonly value: Tensor;
  readonly tangent?: Tensor;
  readonly adjoint?: Tensor;
}

/** Adjoints of `of` (a scalar, or the sum of its elements) at every node as written. */
export function traceReverse(workspace: Workspace, of: NodeId): TraceEntry[] {
  const { build, ids } = workspace;
  const real = realNodes(workspace);
  const y = ids[of];
  const xs = real.map((written) => ids[written]);
  const adjoints = reverse(build, y, xs, filled(build, 1, build.nodes[y].shape));
  return traceWith(workspace, real, adjoints, "adjoint");
}

/** Tangents at every node as written, for the given seeds. */
export function traceForward(workspace: Workspace, seeds: ReadonlyMap<NodeId, Tensor>): TraceEntry[] {
  const { build, ids } = workspace;
  const real = realNodes(workspace);
  const tangents = forward(
    build,
    seedNodes(workspace, seeds),
    real.map((written) => ids[written]),
  );
  return traceWith(workspace, real, tangents, "tangent");
}

function realNodes({ program }: Workspace): NodeId[] {
  return program.graph.nodes.flatMap((node, id) => (node.dtype === "real" ? [id] : []));
}

function traceWith(
  workspace: Workspace,
  real: readonly NodeId[],
  derivatives: readonly (NodeId | null)[],
  kind: "tangent" | "adjoint",
): TraceEntry[] {
  const { build, ids, program } = workspace;
  const targets = derivatives.map((derivative, k) => derivative ?? filled(build, 0, build.nodes[ids[real[k]]].shape));
  const values = evaluateNodes(workspace, [...ids, ...targets]);
  const place = new Map(real.map((written, k) => [written, values[ids.length + k]]));
  return program.graph.nodes.map((node, id) => {
    const derivative = place.get(id);
    return { id, op: node.op, name: node.name, inputs: node.inputs, value: values[id], ...(derivative && { [kind]: derivative }) };
  });
}
