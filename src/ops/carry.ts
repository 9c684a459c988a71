// Whether a computation keeps the rows of an axis apart.

import { markAncestors, type Node, type NodeId } from "../graph/graph.ts";
import { findOp } from "./index.ts";

/**
 * The first node on a path from x to y in which the indices of x's first axis meet, or that moves them away from y's first axis; null
 * if row i of y depends on row i of x only.
 */
export function findMixing(nodes: readonly Node[], x: NodeId, y: NodeId): NodeId | null {
  const needed = markAncestors(nodes.slice(0, y + 1), [y]);
  const axes = new Map<NodeId, number>([[x, 0]]);
  for (let id = x + 1; id <= y; id++) {
    if (!needed[id]) continue;
    const carried = carriedAxis(nodes, id, axes);
    if (carried === null) return id;
    if (carried !== undefined) axes.set(id, carried);
  }
  const last = axes.get(y);
  return last === undefined || last === 0 ? null : y;
}

/** The row axis of a node, undefined if no input has one, null if rows are mixed. */
function carriedAxis(nodes: readonly Node[], id: NodeId, axes: ReadonlyMap<NodeId, number>): number | null | undefined {
  const node = nodes[id];
  const types = node.inputs.map((input) => nodes[input]);
  let result: number | undefined;
  for (const [k, input] of node.inputs.entries()) {
    const axis = axes.get(input);
    if (axis === undefined) continue;
    const carried = findOp(node.op)?.carry(k, axis, types, node, node.attributes) ?? null;
    if (carried === null || (result !== undefined && result !== carried)) return null;
    result = carried;
  }
  return result;
}
