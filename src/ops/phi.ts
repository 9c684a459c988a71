// The phi functions: phi_1(x) = (e^x - 1) / x and phi_(k+1)(x) = (phi_k(x) - 1/k!) / x, accurate everywhere.

import { exp, expm1 } from "./kernels/index.ts";

/** Beyond this magnitude the recurrence loses nothing: the term it subtracts is at least twice or at most half what it is taken from. */
function recurrenceStart(order: number): number {
  return 20 + 2 * order;
}

/** Enough terms for every argument below the recurrence: they shrink once there are more of them than the argument is large. */
function termLimit(order: number): number {
  return 100 + 10 * order;
}

/** phi of whole order >= 1. */
export function phi(order: number, x: number): number {
  if (order === 1) return x === 0 ? 1 : x === Infinity ? x : expm1(x) / x;
  if (!(Math.abs(x) <= recurrenceStart(order))) return x === Infinity ? x : recur(order, x);
  return x < 0 ? sumNegative(order, -x) : sumPositive(order, x);
}

function recur(order: number, x: number): number {
  let value = expm1(x) / x;
  let inverseFactorial = 1;
  for (let k = 1; k < order; k++) {
    inverseFactorial /= k;
    value = (value - inverseFactorial) / x;
  }
  return value;
}

/** phi_k(x) = sum of x^n / (n + k)!: no term is negative. */
function sumPositive(order: number, x: number): number {
  let term = 1;
  for (let k = 2; k <= order; k++) term /= k;
  let total = term;
  for (let n = 1; n <= termLimit(order) && term > total * 1e-17; n++) {
    term *= x / (n + order);
    total += term;
  }
  return total;
}

/** phi_k(-z) = e^(-z) / k! times the sum of k / (k + n) z^n / n! (Kummer's transformation): no term is negative. */
function sumNegative(order: number, z: number): number {
  let scale = exp(-z);
  for (let k = 2; k <= order; k++) scale /= k;
  let power = 1;
  let total = 1;
  for (let n = 1; n <= termLimit(order) && power > total * 1e-17; n++) {
    power *= z / n;
    total += (power * order) / (order + n);
  }
  return scale * total;
}
