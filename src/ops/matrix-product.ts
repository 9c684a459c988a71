// The product of two matrices on typed arrays, blocked for speed.
//
// Each element of the result adds up its k products one after the other: s = round(s + round(a b)), beginning with 0. Blocking computes
// 4 x 4 elements at a time and changes no bit of them.
//
// The loops stand here twice, for binary64 and for binary32: what differs is inside the innermost loop, where binary32 rounds every
// product and every sum. One loop that is given its rounding as a function would call it twice for each product, and the engine that
// runs it does not compile such a call in place once it has seen both functions; that takes several times as long.

import type { TensorData } from "../graph/tensor.ts";

/** A matrix in a data array: element (i, j) at offset + i * rowStep + j * columnStep. */
export interface MatrixView {
  readonly data: TensorData;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** A row-major matrix, or its transpose: then `rows` and `columns` are those of the transpose. */
export function viewMatrix(data: TensorData, offset: number, rows: number, columns: number, transposed: boolean): MatrixView {
  return { data, offset, rows, columns, rowStep: transposed ? 1 : columns, columnStep: transposed ? rows : 1 };
}

const TILE = 4;

/**
 * Writes left * right row-major into `target` from `offset` on. With `single` every product and sum rounds to binary32. With
 * `annihilate`, elements that come out inf or nan are computed again with products in which an exact 0 wins.
 */
export function multiplyMatrices(
  target: TensorData,
  offset: number,
  left: MatrixView,
  right: MatrixView,
  { single, annihilate }: { readonly single: boolean; readonly annihilate: boolean },
): void {
  if (left.rows < TILE || right.columns < 2) multiplyDirectly(target, offset, left, right, single);
  else multiplyTiles(target, offset, left, right, single);
  if (annihilate) mendProducts(target, offset, left, right, single);
}

/** One element after the other: for few rows or columns. */
function multiplyDirectly(target: TensorData, offset: number, left: MatrixView, right: MatrixView, single: boolean): void {
  for (let i = 0; i < left.rows; i++) {
    for (let j = 0; j < right.columns; j++) {
      const element = single ? addProductsSingle(left, right, i, j) : addProducts(left, right, i, j);
      target[offset + i * right.columns + j] = element;
    }
  }
}

function addProducts(left: MatrixView, right: MatrixView, i: number, j: number): number {
  const [a, b] = [left.data, right.data];
  let [p, q] = [left.offset + i * left.rowStep, right.offset + j * right.columnStep];
  let sum = 0;
  for (let k = 0; k < left.columns; k++) {
    sum += a[p] * b[q];
    p += left.columnStep;
    q += right.rowStep;
  }
  return sum;
}

function addProductsSingle(left: MatrixView, right: MatrixView, i: number, j: number): number {
  const [a, b] = [left.data, right.data];
  let [p, q] = [left.offset + i * left.rowStep, right.offset + j * right.columnStep];
  let sum = 0;
  for (let k = 0; k < left.columns; k++) {
    sum = Math.fround(sum + Math.fround(a[p] * b[q]));
    p += left.columnStep;
    q += right.rowStep;
  }
  return sum;
}

/** Computes again, with products in which 0 wins, what is not finite. */
function mendProducts(target: TensorData, offset: number, left: MatrixView, right: MatrixView, single: boolean): void {
  const round = single ? Math.fround : (value: number) => value;
  const count = left.rows * right.columns;
  for (let at = 0; at < count; at++) {
    if (Number.isFinite(target[offset + at])) continue;
    const [i, j] = [Math.floor(at / right.columns), at % right.columns];
    let sum = 0;
    for (let k = 0; k < left.columns; k++) {
      const a = left.data[left.offset + i * left.rowStep + k * left.columnStep];
      const b = right.data[right.offset + k * right.rowStep + j * right.columnStep];
      if (a !== 0 && b !== 0) sum = round(sum + round(a * b));
    }
    target[offset + at] = sum;
  }
}

/** Copies both operands into strips of four rows or columns, then computes tile by tile. */
function multiplyTiles(target: TensorData, offset: number, left: MatrixView, right: MatrixView, single: boolean): void {
  const [m, n, depth] = [left.rows, right.columns, left.columns];
  const rows = packStrips(left.data, left.offset, m, left.rowStep, depth, left.columnStep);
  const columns = packStrips(right.data, right.offset, n, right.columnStep, depth, right.rowStep);
  const tile = new Float64Array(TILE * TILE);
  const multiplyTile = single ? multiplyTileSingle : multiplyTileDouble;
  for (let j = 0; j < n; j += TILE) {
    for (let i = 0; i < m; i += TILE) {
      multiplyTile(tile, rows, i * depth, columns, j * depth, depth);
      const [height, width] = [Math.min(TILE, m - i), Math.min(TILE, n - j)];
      for (let r = 0; r < height; r++) {
        const to = offset + (i + r) * n + j;
        for (let c = 0; c < width; c++) target[to + c] = tile[r * TILE + c];
      }
    }
  }
}

/**
 * Strips of four lines each: the four elements at depth 0, then those at depth 1, and so on; missing lines are 0. Doubles hold binary32
 * exactly, so that one layout serves both precisions.
 */
function packStrips(data: TensorData, offset: number, lines: number, lineStep: number, depth: number, depthStep: number): Float64Array {
  const strips = Math.ceil(lines / TILE);
  const packed = new Float64Array(strips * TILE * depth);
  for (let line = 0; line < lines; line++) {
    let to = (line - (line % TILE)) * depth + (line % TILE);
    let from = offset + line * lineStep;
    for (let k = 0; k < depth; k++) {
      packed[to] = data[from];
      to += TILE;
      from += depthStep;
    }
  }
  return packed;
}

/** tile = strip of `a` times strip of `b`: sixteen sums that stay in registers. */
function multiplyTileDouble(tile: Float64Array, a: Float64Array, aStart: number, b: Float64Array, bStart: number, depth: number): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  let p = aStart;
  for (let q = bStart; q < bStart + TILE * depth; q += TILE) {
    const b0 = b[q];
    const b1 = b[q + 1];
    const b2 = b[q + 2];
    const b3 = b[q + 3];
    let x = a[p];
    c00 += x * b0;
    c01 += x * b1;
    c02 += x * b2;
    c03 += x * b3;
    x = a[p + 1];
    c10 += x * b0;
    c11 += x * b1;
    c12 += x * b2;
    c13 += x * b3;
    x = a[p + 2];
    c20 += x * b0;
    c21 += x * b1;
    c22 += x * b2;
    c23 += x * b3;
    x = a[p + 3];
    c30 += x * b0;
    c31 += x * b1;
    c32 += x * b2;
    c33 += x * b3;
    p += TILE;
  }
  tile.set([c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33]);
}

