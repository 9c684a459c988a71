// Activation functions of networks.

import type { Attributes } from "../graph/graph.ts";
import { add, constant, multiply, negate, subtract, where } from "./build.ts";
import { composition } from "./composition.ts";
import { elementwise } from "./elementwise.ts";
import { logSigmoid as evaluateLogSigmoid, sigmoid as evaluateSigmoid, softplus as evaluateSoftplus } from "./kernels/index.ts";
import { positivePartLoop } from "./loops.ts";
import { functionNotation, operatorName } from "./notation.ts";
import type { Builder, Parameter } from "./op.ts";
import { quotient, type Rule, times } from "./rules.ts";

/** With y = sigmoid(x): dy = y (1 - y) dx */
export const sigmoid = elementwise({
  name: "sigmoid",
  doc: "The logistic function 1 / (1 + exp(-x)), between 0 and 1.",
  inputs: { x: "Any number." },
  value: evaluateSigmoid,
  rules: [times((build, { id }) => multiply(build, id, subtract(build, constant(build, 1), id)))],
  notation: functionNotation("σ", "\\sigma"),
  spelling: {
    typescript: ([x]) => `(1 / (1 + Math.exp(-${x})))`,
    torch: ([x]) => `torch.sigmoid(${x})`,
    jax: ([x]) => `jax.nn.sigmoid(${x})`,
  },
  example: { source: "sigmoid(0)", result: "0.5" },
});

/** d log(1 + exp(x)) = sigmoid(x) dx */
export const softplus = elementwise({
  name: "softplus",
  doc: "log(1 + exp(x)), without overflow: a smooth relu.",
  inputs: { x: "Any number." },
  value: evaluateSoftplus,
  rules: [times((build, { inputs }) => build.emit("sigmoid", inputs))],
  notation: functionNotation("s+", operatorName("softplus")),
  spelling: {
    typescript: ([x]) => `(Math.max(${x}, 0) + Math.log1p(Math.exp(-Math.abs(${x}))))`,
    torch: ([x]) => `torch.logaddexp(${x}, torch.zeros_like(${x}))`,
    jax: ([x]) => `jax.nn.softplus(${x})`,
  },
  example: { source: "softplus(1000)", result: "1000" },
});

/** d log(sigmoid(x)) = sigmoid(-x) dx */
export const logSigmoid = elementwise({
  name: "log_sigmoid",
  doc: "The logarithm of sigmoid(x), exact where sigmoid(x) is too small to be told from 0.",
  inputs: { x: "Any number." },
  value: evaluateLogSigmoid,
  rules: [times((build, { inputs: [x] }) => build.emit("sigmoid", [negate(build, x)]))],
  notation: functionNotation("lσ", "\\log\\sigma"),
  spelling: {
    typescript: ([x]) => `(Math.min(${x}, 0) - Math.log1p(Math.exp(-Math.abs(${x}))))`,
    torch: ([x]) => `torch.nn.functional.logsigmoid(${x})`,
    jax: ([x]) => `jax.nn.log_sigmoid(${x})`,
  },
  example: { source: "log_sigmoid(-1000)", result: "-1000" },
});

function setting(name: string, doc: string, fallback: number): Parameter {
  return { name, kind: "number", doc, default: fallback };
}

function read(attributes: Attributes, name: string, fallback: number): number {
  return (attributes[name] as number | undefined) ?? fallback;
}

/** d relu(x) = dx where x > 0, at_zero dx where x = 0, else 0 */
const reluRule: Rule = (build, { inputs: [x], attributes }, direction) => {
  const atZero = read(attributes, "at_zero", 0);
  const zero = constant(build, 0);
  if (atZero === 0) return where(build, build.emit("greater", [x, zero]), direction, zero);
  if (atZero === 1) return where(build, build.emit("greater_equal", [x, zero]), direction, zero);
  const tied = where(build, build.emit("equal", [x, zero]), multiply(build, direction, constant(build, atZero)), zero);
  return where(build, build.emit("greater", [x, zero]), direction, tied);
};

export const relu = elementwise({
  name: "relu",
  doc: "The positive part of the number: x above 0, else 0.",
  inputs: { x: "Any number." },
  settings: [setting("at_zero", "The derivative at 0.", 0)],
  loop: positivePartLoop,
  rules: [reluRule],
  domain: [{ low: 0.5, high: 2 }],
  notation: functionNotation("⟋", operatorName("relu")),
  spelling: {
    typescript: ([x]) => `Math.max(${x}, 0)`,
    torch: ([x]) => `torch.relu(${x})`,
    jax: ([x]) => `jax.nn.relu(${x})`,
  },
  example: { source: "relu(-2)", result: "0" },
});

