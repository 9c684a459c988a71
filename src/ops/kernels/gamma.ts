// The logarithm of the gamma function and its derivatives.

import { evaluatePiece, highWord, powerOfTwo, productError, quotientError, second, settle, sumError } from "./bits.ts";
import { digammaRoot, digammaSeries, halfLogTwoPi, logPi, pi, stirlingSeries } from "./coefficients.ts";
import { log, logPair } from "./logarithm.ts";
import { cotangentPieces, digammaPieces, logGammaPieces } from "./tables.ts";
import { cosineRest, sineRest } from "./trigonometric.ts";

const ROW = 17;
const COTANGENT_ROW = 16;
const HIGH_WORD_HALF = 0x3fe00000;
const [PI, PI_LOW] = pi;
const [ROOT, ROOT_LOW] = digammaRoot;
const [S0, S1, S2, S3, S4, S5, S6, S7, S8] = stirlingSeries;
const [D0, D1, D2, D3, D4, D5, D6, D7, D8] = digammaSeries;

/** (factor + factorLow) * (value + second[0]) as a pair. */
function settleProduct(factor: number, factorLow: number, value: number): number {
  const product = factor * value;
  const error = Math.abs(factor) < 1e-30 ? 0 : productError(factor, value, product);
  return settle(product, error + (factor * second[0] + factorLow * value));
}

/** Start of the row of x in a table of quarter octaves from 1/2. */
function findRow(x: number): number {
  return ((highWord(x) - HIGH_WORD_HALF) >> 18) * ROW;
}

/** log(gamma(x)) on [1/2, 16) as a pair; `factor` is x - 1 below 3/2 (given apart where x was rounded). */
function logGammaPiece(x: number, factor: number): number {
  const value = evaluatePiece(logGammaPieces, findRow(x), ROW, x);
  if (x >= 3.5) return value;
  return settleProduct(x < 1.5 ? factor : x - 2, 0, value);
}

/** log(gamma(x)) for x >= 16 by Stirling's series, as a pair. */
function stirling(x: number): number {
  const logarithm = logPair(x, 0);
  const logarithmLow = second[0];
  const less = logarithm - 1;
  const lessLow = logarithm - less - 1 + logarithmLow;
  if (x > 1e30) {
    const scale = powerOfTwo(1023 - (highWord(x) >> 20));
    const m = x * scale;
    const product = m * less;
    second[0] = 0;
    return (product + (productError(m, less, product) + m * lessLow)) / scale;
  }
  const product = x * less;
  const productLow = productError(x, less, product) + x * lessLow;
  const inverse = 1 / x;
  const z = inverse * inverse;
  const series = inverse * (S0 + z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * (S6 + z * (S7 + z * S8))))))));
  const rest = -0.5 * logarithm;
  const sum = product + rest;
  const constant = halfLogTwoPi[0];
  const total = sum + constant;
  const errors = product - sum + rest + (sum - total + constant);
  return settle(total, errors + (productLow + (halfLogTwoPi[1] - 0.5 * logarithmLow) + series));
}

/** log|gamma(x)| for |x| < 1/2, x not 0: log(gamma(1 + x)) - log|x|, as a pair. */
function logGammaNearZero(x: number): number {
  const shifted = logGammaPiece(1 + x, x);
  const shiftedLow = second[0];
  const logarithm = logPair(Math.abs(x), 0);
  const sum = shifted - logarithm;
  return settle(sum, sumError(-logarithm, shifted, sum) + (shiftedLow - second[0]));
}

/** log(gamma(x)) for finite x >= 1/2 as a pair; second[0] receives the low part. */
export function logGammaPair(x: number): number {
  return x < 16 ? logGammaPiece(x, x - 1) : stirling(x);
}

/** |sin(pi f)| for |f| <= 1/2 as a pair. */
function sinePi(f: number): number {
  const size = Math.abs(f);
  const near = size <= 0.25;
  const part = near ? size : 0.5 - size;
  const r = part * PI;
  const rLow = part * PI_LOW + (part < 1e-30 ? 0 : productError(part, PI, r));
  return near ? settle(r, sineRest(r, rLow)) : settle(1 - 0.5 * (r * r), cosineRest(r, rLow));
}

/** Distance of x from the nearest whole number, exact, in [-1/2, 1/2]. */
function wholeRest(x: number): number {
  const rest = x - Math.floor(x);
  return rest > 0.5 ? x - Math.floor(x) - 1 : rest;
}

