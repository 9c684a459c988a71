// TypeScript source of reductions and of what divides by them: helper functions and calls of them.

import type { ArrayCall, Helper } from "./op.ts";
import { type Combination, reductionSteps } from "./reduction-order.ts";
import { broadcastStrides, spellList, spellPick } from "./spelled-moves.ts";

const reduceHelper: Helper = {
  name: "reduce",
  text: `/** Combines the elements of x along axes. Each step [outer, count, inner] sees the array so and combines along the middle axis. */
function reduce(x: Float64Array, steps: readonly (readonly number[])[], combine: (a: number, b: number) => number, empty: number): Float64Array {
  let data = x;
  for (const [outer, count, inner] of steps) {
    const result = new Float64Array(outer * inner).fill(empty);
    for (let to = 0; to < result.length && count > 0; to++) {
      const start = Math.floor(to / inner) * count * inner + (to % inner);
      const lanes = inner === 1 ? Math.min(count, 16) : 1;
      const partial = data.slice(start, start + lanes);
      for (let i = lanes; i < count; i++) partial[i % lanes] = combine(partial[i % lanes], data[start + i * inner]);
      for (let half = 8; half >= 1; half /= 2) {
        for (let j = 0; j < half && j + half < lanes; j++) partial[j] = combine(partial[j], partial[j + half]);
      }
      result[to] = partial[0];
    }
    data = result;
  }
  return data;
}`,
};

const combinations: Readonly<Record<Combination, string>> = {
  sum: "(a, b) => a + b, 0",
  max: "Math.max, -Infinity",
  min: "Math.min, Infinity",
};

function spellSteps(shape: readonly number[], axes: readonly number[]): string {
  const steps = reductionSteps(shape, axes).map(({ outer, count, inner }) => spellList([outer, count, inner]));
  return `[${steps.join(", ")}]`;
}

/** The elements of `x` (of the given shape) combined along axes, in the order of reduction-order.ts. */
export function spellReduce(x: string, shape: readonly number[], axes: readonly number[], combination: Combination): ArrayCall {
  return { code: `reduce(${x}, ${spellSteps(shape, axes)}, ${combinations[combination]})`, helpers: [reduceHelper] };
}

/** Helpers that repeat a reduced array back to the shape of its source. */
const spreading: readonly Helper[] = [reduceHelper, ...spellPick("", [], { offset: 0, strides: [] }).helpers];

/** `x, steps, shape, strides`: what a helper needs to reduce `x` along axes and to repeat the result. */
function spellSpread(x: string, shape: readonly number[], axes: readonly number[]): string {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return `${x}, ${spellSteps(shape, axes)}, ${spellList(shape)}, ${spellList(broadcastStrides(kept, shape))}`;
}

const normHelper: Helper = {
  name: "norm",
  uses: spreading,
  text: `/** Square roots of sums of squares, scaled so that no square overflows or vanishes. */
function norm(x: Float64Array, steps: readonly (readonly number[])[], shape: readonly number[], strides: readonly number[]): Float64Array {
  const largest = reduce(x.map(Math.abs), steps, Math.max, -Infinity);
  const scale = largest.map((value) => (value > 2 ** 490 ? 2 ** -600 : value < 2 ** -490 ? 2 ** 600 : 1));
  const spread = pick(scale, shape, 0, strides);
  const total = reduce(x.map((value, i) => value * spread[i] * (value * spread[i])), steps, (a, b) => a + b, 0);
  return total.map((value, i) => (largest[i] === Infinity ? Infinity : Math.sqrt(value) / scale[i]));
}`,
};

const exponentialsHelper: Helper = {
  name: "exponentials",
  uses: spreading,
  text: `/** For groups of z: their largest element (0 where all are -inf), exp(z - largest), and the sums of these. */
function exponentials(z: Float64Array, steps: readonly (readonly number[])[], shape: readonly number[], strides: readonly number[]) {
  const largest = reduce(z, steps, Math.max, -Infinity).map((value) => (value === -Infinity ? 0 : value));
  const spread = pick(largest, shape, 0, strides);
  const parts = z.map((value, i) => Math.exp(value - spread[i]));
  return { largest, spread, parts, total: reduce(parts, steps, (a, b) => a + b, 0) };
}`,
};

const softmaxHelper: Helper = {
  name: "softmax",
  uses: [exponentialsHelper],
  text: `/** Exponentials scaled to add up to 1. */
function softmax(z: Float64Array, steps: readonly (readonly number[])[], shape: readonly number[], strides: readonly number[]): Float64Array {
  const { parts, total } = exponentials(z, steps, shape, strides);
  const whole = pick(total, shape, 0, strides);
  return parts.map((part, i) => (whole[i] === 0 ? 0 : part / whole[i]));
}`,
};

const logSoftmaxHelper: Helper = {
  name: "logSoftmax",
  uses: [exponentialsHelper],
  text: `/** The logarithm of softmax. */
function logSoftmax(z: Float64Array, steps: readonly (readonly number[])[], shape: readonly number[], strides: readonly number[]): Float64Array {
  const { spread, total } = exponentials(z, steps, shape, strides);
  const logarithms = pick(total.map((sum) => (sum === 0 ? 0 : Math.log(sum))), shape, 0, strides);
  return z.map((value, i) => value - spread[i] - logarithms[i]);
}`,
};

const logsumexpHelper: Helper = {
  name: "logsumexp",
  uses: [exponentialsHelper],
  text: `/** Logarithms of sums of exponentials. */
function logsumexp(z: Float64Array, steps: readonly (readonly number[])[], shape: readonly number[], strides: readonly number[]): Float64Array {
  const { largest, total } = exponentials(z, steps, shape, strides);
  return largest.map((value, i) => (value === Infinity ? Infinity : value + Math.log(total[i])));
}`,
};

const groupHelpers = { norm: normHelper, softmax: softmaxHelper, logSoftmax: logSoftmaxHelper, logsumexp: logsumexpHelper };

/** norm, softmax, its logarithm or logsumexp of `x` along axes. */
export function spellGroups(name: keyof typeof groupHelpers, x: string, shape: readonly number[], axes: readonly number[]): ArrayCall {
  return { code: `${name}(${spellSpread(x, shape, axes)})`, helpers: [groupHelpers[name]] };
}
