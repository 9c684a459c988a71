// Exponential functions: e^x, 2^x, e^x - 1, and e^(x + xLow) as a pair for the other kernels.

import { powerOfTwo, productError, ROUNDING, scaleByPower, second, settle } from "./bits.ts";
import { exponentialCubicTail, exponentialTail, inverseLn2, ln2, ln2Parts } from "./coefficients.ts";

const [E0, E1, E2, E3, E4, E5, E6, E7, E8, E9, E10] = exponentialTail;
const [C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10] = exponentialCubicTail;
const [LN2_HIGH, LN2_LOW] = ln2Parts;
const [LN2, LN2_REST] = ln2;
const INVERSE_LN2 = inverseLn2[0];

/** (e^r - 1 - r) / r^2 for |r| <= ln(2)/2. */
function evaluateTail(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = E0 + E1 * r + r2 * (E2 + E3 * r);
  const middle = E4 + E5 * r + r2 * (E6 + E7 * r);
  const high = E8 + E9 * r + r2 * E10;
  return low + r4 * (middle + r4 * high);
}

/** (e^r - 1 - r - r^2/2) / r^3 for |r| <= ln(2)/2. */
function evaluateCubicTail(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = C0 + C1 * r + r2 * (C2 + C3 * r);
  const middle = C4 + C5 * r + r2 * (C6 + C7 * r);
  const high = C8 + C9 * r + r2 * C10;
  return low + r4 * (middle + r4 * high);
}

/** e^(x - k ln 2) for the whole number k nearest to x / ln 2. */
function reducedExp(x: number, k: number): number {
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const tail = high - r - low + r * r * evaluateTail(r);
  const head = 1 + r;
  return head + (1 - head + r + tail);
}

/**
 * e^x / 2^k as a pair of about 2^-56 for |x| < 1000: faster than expPair. second[0] receives the low part, second[1] the exponent k.
 */
export function quickExpPair(x: number): number {
  const k = x * INVERSE_LN2 + ROUNDING - ROUNDING;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const tail = high - r - low + r * r * evaluateTail(r);
  const head = 1 + r;
  second[1] = k;
  return settle(head, 1 - head + r + tail);
}

/** e^x: x = k ln 2 + r, |r| <= ln(2)/2, times 2^k. */
export function exp(x: number): number {
  if (!(x > -708 && x < 709)) return outerExp(x);
  const k = x * INVERSE_LN2 + ROUNDING - ROUNDING;
  return reducedExp(x, k) * powerOfTwo(k | 0);
}

/** e^x where 2^k is not a normal number, and for special arguments. */
function outerExp(x: number): number {
  if (!(x > -746)) return Number.isNaN(x) ? x : 0;
  if (x > 710) return Infinity;
  const k = x * INVERSE_LN2 + ROUNDING - ROUNDING;
  return scaleByPower(reducedExp(x, k), k | 0);
}

/** 2^x; exact for whole x. */
export function exp2(x: number): number {
  if (!(x > -1076)) return Number.isNaN(x) ? x : 0;
  if (x >= 1024) return Infinity;
  const k = x + ROUNDING - ROUNDING;
  const fraction = x - k;
  const r = fraction * LN2;
  const low = productError(fraction, LN2, r) + fraction * LN2_REST;
  const tail = low + r * r * evaluateTail(r);
  const head = 1 + r;
  return scaleByPower(head + (1 - head + r + tail), k | 0);
}

/**
 * e^x - 1 as a pair, for -40 <= x <= 710: 2^k (e^r - 1) + (2^k - 1). Both parts are HALF of the value, so that 2^k does not overflow;
 * second[0] receives the low part.
 */
function halfExpm1Pair(x: number): number {
  const k = x * INVERSE_LN2 + ROUNDING - ROUNDING;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const tail = high - r - low + r * r * evaluateTail(r);
  const scale = powerOfTwo((k | 0) - 1);
  const base = k > 53 ? scale : k < -50 ? -0.5 : scale - 0.5;
  const apart = k > 53 ? -0.5 : k < -50 ? scale : 0;
  const head = base + scale * r;
  const rest = base - head + scale * r + (scale * tail + apart);
  const result = head + rest;
  second[0] = head - result + rest;
  return result;
}

/** e^x - 1 without cancellation near 0. */
export function expm1(x: number): number {
  if (!(x > -40)) return Number.isNaN(x) ? x : -1;
  if (x > 710) return Infinity;
  if (x < 5e-17 && x > -5e-17) return x;
  return 2 * halfExpm1Pair(x);
}

/** e^x - 1 as a pair for 1e-17 < |x| < 700; second[0] receives the low part. */
export function expm1Pair(x: number): number {
  if (x < -40) {
    second[0] = 0;
    return -1;
  }
  const high = 2 * halfExpm1Pair(x);
  second[0] = 2 * second[0];
  return high;
}

/**
 * e^(x + xLow) / 2^k as a pair of about 2^-62, for |x| < 1000 and |xLow| below about an ulp of x.
 * second[0] receives the low part, second[1] the exponent k.
 */
export function expPair(x: number, xLow: number): number {
  const k = x * INVERSE_LN2 + ROUNDING - ROUNDING;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const first = high - low;
  const firstLow = high - first - low + xLow;
  const r = first + firstLow;
  const rLow = first - r + firstLow;
  const rHead = Math.fround(r);
  const square = 0.5 * rHead * rHead;
  const squareLow = 0.5 * (r - rHead) * (r + rHead);
  const tail = r * r * r * evaluateCubicTail(r) + squareLow + rLow * (1 + r);
  const sum = 1 + r;
  const head = sum + square;
  const rest = 1 - sum + r + (sum - head + square) + tail;
  const result = head + rest;
  second[0] = head - result + rest;
  second[1] = k;
  return result;
}
