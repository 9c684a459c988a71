// Parts of arrays: slice, its transpose unslice, and flip, which is a slice taken backwards.

import type { Attributes, NodeId } from "../graph/graph.ts";
import { addSizes, multiplySizes, printShape, printSize, type Shape, type Size, sameSize, subtractSizes } from "../graph/size.ts";
import { countElements, stridesOf } from "../graph/tensor.ts";
import { readAxis, readShape, replaceSize } from "./axes.ts";
import { shapeOf } from "./build.ts";
import { IndexProblem } from "./index-problem.ts";
import { linear } from "./linear.ts";
import { functionNotation, operatorName, scriptBase } from "./notation.ts";
import { type Builder, type Composed, type Parameter, type Primitive, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { spellPick, spellPlaced } from "./spelled-moves.ts";
import { copyStrided, type Layout, layoutOf } from "./strided.ts";

const value: Parameter = { name: "x", kind: "value", doc: "The array." };

/** Which elements a slice takes: along each axis `size` elements from `start`, `step` apart; `drop` removes an axis of size 1. */
interface Selection {
  readonly start: readonly Size[];
  readonly size: readonly Size[];
  readonly step: readonly number[];
  readonly drop: readonly boolean[];
}

const selectionParameters: readonly Parameter[] = [
  { name: "start", kind: "shape", doc: "For each axis, the index of the first element taken." },
  { name: "size", kind: "shape", doc: "For each axis, how many elements are taken." },
];

/** The selection as the attributes say; a missing step is 1, a missing drop false. */
function readSelection(attributes: Attributes): Selection {
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

function selectedShape({ size, drop }: Selection): Shape {
  return size.filter((_, axis) => !drop[axis]);
}

/** Throws TypeProblem where the selection is known to leave `shape`. */
function requireSelection(shape: Shape, selection: Selection): void {
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
function layoutSelection(shape: readonly number[], { start, size, step, drop }: Selection): Layout {
  const strides = stridesOf(shape);
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const outside = indexOutside(start[axis], size[axis], step[axis], shape[axis]);
    if (outside !== null) throw new IndexProblem(Number(outside), shape[axis]);
    offset += Number(start[axis]) * strides[axis];
  }
  return { offset, strides: strides.map((stride, axis) => stride * step[axis]).filter((_, axis) => !drop[axis]) };
}

/** Where the input's `axis` is in the result, if it is taken whole and in order. */
function carrySelection(axis: number, whole: Shape, { start, size, step, drop }: Selection): number | null {
  const kept = start[axis] === 0 && step[axis] === 1 && sameSize(size[axis], whole[axis]) && !drop[axis];
  return kept ? axis - drop.slice(0, axis).filter(Boolean).length : null;
}

export const slice: Primitive = linear({
  name: "slice",
  doc: "A part of an array: along each axis `size` elements from `start`; also written `x[1:3, 0]`.",
  parameters: [value, ...selectionParameters],
  example: { source: "slice([1, 2, 3, 4], [1], [2])", result: "[2,3]" },
  notation: { glyph: "[:]", latex: ([x], attributes) => `${scriptBase(x)}_{${latexSelection(readSelection(attributes))}}`, strength: 2 },
  spelling: {
    typescriptArrays: ([x], attributes, { inputs: [shape], output }) =>
      spellPick(x, output, layoutSelection(shape, readSelection(attributes))),
    torch: ([x], attributes) => spellSlice(x, readSelection(attributes)),
    jax: ([x], attributes) => spellSlice(x, readSelection(attributes)),
  },
  infer: ([input], attributes) => {
    const selection = readSelection(attributes);
    requireSelection(input.shape, selection);
    return { dtype: input.dtype, shape: selectedShape(selection) };
  },
  carry: (_input, axis, [input], _output, attributes) => carrySelection(axis, input.shape, readSelection(attributes)),
  evaluate: (out, [x], attributes) =>
    copyStrided(out.shape, out.data, layoutOf(out), x.data, layoutSelection(x.shape, readSelection(attributes))),
  transpose: (build, node, adjoint) => build.emit("unslice", [adjoint], { ...node.attributes, shape: shapeOf(build, node.inputs[0]) }),
});

export const unslice: Primitive = linear({
  name: "unslice",
  doc: "The transpose of slice: zeros of the given shape with the value written where the slice was taken.",
  callable: false,
  parameters: [value, { name: "shape", kind: "shape", doc: "The shape of the result." }, ...selectionParameters],
  notation: { glyph: "]:[", latex: ([x], attributes) => `${scriptBase(x)}^{${latexSelection(readSelection(attributes))}}`, strength: 2 },
  spelling: {
    typescriptArrays: ([x], attributes, { inputs: [shape], output }) =>
      spellPlaced(countElements(output), [{ x, shape, to: layoutSelection(output, readSelection(attributes)) }]),
  },
  infer: ([input], attributes) => {
    requireSelection(readShape(attributes.shape), readSelection(attributes));
    return { dtype: input.dtype, shape: readShape(attributes.shape) };
  },
  carry: (_input, axis, _inputs, output, attributes) => {
    const selection = readSelection(attributes);
    const kept = output.shape.flatMap((_, k) => (selection.drop[k] ? [] : [k]));
    return carrySelection(kept[axis], output.shape, selection) === null ? null : kept[axis];
  },
  evaluate: (out, [x], attributes) => {
    out.data.fill(0);
    copyStrided(x.shape, out.data, layoutSelection(out.shape, readSelection(attributes)), x.data, layoutOf(x));
  },
  transpose: (build, node, adjoint) => {
    const { shape: _, ...selection } = node.attributes;
    return build.emit("slice", [adjoint], selection);
  },
});

function latexSelection(selection: Selection): string {
  return printSelection(selection).replaceAll(":", "{:}").replaceAll(" * ", " ");
}

function spellSlice(x: string, selection: Selection): string {
  return selection.start.length === 0 ? x : `${x}[${printSelection(selection)}]`;
}

/** `1:3, 0, ::-1`. */
function printSelection({ start, size, step, drop }: Selection): string {
  return start
    .map((first, axis) => {
      if (drop[axis]) return printSize(first);
      const end = addSizes(first, multiplySizes(size[axis], step[axis]));
      const stop = typeof end === "number" && end < 0 ? "" : printSize(end);
      return `${printSize(first)}:${stop}${step[axis] === 1 ? "" : `:${step[axis]}`}`;
    })
    .join(", ");
}

/** Builds the slice of `size` elements from `start` along one axis; `drop` removes the axis (size 1). */
export function sliceAxis(build: Builder, id: NodeId, axis: number, start: Size, size: Size, drop = false): NodeId {
  const shape = shapeOf(build, id);
  if (start === 0 && sameSize(size, shape[axis]) && !drop) return id;
  return build.emit("slice", [id], {
    start: shape.map((_, k) => (k === axis ? start : 0)),
    size: replaceSize(shape, axis, size),
    step: shape.map(() => 1),
    drop: shape.map((_, k) => k === axis && drop),
  });
}

/** The elements of an array in reverse order along one axis: a slice from the last one backwards. */
export const flip: Composed = {
  kind: "composed",
  name: "flip",
  doc: "The array with its elements in reverse order along one axis.",
  callable: true,
  parameters: [value, { name: "axis", kind: "axis", doc: "The axis to reverse." }],
  example: { source: "flip([1, 2, 3], 0)", result: "[3,2,1]" },
  notation: functionNotation("⇄", operatorName("flip")),
  spelling: {
    torch: ([x], { axis }) => `torch.flip(${x}, (${printPython(axis)},))`,
    jax: ([x], { axis }) => `jnp.flip(${x}, ${printPython(axis)})`,
  },
  infer: ([input], { axis }) => {
    readAxis(axis, input.shape.length);
    return { dtype: input.dtype, shape: input.shape };
  },
  carry: (_input, axis, [input], _output, attributes) => (axis === readAxis(attributes.axis, input.shape.length) ? null : axis),
  compose: (build, [x], attributes) => {
    const shape = shapeOf(build, x);
    const reversed = readAxis(attributes.axis, shape.length);
    return build.emit("slice", [x], {
      start: shape.map((size, axis) => (axis === reversed ? subtractSizes(size, 1) : 0)),
      size: shape,
      step: shape.map((_, axis) => (axis === reversed ? -1 : 1)),
      drop: shape.map(() => false),
    });
  },
};
