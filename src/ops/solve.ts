// Systems of linear equations, by elimination with row exchanges.

import type { Attributes, NodeId, ValueType } from "../graph/graph.ts";
import { elementCount, printShape, type Shape, type Size, type SizeBindings } from "../graph/size.ts";
import type { Tensor, TensorData } from "../graph/tensor.ts";
import { batchOffsets } from "./batches.ts";
import { broadcastShapes, sizesAgree } from "./broadcast.ts";
import { negate, reshape, shapeOf, subtract, sumTo } from "./build.ts";
import { emitProduct } from "./matmul.ts";
import { scriptBase } from "./notation.ts";
import { type Builder, type PlacedNode, type Primitive, TypeProblem } from "./op.ts";
import { allocateLike } from "./reduction-order.ts";
import { type Stacks, spellSolve } from "./spelled-algebra.ts";

function isTransposed(attributes: Attributes): boolean {
  return attributes.transpose === true;
}

/** Builds the solution with the matrix or its transpose for derivatives: columns of exact 0 have the solution 0 even if the matrix is singular. */
function emitSolve(build: Builder, matrix: NodeId, right: NodeId, transposed: boolean): NodeId {
  return build.emit("solve", [matrix, right], { ...(transposed && { transpose: true }), annihilate: true });
}

function inferSolve([matrix, right]: readonly ValueType[], sizes: SizeBindings): ValueType {
  const [a, b] = [matrix.shape, right.shape];
  const both = `shapes ${printShape(a)} and ${printShape(b)} do not fit`;
  if (a.length < 2 || !sizesAgree(a[a.length - 1], a[a.length - 2], sizes)) {
    throw new TypeProblem("shape-mismatch", `solve needs a square matrix, but its first argument has shape ${printShape(a)}`);
  }
  if (b.length === 0) throw new TypeProblem("wrong-rank", `${both}: the right-hand side must be a vector or a matrix`);
  const rows = b.length === 1 ? b[0] : b[b.length - 2];
  if (!sizesAgree(rows, a[a.length - 1], sizes)) {
    throw new TypeProblem("shape-mismatch", `${both}: the right-hand side must have as many rows as the matrix`);
  }
  const batch = broadcastShapes([a.slice(0, -2), b.slice(0, -2)], sizes);
  return { dtype: "real", shape: [...batch, ...(b.length === 1 ? [rows] : b.slice(-2))] };
}

/** The right-hand side or solution as matrices: a vector (or a stack of them) becomes columns. */
function asColumns(build: Builder, id: NodeId, vector: boolean): NodeId {
  return vector ? reshape(build, id, [...shapeOf(build, id), 1]) : id;
}

function isVector(build: Builder, node: PlacedNode): boolean {
  return shapeOf(build, node.inputs[1]).length === 1;
}

/** A x = b: dx = A^-1 (db - dA x). */
function tangentOfSolve(build: Builder, node: PlacedNode, [dMatrix, dRight]: readonly (NodeId | null)[]): NodeId | null {
  const transposed = isTransposed(node.attributes);
  if (dMatrix === null) return dRight === null ? null : emitSolve(build, node.inputs[0], dRight, transposed);
  const vector = isVector(build, node);
  const x = asColumns(build, node.id, vector);
  const moved = emitProduct(build, dMatrix, x, transposed, false);
  const residual = dRight === null ? negate(build, moved) : subtract(build, asColumns(build, dRight, vector), moved);
  return reshape(build, emitSolve(build, node.inputs[0], residual, transposed), node.shape);
}

/** A x = b: b' = A^-T x', A' = -b' x^T. With A^T x = b: b' = A^-1 x', A' = -x b'^T. */
function adjointOfSolve(build: Builder, node: PlacedNode, adjoint: NodeId, wanted: readonly boolean[]): readonly (NodeId | null)[] {
  const transposed = isTransposed(node.attributes);
  const vector = isVector(build, node);
  const [matrix, right] = node.inputs;
  const columns = emitSolve(build, matrix, asColumns(build, adjoint, vector), !transposed);
  const x = asColumns(build, node.id, vector);
  const [first, second] = transposed ? [x, columns] : [columns, x];
  return [
    wanted[0] ? sumTo(build, negate(build, emitProduct(build, first, second, false, true)), shapeOf(build, matrix)) : null,
    wanted[1] ? sumTo(build, reshape(build, columns, node.shape), shapeOf(build, right)) : null,
  ];
}

/** Columns of the right-hand side. */
function columnCount(shape: Shape): Size {
  return shape.length === 1 ? 1 : shape[shape.length - 1];
}

