// The matrix product, with the transpositions and the annihilating form that its derivatives need.

import type { Attributes, NodeId, ValueType } from "../graph/graph.ts";
import { elementCount, printShape, printSize, type Shape, type Size, type SizeBindings } from "../graph/size.ts";
import { countElements, type Tensor } from "../graph/tensor.ts";
import { batchOffsets } from "./batches.ts";
import { arithmeticDtype, broadcastShapes, sizesAgree } from "./broadcast.ts";
import { addTerms, reshape, shapeOf, sumTo } from "./build.ts";
import { multiplyMatrices, viewMatrix } from "./matrix-product.ts";
import { scriptBase } from "./notation.ts";
import { type Builder, type PlacedNode, type Primitive, TypeProblem } from "./op.ts";
import { type ProductSettings, spellMatmul } from "./spelled-algebra.ts";

/** Settings that only rules give: which operands enter transposed (their last two axes), and whether an exact 0 wins over inf and nan. */
interface Flags {
  readonly left: boolean;
  readonly right: boolean;
  readonly annihilate: boolean;
}

function readFlags(attributes: Attributes): Flags {
  return { left: attributes.transposeLeft === true, right: attributes.transposeRight === true, annihilate: attributes.annihilate === true };
}

/** Builds a matrix product of derivatives, in which an exact 0 wins; `left` and `right` say which operand enters transposed. */
export function emitProduct(build: Builder, a: NodeId, b: NodeId, left: boolean, right: boolean): NodeId {
  return build.emit("matmul", [a, b], { ...(left && { transposeLeft: true }), ...(right && { transposeRight: true }), annihilate: true });
}

/** The operands as stacks of matrices: a vector on the left is a row, on the right a column; rows, depth and columns of the product. */
interface ProductShape {
  readonly rows: Size;
  readonly depth: readonly [left: Size, right: Size];
  readonly columns: Size;
  readonly batches: readonly [left: Shape, right: Shape];
}

function readProduct(a: Shape, b: Shape, flags: Flags): ProductShape {
  const left = a.length === 1 ? [1, a[0]] : flags.left ? [a[a.length - 1], a[a.length - 2]] : a.slice(-2);
  const right = b.length === 1 ? [b[0], 1] : flags.right ? [b[b.length - 1], b[b.length - 2]] : b.slice(-2);
  return { rows: left[0], depth: [left[1], right[0]], columns: right[1], batches: [a.slice(0, -2), b.slice(0, -2)] };
}

function inferProduct([a, b]: readonly ValueType[], attributes: Attributes, sizes: SizeBindings): ValueType {
  const both = `shapes ${printShape(a.shape)} and ${printShape(b.shape)} do not fit`;
  if (a.shape.length === 0 || b.shape.length === 0)
    throw new TypeProblem("wrong-rank", `${both}: @ needs arrays; write * to scale by a number`);
  const { rows, depth, columns, batches } = readProduct(a.shape, b.shape, readFlags(attributes));
  if (!sizesAgree(depth[0], depth[1], sizes)) {
    const axis = b.shape.length === 1 ? "only" : b.shape.length === 2 ? "first" : "last but one";
    const reason = `the last axis of the left (${printSize(depth[0])}) must equal the ${axis} axis of the right (${printSize(depth[1])})`;
    throw new TypeProblem("shape-mismatch", `${both}: ${reason}`);
  }
  const batch = broadcastBatches(batches, both, sizes);
  return {
    dtype: arithmeticDtype([a, b]),
    shape: [...batch, ...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])],
  };
}

function broadcastBatches(batches: readonly Shape[], both: string, sizes: SizeBindings): Shape {
  try {
    return broadcastShapes(batches, sizes);
  } catch (problem) {
    if (!(problem instanceof TypeProblem)) throw problem;
    throw new TypeProblem("shape-mismatch", `${both}: before the last two, axes must be equal or 1, counted from the end`);
  }
}

/** Rows of the left and columns of the right stay apart, and so do the axes before the last two. */
function carryProduct(input: number, axis: number, inputs: readonly ValueType[], output: ValueType, attributes: Attributes): number | null {
  const flags = readFlags(attributes);
  const shape = inputs[input].shape;
  const rank = shape.length;
  const vectorRight = inputs[1].shape.length === 1;
  if (rank === 1) return null;
  if (axis < rank - 2) {
    const missing = (inputs[0].shape.length === 1 ? 1 : 0) + (vectorRight ? 1 : 0);
    return axis + output.shape.length + missing - rank;
  }
  const transposed = input === 0 ? flags.left : flags.right;
  const first = axis === rank - 2;
  if (input === 0) return first === transposed ? null : output.shape.length - (vectorRight ? 1 : 2);
  return first === transposed ? output.shape.length - 1 : null;
}

