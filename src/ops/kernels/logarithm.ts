// Logarithms: natural, of 1 + x, to bases 2 and 10, x log(y), and log as a pair for the other kernels.

import { highWord, powerOfTwo, productError, second } from "./bits.ts";
import { inverseLn2, inverseLn10, ln2Parts, logarithmPairTail, logarithmTail } from "./coefficients.ts";
import { logarithmTable } from "./tables.ts";

const [T0, T1, T2, T3, T4, T5, T6, T7] = logarithmTail;
const [P0, P1, P2, P3, P4, P5, P6] = logarithmPairTail;
const [LN2_HIGH, LN2_LOW] = ln2Parts;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_54 = 18014398509481984;
/** High word of sqrt(1/2), up to which a significand counts to the next lower power of two. */
const HIGH_WORD_ROOT_HALF = 0x3fe6a09e;

/**
 * k log(2) + log(1 + f) + correction for 1 + f in [sqrt(1/2), sqrt(2)], from log(1 + f) = 2 atanh(s), s = f / (2 + f), arranged as
 * f - (f^2/2 - s (f^2/2 + R(s^2))) so that f, the largest part, enters exactly. `correction` is a small addend.
 */
function assembleLogarithm(k: number, f: number, correction: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const remainder = z * (T0 + T1 * z + z2 * (T2 + T3 * z) + z4 * (T4 + T5 * z + z2 * (T6 + T7 * z)));
  const halfSquare = 0.5 * f * f;
  const whole = k * LN2_HIGH;
  const head = whole + f;
  const rest = whole - head + f;
  return head + (rest - (halfSquare - (s * (halfSquare + remainder) + (k * LN2_LOW + correction))));
}

/** log(x), natural; -infinity at 0, nan below. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x < 0 ? NaN : x;
  let shift = 0;
  if (x < SMALLEST_NORMAL) {
    x *= TWO_54;
    shift = 54;
  }
  const k = (highWord(x) - HIGH_WORD_ROOT_HALF) >> 20;
  return assembleLogarithm(k - shift, x * powerOfTwo(-k) - 1, 0);
}

/** log(1 + x) without cancellation near 0; -infinity at -1, nan below. */
export function log1p(x: number): number {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x < 0 ? NaN : x;
  if (x < 1e-16 && x > -1e-16) return x;
  const sum = 1 + x;
  const k = (highWord(sum) - HIGH_WORD_ROOT_HALF) >> 20;
  if (k === 0) return assembleLogarithm(0, x, 0);
  const lost = x >= 1 ? 1 - (sum - x) : x - (sum - 1);
  return assembleLogarithm(k, sum * powerOfTwo(-k) - 1, lost / sum);
}

/** log(1 + r) - r + r^2/2 for |r| <= 2^-7. */
function evaluatePairTail(r: number): number {
  const r2 = r * r;
  return r2 * r * (P0 + P1 * r + r2 * (P2 + P3 * r + r2 * (P4 + P5 * r + r2 * P6)));
}

/**
 * log(x + xLow) as a pair of relative accuracy about 2^-66, for finite x > 0 and |xLow| at most about an ulp of x.
 * The significand is multiplied by a tabulated short reciprocal, which leaves r = m/c - 1, |r| <= 2^-7, without rounding.
 * second[0] receives the low part.
 */
export function logPair(x: number, xLow: number): number {
  let shift = 0;
  if (x < SMALLEST_NORMAL) {
    x *= TWO_54;
    xLow *= TWO_54;
    shift = 54;
  }
  const offset = highWord(x) - 0x3fe60000;
  const power = offset >> 20;
  const scale = powerOfTwo(-power);
  const row = 3 * ((offset >> 13) & 127);
  const inverse = logarithmTable[row];
  const m = x * scale;
  const mHead = Math.fround(m);
  const first = mHead * inverse - 1;
  const firstLow = (m - mHead) * inverse;
  const r = first + firstLow;
  const rLow = first - r + firstLow + xLow * scale * inverse;
  const rHead = Math.fround(r);
  const square = 0.5 * rHead * rHead;
  const squareLow = 0.5 * (r - rHead) * (r + rHead) + r * rLow;
  const tail = evaluatePairTail(r);
  const k = power - shift;
  const whole = k * LN2_HIGH;
  const table = logarithmTable[row + 1];
  const base = whole + table;
  const sum = base + r;
  const head = sum - square;
  const errors = whole - base + table + (base - sum + r) + (sum - head - square);
  const rest = errors + (k * LN2_LOW + logarithmTable[row + 2] + (rLow - squareLow) + tail);
  const result = head + rest;
  second[0] = head - result + rest;
  return result;
}

/** log(x) times the constant (high + low), for a logarithm to another base. */
function scaledLogarithm(x: number, high: number, low: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x < 0 ? NaN : x;
  const logarithm = logPair(x, 0);
  const product = logarithm * high;
  return product + (productError(logarithm, high, product) + (logarithm * low + second[0] * high));
}

/** Logarithm to base 2; exact at powers of 2. */
export function log2(x: number): number {
  return scaledLogarithm(x, inverseLn2[0], inverseLn2[1]);
}

/** Logarithm to base 10; exact at powers of 10. */
export function log10(x: number): number {
  return scaledLogarithm(x, inverseLn10[0], inverseLn10[1]);
}

/** x log(y), which is 0 at x = 0 for every y that is not nan. */
export function xlogy(x: number, y: number): number {
  if (x === 0) return Number.isNaN(y) ? y : 0;
  if (!(y > 0 && y < Infinity)) return x * log(y);
  const high = logPair(y, 0);
  const low = second[0];
  const size = Math.abs(x);
  const product = x * high;
  if (!(size > 1e-30 && size < 1e38)) return product;
  return product + (productError(x, high, product) + x * low);
}
