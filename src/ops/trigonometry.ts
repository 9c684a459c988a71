// Trigonometric and hyperbolic functions and their inverses.

import type { NodeId } from "../graph/graph.ts";
import { add, constant, multiply, negate, subtract } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import * as kernels from "./kernels/index.ts";
import { functionNotation, operatorName, spellCalls } from "./notation.ts";
import type { Builder, Example, Interval, Primitive } from "./op.ts";
import { type Factor, over, quotient, type Rule, times } from "./rules.ts";

interface FunctionDescription {
  /** The name of the op, of the property of Math and of the function in PyTorch. */
  readonly name: string;
  readonly doc: string;
  readonly argument?: string;
  readonly value: (x: number) => number;
  readonly rule: Rule;
  readonly glyph: string;
  /** LaTeX of the name; default: the name as an operator. */
  readonly command?: string;
  readonly jax?: string;
  readonly domain?: Interval;
  readonly example: Example;
}

/** The record of a function of one number. */
function unary({ argument, rule, glyph, command, jax, domain, ...described }: FunctionDescription): Primitive {
  const { name } = described;
  return elementwise({
    ...described,
    inputs: { x: argument ?? "Any number." },
    rules: [rule],
    ...(domain && { domain: [domain] }),
    notation: functionNotation(glyph, command ?? operatorName(name)),
    spelling: spellCalls(name, name, jax ?? name),
  });
}

/** The function `op` of the node's input. */
function of(op: string): Factor {
  return (build, { inputs }) => build.emit(op, inputs);
}

function onePlus(build: Builder, x: NodeId): NodeId {
  return add(build, constant(build, 1), x);
}

function oneMinusSquare(build: Builder, x: NodeId): NodeId {
  return subtract(build, constant(build, 1), build.emit("square", [x]));
}

/** d sin(x) = cos(x) dx */
export const sin = unary({
  name: "sin",
  doc: "The sine of an angle in radians.",
  value: kernels.sin,
  rule: times(of("cos")),
  glyph: "sin",
  command: "\\sin",
  example: { source: "sin(0)", result: "0" },
});

/** d cos(x) = -sin(x) dx */
export const cos = unary({
  name: "cos",
  doc: "The cosine of an angle in radians.",
  value: kernels.cos,
  rule: times((build, { inputs }) => negate(build, build.emit("sin", inputs))),
  glyph: "cos",
  command: "\\cos",
  example: { source: "cos(0)", result: "1" },
});

/** With y = tan(x): dy = (1 + y^2) dx */
export const tan = unary({
  name: "tan",
  doc: "The tangent of an angle in radians.",
  value: kernels.tan,
  rule: times((build, { id }) => onePlus(build, build.emit("square", [id]))),
  glyph: "tan",
  command: "\\tan",
  domain: { low: -1.2, high: 1.2 },
  example: { source: "tan(0)", result: "0" },
});

/** d asin(x) = dx / sqrt(1 - x^2) */
export const asin = unary({
  name: "asin",
  doc: "The angle from -pi/2 to pi/2 with this sine.",
  argument: "A number from -1 to 1.",
  value: kernels.asin,
  rule: over((build, { inputs: [x] }) => build.emit("leg", [constant(build, 1), x])),
  glyph: "asn",
  command: "\\arcsin",
  jax: "arcsin",
  domain: { low: -0.8, high: 0.8 },
  example: { source: "asin(0)", result: "0" },
});

/** d acos(x) = -dx / sqrt(1 - x^2) */
export const acos = unary({
  name: "acos",
  doc: "The angle from 0 to pi with this cosine.",
  argument: "A number from -1 to 1.",
  value: kernels.acos,
  rule: (build, { inputs: [x] }, direction) => negate(build, quotient(build, direction, build.emit("leg", [constant(build, 1), x]))),
  glyph: "acs",
  command: "\\arccos",
  jax: "arccos",
  domain: { low: -0.8, high: 0.8 },
  example: { source: "acos(1)", result: "0" },
});

