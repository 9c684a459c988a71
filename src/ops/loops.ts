// The elementwise loops in which training spends its time. Each is a function of its own so that the engine that runs it compiles its
// arithmetic in place; a call for each element takes several times as long.

import type { Loop } from "./evaluate-elementwise.ts";

/** a + b */
export const addLoop: Loop = (target, start, end, [{ data: a, start: firstA, step: stepA }, { data: b, start: firstB, step: stepB }]) => {
  for (let k = start, i = firstA, j = firstB; k < end; k++, i += stepA, j += stepB) target[k] = a[i] + b[j];
};

/** a - b */
export const subtractLoop: Loop = (
  target,
  start,
  end,
  [{ data: a, start: firstA, step: stepA }, { data: b, start: firstB, step: stepB }],
) => {
  for (let k = start, i = firstA, j = firstB; k < end; k++, i += stepA, j += stepB) target[k] = a[i] - b[j];
};

/** a * b */
export const multiplyLoop: Loop = (
  target,
  start,
  end,
  [{ data: a, start: firstA, step: stepA }, { data: b, start: firstB, step: stepB }],
) => {
  for (let k = start, i = firstA, j = firstB; k < end; k++, i += stepA, j += stepB) target[k] = a[i] * b[j];
};

/** a / b */
export const divideLoop: Loop = (
  target,
  start,
  end,
  [{ data: a, start: firstA, step: stepA }, { data: b, start: firstB, step: stepB }],
) => {
  for (let k = start, i = firstA, j = firstB; k < end; k++, i += stepA, j += stepB) target[k] = a[i] / b[j];
};

/** a * b, 0 where either is 0 */
export const annihilateLoop: Loop = (
  target,
  start,
  end,
  [{ data: a, start: firstA, step: stepA }, { data: b, start: firstB, step: stepB }],
) => {
  for (let k = start, i = firstA, j = firstB; k < end; k++, i += stepA, j += stepB) target[k] = a[i] === 0 || b[j] === 0 ? 0 : a[i] * b[j];
};

/** a^2 */
export const squareLoop: Loop = (target, start, end, [{ data: a, start: first, step }]) => {
  for (let k = start, i = first; k < end; k++, i += step) target[k] = a[i] * a[i];
};

/** sqrt(a) */
export const rootLoop: Loop = (target, start, end, [{ data: a, start: first, step }]) => {
  for (let k = start, i = first; k < end; k++, i += step) target[k] = Math.sqrt(a[i]);
};

/** The positive part of a; nan stays nan. */
export const positivePartLoop: Loop = (target, start, end, [{ data: a, start: first, step }]) => {
  for (let k = start, i = first; k < end; k++, i += step) target[k] = a[i] <= 0 ? 0 : a[i];
};
