// Derivative rules of elementwise ops: what a local partial makes of a tangent or adjoint, as graph.

import type { NodeId } from "../graph/graph.ts";
import { constant, constantValue, multiply, negate, reciprocal, shapeOf, where } from "./build.ts";
import type { Builder, PlacedNode } from "./op.ts";

/**
 * The local partial of an input times `direction` (a tangent of the input or the adjoint of the node), or null where the product is
 * structurally zero. Results broadcast to the node's shape. Must be linear in the direction, and 0 where direction or partial is 0.
 */
export type Rule = (build: Builder, node: PlacedNode, direction: NodeId) => NodeId | null;

/** A factor of a local partial as a node of the graph (a number must be a `constant` node), from the node and its inputs. */
export type Factor = (build: Builder, node: PlacedNode) => NodeId;

/** The partial is 1. */
export const unchanged: Rule = (_build, _node, direction) => direction;

/** The partial is -1. */
export const negated: Rule = (build, _node, direction) => negate(build, direction);

/** The partial is `factor`. */
export function times(factor: Factor): Rule {
  return (build, node, direction) => {
    const partial = factor(build, node);
    return constantValue(build, partial) === 0 ? null : multiply(build, direction, partial);
  };
}

/** The partial is 1 / divisor. */
export function over(divisor: Factor): Rule {
  return (build, node, direction) => quotient(build, direction, divisor(build, node));
}

/** The partial is 1 where the condition holds, else 0. */
export function onlyWhere(condition: (build: Builder, node: PlacedNode) => NodeId): Rule {
  return (build, node, direction) => where(build, condition(build, node), direction, constant(build, 0));
}

/** a / b in which an a that is exactly 0 wins over a b that is 0 or nan, and an infinite b over any a. */
export function quotient(build: Builder, a: NodeId, b: NodeId): NodeId {
  if (constantValue(build, a) === 1 && shapeOf(build, a).length === 0) return reciprocal(build, b);
  return build.emit("annihilate_div", [a, b]);
}

/** The first input of the node. */
export const first: Factor = (_build, node) => node.inputs[0];

/** The second input of the node. */
export const second: Factor = (_build, node) => node.inputs[1];

/** The node itself. */
export const itself: Factor = (_build, node) => node.id;