/** The same with every product and sum rounded to binary32. */
function multiplyTileSingle(tile: Float64Array, a: Float64Array, aStart: number, b: Float64Array, bStart: number, depth: number): void {
  const round = Math.fround;
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  let p = aStart;
  for (let q = bStart; q < bStart + TILE * depth; q += TILE) {
    const b0 = b[q];
    const b1 = b[q + 1];
    const b2 = b[q + 2];
    const b3 = b[q + 3];
    let x = a[p];
    c00 = round(c00 + round(x * b0));
    c01 = round(c01 + round(x * b1));
    c02 = round(c02 + round(x * b2));
    c03 = round(c03 + round(x * b3));
    x = a[p + 1];
    c10 = round(c10 + round(x * b0));
    c11 = round(c11 + round(x * b1));
    c12 = round(c12 + round(x * b2));
    c13 = round(c13 + round(x * b3));
    x = a[p + 2];
    c20 = round(c20 + round(x * b0));
    c21 = round(c21 + round(x * b1));
    c22 = round(c22 + round(x * b2));
    c23 = round(c23 + round(x * b3));
    x = a[p + 3];
    c30 = round(c30 + round(x * b0));
    c31 = round(c31 + round(x * b1));
    c32 = round(c32 + round(x * b2));
    c33 = round(c33 + round(x * b3));
    p += TILE;
  }
  tile.set([c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33]);
}
