// The logistic family: sigmoid, softplus, log-sigmoid and log(e^a + e^b).

import { dividePairs, powerOfTwo, scaleByPower, second, sumError } from "./bits.ts";
import { exp, expPair, quickExpPair } from "./exponential.ts";
import { logPair } from "./logarithm.ts";

/** 1 / (1 + e^-x), accurate in both tails: the quotient of 1 or e^x (x < 0) and 1 + e^-|x|. */
export function sigmoid(x: number): number {
  if (!(x > -746 && x < 746)) return x < 0 ? 0 : x > 0 ? 1 : x;
  if (x < -60) return exp(x);
  const size = Math.abs(x);
  const high = quickExpPair(-size);
  const scale = powerOfTwo(Math.max(second[1], -1000));
  const e = high * scale;
  const eLow = second[0] * scale;
  const bottom = 1 + e;
  const bottomLow = 1 - bottom + e + eLow;
  return x >= 0 ? dividePairs(1, 0, bottom, bottomLow) : dividePairs(e, eLow, bottom, bottomLow);
}

/** base + log(1 + e^-(gap + gapLow)) for gap >= 0, with little more than the rounding of the sum. */
function addLogOnePlusExp(base: number, gap: number, gapLow: number): number {
  if (gap > 745.2) return base;
  const high = expPair(-gap, -gapLow);
  const k = second[1];
  const e = scaleByPower(high, k);
  const eLow = scaleByPower(second[0], k);
  if (gap > 36) return base + (e + (eLow - 0.5 * e * e));
  const sum = 1 + e;
  const value = logPair(sum, 1 - sum + e + eLow);
  if (base === 0) return value;
  const total = base + value;
  return total + (sumError(base, value, total) + second[0]);
}

/** log(1 + e^x) without overflow or cancellation. */
export function softplus(x: number): number {
  if (Number.isNaN(x)) return x;
  return addLogOnePlusExp(x > 0 ? x : 0, Math.abs(x), 0);
}

/** log(sigmoid(x)) = -softplus(-x). */
export function logSigmoid(x: number): number {
  return -softplus(-x);
}

/**
 * log(e^a + e^b) without overflow: the larger argument plus log(1 + e^-|a - b|). The absolute error is below 1e-18 * max(1, |a|, |b|)
 * beside the rounding of the result, so that a result near 0 has fewer correct digits only where the sum cancels to 1e-3 and less.
 */
export function logaddexp(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const larger = Math.max(a, b);
  const smaller = Math.min(a, b);
  if (larger === Infinity || smaller === -Infinity) return larger;
  const gap = larger - smaller;
  return addLogOnePlusExp(larger, gap, sumError(larger, -smaller, gap));
}
