// The derivatives of digamma, for whole orders, from sums of inverse powers.

import { productError, quotientError, scaleByPower, second, settle, sumError } from "./bits.ts";
import { bernoulliOverFactorial } from "./coefficients.ts";
import { expPair } from "./exponential.ts";
import { digamma, logGammaPair } from "./gamma.ts";
import { logPair } from "./logarithm.ts";

/** The largest order whose factorial is a binary64 number. */
const LARGEST_EXACT_FACTORIAL = 22;

/** e^(factor (high + low)) for a negative exponent, as a pair; 0 below the range of numbers. */
function expOfProduct(factor: number, high: number, low: number): number {
  const product = factor * high;
  if (product < -700) return settle(0, 0);
  const value = expPair(product, productError(factor, high, product) + factor * low);
  const k = second[1];
  second[0] = scaleByPower(second[0], k);
  return scaleByPower(value, k);
}

/** The sum over k >= 1 of B(2k)/(2k)! s (s + 1) .. (s + 2k - 2) / b^(2k - 1): the later terms of the Euler-Maclaurin formula. */
function eulerMaclaurinSeries(s: number, b: number): number {
  const inverse = 1 / b;
  let factor = s * inverse;
  let sum = 0;
  for (let k = 0; k < bernoulliOverFactorial.length; k++) {
    sum += bernoulliOverFactorial[k] * factor;
    factor *= (s + 2 * k + 1) * inverse * ((s + 2 * k + 2) * inverse);
  }
  return sum;
}

/**
 * a^s zeta(s, a) = sum over i >= 0 of (a / (a + i))^s for whole s >= 2 and 0 < a <= 1e30 with log(a) = logHigh + logLow, as a pair: the
 * terms up to a + i = s + 12, and the others by the Euler-Maclaurin formula.
 */
function scaledZeta(s: number, a: number, logHigh: number, logLow: number): number {
  let sum = 0;
  let sumLow = 0;
  let power = 1;
  let powerLow = 0;
  let b = a;
  let bLow = 0;
  for (let i = 1; b < s + 12; i++) {
    const total = sum + power;
    sumLow += sumError(sum, power, total) + powerLow;
    sum = total;
    if (power * (1 + b / (s - 1)) < 1e-20) return settle(sum, sumLow);
    b = a + i;
    bLow = sumError(a, i, b);
    const logB = logPair(b, bLow);
    const gap = logHigh - logB;
    const gapLow = sumError(logHigh, -logB, gap) + (logLow - second[0]);
    power = expOfProduct(s, gap, gapLow);
    powerLow = second[0];
  }
  const main = b / (s - 1);
  const half = main + 0.5;
  const halfLow = main - half + 0.5 + (quotientError(b, s - 1, main) + bLow / (s - 1));
  const bracket = settle(half, halfLow + eulerMaclaurinSeries(s, b));
  const bracketLow = second[0];
  const product = power * bracket;
  const productLow = productError(power, bracket, product) + (power * bracketLow + powerLow * bracket);
  const total = sum + product;
  return settle(total, sumError(sum, product, total) + (sumLow + productLow));
}

/** log(n!) as a pair. */
function logFactorial(n: number): number {
  if (n > LARGEST_EXACT_FACTORIAL) return logGammaPair(n + 1);
  let factorial = 1;
  for (let factor = 2; factor <= n; factor++) factorial *= factor;
  return logPair(factorial, 0);
}

/** From here on zeta(s, a) is a^(1 - s) / (s - 1) to the last place. */
const LARGE = 1e30;

/** n! zeta(n + 1, a) for n >= 1 and finite a > 0, as a pair: the size of the n-th derivative of digamma. */
function derivativeSize(n: number, a: number): number {
  const logHigh = logPair(a, 0);
  const logLow = second[0];
  const large = a > LARGE;
  const factorial = logFactorial(large ? n - 1 : n);
  const factorialLow = second[0];
  const power = large ? n : n + 1;
  const product = -power * logHigh;
  const exponent = product + factorial;
  if (!(exponent > -1480 && exponent < 710)) return settle(exponent > 0 ? Infinity : 0, 0);
  const exponentLow = sumError(product, factorial, exponent) + productError(-power, logHigh, product) - power * logLow + factorialLow;
  const zeta = large ? 1 : scaledZeta(n + 1, a, logHigh, logLow);
  const zetaLow = large ? 0 : second[0];
  const factor = expPair(exponent, exponentLow);
  const factorLow = second[0];
  const k = second[1];
  const value = factor * zeta;
  const high = settle(value, productError(factor, zeta, value) + (factor * zetaLow + factorLow * zeta));
  second[0] = scaleByPower(second[0], k);
  return scaleByPower(high, k);
}

/** The n-th derivative of digamma at a finite x < 0 that is not whole, from the sums to both sides of x. */
function reflectedDerivative(n: number, x: number): number {
  const right = derivativeSize(n, x - Math.floor(x));
  const rightLow = second[0];
  const left = derivativeSize(n, Math.ceil(x) - x);
  const leftLow = second[0];
  const beyond = derivativeSize(n, 1 - x);
  const beyondLow = second[0];
  const between = left - beyond;
  const betweenLow = sumError(left, -beyond, between) + (leftLow - beyondLow);
  if (!(right < Infinity && left < Infinity)) return n % 2 === 1 ? Infinity : right < left ? Infinity : -Infinity;
  if (n % 2 === 1) {
    const value = right + between;
    return value + (sumError(right, between, value) + (rightLow + betweenLow));
  }
  const value = between - right;
  return value + (sumError(between, -right, value) + (betweenLow - rightLow));
}

/** The value at 0, negative whole numbers and infinities: poles, and the limit 0 at +infinity. */
function specialDerivative(n: number, x: number): number {
  if (x === Infinity) return 0;
  if (x === -Infinity) return NaN;
  if (n % 2 === 1) return Infinity;
  if (x === 0) return 1 / x > 0 ? -Infinity : Infinity;
  return NaN;
}

/**
 * The n-th derivative of digamma (polygamma of order n) for whole n >= 0; nan for other n. About one unit in the last place for x > 0; for
 * negative x that is the error relative to the larger of the two one-sided sums, whose difference has zeros when n is even.
 */
export function polygamma(n: number, x: number): number {
  if (!(n >= 0 && n < 1e6 && Math.floor(n) === n) || Number.isNaN(x)) return NaN;
  if (n === 0) return digamma(x);
  if (x <= 0 ? Math.floor(x) === x : x === Infinity) return specialDerivative(n, x);
  if (x < 0) return reflectedDerivative(n, x);
  const size = derivativeSize(n, x);
  return n % 2 === 1 ? size : -size;
}
