// Which elements of an array a slice takes: what slice and unslice have in common.

import type { Attribute, Attributes } from "../graph/graph.ts";
import { addSizes, multiplySizes, printShape, printSize, type Shape, type Size, sameSize, subtractSizes } from "../graph/size.ts";
import { stridesOf } from "../graph/tensor.ts";
import { IndexProblem } from "./index-problem.ts";
import { TypeProblem } from "./op.ts";
import type { Layout } from "./strided.ts";

/** Along each axis `size` elements from `start`, `step` apart; `drop` removes an axis of size 1. */
export interface Selection {
  readonly start: readonly Size[];
  readonly size: readonly Size[];
  readonly step: readonly number[];
  readonly drop: readonly boolean[];
}

/** The selection as the attributes say; a missing step is 1, a missing drop false. */
export function readSelection(attributes: Attributes): Selection {
  const start = attributes.start as unknown as readonly Size[];
  const step = attributes.step as unknown as readonly number[] | null | undefined;
  const drop = attributes.drop as unknown as readonly boolean[] | null | undefined;
  return {
    start,
    size: attributes.size as unknown as readonly Size[],
    step: step ?? start.map(() => 1),
    drop: drop?.map(Boolean) ?? start.map(() => false),
  };
}

/** The selection as attributes. */
export function writeSelection({ start, size, step, drop }: Selection): { readonly [key: string]: Attribute } {
  return { start, size, step, drop };
}

/** Everything of an array. */
export function selectAll(shape: Shape): Selection {
  return { start: shape.map(() => 0), size: shape, step: shape.map(() => 1), drop: shape.map(() => false) };
}

/** What a slice of a slice takes of the whole: `inner` selects from what `outer` takes. */
export function composeSelections(outer: Selection, inner: Selection): Selection {
  let next = 0;
  const axes = outer.start.map((start, axis) => {
    if (outer.drop[axis]) return { start, size: 1, step: 1, drop: true };
    const own = next++;
    return {
      start: addSizes(start, multiplySizes(inner.start[own], outer.step[axis])),
      size: inner.size[own],
      step: outer.step[axis] * inner.step[own],
      drop: inner.drop[own],
    };
  });
  return {
    start: axes.map(({ start }) => start),
    size: axes.map(({ size }) => size),
    step: axes.map(({ step }) => step),
    drop: axes.map(({ drop }) => drop),
  };
}

/** The shape of what is taken. */
export function selectedShape({ size, drop }: Selection): Shape {
  return size.filter((_, axis) => !drop[axis]);
}

/** Throws TypeProblem where the selection is known to leave `shape`. */
export function requireSelection(shape: Shape, selection: Selection): void {
  const { start, size, step } = selection;
  if (start.length !== shape.length || size.length !== shape.length) {
    throw new TypeProblem("wrong-rank", `a slice of shape ${printShape(shape)} needs ${shape.length} starts and sizes, one an axis`);
  }
  for (let axis = 0; axis < shape.length; axis++) {
    const [length, count] = [shape[axis], size[axis]];
    if (typeof count === "number" && count < 0)
      throw new TypeProblem("wrong-value", `a slice cannot have ${count} elements along axis ${axis}`);
    const outside = indexOutside(start[axis], count, step[axis], length);
    if (outside === null) continue;
    const range = length === 0 ? "is empty" : `has indices 0 to ${printSize(subtractSizes(length, 1))}`;
    throw new TypeProblem(
      "index-out-of-range",
      `index ${printSize(outside)} is outside axis ${axis} of shape ${printShape(shape)}, which ${range}`,
    );
  }
}

/** The first or last index taken where it is known to be outside an axis of `length`, else null. */
function indexOutside(start: Size, size: Size, step: number, length: Size): Size | null {
  if (size === 0) return null;
  const last = addSizes(start, multiplySizes(subtractSizes(size, 1), step));
  for (const index of [start, last]) {
    const room = subtractSizes(length, index);
    if ((typeof index === "number" && index < 0) || (typeof room === "number" && room <= 0)) return index;
  }
  return null;
}

/** Where the selected elements lie in an array of the given shape. Throws IndexProblem if they leave it. */
export function layoutSelection(shape: readonly number[], { start, size, step, drop }: Selection): Layout {
  const strides = stridesOf(shape);
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const outside = indexOutside(start[axis], size[axis], step[axis], shape[axis]);
    if (outside !== null) throw new IndexProblem(Number(outside), shape[axis]);
    offset += Number(start[axis]) * strides[axis];
  }
  return { offset, strides: strides.map((stride, axis) => stride * step[axis]).filter((_, axis) => !drop[axis]) };
}

/** Where the input's `axis` is in the result of the slice, if it is taken whole and in order. */
export function carrySelection(axis: number, whole: Shape, { start, size, step, drop }: Selection): number | null {
  const kept = start[axis] === 0 && step[axis] === 1 && sameSize(size[axis], whole[axis]) && !drop[axis];
  return kept ? axis - drop.slice(0, axis).filter(Boolean).length : null;
}

/** `1:3, 0, ::-1`. */
export function printSelection({ start, size, step, drop }: Selection): string {
  return start
    .map((first, axis) => {
      if (drop[axis]) return printSize(first);
      const end = addSizes(first, multiplySizes(size[axis], step[axis]));
      const stop = typeof end === "number" && end < 0 ? "" : printSize(end);
      return `${printSize(first)}:${stop}${step[axis] === 1 ? "" : `:${step[axis]}`}`;
    })
    .join(", ");
}

/** The selection as an index in LaTeX. */
export function latexSelection(selection: Selection): string {
  return printSelection(selection).replaceAll(":", "{:}").replaceAll(" * ", " ");
}
