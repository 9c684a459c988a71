// The error function and its complement.

import { evaluatePiece, highWord, polynomial, productError, scaleByPower, second } from "./bits.ts";
import { errorTail } from "./coefficients.ts";
import { expPair } from "./exponential.ts";
import { errorPieces, scaledErrorPieces } from "./tables.ts";

const ERROR_ROW = 15;
const SCALED_ROW = 18;
/** From here on erf rounds to 1. */
const ERROR_ONE = 5.9375;
/** From here on erfc rounds to 0. */
const COMPLEMENT_ZERO = 27.3;
const HIGH_WORD_HALF = 0x3fe00000;

/** erf(x) / x - 1 for |x| <= 1/2. */
function smallTail(x: number): number {
  return polynomial(errorTail, 0, errorTail.length, x * x);
}

/** erf on [1/2, 6), rounded; second[0] receives the low part. */
function evaluateErrorPiece(x: number): number {
  const row = (Math.floor(x * 4) - 2) * ERROR_ROW;
  return evaluatePiece(errorPieces, row, ERROR_ROW, x);
}

/** The error function 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) return x + x * smallTail(x);
  if (!(size < ERROR_ONE)) return x < 0 ? -1 : x > 0 ? 1 : x;
  const value = evaluateErrorPiece(size);
  return x < 0 ? -value : value;
}

/** The complement 1 - erf(x), accurate where it is small: e^(-x^2) times a piecewise polynomial. */
export function erfc(x: number): number {
  if (x < 0.5) {
    if (x < -0.5) return x > -ERROR_ONE ? 1 + evaluateErrorPiece(-x) : 2;
    const head = 1 - x;
    return head + (1 - head - x - x * smallTail(x));
  }
  if (!(x < COMPLEMENT_ZERO)) return Number.isNaN(x) ? x : 0;
  const row = ((highWord(x) - HIGH_WORD_HALF) >> 18) * SCALED_ROW;
  const factor = evaluatePiece(scaledErrorPieces, row, SCALED_ROW, x);
  const factorLow = second[0];
  const square = x * x;
  const high = expPair(-square, -productError(x, x, square));
  const low = second[0];
  const k = second[1];
  const product = high * factor;
  return scaleByPower(product + (productError(high, factor, product) + high * factorLow + low * factor), k);
}
