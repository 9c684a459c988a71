// Whether a computation keeps the rows of an axis apart.

import { type Graph, markAncestors, type Node, type NodeId } from "../graph/graph.ts";
import { findOp } from "./index.ts";

/** What mixes rows: a node, or a node in the rule of the call `ruled`. */
export interface Mixing {
  readonly node: Node;
  readonly ruled: Node | null;
}

/**
 * The first node on a path from x to y in which the indices of x's first axis meet, or that moves them away from y's first axis; null
 * if row i of y depends on row i of x only.
 */
export function findMixing(nodes: readonly Node[], x: NodeId, y: NodeId): Mixing | null {
  const axes = new Map<NodeId, number>([[x, 0]]);
  const mixing = carryAxes(nodes, axes, y);
  if (mixing !== null) return mixing;
  const last = axes.get(y);
  return last === undefined || last === 0 ? null : { node: nodes[y], ruled: null };
}

/** Carries the row axes of some nodes on to those between them and y. What mixes rows, or null. */
function carryAxes(nodes: readonly Node[], axes: Map<NodeId, number>, y: NodeId): Mixing | null {
  const needed = markAncestors(nodes.slice(0, y + 1), [y]);
  for (let id = 0; id <= y; id++) {
    if (!needed[id] || axes.has(id)) continue;
    const carried = nodes[id].op === "ruled" ? carriedByRule(nodes, id, axes) : carriedAxis(nodes, id, axes);
    if (carried === null) return { node: nodes[id], ruled: null };
    if (typeof carried === "object") return carried;
    if (carried !== undefined) axes.set(id, carried);
  }
  return null;
}

/** The row axis of a node, undefined if no input has one, null if rows are mixed. */
function carriedAxis(nodes: readonly Node[], id: NodeId, axes: ReadonlyMap<NodeId, number>): number | null | undefined {
  const node = nodes[id];
  if (!node.inputs.some((input) => axes.has(input))) return undefined;
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

/**
 * The same for a call with a rule: its value has the axis of its body, and its rule must carry the rows of the arguments, of their
 * tangents and of what it captures to that axis too.
 */
function carriedByRule(nodes: readonly Node[], id: NodeId, axes: ReadonlyMap<NodeId, number>): number | null | undefined | Mixing {
  const { inputs, attributes } = nodes[id];
  const rule = (attributes.rule as Graph).nodes;
  const count = attributes.arguments as number;
  const inner = new Map<NodeId, number>();
  for (const [k, node] of rule.entries()) {
    if (node.op !== "argument") continue;
    const index = node.attributes.index as number;
    const axis = axes.get(inputs[1 + (index < count ? index : index - count)]);
    if (axis !== undefined) inner.set(k, axis);
  }
  const mixing = carryAxes(rule, inner, rule.length - 1);
  if (mixing !== null) return { node: mixing.node, ruled: nodes[id] };
  const [body, tangent] = [axes.get(inputs[0]), inner.get(rule.length - 1)];
  return body !== undefined && tangent !== undefined && body !== tangent ? null : (body ?? tangent);
}
