// What `x[a]` and `x[a:b:c]` take of an axis, by Python's rules, as far as sizes are known.

import { addSizes, bindSize, isSymbolic, multiplySizes, printSize, type Size, sameSize, subtractSizes } from "../graph/size.ts";
import type { Sizes } from "./sizes.ts";

/** Elements `start`, `start + step`, ... of an axis, `size` of them; `drop` removes the axis. */
export interface AxisSlice {
  readonly start: Size;
  readonly size: Size;
  readonly step: number;
  readonly drop: boolean;
}

export interface SliceBounds {
  readonly start: Size | null;
  readonly stop: Size | null;
  readonly step: Size | null;
}

/** The element at an index; negative numbers count from the end. The index as text if it is out of range. */
export function resolveAt(at: Size, length: Size, sizes: Sizes): AxisSlice | string {
  const start = fromStart(at, length);
  const number = bindSize(start, sizes.bound);
  const room = bindSize(subtractSizes(length, start), sizes.bound);
  const isOutside = (typeof number === "number" && number < 0) || (typeof room === "number" && room <= 0);
  return isOutside ? printSize(at) : { start, size: 1, step: 1, drop: true };
}

/** A negative number counts from the end; so does a size that is negative whatever the dimensions are (-n). */
function fromStart(at: Size, length: Size): Size {
  const isNegative = typeof at === "number" ? at < 0 || Object.is(at, -0) : at.terms.every((term) => term.coefficient < 0);
  return isNegative && at !== 0 ? addSizes(length, at) : at;
}

/** The elements that a slice takes, its bounds clamped to the axis where sizes are known; what is wrong as text. */
export function resolveSlice(bounds: SliceBounds, length: Size, sizes: Sizes): AxisSlice | string {
  const step = bounds.step === null ? 1 : bindSize(bounds.step, sizes.constant);
  if (isSymbolic(step)) return `the step of a slice must be a number, not ${printSize(step)}`;
  if (step === 0) return "the step of a slice cannot be 0";
  if (bounds.start === null && bounds.stop === null && Math.abs(step) === 1) {
    return { start: step > 0 ? 0 : subtractSizes(length, 1), size: length, step, drop: false };
  }
  const known = bindSize(length, sizes.constant);
  const numbers = typeof known === "number" ? resolveKnown(bounds, known, step, sizes) : null;
  return numbers ?? resolveOpen(bounds, length, step, sizes);
}

/** All sizes are numbers: as in NumPy, bounds beyond the axis are clamped. Null if a bound is not known. */
function resolveKnown({ start, stop }: SliceBounds, length: number, step: number, sizes: Sizes): AxisSlice | null {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (bound: Size | null, otherwise: number): number | null => {
    if (bound === null) return otherwise;
    const number = bindSize(bound, sizes.constant);
    if (typeof number !== "number") return null;
    return Math.min(Math.max(number < 0 ? number + length : number, low), high);
  };
  const first = clamp(start, step > 0 ? 0 : length - 1);
  const end = clamp(stop, step > 0 ? length : -1);
  if (first === null || end === null) return null;
  const size = Math.max(0, Math.ceil((end - first) / step));
  return { start: size === 0 ? 0 : first, size, step, drop: false };
}

/** Sizes are open: bounds are taken to lie within the axis. Text where the number of elements cannot be told. */
function resolveOpen(bounds: SliceBounds, length: Size, step: number, sizes: Sizes): AxisSlice | string {
  const last = subtractSizes(length, 1);
  const start = bounds.start === null ? (step > 0 ? 0 : last) : fromStart(bounds.start, length);
  const end = bounds.stop === null ? (step > 0 ? length : -1) : fromStart(bounds.stop, length);
  const distance = step > 0 ? subtractSizes(end, start) : subtractSizes(start, end);
  if (Math.abs(step) === 1) {
    if (typeof distance === "number" && distance < 0) return { start: 0, size: 0, step, drop: false };
    return clampToRows({ start, size: distance, step, drop: false }, length, sizes);
  }
  if (typeof distance === "number") return { start, size: Math.max(0, Math.ceil(distance / Math.abs(step))), step, drop: false };
  const whole = exactQuotient(distance, Math.abs(step));
  if (whole !== null) return { start, size: whole, step, drop: false };
  return `how many elements this takes depends on ${printSize(distance)}, which is not known: give the dimension a size with \`dim\``;
}

function exactQuotient(size: Size, divisor: number): Size | null {
  if (typeof size === "number") return size % divisor === 0 ? size / divisor : null;
  if (size.terms.some((term) => term.coefficient % divisor !== 0)) return null;
  return multiplySizes(size, 1 / divisor);
}

/** A slice of the rows of data that goes beyond all of them takes them all. */
function clampToRows(slice: AxisSlice, length: Size, sizes: Sizes): AxisSlice {
  const room = bindSize(subtractSizes(subtractSizes(length, slice.start), slice.size), sizes.bound);
  if (slice.step !== 1 || typeof room !== "number" || room >= 0 || sameSize(slice.start, length)) return slice;
  return { ...slice, size: subtractSizes(length, slice.start) };
}
