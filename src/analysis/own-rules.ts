// Functions with a derivative rule of their own between two nodes: the graph as it would be if each were what its rule says of it.

import { markActive } from "../engine/active.ts";
import { placeRule, ruledArguments } from "../engine/ruled.ts";
import { markAncestors, type Node, type NodeId } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, filled, subtract } from "../ops/build.ts";
import type { PlacedNode } from "../ops/op.ts";
import { evaluateNodes, type Workspace } from "./workspace.ts";

/** A value that depends on another as rules say: their values at the point, and from there on their tangents. */
export interface RuledPath {
  /** The workspace with the values at the point as leaves. */
  readonly workspace: Workspace;
  readonly y: NodeId;
  /** Paths of the calls that were replaced. */
  readonly calls: readonly string[];
}

/**
 * Copies what lies between x and y (nodes of the workspace's graph), each call f(a) with a rule replaced by f(a0) + rule(a - a0), a0 the
 * arguments at the point: differences of the copy are what exact derivatives must give. Null where no such call is on the way.
 */
export function followRules(workspace: Workspace, x: NodeId, y: NodeId): RuledPath | null {
  const { build } = workspace;
  const active = markActive(build.nodes, [x], y + 1);
  const needed = markAncestors(build.nodes.slice(0, y + 1), [y]);
  const ruled = build.nodes.flatMap(({ op }, id) => (op === "ruled" && id !== x && active[id] && needed[id] ? [id] : []));
  if (ruled.length === 0) return null;
  const fixed = [...new Set(ruled.flatMap((id) => build.nodes[id].inputs))];
  const leaves = new Map(workspace.leaves);
  const atPoint = new Map(evaluateNodes(workspace, fixed).map((value, k) => [fixed[k], addLeaf(workspace, value, leaves)] as const));
  const copies = new Map<NodeId, NodeId>();
  const placeOf = (id: NodeId) => copies.get(id) ?? id;
  build.from(null, "");
  for (let id = ruled[0]; id <= y; id++) {
    if (!needed[id]) continue;
    const node = build.nodes[id];
    if (node.op === "ruled" && ruled.includes(id)) copies.set(id, placeLinear(workspace, { ...node, id }, atPoint, placeOf));
    else if (dependsOn(node, copies)) copies.set(id, build.append(moveInputs(node, placeOf)));
  }
  return { workspace: { ...workspace, leaves }, y: placeOf(y), calls: [...new Set(ruled.map((id) => build.nodes[id].owner))] };
}

/** A node with a value from outside. */
function addLeaf({ build }: Workspace, value: Tensor, leaves: Map<NodeId, Tensor>): NodeId {
  const { dtype, shape } = value;
  const leaf = build.append({ op: "input", inputs: [], attributes: { shape, dtype }, shape, dtype, name: null, owner: "", place: null });
  leaves.set(leaf, value);
  return leaf;
}

/** f(a0) + rule(a - a0) in the place of a call. */
function placeLinear(
  { build }: Workspace,
  call: PlacedNode,
  atPoint: ReadonlyMap<NodeId, NodeId>,
  placeOf: (id: NodeId) => NodeId,
): NodeId {
  const inputs = call.inputs.map((input) => atPoint.get(input) as NodeId);
  const changes = ruledArguments(call).map((argument) => {
    const { dtype, shape } = build.nodes[argument];
    return dtype === "real" ? subtract(build, placeOf(argument), atPoint.get(argument) as NodeId) : filled(build, 0, shape);
  });
  return add(build, inputs[0], placeRule(build, { ...call, inputs }, changes));
}

function dependsOn({ inputs, written }: Node, copies: ReadonlyMap<NodeId, NodeId>): boolean {
  return [...inputs, ...(written ? [...written.inputs, ...written.bypassed] : [])].some((input) => copies.has(input));
}

function moveInputs(node: Node, placeOf: (id: NodeId) => NodeId): Node {
  const { inputs, written } = node;
  const moved = written && { ...written, inputs: written.inputs.map(placeOf), bypassed: written.bypassed.map(placeOf) };
  return { ...node, inputs: inputs.map(placeOf), ...(moved && { written: moved }) };
}
