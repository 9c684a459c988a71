// TypeScript source of operations that move elements of arrays: helper functions and calls of them.

import { countElements, stridesOf } from "../graph/tensor.ts";
import type { ArrayCall, Helper } from "./op.ts";
import type { Layout } from "./strided.ts";

/** A list of numbers as source: `[2, 3]`. */
export function spellList(numbers: readonly number[]): string {
  return `[${numbers.join(", ")}]`;
}

const pickHelper: Helper = {
  name: "pick",
  text: `/** The elements x[offset + i * strides[0] + j * strides[1] + ...] for each index (i, j, ...) of the shape, in row-major order. */
function pick(x: Float64Array, shape: readonly number[], offset: number, strides: readonly number[]): Float64Array {
  const result = new Float64Array(shape.reduce((count, size) => count * size, 1));
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < result.length; to++) {
    result[to] = x[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}`,
};

const placeHelper: Helper = {
  name: "place",
  text: `/** Where a value goes: row-major, of the shape, to offset + i * strides[0] + j * strides[1] + ... of the target. */
type Part = readonly [x: Float64Array, shape: readonly number[], offset: number, strides: readonly number[]];

/** An array of zeros into which the parts are written; with \`adds\`, the parts behind the first are added to what is there. */
function place(count: number, parts: readonly Part[], adds: boolean): Float64Array {
  const target = new Float64Array(count);
  for (const [k, [x, shape, offset, strides]] of parts.entries()) {
    const index = shape.map(() => 0);
    let to = offset;
    for (let from = 0; from < x.length; from++) {
      target[to] = adds && k > 0 ? target[to] + x[from] : x[from];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        to += strides[axis];
        if (++index[axis] < shape[axis]) break;
        to -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
  }
  return target;
}`,
};

/** The elements of `x` that the layout names, as an array of the given shape. */
export function spellPick(x: string, shape: readonly number[], { offset, strides }: Layout): ArrayCall {
  return { code: `pick(${x}, ${spellList(shape)}, ${offset}, ${spellList(strides)})`, helpers: [pickHelper] };
}

/** One value written into an array. */
export interface Placed {
  readonly x: string;
  readonly shape: readonly number[];
  readonly to: Layout;
}

/** An array of `count` zeros into which the parts are written; with `adds`, those behind the first are added. */
export function spellPlaced(count: number, parts: readonly Placed[], adds = false): ArrayCall {
  const list = parts.map(({ x, shape, to }) => `[${x}, ${spellList(shape)}, ${to.offset}, ${spellList(to.strides)}]`);
  return { code: `place(${count}, [${list.join(", ")}], ${adds})`, helpers: [placeHelper] };
}

/** The strides with which an array of shape `from` is read when it broadcasts to `to`: 0 along repeated axes. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

/** The value repeated to a larger shape. */
export function spellBroadcast(x: string, from: readonly number[], to: readonly number[]): ArrayCall {
  return spellPick(x, to, { offset: 0, strides: broadcastStrides(from, to) });
}

const triangleHelper: Helper = {
  name: "triangle",
  text: `/** The elements whose column - row is at most (at least, for the upper triangle) the offset; 0 elsewhere. */
function triangle(x: Float64Array, rows: number, columns: number, offset: number, upper: boolean): Float64Array {
  return x.map((value, at) => {
    const distance = (at % columns) - (Math.floor(at / columns) % rows);
    return (upper ? distance >= offset : distance <= offset) ? value : 0;
  });
}`,
};

/** The lower or upper triangle of the last two axes. */
export function spellTriangle(x: string, shape: readonly number[], offset: number, upper: boolean): ArrayCall {
  const [rows, columns] = shape.slice(-2);
  return { code: `triangle(${x}, ${rows}, ${columns}, ${offset}, ${upper})`, helpers: [triangleHelper] };
}

const indexHelper: Helper = {
  name: "resolveIndex",
  text: `/** The index counted from 0; negative ones count from the end. */
function resolveIndex(index: number, size: number): number {
  if (index < -size || index >= size) throw new RangeError(\`index \${index} is outside an axis of \${size} elements\`);
  return index < 0 ? index + size : index;
}`,
};