export const solve: Primitive = {
  kind: "primitive",
  name: "solve",
  doc: "The x with A @ x = b. A singular matrix gives inf or nan.",
  callable: true,
  parameters: [
    { name: "A", kind: "value", doc: "A square matrix, or a stack of them." },
    { name: "b", kind: "value", doc: "The right-hand side: a vector, a matrix of columns, or a stack of matrices." },
  ],
  example: { source: "solve([[2, 0], [0, 4]], [2, 2])", result: "[1,0.5]" },
  notation: {
    glyph: "A⁻¹",
    strength: 1,
    latex: ([a, b], attributes) => `${scriptBase(a)}^{${isTransposed(attributes) ? "-\\top" : "-1"}} ${b}`,
  },
  spelling: {
    typescriptArrays: ([a, b], attributes, { inputs: [matrix, right] }) => {
      const columns = Number(columnCount(right));
      const settings = {
        transposed: isTransposed(attributes),
        annihilate: attributes.annihilate === true,
        stacks: stacksOf(matrix, right),
      };
      return spellSolve(a, b, matrix[matrix.length - 1], columns, settings);
    },
    torch: ([a, b], attributes) => `torch.linalg.solve(${isTransposed(attributes) ? `${a}.mT` : a}, ${b})`,
    jax: ([a, b], attributes) => `jnp.linalg.solve(${isTransposed(attributes) ? `jnp.swapaxes(${a}, -1, -2)` : a}, ${b})`,
  },
  infer: (inputs, _attributes, sizes) => inferSolve(inputs, sizes),
  carry: (input, axis, inputs, output) => {
    const rank = inputs[input].shape.length;
    const vector = inputs[1].shape.length === 1;
    if (axis < rank - 2) return axis + output.shape.length + (vector ? 1 : 0) - rank;
    return input === 1 && !vector && axis === rank - 1 ? output.shape.length - 1 : null;
  },
  evaluate: evaluateSolve,
  tangent: tangentOfSolve,
  adjoint: adjointOfSolve,
  // 2/3 n^3 for the elimination, 2 n^2 for each column.
  operations: ([matrix, right], output) => {
    const size = Number(matrix.shape[matrix.shape.length - 1]);
    const columns = Number(columnCount(right.shape));
    const systems = Number(elementCount(output.shape)) / Math.max(1, size * columns);
    return systems * Math.round((2 * size ** 3) / 3 + 2 * size ** 2 * columns);
  },
  linearIn: [[1]],
};

function evaluateSolve(
  out: Tensor,
  [matrix, right]: readonly Tensor[],
  attributes: Attributes,
  { single }: { readonly single: boolean },
): void {
  const size = matrix.shape[matrix.shape.length - 1];
  const columns = Number(columnCount(right.shape));
  const { left: matrices, right: rights } = stacksOf(matrix.shape, right.shape);
  const work = allocateLike(out.data, size * size);
  const x = allocateLike(out.data, size * columns);
  for (let index = 0; index < matrices.length; index++) {
    copyMatrix(work, matrix.data, matrices[index] * size * size, size, isTransposed(attributes));
    x.set(right.data.subarray(rights[index] * size * columns, (rights[index] + 1) * size * columns));
    const zeros = attributes.annihilate === true ? zeroColumns(x, columns) : [];
    eliminate(work, x, size, columns, single);
    for (const column of zeros) for (let i = column; i < x.length; i += columns) x[i] = 0;
    out.data.set(x, index * size * columns);
  }
}

/** The columns of a matrix in which every element is 0. */
function zeroColumns(x: TensorData, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => column).filter((column) => {
    for (let i = column; i < x.length; i += columns) if (x[i] !== 0) return false;
    return true;
  });
}

/** Which matrix and which right-hand side make each solution. */
function stacksOf(matrix: readonly number[], right: readonly number[]): Stacks {
  const own = [matrix.slice(0, -2), right.slice(0, -2)];
  const batch = broadcastShapes(own, new Map()) as readonly number[];
  return { left: batchOffsets(own[0], batch), right: batchOffsets(own[1], batch) };
}

function copyMatrix(target: TensorData, source: TensorData, offset: number, size: number, transposed: boolean): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) target[i * size + j] = source[offset + (transposed ? j * size + i : i * size + j)];
  }
}

/**
 * Solves in place: elimination column by column, the row with the largest pivot (the first of equal ones) moved up, then substitution
 * from the last row to the first. Products and differences round one by one, in the order of rows and columns.
 */
function eliminate(matrix: TensorData, x: TensorData, size: number, columns: number, single: boolean): void {
  const round = single ? Math.fround : (value: number) => value;
  for (let k = 0; k < size; k++) {
    const pivot = findPivot(matrix, size, k);
    if (pivot !== k) {
      swapRows(matrix, size, pivot, k);
      swapRows(x, columns, pivot, k);
    }
    for (let i = k + 1; i < size; i++) {
      const factor = round(matrix[i * size + k] / matrix[k * size + k]);
      for (let j = k + 1; j < size; j++) matrix[i * size + j] -= round(factor * matrix[k * size + j]);
      for (let j = 0; j < columns; j++) x[i * columns + j] -= round(factor * x[k * columns + j]);
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) {
      for (let j = 0; j < columns; j++) x[i * columns + j] -= round(matrix[i * size + k] * x[k * columns + j]);
    }
    for (let j = 0; j < columns; j++) x[i * columns + j] /= matrix[i * size + i];
  }
}

function findPivot(matrix: TensorData, size: number, column: number): number {
  let best = column;
  for (let i = column + 1; i < size; i++) {
    if (Math.abs(matrix[i * size + column]) > Math.abs(matrix[best * size + column])) best = i;
  }
  return best;
}

function swapRows(data: TensorData, width: number, a: number, b: number): void {
  for (let j = 0; j < width; j++) {
    const kept = data[a * width + j];
    data[a * width + j] = data[b * width + j];
    data[b * width + j] = kept;
  }
}
