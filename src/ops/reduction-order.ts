// The order in which reductions combine elements, the same in every runner, so that they give the same bits.
//
// The reduced axes fall into groups of neighbours (an axis of size 1 counts with either side). The groups are reduced one after the
// other, from the last to the first:
// - Elements that lie next to each other in memory: element i goes into lane i mod 16, in order; then the lanes are combined by the
//   tree 8, 4, 2, 1 (lane j takes in lane j + half; lanes that got no element are left out).
// - Elements that do not: one accumulator for each result element takes in its elements in order, beginning with the first.
// Every partial result is rounded to the element type of the target. Nothing to combine gives 0, -inf or inf.

import { countElements, type Tensor, type TensorData } from "../graph/tensor.ts";

/** How two elements are combined. */
export type Combination = "sum" | "max" | "min";

const LANES = 16;
const neutral: Readonly<Record<Combination, number>> = { sum: 0, max: -Infinity, min: Infinity };

/** A function that is small enough to be inlined: a call through a variable would cost ten times as much. */
function combine(combination: Combination, a: number, b: number): number {
  return combination === "sum" ? a + b : combination === "max" ? Math.max(a, b) : Math.min(a, b);
}

/** Neighbouring axes that are all reduced or all kept. */
interface AxisGroup {
  readonly size: number;
  readonly reduced: boolean;
}

/** One step of a reduction: an array seen as [outer, count, inner] is combined along its middle axis. */
export interface ReductionStep {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** The steps that reduce an array of the given shape along `axes`: one for each group of neighbouring axes, from the last to the first. */
export function reductionSteps(shape: readonly number[], axes: readonly number[]): ReductionStep[] {
  const steps: ReductionStep[] = [];
  let groups = groupAxes(shape, axes);
  for (let at = lastReduced(groups); at >= 0; at = lastReduced(groups)) {
    const outer = countElements(groups.slice(0, at).map((group) => group.size));
    steps.push({ outer, count: groups[at].size, inner: groups[at + 1]?.size ?? 1 });
    groups = mergeGroups(groups.toSpliced(at, 1));
  }
  return steps;
}

/**
 * Combines the elements of `source` along `axes` into `target`, which holds the remaining elements in row-major order. Partial results
 * have the element type of `target`.
 */
export function reduceInto(target: TensorData, source: Tensor, axes: readonly number[], combination: Combination): void {
  const steps = reductionSteps(source.shape, axes);
  let data = source.data;
  for (const [k, { outer, count, inner }] of steps.entries()) {
    const result = k === steps.length - 1 ? target : allocateLike(target, outer * inner);
    if (inner === 1) reduceRuns(result, data, outer, count, combination);
    else reduceColumns(result, data, outer, count, inner, combination);
    data = result;
  }
  if (data !== target) target.set(data);
}

function groupAxes(shape: readonly number[], axes: readonly number[]): AxisGroup[] {
  const groups = shape.map((size, axis): AxisGroup => ({ size, reduced: axes.includes(axis) }));
  return mergeGroups(groups.filter((group) => group.size !== 1));
}

function mergeGroups(groups: readonly AxisGroup[]): AxisGroup[] {
  const merged: AxisGroup[] = [];
  for (const group of groups) {
    const last = merged.at(-1);
    if (last && last.reduced === group.reduced) merged[merged.length - 1] = { size: last.size * group.size, reduced: last.reduced };
    else merged.push(group);
  }
  return merged;
}

function lastReduced(groups: readonly AxisGroup[]): number {
  return groups.findLastIndex((group) => group.reduced);
}

/** An array of the same element type. */
export function allocateLike(data: TensorData, count: number): TensorData {
  if (data instanceof Float64Array) return new Float64Array(count);
  if (data instanceof Float32Array) return new Float32Array(count);
  return data instanceof Int32Array ? new Int32Array(count) : new Uint8Array(count);
}

/** `source` is [outer, count]: each row is combined over 16 lanes. */
function reduceRuns(target: TensorData, source: TensorData, outer: number, count: number, combination: Combination): void {
  if (count === 0) {
    target.fill(neutral[combination]);
    return;
  }
  const lanes = allocateLike(target, LANES);
  const filled = Math.min(count, LANES);
  for (let row = 0; row < outer; row++) {
    const start = row * count;
    for (let i = 0; i < filled; i++) lanes[i] = source[start + i];
    for (let i = LANES; i < count; i++) lanes[i % LANES] = combine(combination, lanes[i % LANES], source[start + i]);
    for (let half = LANES / 2; half >= 1; half /= 2) {
      for (let j = 0; j < half && j + half < filled; j++) lanes[j] = combine(combination, lanes[j], lanes[j + half]);
    }
    target[row] = lanes[0];
  }
}

/** `source` is [outer, count, inner]: each of the outer * inner results takes in its elements in order. */
function reduceColumns(
  target: TensorData,
  source: TensorData,
  outer: number,
  count: number,
  inner: number,
  combination: Combination,
): void {
  if (count === 0) {
    target.fill(neutral[combination]);
    return;
  }
  for (let block = 0; block < outer; block++) {
    const [to, from] = [block * inner, block * count * inner];
    for (let j = 0; j < inner; j++) target[to + j] = source[from + j];
    for (let i = 1; i < count; i++) {
      const row = from + i * inner;
      for (let j = 0; j < inner; j++) target[to + j] = combine(combination, target[to + j], source[row + j]);
    }
  }
}