const gatherHelper: Helper = {
  name: "gather",
  uses: [indexHelper],
  text: `/** Parts of x, seen as [outer, size, inner], at the indices of its middle axis. */
function gather(x: Float64Array, indices: Float64Array, outer: number, size: number, inner: number): Float64Array {
  const result = new Float64Array(outer * indices.length * inner);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices) {
      const from = (block * size + resolveIndex(index, size)) * inner;
      for (let j = 0; j < inner; j++) result[to++] = x[from + j];
    }
  }
  return result;
}`,
};

const scatterHelper: Helper = {
  name: "scatterAdd",
  uses: [indexHelper],
  text: `/** Zeros, seen as [outer, size, inner], to which each update is added at its index of the middle axis. */
function scatterAdd(indices: Float64Array, updates: Float64Array, outer: number, size: number, inner: number): Float64Array {
  const result = new Float64Array(outer * size * inner);
  let from = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices) {
      const to = (block * size + resolveIndex(index, size)) * inner;
      for (let j = 0; j < inner; j++) result[to + j] += updates[from++];
    }
  }
  return result;
}`,
};

/** An array of this shape around one axis: `outer, size, inner`. */
function spellAround(shape: readonly number[], axis: number): string {
  return `${countElements(shape.slice(0, axis))}, ${shape[axis]}, ${countElements(shape.slice(axis + 1))}`;
}

/** The parts of `x` (of the given shape) at indices of an axis. */
export function spellGather(x: string, indices: string, shape: readonly number[], axis: number): ArrayCall {
  return { code: `gather(${x}, ${indices}, ${spellAround(shape, axis)})`, helpers: [gatherHelper] };
}

/** Zeros of the given shape with updates added at indices of an axis. */
export function spellScatter(indices: string, updates: string, shape: readonly number[], axis: number): ArrayCall {
  return { code: `scatterAdd(${indices}, ${updates}, ${spellAround(shape, axis)})`, helpers: [scatterHelper] };
}

const oneHotHelper: Helper = {
  name: "oneHot",
  text: `/** For each index a row of zeros with a 1 at the index. */
function oneHot(indices: Float64Array, classes: number): Float64Array {
  const result = new Float64Array(indices.length * classes);
  indices.forEach((index, row) => {
    if (index < 0 || index >= classes) throw new RangeError(\`index \${index} is outside 0 to \${classes - 1}\`);
    result[row * classes + index] = 1;
  });
  return result;
}`,
};

/** Rows of zeros with a 1 at each index. */
export function spellOneHot(indices: string, classes: number): ArrayCall {
  return { code: `oneHot(${indices}, ${classes})`, helpers: [oneHotHelper] };
}

const positionHelper: Helper = {
  name: "position",
  text: `/** Indices of the first best elements of x, seen as [outer, size, inner], along its middle axis; nan is better than any number. */
function position(x: Float64Array, outer: number, size: number, inner: number, better: (a: number, b: number) => boolean): Float64Array {
  const result = new Float64Array(outer * inner);
  for (let at = 0; at < result.length; at++) {
    const start = Math.floor(at / inner) * size * inner + (at % inner);
    for (let i = 1; i < size; i++) {
      const known = x[start + result[at] * inner];
      const candidate = x[start + i * inner];
      if (better(candidate, known) || (Number.isNaN(candidate) && !Number.isNaN(known))) result[at] = i;
    }
  }
  return result;
}`,
};

/** Positions of the best elements along an axis, or in the whole array (axis null). `operator` is `<` or `>`. */
export function spellPosition(x: string, shape: readonly number[], axis: number | null, operator: "<" | ">"): ArrayCall {
  const around = axis === null ? `1, ${countElements(shape)}, 1` : spellAround(shape, axis);
  return { code: `position(${x}, ${around}, (a, b) => a ${operator} b)`, helpers: [positionHelper] };
}
