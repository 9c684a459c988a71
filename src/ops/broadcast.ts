// Broadcasting of shapes as in NumPy, with named dimensions: two different names never broadcast.

import type { Dtype, ValueType } from "../graph/graph.ts";
import { bindSize, printShape, type Shape, type Size, type SizeBindings, sameSize } from "../graph/size.ts";
import { TypeProblem } from "./op.ts";

function isBareName(size: Size): boolean {
  return typeof size !== "number" && size.terms.length === 1 && size.terms[0].names.length === 1 && size.terms[0].coefficient === 1;
}

/** True if the sizes agree: the same polynomial, or equal numbers once bound (never two different bare names). */
export function sizesAgree(a: Size, b: Size, sizes: SizeBindings): boolean {
  if (sameSize(a, b)) return true;
  if (isBareName(a) && isBareName(b)) return false;
  const left = bindSize(a, sizes);
  return sameSize(left, bindSize(b, sizes));
}

export function shapesAgree(a: Shape, b: Shape, sizes: SizeBindings): boolean {
  return a.length === b.length && a.every((size, axis) => sizesAgree(size, b[axis], sizes));
}

/** The shape that all `shapes` broadcast to. Throws TypeProblem that names the shapes and says what would fit. */
export function broadcastShapes(shapes: readonly Shape[], sizes: SizeBindings): Shape {
  let result: Shape = [];
  for (const shape of shapes) result = broadcastPair(result, shape, shapes, sizes);
  return result;
}

function broadcastPair(a: Shape, b: Shape, all: readonly Shape[], sizes: SizeBindings): Shape {
  const rank = Math.max(a.length, b.length);
  const result: Size[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left === 1) result.push(right);
    else if (right === 1) result.push(left);
    else if (sizesAgree(left, right, sizes)) result.push(typeof left === "number" ? right : left);
    else throw mismatch(all, sizes);
  }
  return result;
}

function mismatch(shapes: readonly Shape[], sizes: SizeBindings): TypeProblem {
  const printed = shapes.map(printShape).join(" and ");
  const [a, b] = shapes;
  const column = a && b && a.length === 2 && b.length === 1 && sizesAgree(a[0], b[0], sizes);
  const row = a && b && b.length === 2 && a.length === 1 && sizesAgree(b[0], a[0], sizes);
  const hint =
    column || row
      ? "reshape the one-dimensional one to a column, or index the column away with [:, 0]"
      : "sizes must be equal or 1, counted from the last axis";
  return new TypeProblem("shape-mismatch", `shapes ${printed} do not fit together: ${hint}`);
}

/** Result dtype of arithmetic: real if any input is real, else int (bool counts as 0 and 1). */
export function arithmeticDtype(inputs: readonly ValueType[]): Dtype {
  return inputs.some((input) => input.dtype === "real") ? "real" : "int";
}

/** The output axis to which `axis` of an input of shape `input` is aligned when broadcast to `output`. */
export function alignedAxis(input: Shape, output: Shape, axis: number): number {
  return axis + output.length - input.length;
}
