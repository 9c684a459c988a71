// Hyperbolic functions and their inverses.

import { dividePairs, polynomial, productError, quotientError, scaleByPower, second, settle, sumError } from "./bits.ts";
import { hyperbolicSineTail, inverseSineTail, inverseTangentTail, ln2 } from "./coefficients.ts";
import { expm1Pair, expPair } from "./exponential.ts";
import { logPair } from "./logarithm.ts";

const [H0, H1, H2, H3, H4, H5, H6] = hyperbolicSineTail;

/** sinh(x). */
export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size < 1) {
    if (size < 1e-8) return x;
    const z = x * x;
    const z2 = z * z;
    return x + x * z * (H0 + H1 * z + z2 * (H2 + H3 * z + z2 * (H4 + H5 * z + z2 * H6)));
  }
  if (!(size < 720)) return x * Infinity;
  const value = halfExponential(size, -1);
  return x < 0 ? -value : value;
}

/** cosh(x). */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!(size < 720)) return size * Infinity;
  return halfExponential(size, 1);
}

/** (e^x + sign e^-x) / 2 for 0 <= x < 720. */
function halfExponential(x: number, sign: number): number {
  const high = expPair(x, 0);
  const low = second[0];
  const k = second[1];
  if (x > 40) return scaleByPower(high, k - 1);
  const other = scaleByPower(sign / high, -2 * k);
  const sum = high + other;
  return scaleByPower(sum + (high - sum + other + low), k - 1);
}

/** tanh(x) = -e / (2 + e) for e = e^(-2|x|) - 1, as a quotient of pairs. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 1e-8) return x;
  if (!(size < 20)) return size >= 20 ? (x < 0 ? -1 : 1) : x;
  const e = expm1Pair(-2 * size);
  const eLow = second[0];
  const bottom = 2 + e;
  const value = dividePairs(-e, -eLow, bottom, 2 - bottom + e + eLow);
  return x < 0 ? -value : value;
}

/** Inverse of sinh. */
export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) return size < 1e-8 ? x : x + x * (x * x) * polynomial(inverseSineTail, 0, inverseSineTail.length, x * x);
  if (!(size < Infinity)) return x;
  const value = size > 1e9 ? logOfDouble(size) : logOfSumWithRoot(size, 1);
  return x < 0 ? -value : value;
}

/** Inverse of cosh on [1, infinity); nan below 1. */
export function acosh(x: number): number {
  if (!(x >= 1 && x < Infinity)) return x === Infinity ? x : NaN;
  if (x === 1) return 0;
  return x > 1e9 ? logOfDouble(x) : logOfSumWithRoot(x, -1);
}

/** log(2x) for large finite x, without overflow. */
function logOfDouble(x: number): number {
  const high = logPair(x, 0);
  const sum = high + ln2[0];
  return sum + (sumError(high, ln2[0], sum) + second[0] + ln2[1]);
}

/** log(x + sqrt(x^2 + shift)) for 1/2 <= x <= 1e9 and a shift of 1 or -1, with the sum as a pair. */
function logOfSumWithRoot(x: number, shift: number): number {
  const square = x * x;
  const squareLow = productError(x, x, square);
  const first = square + shift;
  const under = settle(first, sumError(square, shift, first) + squareLow);
  const underLow = second[0];
  const root = Math.sqrt(under);
  const rootSquare = root * root;
  const rootLow = (under - rootSquare - productError(root, root, rootSquare) + underLow) / (2 * root);
  const sum = x + root;
  return logPair(sum, sumError(x, root, sum) + rootLow);
}

/** Inverse of tanh on (-1, 1); infinite at -1 and 1, nan outside. */
export function atanh(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) return size < 1e-8 ? x : x + x * (x * x) * polynomial(inverseTangentTail, 0, inverseTangentTail.length, x * x);
  if (!(size < 1)) return size === 1 ? x * Infinity : NaN;
  const top = 1 + size;
  const topLow = 1 - top + size;
  const bottom = 1 - size;
  const quotient = top / bottom;
  const value = 0.5 * logPair(quotient, quotientError(top, bottom, quotient) + topLow / bottom);
  return x < 0 ? -value : value;
}