/** d atan(x) = dx / (1 + x^2) */
export const atan = unary({
  name: "atan",
  doc: "The angle from -pi/2 to pi/2 with this tangent.",
  value: kernels.atan,
  rule: over((build, { inputs: [x] }) => onePlus(build, build.emit("square", [x]))),
  glyph: "atn",
  command: "\\arctan",
  jax: "arctan",
  example: { source: "atan(0)", result: "0" },
});

/** direction * factor / r^2 with r = hypot(y, x), which neither overflows nor vanishes on the way */
function overSquaredLength(build: Builder, [y, x]: readonly NodeId[], direction: NodeId, factor: NodeId): NodeId {
  const r = build.emit("hypot", [y, x]);
  return quotient(build, multiply(build, quotient(build, direction, r), factor), r);
}

/** With r^2 = x^2 + y^2: d atan2(y, x) = (x dy - y dx) / r^2 */
export const atan2 = elementwise({
  name: "atan2",
  doc: "The angle from -pi to pi of the point (x, y), seen from the origin.",
  inputs: { y: "The second coordinate.", x: "The first coordinate." },
  value: kernels.atan2,
  rules: [
    (build, { inputs }, direction) => overSquaredLength(build, inputs, direction, inputs[1]),
    (build, { inputs }, direction) => negate(build, overSquaredLength(build, inputs, direction, inputs[0])),
  ],
  domain: [
    { low: -2, high: 2 },
    { low: 0.5, high: 2 },
  ],
  notation: functionNotation("∠", operatorName("atan2")),
  spelling: spellCalls("atan2", "atan2", "arctan2"),
  example: { source: "atan2(0, 1)", result: "0" },
});

/** d sinh(x) = cosh(x) dx */
export const sinh = unary({
  name: "sinh",
  doc: "The hyperbolic sine, (exp(x) - exp(-x)) / 2.",
  value: kernels.sinh,
  rule: times(of("cosh")),
  glyph: "sh",
  command: "\\sinh",
  example: { source: "sinh(0)", result: "0" },
});

/** d cosh(x) = sinh(x) dx */
export const cosh = unary({
  name: "cosh",
  doc: "The hyperbolic cosine, (exp(x) + exp(-x)) / 2.",
  value: kernels.cosh,
  rule: times(of("sinh")),
  glyph: "ch",
  command: "\\cosh",
  example: { source: "cosh(0)", result: "1" },
});

/** With y = tanh(x): dy = (1 - y^2) dx */
export const tanh = unary({
  name: "tanh",
  doc: "The hyperbolic tangent, sinh(x) / cosh(x), between -1 and 1.",
  value: kernels.tanh,
  rule: times((build, { id }) => oneMinusSquare(build, id)),
  glyph: "th",
  command: "\\tanh",
  example: { source: "tanh(0)", result: "0" },
});

/** d asinh(x) = dx / sqrt(1 + x^2) */
export const asinh = unary({
  name: "asinh",
  doc: "The number with this hyperbolic sine.",
  value: kernels.asinh,
  rule: over((build, { inputs: [x] }) => build.emit("hypot", [constant(build, 1), x])),
  glyph: "ash",
  jax: "arcsinh",
  example: { source: "asinh(0)", result: "0" },
});

/** d acosh(x) = dx / sqrt(x^2 - 1) */
export const acosh = unary({
  name: "acosh",
  doc: "The number that is not negative and has this hyperbolic cosine.",
  argument: "A number not below 1.",
  value: kernels.acosh,
  rule: over((build, { inputs: [x] }) => build.emit("leg", [x, constant(build, 1)])),
  glyph: "ach",
  jax: "arccosh",
  domain: { low: 1.5, high: 3 },
  example: { source: "acosh(1)", result: "0" },
});

/** With l = sqrt(1 - x^2): d atanh(x) = dx / l / l, which loses nothing near the ends, where 1 - x^2 does */
export const atanh = unary({
  name: "atanh",
  doc: "The number with this hyperbolic tangent.",
  argument: "A number between -1 and 1.",
  value: kernels.atanh,
  rule: (build, { inputs: [x] }, direction) => {
    const length = build.emit("leg", [constant(build, 1), x]);
    return quotient(build, quotient(build, direction, length), length);
  },
  glyph: "ath",
  jax: "arctanh",
  domain: { low: -0.8, high: 0.8 },
  example: { source: "atanh(0)", result: "0" },
});
