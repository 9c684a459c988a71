// Shorthands with which derivative rules and compositions build graph.

import type { Dtype, NodeId } from "../graph/graph.ts";
import { type Shape, type Size, sameShape } from "../graph/size.ts";
import type { Builder } from "./op.ts";

/** A scalar constant, broadcast where it is used. */
export function constant(build: Builder, value: number | Size, dtype: Dtype = "real"): NodeId {
  return build.emit("number", [], { value, dtype });
}

/** The number a node is known to be (a scalar constant), or null. */
export function constantValue(build: Builder, id: NodeId): number | null {
  const node = build.nodes[id];
  return node.op === "number" && typeof node.attributes.value === "number" ? node.attributes.value : null;
}

/** A constant of the given shape. */
export function filled(build: Builder, value: number, shape: Shape): NodeId {
  return broadcastTo(build, constant(build, value), shape);
}

export function shapeOf(build: Builder, id: NodeId): Shape {
  return build.nodes[id].shape;
}

export function add(build: Builder, a: NodeId, b: NodeId): NodeId {
  return build.emit("add", [a, b]);
}

export function subtract(build: Builder, a: NodeId, b: NodeId): NodeId {
  return build.emit("sub", [a, b]);
}

export function negate(build: Builder, a: NodeId): NodeId {
  return build.emit("neg", [a]);
}

/** a * b in which an exact 0 wins over inf and nan: the product of an adjoint or tangent with a local partial. Constants 1 and -1 cost nothing. */
export function multiply(build: Builder, a: NodeId, b: NodeId): NodeId {
  const [left, right] = [constantValue(build, a), constantValue(build, b)];
  if (left === 1 && shapeOf(build, a).length === 0) return b;
  if (right === 1 && shapeOf(build, b).length === 0) return a;
  if (left === -1) return negate(build, b);
  if (right === -1) return negate(build, a);
  return build.emit("annihilate", [a, b]);
}

export function divide(build: Builder, a: NodeId, b: NodeId): NodeId {
  return build.emit("div", [a, b]);
}

export function reciprocal(build: Builder, a: NodeId): NodeId {
  return build.emit("reciprocal", [a]);
}

/** Element-wise choice: `yes` where condition holds, else `no`. */
export function where(build: Builder, condition: NodeId, yes: NodeId, no: NodeId): NodeId {
  return build.emit("where", [condition, yes, no]);
}

/** The value repeated along new and size-1 axes; the node itself if it has the shape already. */
export function broadcastTo(build: Builder, id: NodeId, shape: Shape): NodeId {
  return sameShape(shapeOf(build, id), shape) ? id : build.emit("broadcast_to", [id], { shape });
}

/** Transpose of broadcasting: sums what was repeated, so that the result has `shape`. */
export function sumTo(build: Builder, id: NodeId, shape: Shape): NodeId {
  return sameShape(shapeOf(build, id), shape) ? id : build.emit("sum_to", [id], { shape });
}

export function reshape(build: Builder, id: NodeId, shape: Shape): NodeId {
  return sameShape(shapeOf(build, id), shape) ? id : build.emit("reshape", [id], { shape });
}

export function sum(build: Builder, id: NodeId, axis: readonly number[] | null = null, keepdims = false): NodeId {
  return build.emit("sum", [id], { axis, keepdims });
}

/** The sum of the terms that are there, or null. */
export function addTerms(build: Builder, terms: readonly (NodeId | null)[]): NodeId | null {
  let total: NodeId | null = null;
  for (const term of terms) if (term !== null) total = total === null ? term : add(build, total, term);
  return total;
}
