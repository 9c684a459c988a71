// phi(x) = (e^x - 1) / x and its derivatives, accurate everywhere: of order k the integral of t^k e^(x t) over t from 0 to 1.

import { exp, expm1 } from "./kernels/index.ts";

/** Beyond this magnitude the recurrences lose nothing: what they subtract is at most half of what it is taken from. */
function recurrenceStart(order: number): number {
  return 20 + 2 * order;
}

/** Enough terms for every argument below the recurrence: they shrink once there are more of them than the argument is large. */
function termLimit(order: number): number {
  return 100 + 10 * order;
}

/** From here on e^x is taken in two factors: it may overflow where phi does not. */
const halvedFrom = 700;

/** The derivative of whole order >= 0 of (e^x - 1) / x. */
export function phi(order: number, x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x > halvedFrom) return exp(x / 2) * shareOfExponential(order, x) * exp(x / 2);
  if (order === 0) return x === 0 ? 1 : expm1(x) / x;
  if (x > recurrenceStart(order)) return exp(x) * shareOfExponential(order, x);
  if (x < -recurrenceStart(order)) return recurNegative(order, -x);
  return x < 0 ? sumNegative(order, -x) : sumPositive(order, x);
}

/** phi_k(x) / e^x for large x by parts: x phi_k = e^x - k phi_(k-1). */
function shareOfExponential(order: number, x: number): number {
  let share = -expm1(-x) / x;
  for (let k = 1; k <= order; k++) share = (1 - k * share) / x;
  return share;
}

/** phi_k(-z) for large z by parts: z phi_k = k phi_(k-1) - e^(-z). */
function recurNegative(order: number, z: number): number {
  const power = exp(-z);
  let value = -expm1(-z) / z;
  for (let k = 1; k <= order; k++) value = (k * value - power) / z;
  return value;
}

/** phi_k(x) = sum of x^n / (n! (n + k + 1)): no term is negative. */
function sumPositive(order: number, x: number): number {
  let power = 1;
  let total = 1 / (order + 1);
  for (let n = 1; n <= termLimit(order) && power > total * 1e-17; n++) {
    power *= x / n;
    total += power / (n + order + 1);
  }
  return total;
}

/** phi_k(-z) = e^(-z) times the sum of k! z^n / (n + k + 1)! (Kummer's transformation): no term is negative. */
function sumNegative(order: number, z: number): number {
  let term = 1 / (order + 1);
  let total = term;
  for (let n = 1; n <= termLimit(order) && term > total * 1e-17; n++) {
    term *= z / (n + order + 1);
    total += term;
  }
  return exp(-z) * total;
}
