// Axes of operations: reads axis settings as a person may write them, checks them, and gives the shapes that follow.

import type { Attribute, Dtype, ValueType } from "../graph/graph.ts";
import { printShape, type Shape, type Size } from "../graph/size.ts";
import { TypeProblem } from "./op.ts";

/** A list of sizes given as a setting. */
export function readShape(setting: Attribute): Shape {
  return setting as unknown as Shape;
}

/** The axis that `setting` names in a value of the given rank; -1 is the last. Throws TypeProblem if there is none. */
export function readAxis(setting: Attribute, rank: number): number {
  const axis = Number(setting);
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  if (rank === 0) throw new TypeProblem("axis-out-of-range", `axis ${String(setting)} does not exist: a scalar has no axes`);
  const last = rank - 1;
  throw new TypeProblem(
    "axis-out-of-range",
    `axis ${String(setting)} does not exist: a value with ${rank} ${rank === 1 ? "axis" : "axes"} has axes 0 to ${last} (or -${rank} to -1)`,
  );
}

/** The axes that `setting` (a number, a tuple, or null for all) names, ascending. Throws TypeProblem if one is missing or named twice. */
export function readAxes(setting: Attribute | undefined, rank: number): readonly number[] {
  if (setting === null || setting === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const listed: readonly Attribute[] = Array.isArray(setting) ? setting : [setting];
  const axes = listed.map((item) => readAxis(item, rank)).sort((a, b) => a - b);
  const twice = axes.find((axis, k) => k > 0 && axis === axes[k - 1]);
  if (twice !== undefined) throw new TypeProblem("axis-repeated", `axis ${twice} is named twice`);
  return axes;
}

/** `shape` without `axes`, or with size 1 in their place. */
export function reduceShape(shape: Shape, axes: readonly number[], keepdims: boolean): Shape {
  if (keepdims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Where `axis` is once `axes` are reduced away, null if it is one of them. */
export function keptAxis(axis: number, axes: readonly number[], keepdims: boolean): number | null {
  if (axes.includes(axis)) return null;
  return keepdims ? axis : axis - axes.filter((reduced) => reduced < axis).length;
}

/** `shape` with another size at `axis`. */
export function replaceSize(shape: Shape, axis: number, size: Size): Shape {
  return shape.map((known, k) => (k === axis ? size : known));
}

/** Throws TypeProblem unless the value has the wanted rank. `what` names it: "the vector of dot". */
export function requireRank(value: ValueType, rank: number, what: string): void {
  if (value.shape.length === rank) return;
  const wanted = rank === 0 ? "a scalar" : rank === 1 ? "a vector (1 axis)" : `a value with ${rank} axes`;
  throw new TypeProblem("wrong-rank", `${what} must be ${wanted}, but has shape ${printShape(value.shape)}`);
}

/** int for int and bool, real for real: the type of a sum. */
export function countingDtype(dtype: Dtype): Dtype {
  return dtype === "real" ? "real" : "int";
}
