// The closed table of all operations.

import { elu, gelu, leakyRelu, logSigmoid, relu, sigmoid, silu, softplus, softsign } from "./activations.ts";
import { annihilate, annihilateDiv } from "./annihilation.ts";
import { abs, add, ceil, div, floor, mod, mul, neg, reciprocal, round, sign, sub } from "./arithmetic.ts";
import { and, equal, greater, greaterEqual, isfinite, less, lessEqual, not, notEqual, or } from "./comparison.ts";
import { cross, dot, outer } from "./contractions.ts";
import { grad, hessian, jacobian, jvp, ruled, vjp } from "./derivatives.ts";
import { exp, exp2, expm1, log, log1p, log2, log10, logaddexp, xlogy } from "./exponentials.ts";
import { eye, linspace, range } from "./grids.ts";
import { argmax, argmin, gather, oneHot, scatterAdd } from "./indexing.ts";
import { constant, glorotNormal, glorotUniform, heNormal, heUniform, normal, ones, uniform, zeros } from "./initialisers.ts";
import { concat, pad, stack } from "./joins.ts";
import { bce, bceLogits, crossEntropy, mse } from "./losses.ts";
import { matmul } from "./matmul.ts";
import { broadcastTo, diag, reshape, sumTo, trace, transpose, tril, triu } from "./moves.ts";
import type { Op } from "./op.ts";
import { cbrt, hypot, leg, pow, sqrt, square } from "./powers.ts";
import { cumprod, cumsum, linearRecurrence, prod } from "./recurrences.ts";
import { max, mean, min, norm, standardDeviation, sum, variance } from "./reductions.ts";
import { clip, maximum, minimum, share, where } from "./selection.ts";
import { flip, slice } from "./slices.ts";
import { logSoftmax, logsumexp, softmax } from "./softmax.ts";
import { solve } from "./solve.ts";
import { argument, array, column, identity, input, number, param, state, stopGradient } from "./sources.ts";
import { erf, erfc, gaussian, lgamma, logCosh, phi, polygamma } from "./special.ts";
import { acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh } from "./trigonometry.ts";
import { unslice } from "./unslice.ts";

/** Every operation by its name. */
export const ops = {
  // Sources.
  number,
  array,
  input,
  param,
  state,
  column,
  argument,
  identity,
  stop_gradient: stopGradient,
  zeros,
  ones,
  constant,
  uniform,
  normal,
  glorot_uniform: glorotUniform,
  glorot_normal: glorotNormal,
  he_uniform: heUniform,
  he_normal: heNormal,
  eye,
  range,
  linspace,
  // Arithmetic.
  add,
  sub,
  mul,
  div,
  neg,
  reciprocal,
  abs,
  sign,
  mod,
  floor,
  ceil,
  round,
  annihilate,
  annihilate_div: annihilateDiv,
  // Powers.
  pow,
  square,
  sqrt,
  cbrt,
  hypot,
  leg,
  // Selection.
  minimum,
  maximum,
  clip,
  where,
  share,
  // Comparison and logic.
  equal,
  not_equal: notEqual,
  less,
  less_equal: lessEqual,
  greater,
  greater_equal: greaterEqual,
  and,
  or,
  not,
  isfinite,
  // Exponentials and logarithms.
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  logaddexp,
  xlogy,
  // Trigonometry.
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atan2,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  // Special functions.
  erf,
  erfc,
  gaussian,
  lgamma,
  polygamma,
  phi,
  log_cosh: logCosh,
  // Activations.
  sigmoid,
  softplus,
  softsign,
  log_sigmoid: logSigmoid,
  relu,
  leaky_relu: leakyRelu,
  elu,
  gelu,
  silu,
  // Losses.
  mse,
  bce,
  bce_logits: bceLogits,
  cross_entropy: crossEntropy,
  // Moves of elements.
  reshape,
  transpose,
  broadcast_to: broadcastTo,
  sum_to: sumTo,
  concat,
  stack,
  slice,
  unslice,
  flip,
  pad,
  diag,
  trace,
  tril,
  triu,
  // Indices.
  gather,
  scatter_add: scatterAdd,
  one_hot: oneHot,
  argmax,
  argmin,
  // Reductions.
  sum,
  mean,
  prod,
  max,
  min,
  var: variance,
  std: standardDeviation,
  norm,
  logsumexp,
  softmax,
  log_softmax: logSoftmax,
  // Along an axis.
  cumsum,
  cumprod,
  linear_recurrence: linearRecurrence,
  // Contractions.
  matmul,
  dot,
  outer,
  cross,
  solve,
  // Derivatives.
  grad,
  jvp,
  vjp,
  jacobian,
  hessian,
  ruled,
} as const satisfies Record<string, Op>;

export type OpName = keyof typeof ops;

/** The record of an operation, or undefined if the table has no such name. */
export function findOp(name: string): Op | undefined {
  return Object.hasOwn(ops, name) ? ops[name as OpName] : undefined;
}

/** Operator text to the name of its operation: `+`, `==`, `unary -`. */
export const operators: ReadonlyMap<string, OpName> = new Map(
  (Object.keys(ops) as OpName[]).flatMap((name) => {
    const operator = (ops[name] as Op).notation.operator;
    return operator === undefined ? [] : [[operator, name] as const];
  }),
);
