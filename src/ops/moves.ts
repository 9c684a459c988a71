// Operations that rearrange or repeat elements: reshape, transpose, broadcasting and its transpose, triangles, diagonals.

import type { Attribute, NodeId } from "../graph/graph.ts";
import {
  bindSize,
  divideSizes,
  elementCount,
  isSymbolic,
  multiplySizes,
  printShape,
  printSize,
  type Shape,
  type Size,
  type SizeBindings,
  sameSize,
} from "../graph/size.ts";
import { countElements, stridesOf, type Tensor } from "../graph/tensor.ts";
import { readAxis, readShape } from "./axes.ts";
import { alignedAxis, sizesAgree } from "./broadcast.ts";
import { broadcastTo as emitBroadcastTo, reshape as emitReshape, sum as emitSum, sumTo as emitSumTo, shapeOf } from "./build.ts";
import { linear } from "./linear.ts";
import { scriptBase } from "./notation.ts";
import { type Builder, type Composed, type Parameter, type PlacedNode, type Primitive, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { reduceInto } from "./reduction-order.ts";
import { broadcastStrides, spellBroadcast, spellPick, spellPlaced, spellTriangle } from "./spelled-moves.ts";
import { spellReduce } from "./spelled-reductions.ts";
import { copyStrided, type Layout, layoutOf } from "./strided.ts";

const value: Parameter = { name: "x", kind: "value", doc: "The value." };

function keepInput(adjoint: (build: Builder, id: NodeId, shape: Shape) => NodeId) {
  return (build: Builder, node: PlacedNode, id: NodeId): NodeId => adjoint(build, id, shapeOf(build, node.inputs[0]));
}

/** The shape that `wanted` asks for, its -1 replaced by what remains. */
function resolveShape(input: Shape, wanted: Shape, sizes: SizeBindings): Shape {
  const open = wanted.flatMap((size, axis) => (size === -1 ? [axis] : []));
  const target = `a value of shape ${printShape(input)} (${printSize(elementCount(input))} elements)`;
  if (open.length > 1)
    throw new TypeProblem("wrong-value", `shape ${printShape(wanted)} leaves ${open.length} sizes open: at most one may be -1`);
  if (wanted.some((size) => typeof size === "number" && (size < -1 || !Number.isInteger(size)))) {
    throw new TypeProblem(
      "wrong-value",
      `shape ${printShape(wanted)} is not a list of sizes: each must be a whole number, at least 0, or -1 once`,
    );
  }
  const total = elementCount(input);
  const known = elementCount(wanted.filter((size) => size !== -1));
  if (open.length === 0) {
    if (sizesAgree(total, known, sizes)) return wanted;
    throw new TypeProblem("shape-mismatch", `${target} cannot take shape ${printShape(wanted)}, which has ${printSize(known)} elements`);
  }
  const rest = divideSizes(total, known) ?? divideSizes(bindSize(total, sizes), bindSize(known, sizes));
  if (rest !== null) return wanted.map((size) => (size === -1 ? rest : size));
  throw new TypeProblem(
    "shape-mismatch",
    `${target} cannot take shape ${printShape(wanted)}: ${printSize(known)} does not divide ${printSize(total)}`,
  );
}

/** The output axis with the same size and as many elements before it. */
function carryReshape(axis: number, input: Shape, output: Shape): number | null {
  const before = elementCount(input.slice(0, axis));
  let product: Size = 1;
  for (let k = 0; k < output.length; k++) {
    if (sameSize(product, before) && sameSize(output[k], input[axis])) return k;
    product = multiplySizes(product, output[k]);
  }
  return null;
}

export const reshape: Primitive = linear({
  name: "reshape",
  doc: "The same elements in the same (row-major) order with another shape.",
  parameters: [value, { name: "shape", kind: "shape", doc: "The new shape; one size may be -1 and is then what remains." }],
  example: { source: "reshape([1, 2, 3, 4], [2, -1])", result: "[[1,2],[3,4]]" },
  notation: { glyph: "▭", latex: ([x], { shape }) => `\\operatorname{reshape}_{${latexShape(shape)}}\\left(${x}\\right)` },
  spelling: {
    typescriptArrays: ([x]) => ({ code: x, helpers: [] }),
    torch: ([x], { shape }) => `torch.reshape(${x}, ${printPython(shape)})`,
    jax: ([x], { shape }) => `jnp.reshape(${x}, ${printPython(shape)})`,
  },
  infer: ([input], { shape }, sizes) => ({ dtype: input.dtype, shape: resolveShape(input.shape, readShape(shape), sizes) }),
  carry: (_input, axis, [input], output) => carryReshape(axis, input.shape, output.shape),
  evaluate: (out, [x]) => out.data.set(x.data),
  transpose: keepInput(emitReshape),
});

function latexShape(shape: Attribute): string {
  return readShape(shape)
    .map((size) => printSize(size).replaceAll(" * ", " "))
    .join(" \\times ");
}

/** The order in which transpose puts the input's axes. */
function readPermutation(setting: Attribute | undefined, rank: number): readonly number[] {
  if (setting === null || setting === undefined) return Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const listed: readonly Attribute[] = Array.isArray(setting) ? setting : [setting];
  const axes = listed.map((item) => readAxis(item, rank));
  if (axes.length === rank && new Set(axes).size === rank) return axes;
  throw new TypeProblem(
    "wrong-value",
    `axes must name each of the ${rank} axes once, as (${Array.from({ length: rank }, (_, k) => rank - 1 - k).join(", ")}) does`,
  );
}

export const transpose: Primitive = linear({
  name: "transpose",
  doc: "The axes in another order; without `axes`, reversed: the transposed matrix, also written `x.T`.",
  parameters: [value, { name: "axes", kind: "axes", doc: "For each axis of the result, the axis of `x` it comes from.", default: null }],
  example: { source: "transpose([[1, 2, 3], [4, 5, 6]])", result: "[[1,4],[2,5],[3,6]]" },
  notation: { glyph: "ᵀ", latex: ([x]) => `${scriptBase(x)}^{\\top}`, strength: 2 },
  spelling: {
    typescriptArrays: ([x], { axes }, { inputs: [shape], output }) => spellPick(x, output, transposedLayout(shape, axes)),
    torch: ([x], { axes }) =>
      axes === null ? `torch.permute(${x}, tuple(reversed(range(${x}.ndim))))` : `torch.permute(${x}, ${printPython(axes)})`,
    jax: ([x], { axes }) => `jnp.transpose(${x}, ${printPython(axes)})`,
  },
  infer: ([input], { axes }) => ({
    dtype: input.dtype,
    shape: readPermutation(axes, input.shape.length).map((axis) => input.shape[axis]),
  }),
  carry: (_input, axis, [input], _output, { axes }) => readPermutation(axes, input.shape.length).indexOf(axis),
  evaluate: (out, [x], { axes }) => copyStrided(out.shape, out.data, layoutOf(out), x.data, transposedLayout(x.shape, axes)),
  transpose: (build, node, adjoint) => {
    const order = readPermutation(node.attributes.axes, node.shape.length);
    return emitTranspose(
      build,
      adjoint,
      order.map((_, axis) => order.indexOf(axis)),
    );
  },
});

/** How an array of the given shape is read with its axes in another order. */
function transposedLayout(shape: readonly number[], axes: Attribute | undefined): Layout {
  const strides = stridesOf(shape);
  return { offset: 0, strides: readPermutation(axes, shape.length).map((axis) => strides[axis]) };
}

/** Builds a transpose; the node itself if `axes` changes nothing. */
export function emitTranspose(build: Builder, id: NodeId, axes: readonly number[]): NodeId {
  return axes.every((axis, k) => axis === k) ? id : build.emit("transpose", [id], { axes });
}

function requireBroadcast(input: Shape, wanted: Shape, sizes: SizeBindings): void {
  const missing = wanted.length - input.length;
  const fits = missing >= 0 && input.every((size, axis) => size === 1 || sizesAgree(size, wanted[axis + missing], sizes));
  if (fits) return;
  throw new TypeProblem(
    "shape-mismatch",
    `shape ${printShape(input)} cannot be repeated to ${printShape(wanted)}: counted from the last axis, its sizes must be equal or 1`,
  );
}

/** The axis of `to` to which an axis of `from` of the same size is aligned from the end, or null. */
function carryAligned(from: Shape, to: Shape, axis: number): number | null {
  const aligned = alignedAxis(from, to, axis);
  return aligned >= 0 && sameSize(from[axis], to[aligned]) ? aligned : null;
}

export const broadcastTo: Primitive = linear({
  name: "broadcast_to",
  doc: "The value repeated along new leading axes and along axes of size 1.",
  parameters: [value, { name: "shape", kind: "shape", doc: "The shape of the result." }],
  example: { source: "broadcast_to([1, 2], [2, 2])", result: "[[1,2],[1,2]]" },
  notation: { glyph: "⇶", latex: ([x]) => x },
  spelling: {
    typescriptArrays: ([x], _attributes, { inputs: [shape], output }) => spellBroadcast(x, shape, output),
    torch: ([x], { shape }) => `torch.broadcast_to(${x}, ${printPython(shape)})`,
    jax: ([x], { shape }) => `jnp.broadcast_to(${x}, ${printPython(shape)})`,
  },
  infer: ([input], { shape }, sizes) => {
    requireBroadcast(input.shape, readShape(shape), sizes);
    return { dtype: input.dtype, shape: readShape(shape) };
  },
  carry: (_input, axis, [input], output) => carryAligned(input.shape, output.shape, axis),
  evaluate: (out, [x]) =>
    copyStrided(out.shape, out.data, layoutOf(out), x.data, { offset: 0, strides: broadcastStrides(x.shape, out.shape) }),
  transpose: keepInput(emitSumTo),
});

export const sumTo: Primitive = linear({
  name: "sum_to",
  doc: "The transpose of broadcasting: sums over the axes along which a value of the given shape was repeated.",
  callable: false,
  parameters: [value, { name: "shape", kind: "shape", doc: "The shape of the result." }],
  notation: { glyph: "Σ", latex: ([x]) => `\\sum ${x}`, strength: 0 },
  spelling: {
    typescriptArrays: ([x], _attributes, { inputs: [shape], output }) => spellReduce(x, shape, repeatedAxes(output, shape), "sum"),
    torch: ([x], { shape }) => `${x}.sum_to_size(${printPython(shape)})`,
  },
  infer: ([input], { shape }, sizes) => {
    requireBroadcast(readShape(shape), input.shape, sizes);
    return { dtype: input.dtype, shape: readShape(shape) };
  },
  carry: (_input, axis, [input], output) => carryAligned(input.shape, output.shape, axis),
  evaluate: (out, [x]) => reduceInto(out.data, x, repeatedAxes(out.shape, x.shape), "sum"),
  operations: ([input]) => Number(elementCount(input.shape)),
  transpose: keepInput(emitBroadcastTo),
});

/** The axes along which a value of shape `from` is repeated when it broadcasts to `to`. */
function repeatedAxes(from: readonly number[], to: readonly number[]): number[] {
  const missing = to.length - from.length;
  return to.flatMap((size, axis) => (axis < missing || from[axis - missing] !== size ? [axis] : []));
}

/** Shape of the matrix whose diagonal is (or gives) the vector. */
function diagonalShape(input: Shape, wanted: Attribute | undefined): Shape {
  if (input.length === 1) return wanted === undefined ? [input[0], input[0]] : readShape(wanted);
  const [rows, columns] = input;
  if (sameSize(rows, columns)) return [rows];
  if (!isSymbolic(rows) && !isSymbolic(columns)) return [Math.min(rows, columns)];
  throw new TypeProblem(
    "shape-mismatch",
    `the diagonal of shape ${printShape(input)} has no known length: make the matrix square or bind its sizes`,
  );
}

/** Where the diagonal of a matrix lies. */
function diagonalLayout(matrix: readonly number[]): Layout {
  return { offset: 0, strides: [(matrix[1] ?? 0) + 1] };
}

export const diag: Primitive = linear({
  name: "diag",
  doc: "The diagonal of a matrix as a vector, or the matrix that has a vector as its diagonal and 0 elsewhere.",
  parameters: [{ name: "x", kind: "value", doc: "A matrix or a vector." }],
  example: { source: "diag([[1, 2], [3, 4]])", result: "[1,4]" },
  notation: { glyph: "⋱", latex: ([x]) => `\\operatorname{diag}\\left(${x}\\right)` },
  spelling: {
    typescriptArrays: ([x], _attributes, { inputs: [shape], output }) =>
      shape.length === 1
        ? spellPlaced(countElements(output), [{ x, shape, to: diagonalLayout(output) }])
        : spellPick(x, output, diagonalLayout(shape)),
    torch: ([x]) => `torch.diag(${x})`,
    jax: ([x]) => `jnp.diag(${x})`,
  },
  infer: ([input], { shape }) => {
    if (input.shape.length === 1 || input.shape.length === 2) return { dtype: input.dtype, shape: diagonalShape(input.shape, shape) };
    throw new TypeProblem("wrong-rank", `diag takes a vector or a matrix, but its argument has shape ${printShape(input.shape)}`);
  },
  carry: () => 0,
  evaluate: (out, [x]) => {
    const [matrix, vector] = x.shape.length === 1 ? [out, x] : [x, out];
    const step = diagonalLayout(matrix.shape);
    if (matrix === out) {
      out.data.fill(0);
      copyStrided(vector.shape, out.data, step, x.data, layoutOf(x));
    } else copyStrided(vector.shape, out.data, layoutOf(out), x.data, step);
  },
  transpose: (build, node, adjoint) => {
    const shape = shapeOf(build, node.inputs[0]);
    return shape.length === 1 ? build.emit("diag", [adjoint]) : build.emit("diag", [adjoint], { shape });
  },
});

export const trace: Composed = {
  kind: "composed",
  name: "trace",
  doc: "The sum of the diagonal elements of a matrix.",
  callable: true,
  parameters: [{ name: "x", kind: "value", doc: "A matrix." }],
  example: { source: "trace([[1, 2], [3, 4]])", result: "5" },
  notation: { glyph: "tr", latex: ([x]) => `\\operatorname{tr}\\left(${x}\\right)` },
  spelling: { torch: ([x]) => `torch.trace(${x})`, jax: ([x]) => `jnp.trace(${x})` },
  infer: ([input]) => {
    if (input.shape.length === 2) return { dtype: input.dtype === "real" ? "real" : "int", shape: [] };
    throw new TypeProblem("wrong-rank", `trace takes a matrix, but its argument has shape ${printShape(input.shape)}`);
  },
  carry: () => null,
  compose: (build, [x]) => emitSum(build, build.emit("diag", [x])),
};

/** The record of tril or triu: keeps the elements with column - row on the right side of `offset`. */
function triangle(name: "tril" | "triu", keeps: (distance: number, offset: number) => boolean, side: string, glyph: string): Primitive {
  return linear({
    name,
    doc: `The ${side} triangle of a matrix (of the last two axes), 0 elsewhere.`,
    parameters: [
      value,
      { name: "offset", kind: "number", doc: "Which diagonal still belongs to the triangle: 0 the main one, 1 the one above.", default: 0 },
    ],
    example: { source: `${name}([[1, 2], [3, 4]])`, result: name === "tril" ? "[[1,0],[3,4]]" : "[[1,2],[0,4]]" },
    notation: { glyph, latex: ([x]) => `\\operatorname{${name}}\\left(${x}\\right)` },
    spelling: {
      typescriptArrays: ([x], { offset }, { output }) => spellTriangle(x, output, Number(offset ?? 0), name === "triu"),
      torch: ([x], { offset }) => `torch.${name}(${x}, ${printPython(offset ?? 0)})`,
      jax: ([x], { offset }) => `jnp.${name}(${x}, ${printPython(offset ?? 0)})`,
    },
    infer: ([input], { offset }) => {
      if (input.shape.length < 2)
        throw new TypeProblem("wrong-rank", `${name} takes a matrix, but its argument has shape ${printShape(input.shape)}`);
      if (!Number.isInteger(offset ?? 0))
        throw new TypeProblem("wrong-value", `the offset of ${name} must be a whole number, not ${String(offset)}`);
      return { dtype: input.dtype, shape: input.shape };
    },
    carry: (_input, axis) => axis,
    evaluate: (out, [x], { offset }) => fillTriangle(out, x, (distance) => keeps(distance, Number(offset ?? 0))),
    transpose: (build, node, adjoint) => build.emit(name, [adjoint], node.attributes),
  });
}

function fillTriangle(out: Tensor, x: Tensor, keeps: (distance: number) => boolean): void {
  const [rows, columns] = x.shape.slice(-2);
  for (let start = 0; start < x.data.length; start += rows * columns) {
    for (let row = 0; row < rows; row++) {
      const at = start + row * columns;
      for (let column = 0; column < columns; column++) out.data[at + column] = keeps(column - row) ? x.data[at + column] : 0;
    }
  }
}

export const tril: Primitive = triangle("tril", (distance, offset) => distance <= offset, "lower", "◣");
export const triu: Primitive = triangle("triu", (distance, offset) => distance >= offset, "upper", "◥");