/** log|gamma(x)| for x <= -1/2, not whole: log(pi / (|x| |sin(pi x)|)) - log(gamma(|x|)). */
function logGammaReflected(x: number): number {
  const size = -x;
  const sine = sinePi(wholeRest(size));
  const sineLow = second[0];
  const first = logPair(sine, sineLow);
  const firstLow = second[0];
  const other = logPair(size, 0);
  const otherLow = second[0];
  const gamma = logGammaPair(size);
  const gammaLow = second[0];
  const a = logPi[0] - first;
  const aLow = sumError(logPi[0], -first, a);
  const b = other + gamma;
  const bLow = sumError(other, gamma, b);
  const value = a - b;
  return value + (sumError(a, -b, value) + (aLow - bLow) + (logPi[1] - firstLow - otherLow - gammaLow));
}

/**
 * log|gamma(x)|; +infinity at 0, the negative whole numbers and both infinities. About one unit in the last place for x > 0; for negative x
 * the error is about 1e-16 * max(1, |result|), which near the zeros between negative whole numbers is more than a unit of the result.
 */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= 0.5) return x === Infinity ? x : logGammaPair(x);
  if (x === 0 || Math.floor(x) === x || x === -Infinity) return Infinity;
  if (x > -0.5) return Math.abs(x) < 1e-20 ? -log(Math.abs(x)) : logGammaNearZero(x);
  return logGammaReflected(x);
}

/** digamma on [1/2, 16) as a pair; xLow a small addend to x. */
function digammaPiece(x: number, xLow: number): number {
  const value = evaluatePiece(digammaPieces, findRow(x), ROW, x);
  if (x < 1 || x >= 2) return xLow === 0 ? value : settle(value, second[0] + xLow * trigammaEstimate(x));
  const distance = x - ROOT;
  const factor = distance + (xLow - ROOT_LOW);
  return settleProduct(factor, distance - factor + (xLow - ROOT_LOW), value);
}

/** The derivative of digamma to a few percent for x >= 1/2, enough to carry a rounding error of x. */
function trigammaEstimate(x: number): number {
  const shifted = 1 / (x + 1);
  return 1 / (x * x) + shifted * (1 + shifted * (0.5 + shifted / 6));
}

/** digamma(x) for x >= 16 by its asymptotic series, as a pair. */
function digammaSeriesPair(x: number, xLow: number): number {
  const logarithm = logPair(x, xLow);
  const logarithmLow = second[0];
  const inverse = 1 / x;
  const z = inverse * inverse;
  const series = z * (D0 + z * (D1 + z * (D2 + z * (D3 + z * (D4 + z * (D5 + z * (D6 + z * (D7 + z * D8))))))));
  return settle(logarithm, logarithmLow - (0.5 * inverse + series));
}

/** digamma(x + xLow) for finite x >= 1/2 as a pair. */
function digammaPair(x: number, xLow: number): number {
  return x < 16 ? digammaPiece(x, xLow) : digammaSeriesPair(x, xLow);
}

/** pi / tan(pi f) = 1/f - (smooth part) for |f| <= 1/2, f not 0, as a pair. */
function cotangentPi(f: number): number {
  const size = Math.abs(f);
  const smooth = evaluatePiece(cotangentPieces, Math.min(3, Math.floor(size * 8)) * COTANGENT_ROW, COTANGENT_ROW, size);
  const smoothLow = second[0];
  const inverse = 1 / size;
  const value = inverse - smooth;
  const low = inverse - value - smooth + (quotientError(1, size, inverse) - smoothLow);
  return f < 0 ? settle(-value, -low) : settle(value, low);
}

/**
 * digamma(x), the derivative of lgamma: -infinity at 0, nan at negative whole numbers and -infinity. About one unit in the last place for
 * x > 0; for negative x about 1e-16 * max(1, |result|).
 */
export function digamma(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x === 0) return 1 / x === Infinity ? -Infinity : Infinity;
  if (x >= 0.5) return digammaPair(x, 0);
  if (Math.abs(x) < 1e-18) return -1 / x;
  if (x > -0.5) return digammaNearZero(x);
  if (Math.floor(x) === x) return NaN;
  const shifted = 1 - x;
  const high = digammaPair(shifted, 1 - shifted - x);
  const low = second[0];
  const other = cotangentPi(wholeRest(x));
  const value = high - other;
  return value + (sumError(high, -other, value) + (low - second[0]));
}

/** digamma(1 + x) - 1/x for |x| < 1/2. */
function digammaNearZero(x: number): number {
  const shifted = 1 + x;
  const high = digammaPair(shifted, 1 - shifted + x);
  const low = second[0];
  const inverse = 1 / x;
  const inverseLow = quotientError(1, x, inverse);
  const value = high - inverse;
  return value + (sumError(high, -inverse, value) + (low - inverseLow));
}
