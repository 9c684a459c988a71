// Jacobians and Hessians: one sweep for each element of the smaller side, stacked.

import type { NodeId } from "../graph/graph.ts";
import { concreteShape } from "../graph/graph.ts";
import { countElements } from "../graph/tensor.ts";
import { broadcastTo, constant, filled, reshape } from "../ops/build.ts";
import type { GraphBuilder } from "./builder.ts";
import { forward } from "./forward.ts";
import { reverse } from "./reverse.ts";

/** A derivative that cannot be built; the message says why and what would fit. */
export class DeriveProblem extends Error {}

/** Nodes that unrolled sweeps may add. */
const nodeBudget = 2_000_000;

/** d y / d x of shape y + x; with `each`, [n, y..., x...] row by row of the first axis that both share. */
export function jacobian(build: GraphBuilder, y: NodeId, x: NodeId, each: boolean): NodeId {
  const columns = countElements(restShape(build, x, each));
  const rows = countElements(restShape(build, y, each));
  return rows <= columns ? jacobianByRows(build, y, x, each) : jacobianByColumns(build, y, x, each);
}

/** d2 J / d x2 of shape x + x ([n, x..., x...] with `each`), forward over reverse. */
export function hessian(build: GraphBuilder, loss: NodeId, x: NodeId, each: boolean): NodeId {
  const gradient = reverse(build, loss, [x], filled(build, 1, build.nodes[loss].shape))[0];
  if (gradient === null) {
    const shape = concreteShape(build.nodes[x].shape);
    return filled(build, 0, each ? [...shape, ...shape.slice(1)] : [...shape, ...shape]);
  }
  return jacobianByColumns(build, gradient, x, each);
}

/** One reverse sweep for each element of y. */
export function jacobianByRows(build: GraphBuilder, y: NodeId, x: NodeId, each: boolean): NodeId {
  const yRest = restShape(build, y, each);
  const count = countElements(yRest);
  const shape = concreteShape(build.nodes[x].shape);
  const sweeps = unroll(build, count, (k) => reverse(build, y, [x], oneHot(build, y, each, k))[0] ?? filled(build, 0, shape));
  const whole = each ? [shape[0], ...yRest, ...shape.slice(1)] : [...yRest, ...shape];
  return count === 0 ? filled(build, 0, whole) : reshape(build, stack(build, sweeps, each ? 1 : 0), whole);
}

/** One forward sweep for each element of x. */
export function jacobianByColumns(build: GraphBuilder, y: NodeId, x: NodeId, each: boolean): NodeId {
  const xRest = restShape(build, x, each);
  const shape = concreteShape(build.nodes[y].shape);
  const sweeps = unroll(build, countElements(xRest), (k) => {
    const tangent = forward(build, new Map([[x, oneHot(build, x, each, k)]]), [y])[0];
    return tangent ?? filled(build, 0, shape);
  });
  const whole = [...shape, ...xRest];
  return sweeps.length === 0 ? filled(build, 0, whole) : reshape(build, stack(build, sweeps, shape.length), whole);
}

function unroll(build: GraphBuilder, count: number, sweep: (k: number) => NodeId): NodeId[] {
  const first = build.nodes.length;
  const results: NodeId[] = [];
  for (let k = 0; k < count; k++) {
    results.push(sweep(k));
    const added = build.nodes.length - first;
    if ((added / (k + 1)) * count > nodeBudget) {
      throw new DeriveProblem(
        `this Jacobian needs ${count} sweeps, more than can be unrolled: differentiate a smaller part, or use grad, jvp or vjp`,
      );
    }
  }
  return results;
}

/** A seed of the node's shape: 1 at element k of its axes (its axes after the first with `each`), 0 elsewhere. */
function oneHot(build: GraphBuilder, node: NodeId, each: boolean, k: number): NodeId {
  const rest = restShape(build, node, each);
  const count = countElements(rest);
  if (count === 1) return filled(build, 1, build.nodes[node].shape);
  const seed = build.emit("one_hot", [constant(build, k, "int")], { classes: count });
  return broadcastTo(build, reshape(build, seed, rest), build.nodes[node].shape);
}

function restShape(build: GraphBuilder, node: NodeId, each: boolean): readonly number[] {
  const shape = concreteShape(build.nodes[node].shape);
  return each ? shape.slice(1) : shape;
}

function stack(build: GraphBuilder, parts: readonly NodeId[], axis: number): NodeId {
  const expanded = parts.map((part) => {
    const shape = build.nodes[part].shape;
    return reshape(build, part, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  });
  return expanded.length === 1 ? expanded[0] : build.emit("concat", expanded, { axis });
}
