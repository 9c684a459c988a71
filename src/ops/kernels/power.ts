// Powers and roots: x^y, the cube root and the length of a pair.

import { highWord, powerOfTwo, productError, scaleByPower, second } from "./bits.ts";
import { expPair } from "./exponential.ts";
import { logPair } from "./logarithm.ts";

const TWO_53 = 9007199254740992;

/** True for finite whole numbers that are odd. */
function isOdd(y: number): boolean {
  const size = Math.abs(y);
  return size < TWO_53 && Math.floor(size * 0.5) * 2 + 1 === size;
}

/** x^y where x or y is 0, infinite or nan, or x is 1, after IEEE 754-2019, 9.2.1. */
function specialPower(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const size = Math.abs(x);
  if (y === Infinity || y === -Infinity) {
    if (size === 1) return 1;
    return size > 1 === y > 0 ? Infinity : 0;
  }
  const value = (size === 0) === y > 0 ? 0 : Infinity;
  const negative = isOdd(y) && (x < 0 || (x === 0 && 1 / x < 0));
  return negative ? -value : value;
}

/** size^y for finite size > 0 and finite y: e^(y log(size)) with the logarithm and its product with y as pairs. */
function positivePower(size: number, y: number): number {
  const exponent = Math.max(-1e19, Math.min(1e19, y));
  const logarithm = logPair(size, 0);
  const low = second[0];
  const product = logarithm * exponent;
  if (product > 710) return Infinity;
  if (product < -746) return 0;
  const value = expPair(product, productError(logarithm, exponent, product) + low * exponent);
  return scaleByPower(value, second[1]);
}

/**
 * x^y with the special cases of IEEE 754: pow(x, 0) = pow(1, y) = 1 even for nan, pow(-1, +-infinity) = 1, a negative x gives nan unless y
 * is whole. x^2, x^-1 and x^(1/2) are a product, a quotient and a square root, rounded once.
 */
export function pow(x: number, y: number): number {
  if (y === 2) return x * x;
  if (y === 1) return x;
  if (!(x > 0 && x < Infinity && x !== 1 && y > -Infinity && y < Infinity && y !== 0)) return otherPower(x, y);
  if (y === -1) return 1 / x;
  if (y === 0.5) return Math.sqrt(x);
  return positivePower(x, y);
}

/** x^y for x that is not positive and finite, or special arguments. */
function otherPower(x: number, y: number): number {
  if (!(x < 0 && x > -Infinity && y > -Infinity && y < Infinity && y !== 0)) return specialPower(x, y);
  if (Math.floor(y) !== y) return NaN;
  if (y === -1) return 1 / x;
  if (x === -1) return isOdd(y) ? -1 : 1;
  const value = positivePower(-x, y);
  return isOdd(y) ? -value : value;
}

/**
 * The real cube root: a cubic estimate on [1, 8), two steps of Newton's method, and a last step from a 24-bit value whose square is exact.
 */
export function cbrt(x: number): number {
  let size = Math.abs(x);
  if (!(size < Infinity) || size === 0) return x;
  let lift = 1;
  if (size < 1e-300) {
    size *= TWO_53 * 2;
    lift = 0.000003814697265625;
  }
  const exponent = ((highWord(size) >> 20) & 2047) - 1023;
  const third = Math.floor(exponent / 3);
  const m = size * powerOfTwo(-3 * third);
  let root = 0.6827 + m * (0.3695 + m * (-0.0426 + m * 0.00223));
  root = (root + root + m / (root * root)) * (1 / 3);
  root = (root + root + m / (root * root)) * (1 / 3);
  root = (root + root + m / (root * root)) * (1 / 3);
  const head = Math.fround(root);
  const quotient = m / (head * head);
  const value = (head + (head * (quotient - head)) / (head + head + quotient)) * powerOfTwo(third) * lift;
  return x < 0 ? -value : value;
}

/** sqrt(x^2 + y^2) without overflow or underflow; infinite if one side is, even beside nan. */
export function hypot(x: number, y: number): number {
  let larger = Math.abs(x);
  let smaller = Math.abs(y);
  if (larger === Infinity || smaller === Infinity) return Infinity;
  if (smaller > larger) {
    const exchanged = smaller;
    smaller = larger;
    larger = exchanged;
  }
  if (smaller === 0 || !(smaller > larger * 1e-17)) return larger + smaller;
  const lift = larger < 1e-290 ? powerOfTwo(100) : 1;
  const exponent = ((highWord(larger * lift) >> 20) & 2047) - 1023;
  const scale = powerOfTwo(-exponent);
  const a = larger * lift * scale;
  const b = smaller * lift * scale;
  const aSquare = a * a;
  const bSquare = b * b;
  const sum = aSquare + bSquare;
  const sumLow = aSquare - sum + bSquare + (productError(a, a, aSquare) + productError(b, b, bSquare));
  const root = Math.sqrt(sum);
  const rootSquare = root * root;
  const value = root + (sum - rootSquare - productError(root, root, rootSquare) + sumLow) / (root + root);
  return (value * powerOfTwo(exponent)) / lift;
}
