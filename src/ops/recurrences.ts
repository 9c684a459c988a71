// Sums and products along an axis, element after element: cumsum, the linear recurrence, and cumprod and prod which it carries.

import type { Attributes, Dtype, NodeId } from "../graph/graph.ts";
import { elementCount, printShape, type Shape, type Size, subtractSizes } from "../graph/size.ts";
import { countElements, type Tensor } from "../graph/tensor.ts";
import { countingDtype, keptAxis, readAxes, readAxis, reduceShape } from "./axes.ts";
import { arithmeticDtype, shapesAgree } from "./broadcast.ts";
import { addTerms, broadcastTo, constant, multiply, reshape, shapeOf } from "./build.ts";
import { padAxis } from "./joins.ts";
import { linear } from "./linear.ts";
import { emitTranspose } from "./moves.ts";
import { functionNotation, operatorName } from "./notation.ts";
import { type Builder, type Composed, type Parameter, type PlacedNode, type Primitive, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { reductionNotation, reductionShape } from "./reductions.ts";
import { sliceAxis } from "./slices.ts";
import { spellCumsum, spellRecurrence } from "./spelled-algebra.ts";

const cumulativeParameters: readonly Parameter[] = [
  { name: "x", kind: "value", doc: "The array." },
  { name: "axis", kind: "axis", doc: "The axis along which it goes.", default: -1 },
];

function cumulativeAxis(shape: Shape, attributes: Attributes): number {
  return readAxis(attributes.axis ?? -1, shape.length);
}

/** y_i = x_0 + .. + x_i: dy is the cumsum of dx, x'_i = y'_i + .. + y'_n, the cumsum from the end. */
export const cumsum: Primitive = linear({
  name: "cumsum",
  doc: "The sums of the first 1, 2, .. elements along an axis.",
  parameters: cumulativeParameters,
  example: { source: "cumsum([1, 2, 3])", result: "[1,3,6]" },
  notation: functionNotation("⤳Σ", operatorName("cumsum")),
  spelling: {
    typescriptArrays: ([x], attributes, { output }) => {
      const axis = cumulativeAxis(output, attributes);
      return spellCumsum(x, output[axis], countElements(output.slice(axis + 1)), isReverse(attributes));
    },
    torch: ([x], { axis, reverse }) => {
      const along = printPython(axis ?? -1);
      return reverse === true ? `torch.cumsum(${x}.flip(${along}), dim=${along}).flip(${along})` : `torch.cumsum(${x}, dim=${along})`;
    },
    jax: ([x], { axis, reverse }) =>
      reverse === true
        ? `jax.lax.cumsum(${x}, axis=${printPython(axis)}, reverse=True)`
        : `jnp.cumsum(${x}, axis=${printPython(axis ?? -1)})`,
  },
  infer: ([input], attributes) => {
    cumulativeAxis(input.shape, attributes);
    return { dtype: countingDtype(input.dtype), shape: input.shape };
  },
  carry: (_input, axis, [input], _output, attributes) => (axis === cumulativeAxis(input.shape, attributes) ? null : axis),
  evaluate: (out, [x], attributes) => evaluateCumsum(out, x, cumulativeAxis(x.shape, attributes), attributes.reverse === true),
  operations: ([input]) => Number(elementCount(input.shape)),
  transpose: (build, node, adjoint) => {
    const axis = cumulativeAxis(node.shape, node.attributes);
    return build.emit("cumsum", [adjoint], node.attributes.reverse === true ? { axis } : { axis, reverse: true });
  },
});

/** Along the axis one element after the other; each partial sum rounds to the type of the result. */
function evaluateCumsum(out: Tensor, x: Tensor, axis: number, reverse: boolean): void {
  const size = x.shape[axis];
  const inner = countElements(x.shape.slice(axis + 1));
  const block = size * inner;
  for (let start = 0; start < x.data.length; start += block) {
    for (let i = 0; i < size; i++) {
      const row = start + (reverse ? size - 1 - i : i) * inner;
      const before = reverse ? row + inner : row - inner;
      for (let j = 0; j < inner; j++) out.data[row + j] = i === 0 ? x.data[row + j] : out.data[before + j] + x.data[row + j];
    }
  }
}

/** Builds the recurrence of derivatives, in which an exact 0 wins over inf and nan. */
function emitRecurrence(build: Builder, a: NodeId, b: NodeId, reverse: boolean): NodeId {
  return build.emit("linear_recurrence", [a, b], { ...(reverse && { reverse: true }), annihilate: true });
}

/** The values moved by one place along the last axis, towards the end or the beginning; 0 comes in. */
function shift(build: Builder, id: NodeId, towardsEnd: boolean): NodeId {
  const shape = shapeOf(build, id);
  const axis = shape.length - 1;
  const kept = sliceAxis(build, id, axis, towardsEnd ? 0 : 1, subtractSizes(shape[axis], 1));
  return towardsEnd ? padAxis(build, kept, axis, 1, 0) : padAxis(build, kept, axis, 0, 1);
}

function isReverse(attributes: Attributes): boolean {
  return attributes.reverse === true;
}

/**
 * s_i = a_i s_{i-1} + b_i: ds_i = a_i ds_{i-1} + (da_i s_{i-1} + db_i); b'_i = s'_i + a_{i+1} b'_{i+1}; a'_i = b'_i s_{i-1}.
 */
export const linearRecurrence: Primitive = {
  kind: "primitive",
  name: "linear_recurrence",
  doc: "Along the last axis, each element is a times the one before it plus b; the first is b.",
  callable: false,
  parameters: [
    { name: "a", kind: "value", doc: "The factors; the first is not used." },
    { name: "b", kind: "value", doc: "The terms, of the same shape." },
    { name: "reverse", kind: "boolean", doc: "Whether it starts at the last element.", default: false },
  ],
  notation: functionNotation("↻", operatorName("recurrence")),
  spelling: {
    typescriptArrays: ([a, b], attributes, { output }) =>
      spellRecurrence(a, b, output[output.length - 1], isReverse(attributes), attributes.annihilate === true),
  },
  infer: ([a, b], _attributes, sizes) => {
    if (a.shape.length > 0 && shapesAgree(a.shape, b.shape, sizes)) return { dtype: arithmeticDtype([a, b]), shape: a.shape };
    throw new TypeProblem(
      "shape-mismatch",
      `shapes ${printShape(a.shape)} and ${printShape(b.shape)} do not fit: a recurrence needs equal ones`,
    );
  },
  carry: (_input, axis, [a]) => (axis === a.shape.length - 1 ? null : axis),
  evaluate: evaluateRecurrence,
  tangent: (build, node, [da, db]) => {
    if (node.shape[node.shape.length - 1] === 0) return null;
    const moved = da === null ? null : multiply(build, da, shift(build, node.id, !isReverse(node.attributes)));
    const terms = addTerms(build, [moved, db]);
    return terms === null ? null : emitRecurrence(build, node.inputs[0], terms, isReverse(node.attributes));
  },
  adjoint: adjointOfRecurrence,
  operations: (_inputs, output) => 2 * Number(elementCount(output.shape)),
  linearIn: [[1]],
};

function adjointOfRecurrence(build: Builder, node: PlacedNode, adjoint: NodeId, wanted: readonly boolean[]): readonly (NodeId | null)[] {
  if (node.shape[node.shape.length - 1] === 0) return [null, null];
  const reverse = isReverse(node.attributes);
  const terms = emitRecurrence(build, shift(build, node.inputs[0], reverse), adjoint, !reverse);
  return [wanted[0] ? multiply(build, terms, shift(build, node.id, !reverse)) : null, wanted[1] ? terms : null];
}

function evaluateRecurrence(
  out: Tensor,
  [a, b]: readonly Tensor[],
  attributes: Attributes,
  { single }: { readonly single: boolean },
): void {
  const round = single && out.dtype === "real" ? Math.fround : (value: number) => value;
  const annihilate = attributes.annihilate === true;
  const step = isReverse(attributes) ? -1 : 1;
  const size = out.shape[out.shape.length - 1];
  for (let start = 0; start < out.data.length; start += size) {
    let at = step > 0 ? start : start + size - 1;
    let state = 0;
    for (let i = 0; i < size; i++) {
      const factor = a.data[at];
      const product = i === 0 || (annihilate && (factor === 0 || state === 0)) ? 0 : round(factor * state);
      out.data[at] = i === 0 ? b.data[at] : product + b.data[at];
      state = out.data[at];
      at += step;
    }
  }
}

/** 1, x_0, x_0 x_1, .. along the last axis: one element more than x. */
function emitProducts(build: Builder, x: NodeId): NodeId {
  const shape = shapeOf(build, x);
  const axis = shape.length - 1;
  const dtype: Dtype = countingDtype(build.nodes[x].dtype);
  const repeat = (value: number, size: Size) => broadcastTo(build, constant(build, value, dtype), [...shape.slice(0, -1), size]);
  const factors = build.emit("concat", [repeat(1, 1), x], { axis });
  const terms = build.emit("concat", [repeat(1, 1), repeat(0, shape[axis])], { axis });
  return build.emit("linear_recurrence", [factors, terms]);
}

/** p_i = x_i p_{i-1}, a linear recurrence: exact where elements are 0, to any order of derivative. */
export const cumprod: Composed = {
  kind: "composed",
  name: "cumprod",
  doc: "The products of the first 1, 2, .. elements along an axis.",
  callable: true,
  parameters: cumulativeParameters,
  example: { source: "cumprod([1, 2, 3])", result: "[1,2,6]" },
  notation: functionNotation("⤳Π", operatorName("cumprod")),
  spelling: {
    torch: ([x], { axis }) => `torch.cumprod(${x}, dim=${printPython(axis ?? -1)})`,
    jax: ([x], { axis }) => `jnp.cumprod(${x}, axis=${printPython(axis ?? -1)})`,
  },
  infer: ([input], attributes) => {
    cumulativeAxis(input.shape, attributes);
    return { dtype: countingDtype(input.dtype), shape: input.shape };
  },
  carry: (_input, axis, [input], _output, attributes) => (axis === cumulativeAxis(input.shape, attributes) ? null : axis),
  compose: (build, [x], attributes) => {
    const shape = shapeOf(build, x);
    const last = shape.length - 1;
    const axis = cumulativeAxis(shape, attributes);
    const swap = shape.map((_, k) => (k === axis ? last : k === last ? axis : k));
    const products = emitProducts(build, emitTranspose(build, x, swap));
    return emitTranspose(build, sliceAxis(build, products, last, 1, shape[axis]), swap);
  },
};

export const prod: Composed = {
  kind: "composed",
  name: "prod",
  doc: "The product of the elements.",
  callable: true,
  ...reductionShape(countingDtype),
  example: { source: "prod([2, 3, 4])", result: "24" },
  notation: reductionNotation("Π", "\\prod", 1),
  spelling: {
    torch: ([x], { axis, keepdims }) =>
      axis === null || axis === undefined
        ? `torch.prod(${x})`
        : `torch.prod(${x}, dim=${printPython(axis)}, keepdim=${printPython(keepdims ?? false)})`,
    jax: ([x], { axis, keepdims }) => `jnp.prod(${x}, axis=${printPython(axis)}, keepdims=${printPython(keepdims ?? false)})`,
  },
  compose: (build, [x], attributes) => {
    const shape = shapeOf(build, x);
    const axes = readAxes(attributes.axis, shape.length);
    const kept = shape.flatMap((_, axis) => (keptAxis(axis, axes, false) === null ? [] : [axis]));
    const count = elementCount(axes.map((axis) => shape[axis]));
    const rows = reshape(build, emitTranspose(build, x, [...kept, ...axes]), [...reduceShape(shape, axes, false), count]);
    const product = sliceAxis(build, emitProducts(build, rows), kept.length, count, 1, true);
    return reshape(build, product, reduceShape(shape, axes, attributes.keepdims === true));
  },
};