/** d leaky_relu(x) = dx where x > 0, else slope dx */
export const leakyRelu = elementwise({
  name: "leaky_relu",
  doc: "x above 0, else slope * x; the derivative at 0 is the slope.",
  inputs: { x: "Any number." },
  settings: [setting("slope", "The slope below 0.", 0.01)],
  valueFor: (attributes) => {
    const slope = read(attributes, "slope", 0.01);
    return (x) => (x > 0 ? x : slope * x);
  },
  rules: [
    (build, { inputs: [x], attributes }, direction) => {
      const sloped = multiply(build, direction, constant(build, read(attributes, "slope", 0.01)));
      return where(build, build.emit("greater", [x, constant(build, 0)]), direction, sloped);
    },
  ],
  domain: [{ low: 0.5, high: 2 }],
  notation: functionNotation("⦟", operatorName("leaky_relu")),
  spelling: {
    typescript: ([x], attributes) => `(${x} > 0 ? ${x} : ${read(attributes, "slope", 0.01)} * ${x})`,
    torch: ([x], attributes) => `torch.nn.functional.leaky_relu(${x}, ${read(attributes, "slope", 0.01)})`,
    jax: ([x], attributes) => `jax.nn.leaky_relu(${x}, ${read(attributes, "slope", 0.01)})`,
  },
  example: { source: "leaky_relu(-2, slope: 0.5)", result: "-1" },
});

/** x where x > 0, else alpha (exp(x) - 1); the exponential of a large x is not taken. */
export const elu = composition({
  name: "elu",
  doc: "x above 0, else alpha * (exp(x) - 1).",
  inputs: { x: "Any number." },
  settings: [setting("alpha", "Minus the limit far below 0.", 1)],
  compose: (build, [x], attributes) => {
    const positive = build.emit("greater", [x, constant(build, 0)]);
    const bend = scale(build, read(attributes, "alpha", 1), build.emit("expm1", [where(build, positive, constant(build, 0), x)]));
    return where(build, positive, x, bend);
  },
  notation: functionNotation("elu", operatorName("elu")),
  spelling: {
    torch: ([x], attributes) => `torch.nn.functional.elu(${x}, ${read(attributes, "alpha", 1)})`,
    jax: ([x], attributes) => `jax.nn.elu(${x}, ${read(attributes, "alpha", 1)})`,
  },
  example: { source: "elu(2)", result: "2" },
});

function scale(build: Builder, factor: number, x: number): number {
  return factor === 1 ? x : build.emit("mul", [constant(build, factor), x]);
}

const INVERSE_ROOT_2 = 0.7071067811865476;

/** x times the share of the normal distribution below x: x / 2 erfc(-x / sqrt(2)), exact far below 0 as well. */
export const gelu = composition({
  name: "gelu",
  doc: "x times the probability that a standard normal number is below x.",
  inputs: { x: "Any number." },
  compose: (build, [x]) => {
    const share = build.emit("erfc", [scale(build, -INVERSE_ROOT_2, x)]);
    return multiply(build, scale(build, 0.5, x), share);
  },
  notation: functionNotation("gel", operatorName("gelu")),
  spelling: { torch: ([x]) => `torch.nn.functional.gelu(${x})`, jax: ([x]) => `jax.nn.gelu(${x}, approximate=False)` },
  example: { source: "gelu(0)", result: "0" },
});

/** x sigmoid(x) */
export const silu = composition({
  name: "silu",
  doc: "x * sigmoid(x).",
  inputs: { x: "Any number." },
  compose: (build, [x]) => multiply(build, x, build.emit("sigmoid", [x])),
  notation: functionNotation("sil", operatorName("silu")),
  spelling: { torch: ([x]) => `torch.nn.functional.silu(${x})`, jax: ([x]) => `jax.nn.silu(${x})` },
  example: { source: "silu(0)", result: "0" },
});

/** With d = 1 + |x|: d softsign(x) = dx / d^2, which loses nothing far from 0, where 1 - |y| does */
export const softsign = elementwise({
  name: "softsign",
  doc: "x / (1 + |x|), between -1 and 1: like tanh, but slower to flatten.",
  inputs: { x: "Any number." },
  value: (x) => (Math.abs(x) === Infinity ? Math.sign(x) : x / (1 + Math.abs(x))),
  rules: [
    (build, { inputs: [x] }, direction) => {
      const distance = add(build, constant(build, 1), build.emit("abs", [x]));
      return quotient(build, quotient(build, direction, distance), distance);
    },
  ],
  cost: 3,
  domain: [{ low: 0.5, high: 2 }],
  notation: functionNotation("ss", operatorName("softsign")),
  spelling: {
    typescript: ([x]) => `(Math.abs(${x}) === Infinity ? Math.sign(${x}) : ${x} / (1 + Math.abs(${x})))`,
    torch: ([x]) => `torch.nn.functional.softsign(${x})`,
    jax: ([x]) => `jax.nn.soft_sign(${x})`,
  },
  example: { source: "softsign(-3)", result: "-0.75" },
});