/** C = A B: dC = dA B + A dB; A' = C' B^T, B' = A^T C', summed over what was broadcast. */
export const matmul: Primitive = {
  kind: "primitive",
  name: "matmul",
  doc: "The matrix product a @ b; vectors count as a row on the left and a column on the right, further axes as a stack of matrices.",
  callable: true,
  parameters: [
    { name: "a", kind: "value", doc: "A matrix, a stack of matrices or a vector." },
    { name: "b", kind: "value", doc: "The same, with as many rows as `a` has columns." },
  ],
  example: { source: "[[1, 2], [3, 4]] @ [5, 6]", result: "[17,39]" },
  notation: {
    glyph: "@",
    operator: "@",
    strength: 1,
    latex: ([a, b], attributes) => {
      const { left, right } = readFlags(attributes);
      return `${left ? `${scriptBase(a)}^{\\top}` : a} ${right ? `${scriptBase(b)}^{\\top}` : b}`;
    },
  },
  spelling: {
    typescriptArrays: ([a, b], attributes, { inputs: [left, right] }) => {
      const flags = readFlags(attributes);
      return spellMatmul(a, b, { ...flags, ...stacksOf(left, right, flags) });
    },
    torch: ([a, b], attributes) => spellProduct(a, b, attributes, (x) => `${x}.mT`),
    jax: ([a, b], attributes) => spellProduct(a, b, attributes, (x) => `jnp.swapaxes(${x}, -1, -2)`),
  },
  infer: inferProduct,
  carry: carryProduct,
  evaluate: (out, [a, b], attributes, { single }) => evaluateProduct(out, a, b, readFlags(attributes), single),
  tangent: (build, node, [da, db]) => {
    const { left, right } = readFlags(node.attributes);
    const [a, b] = node.inputs;
    return addTerms(build, [
      da === null ? null : emitProduct(build, da, b, left, right),
      db === null ? null : emitProduct(build, a, db, left, right),
    ]);
  },
  adjoint: adjointOfProduct,
  operations: ([a, b], output, attributes) => {
    const { depth } = readProduct(a.shape, b.shape, readFlags(attributes));
    return 2 * Number(depth[0]) * Number(elementCount(output.shape));
  },
  linearIn: [[0], [1]],
};

function spellProduct(a: string, b: string, attributes: Attributes, transposed: (x: string) => string): string {
  const { left, right } = readFlags(attributes);
  return `(${left ? transposed(a) : a} @ ${right ? transposed(b) : b})`;
}

/** Works on matrices: vectors become a row or a column, and a stack times one matrix becomes one tall matrix times it. */
function adjointOfProduct(build: Builder, node: PlacedNode, adjoint: NodeId, wanted: readonly boolean[]): readonly (NodeId | null)[] {
  const flags = readFlags(node.attributes);
  const shapes = node.inputs.map((input) => shapeOf(build, input));
  const { rows, columns } = readProduct(shapes[0], shapes[1], flags);
  const flat = shapes[1].length <= 2 && !flags.left;
  const batch = node.shape.slice(0, node.shape.length - (shapes[0].length === 1 ? 0 : 1) - (shapes[1].length === 1 ? 0 : 1));
  const tall = (shape: Shape): Shape =>
    shape.length === 1 ? [1, shape[0]] : flat ? [elementCount(shape.slice(0, -1)), shape[shape.length - 1]] : shape;
  const a = reshape(build, node.inputs[0], tall(shapes[0]));
  const b = reshape(build, node.inputs[1], shapes[1].length === 1 ? [shapes[1][0], 1] : shapes[1]);
  const c = reshape(build, adjoint, tall([...batch, rows, columns]));
  return shapes.map((shape, k): NodeId | null => {
    if (!wanted[k]) return null;
    const contribution = k === 0 ? adjointOfLeft(build, b, c, flags) : adjointOfRight(build, a, c, flags);
    return reshape(build, sumTo(build, contribution, shapeOf(build, k === 0 ? a : b)), shape);
  });
}

/** A' = C' op(B)^T, or op(B) C'^T where A enters transposed. */
function adjointOfLeft(build: Builder, b: NodeId, c: NodeId, { left, right }: Flags): NodeId {
  return left ? emitProduct(build, b, c, right, true) : emitProduct(build, c, b, false, !right);
}

/** B' = op(A)^T C', or C'^T op(A) where B enters transposed. */
function adjointOfRight(build: Builder, a: NodeId, c: NodeId, { left, right }: Flags): NodeId {
  return right ? emitProduct(build, c, a, true, left) : emitProduct(build, a, c, !left, false);
}

function evaluateProduct(out: Tensor, a: Tensor, b: Tensor, flags: Flags, single: boolean): void {
  const settings = { single: single && out.dtype === "real", annihilate: flags.annihilate };
  const { rows: m, depth: k, columns: n, stacks } = stacksOf(a.shape, b.shape, flags);
  for (let index = 0; index < stacks.left.length; index++) {
    const left = viewMatrix(a.data, stacks.left[index] * m * k, m, k, flags.left);
    const right = viewMatrix(b.data, stacks.right[index] * k * n, k, n, flags.right);
    multiplyMatrices(out.data, index * m * n, left, right, settings);
  }
}

/** The products of matrices to compute. A stack times one matrix is one tall matrix times it. */
function stacksOf(
  a: readonly number[],
  b: readonly number[],
  flags: Flags,
): Pick<ProductSettings, "rows" | "depth" | "columns" | "stacks"> {
  const { rows, depth, columns, batches } = readProduct(a, b, flags);
  const [m, k, n] = [Number(rows), Number(depth[0]), Number(columns)];
  const own = batches as readonly (readonly number[])[];
  if (b.length <= 2 && !flags.left) return { rows: m * countElements(own[0]), depth: k, columns: n, stacks: { left: [0], right: [0] } };
  const batch = broadcastShapes(own, new Map()) as readonly number[];
  const [left, right] = own.map((shape) => batchOffsets(shape, batch));
  return { rows: m, depth: k, columns: n, stacks: { left, right } };
}
