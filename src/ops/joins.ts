// Arrays made larger: concat joins along an axis, stack along a new one, pad puts constant values around.

import type { Attribute, Dtype, ValueType } from "../graph/graph.ts";
import { addSizes, printShape, printSize, type Shape, type Size, type SizeBindings } from "../graph/size.ts";
import { countElements, stridesOf, type Tensor } from "../graph/tensor.ts";
import { countingDtype, readAxis } from "./axes.ts";
import { shapesAgree, sizesAgree } from "./broadcast.ts";
import { broadcastTo, constant, filled, reshape, shapeOf, where } from "./build.ts";
import { functionNotation, operatorName } from "./notation.ts";
import { type Builder, type Composed, type Parameter, type Primitive, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { selectAll } from "./slice-selection.ts";
import { sliceAxis } from "./slices.ts";
import { spellPlaced } from "./spelled-moves.ts";
import { copyStrided, type Layout, layoutOf } from "./strided.ts";
import { emitUnslice } from "./unslice.ts";

const values: Parameter = { name: "values", kind: "values", doc: "The values to join, in order." };

/** The type that can hold all: real, else int, else bool. */
function jointDtype(inputs: readonly ValueType[]): Dtype {
  const has = (dtype: Dtype) => inputs.some((input) => input.dtype === dtype);
  return has("real") ? "real" : has("int") ? "int" : "bool";
}

function joinShapes(inputs: readonly ValueType[], setting: Attribute | undefined, sizes: SizeBindings): Shape {
  if (inputs.length === 0) throw new TypeProblem("wrong-count", "concat needs at least one value");
  const [first, ...others] = inputs.map((input) => input.shape);
  if (first.length === 0) throw new TypeProblem("wrong-rank", "concat joins along an axis, but a scalar has none: use stack for scalars");
  const axis = readAxis(setting ?? 0, first.length);
  let result = first;
  for (const shape of others) result = joinPair(result, shape, axis, sizes);
  return result;
}

function joinPair(joined: Shape, shape: Shape, axis: number, sizes: SizeBindings): Shape {
  if (shape.length !== joined.length) {
    throw new TypeProblem(
      "shape-mismatch",
      `shapes ${printShape(joined)} and ${printShape(shape)} do not fit: concat needs equally many axes (stack adds one)`,
    );
  }
  const differing = shape.findIndex((size, k) => k !== axis && !sizesAgree(size, joined[k], sizes));
  if (differing >= 0) {
    const [left, right] = [printSize(joined[differing]), printSize(shape[differing])];
    const reason = `concat along axis ${axis} needs all other axes equal, but axis ${differing} is ${left} and ${right}`;
    throw new TypeProblem("shape-mismatch", `shapes ${printShape(joined)} and ${printShape(shape)} do not fit: ${reason}`);
  }
  return joined.map((size, k) => (k === axis ? addSizes(size, shape[k]) : typeof size === "number" ? shape[k] : size));
}

/** With y = (a, b, ..): dy = (da, db, ..) and each input's adjoint is its part of y'. */
export const concat: Primitive = {
  kind: "primitive",
  name: "concat",
  doc: "Arrays joined along one of their axes.",
  callable: true,
  parameters: [values, { name: "axis", kind: "axis", doc: "The axis along which they are joined.", default: 0 }],
  example: { source: "concat([1, 2], [3])", result: "[1,2,3]" },
  notation: functionNotation("⧺", operatorName("concat")),
  spelling: {
    typescriptArrays: (inputs, { axis }, { inputs: shapes, output }) => {
      const layouts = layoutParts(shapes, output, readAxis(axis ?? 0, output.length));
      return spellPlaced(
        countElements(output),
        inputs.map((x, k) => ({ x, shape: shapes[k], to: layouts[k] })),
      );
    },
    torch: (inputs, { axis }) => `torch.cat((${inputs.join(", ")},), dim=${printPython(axis ?? 0)})`,
    jax: (inputs, { axis }) => `jnp.concatenate((${inputs.join(", ")},), axis=${printPython(axis ?? 0)})`,
  },
  infer: (inputs, { axis }, sizes) => ({ dtype: jointDtype(inputs), shape: joinShapes(inputs, axis, sizes) }),
  carry: (_input, axis, _inputs, output, attributes) => (axis === readAxis(attributes.axis ?? 0, output.shape.length) ? null : axis),
  evaluate: (out, inputs, attributes) => evaluateConcat(out, inputs, readAxis(attributes.axis ?? 0, out.shape.length)),
  tangent: (build, node, tangents) => {
    if (tangents.every((tangent) => tangent === null)) return null;
    const parts = tangents.map((tangent, k) => tangent ?? filled(build, 0, shapeOf(build, node.inputs[k])));
    return build.emit("concat", parts, node.attributes);
  },
  adjoint: (build, node, adjoint, wanted) => {
    const axis = readAxis(node.attributes.axis ?? 0, node.shape.length);
    let start: Size = 0;
    return node.inputs.map((input, k) => {
      const from = start;
      const size = shapeOf(build, input)[axis];
      start = addSizes(start, size);
      return wanted[k] ? sliceAxis(build, adjoint, axis, from, size) : null;
    });
  },
  operations: () => 0,
  linearIn: [[-1]],
};

function evaluateConcat(out: Tensor, inputs: readonly Tensor[], axis: number): void {
  const layouts = layoutParts(
    inputs.map((input) => input.shape),
    out.shape,
    axis,
  );
  for (const [k, input] of inputs.entries()) copyStrided(input.shape, out.data, layouts[k], input.data, layoutOf(input));
}

/** Where arrays of the given shapes lie in the array that joins them along an axis. */
function layoutParts(shapes: readonly (readonly number[])[], joined: readonly number[], axis: number): Layout[] {
  const strides = stridesOf(joined);
  let next = 0;
  return shapes.map((shape) => {
    const offset = next;
    next += shape[axis] * strides[axis];
    return { offset, strides };
  });
}

/** The shape with a new axis of the given size at `axis`. */
function insertAxis(shape: Shape, axis: number, size: Size): Shape {
  return shape.toSpliced(axis, 0, size);
}

export const stack: Composed = {
  kind: "composed",
  name: "stack",
  doc: "Values of equal shape joined along a new axis.",
  callable: true,
  parameters: [values, { name: "axis", kind: "axis", doc: "Where the new axis is in the result.", default: 0 }],
  example: { source: "stack([1, 2], [3, 4])", result: "[[1,2],[3,4]]" },
  notation: functionNotation("☰", operatorName("stack")),
  spelling: {
    torch: (inputs, { axis }) => `torch.stack((${inputs.join(", ")},), dim=${printPython(axis ?? 0)})`,
    jax: (inputs, { axis }) => `jnp.stack((${inputs.join(", ")},), axis=${printPython(axis ?? 0)})`,
  },
  infer: (inputs, { axis }, sizes) => {
    if (inputs.length === 0) throw new TypeProblem("wrong-count", "stack needs at least one value");
    const shape = inputs.map((input) => input.shape).reduce((known, other) => matchShapes(known, other, sizes));
    return { dtype: jointDtype(inputs), shape: insertAxis(shape, readAxis(axis ?? 0, shape.length + 1), inputs.length) };
  },
  carry: (_input, axis, _inputs, output, attributes) => (axis < readAxis(attributes.axis ?? 0, output.shape.length) ? axis : axis + 1),
  compose: (build, inputs, attributes) => {
    const axis = readAxis(attributes.axis ?? 0, shapeOf(build, inputs[0]).length + 1);
    const parts = inputs.map((input) => reshape(build, input, insertAxis(shapeOf(build, input), axis, 1)));
    return build.emit("concat", parts, { axis });
  },
};

function matchShapes(known: Shape, other: Shape, sizes: SizeBindings): Shape {
  if (shapesAgree(known, other, sizes)) return known.map((size, axis) => (typeof size === "number" ? other[axis] : size));
  throw new TypeProblem(
    "shape-mismatch",
    `shapes ${printShape(known)} and ${printShape(other)} do not fit: stacked values need equal shapes`,
  );
}

type Margin = readonly [before: Size, after: Size];

/** The margins of each axis: a number for all sides, one pair for all axes, or a pair an axis. */
function readMargins(setting: Attribute, rank: number): readonly Margin[] {
  const listed = (Array.isArray(setting) ? setting : [setting, setting]) as readonly (Size | readonly Size[])[];
  const flat = listed.length === 2 && !listed.some((item) => Array.isArray(item));
  const margins = flat ? Array.from({ length: rank }, () => listed) : listed;
  if (margins.length !== rank || margins.some((margin) => !Array.isArray(margin) || margin.length !== 2)) {
    const wanted = rank === 1 ? "[before, after]" : `one pair [before, after], or ${rank} of them, one an axis`;
    throw new TypeProblem("wrong-value", `the widths of pad must be ${wanted} for a value with ${rank} ${rank === 1 ? "axis" : "axes"}`);
  }
  const wrong = (margins as readonly Margin[]).flat().find((width) => typeof width === "number" && (width < 0 || !Number.isInteger(width)));
  if (wrong === undefined) return margins as readonly Margin[];
  throw new TypeProblem("wrong-value", `a width of pad must be a whole number, at least 0, not ${printSize(wrong)}`);
}

function padShape(shape: Shape, margins: readonly Margin[]): Shape {
  return shape.map((size, axis) => addSizes(addSizes(size, margins[axis][0]), margins[axis][1]));
}

/** The type of an array padded with `filler`. */
function padDtype(dtype: Dtype, filler: number): Dtype {
  if (filler === 0) return dtype;
  return Number.isInteger(filler) ? countingDtype(dtype) : "real";
}

function padZeros(build: Builder, id: number, margins: readonly Margin[]): number {
  const shape = shapeOf(build, id);
  const selection = { ...selectAll(shape), start: margins.map(([before]) => before) };
  return emitUnslice(build, [{ id, selection }], padShape(shape, margins));
}

/** Builds zeros before and after the value along one axis. */
export function padAxis(build: Builder, id: number, axis: number, before: Size, after: Size): number {
  return padZeros(
    build,
    id,
    shapeOf(build, id).map((_, k): Margin => (k === axis ? [before, after] : [0, 0])),
  );
}

export const pad: Composed = {
  kind: "composed",
  name: "pad",
  doc: "The array with a margin of constant values before and after it along each axis.",
  callable: true,
  parameters: [
    { name: "x", kind: "value", doc: "The array." },
    { name: "widths", kind: "sizes", doc: "How wide the margin is, [before, after]: one pair for every axis, or one pair an axis." },
    { name: "value", kind: "number", doc: "The value of the margin.", default: 0 },
  ],
  example: { source: "pad([1, 2], [1, 2])", result: "[0,1,2,0,0]" },
  notation: functionNotation("⊞", operatorName("pad")),
  spelling: {
    torch: ([x], { widths, value }) => `torch.nn.functional.pad(${x}, ${torchWidths(x, widths)}, value=${printPython(value ?? 0)})`,
    jax: ([x], { widths, value }) => `jnp.pad(${x}, ${printPython(widths)}, constant_values=${printPython(value ?? 0)})`,
  },
  infer: ([input], { widths, value }) => ({
    dtype: padDtype(input.dtype, Number(value ?? 0)),
    shape: padShape(input.shape, readMargins(widths, input.shape.length)),
  }),
  carry: (_input, axis, [input], _output, { widths }) =>
    readMargins(widths, input.shape.length)[axis].every((width) => width === 0) ? axis : null,
  compose: (build, [x], { widths, value }) => {
    const shape = shapeOf(build, x);
    const margins = readMargins(widths, shape.length);
    const padded = padZeros(build, x, margins);
    const filler = Number(value ?? 0);
    if (filler === 0) return padded;
    const inside = padZeros(build, broadcastTo(build, constant(build, 1, "bool"), shape), margins);
    return where(build, inside, padded, constant(build, filler, padDtype(build.nodes[x].dtype, filler)));
  },
};

/** PyTorch lists the pairs flat, from the last axis to the first. */
function torchWidths(x: string, widths: Attribute): string {
  const listed = (Array.isArray(widths) ? widths : [widths, widths]) as readonly Attribute[];
  return Array.isArray(listed[0])
    ? printPython((listed as readonly (readonly Attribute[])[]).toReversed().flat())
    : `${printPython(listed)} * ${x}.ndim`;
}
