// TypeScript source of matrix products, linear systems and recurrences: helper functions and calls of them.

import type { ArrayCall, Helper } from "./op.ts";
import { spellList } from "./spelled-moves.ts";

/** Which matrix of the left and of the right stack makes each matrix of the result. */
export interface Stacks {
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
}

/** `, [0, 1], [0, 0]`; nothing for one matrix on each side. */
function spellStacks({ left, right }: Stacks): string {
  if (left.length === 1 && left[0] === 0 && right[0] === 0) return "";
  return `, ${spellList(Array.from(left))}, ${spellList(Array.from(right))}`;
}

const matmulHelper: Helper = {
  name: "matmul",
  text: `/**
 * Products of matrices [rows, depth] and [depth, columns], each possibly stored transposed. \`lefts\` and \`rights\` number the matrices of
 * stacks. With \`annihilate\`, what is not finite is computed again with products in which an exact 0 wins.
 */
function matmul(
  a: Float64Array,
  b: Float64Array,
  [rows, depth, columns]: readonly number[],
  [leftTransposed, rightTransposed, annihilate]: readonly boolean[],
  lefts: readonly number[] = [0],
  rights: readonly number[] = [0],
): Float64Array {
  const result = new Float64Array(lefts.length * rows * columns);
  const left = (index: number, i: number, k: number) => a[lefts[index] * rows * depth + (leftTransposed ? k * rows + i : i * depth + k)];
  const right = (index: number, k: number, j: number) => b[rights[index] * depth * columns + (rightTransposed ? j * depth + k : k * columns + j)];
  for (let row = 0; row < lefts.length * rows; row++) {
    const [index, i] = [Math.floor(row / rows), row % rows];
    for (let k = 0; k < depth; k++) {
      const factor = left(index, i, k);
      for (let j = 0; j < columns; j++) result[row * columns + j] += factor * right(index, k, j);
    }
    for (let j = 0; j < columns && annihilate; j++) {
      if (Number.isFinite(result[row * columns + j])) continue;
      let sum = 0;
      for (let k = 0; k < depth; k++) {
        const [x, y] = [left(index, i, k), right(index, k, j)];
        if (x !== 0 && y !== 0) sum += x * y;
      }
      result[row * columns + j] = sum;
    }
  }
  return result;
}`,
};

/** What a matrix product needs beside its operands. */
export interface ProductSettings {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly left: boolean;
  readonly right: boolean;
  readonly annihilate: boolean;
  readonly stacks: Stacks;
}

/** Matrix products of two stacks. */
export function spellMatmul(a: string, b: string, { rows, depth, columns, left, right, annihilate, stacks }: ProductSettings): ArrayCall {
  const code = `matmul(${a}, ${b}, ${spellList([rows, depth, columns])}, [${left}, ${right}, ${annihilate}]${spellStacks(stacks)})`;
  return { code, helpers: [matmulHelper] };
}

const solveHelper: Helper = {
  name: "solve",
  text: `/**
 * The solutions x of A x = b for square matrices A (or their transposes), by elimination with row exchanges. With \`annihilate\`, columns
 * of 0 have the solution 0 even if A is singular.
 */
function solve(
  matrices: Float64Array,
  b: Float64Array,
  size: number,
  columns: number,
  transposed: boolean,
  annihilate: boolean,
  lefts: readonly number[] = [0],
  rights: readonly number[] = [0],
): Float64Array {
  const result = new Float64Array(lefts.length * size * columns);
  for (let index = 0; index < lefts.length; index++) {
    const a = (i: number, j: number) => matrices[lefts[index] * size * size + (transposed ? j * size + i : i * size + j)];
    const rows = Array.from({ length: size }, (_, i) => {
      const from = (rights[index] * size + i) * columns;
      return { left: Float64Array.from({ length: size }, (_unused, j) => a(i, j)), right: b.slice(from, from + columns) };
    });
    const gone = Array.from({ length: columns }, (_unused, j) => annihilate && rows.every(({ right }) => right[j] === 0));
    for (let k = 0; k < size; k++) {
      let best = k;
      for (let i = k + 1; i < size; i++) if (Math.abs(rows[i].left[k]) > Math.abs(rows[best].left[k])) best = i;
      [rows[k], rows[best]] = [rows[best], rows[k]];
      for (let i = k + 1; i < size; i++) {
        const factor = rows[i].left[k] / rows[k].left[k];
        for (let j = k + 1; j < size; j++) rows[i].left[j] -= factor * rows[k].left[j];
        for (let j = 0; j < columns; j++) rows[i].right[j] -= factor * rows[k].right[j];
      }
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) {
        for (let j = 0; j < columns; j++) rows[i].right[j] -= rows[i].left[k] * rows[k].right[j];
      }
      for (let j = 0; j < columns; j++) rows[i].right[j] = gone[j] ? 0 : rows[i].right[j] / rows[i].left[i];
      result.set(rows[i].right, (index * size + i) * columns);
    }
  }
  return result;
}`,
};

/** How systems of equations are solved in derivatives, and which matrix belongs to which right-hand side. */
export interface SolveSettings {
  readonly transposed: boolean;
  readonly annihilate: boolean;
  readonly stacks: Stacks;
}

/** Solutions of linear systems. */
export function spellSolve(a: string, b: string, size: number, columns: number, settings: SolveSettings): ArrayCall {
  const { transposed, annihilate, stacks } = settings;
  return { code: `solve(${a}, ${b}, ${size}, ${columns}, ${transposed}, ${annihilate}${spellStacks(stacks)})`, helpers: [solveHelper] };
}

const cumsumHelper: Helper = {
  name: "cumsum",
  text: `/** Sums of the first 1, 2, ... elements along the middle axis of x, seen as [outer, size, inner]; from the last one with \`reverse\`. */
function cumsum(x: Float64Array, size: number, inner: number, reverse: boolean): Float64Array {
  const result = x.slice();
  const step = reverse ? -inner : inner;
  for (let start = 0; start < x.length; start += size * inner) {
    for (let at = inner; at < size * inner; at++) {
      const to = start + (reverse ? size * inner - 1 - at : at);
      result[to] = result[to - step] + x[to];
    }
  }
  return result;
}`,
};

/** Cumulative sums along an axis with `size` elements, `inner` elements apart. */
export function spellCumsum(x: string, size: number, inner: number, reverse: boolean): ArrayCall {
  return { code: `cumsum(${x}, ${size}, ${inner}, ${reverse})`, helpers: [cumsumHelper] };
}

const recurrenceHelper: Helper = {
  name: "recurrence",
  text: `/** Along the last axis, each element is a times the one before it plus b; the first is b. With \`annihilate\`, an exact 0 wins in products. */
function recurrence(a: Float64Array, b: Float64Array, size: number, reverse: boolean, annihilate: boolean): Float64Array {
  const result = new Float64Array(b.length);
  for (let start = 0; start < b.length; start += size) {
    let state = 0;
    for (let i = 0; i < size; i++) {
      const at = start + (reverse ? size - 1 - i : i);
      const gone = i === 0 || (annihilate && (a[at] === 0 || state === 0));
      state = i === 0 ? b[at] : (gone ? 0 : a[at] * state) + b[at];
      result[at] = state;
    }
  }
  return result;
}`,
};

/** Linear recurrences along a last axis of `size` elements. */
export function spellRecurrence(a: string, b: string, size: number, reverse: boolean, annihilate: boolean): ArrayCall {
  return { code: `recurrence(${a}, ${b}, ${size}, ${reverse}, ${annihilate})`, helpers: [recurrenceHelper] };
}
