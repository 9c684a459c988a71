// Exponential functions and logarithms.

import type { NodeId } from "../graph/graph.ts";
import { add, constant, multiply, subtract } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import * as kernels from "./kernels/index.ts";
import { functionNotation, operatorName, spellCalls } from "./notation.ts";
import type { Builder } from "./op.ts";
import { first, itself, over, quotient, times } from "./rules.ts";

/** log(2) and log(10). */
const LN2 = 0.6931471805599453;
const LN10 = 2.302585092994046;

const positive = [{ low: 0.5, high: 2 }];

/** d exp(x) = exp(x) dx */
export const exp = elementwise({
  name: "exp",
  doc: "e to the power of the number.",
  inputs: { x: "Any number." },
  value: kernels.exp,
  rules: [times(itself)],
  notation: functionNotation("exp", "\\exp"),
  spelling: spellCalls("exp", "exp", "exp"),
  example: { source: "exp(0)", result: "1" },
});

/** d 2^x = log(2) 2^x dx */
export const exp2 = elementwise({
  name: "exp2",
  doc: "2 to the power of the number.",
  inputs: { x: "Any number." },
  value: kernels.exp2,
  rules: [times((build, node) => multiply(build, constant(build, LN2), node.id))],
  notation: { glyph: "2ˣ", strength: 2, latex: ([x]) => `2^{${x}}` },
  spelling: {
    typescript: ([x]) => `Math.pow(2, ${x})`,
    torch: ([x]) => `torch.exp2(${x})`,
    jax: ([x]) => `jnp.exp2(${x})`,
  },
  example: { source: "exp2(10)", result: "1024" },
});

/** d expm1(x) = exp(x) dx */
export const expm1 = elementwise({
  name: "expm1",
  doc: "exp(x) - 1, exact for small numbers.",
  inputs: { x: "Any number." },
  value: kernels.expm1,
  rules: [times((build, { inputs }) => build.emit("exp", inputs))],
  notation: functionNotation("e-1", operatorName("expm1")),
  spelling: spellCalls("expm1", "expm1", "expm1"),
  example: { source: "expm1(0)", result: "0" },
});

/** d log(x) = dx / x */
export const log = elementwise({
  name: "log",
  doc: "The natural logarithm.",
  inputs: { x: "A positive number." },
  value: kernels.log,
  rules: [over(first)],
  domain: positive,
  notation: functionNotation("log", "\\log"),
  spelling: spellCalls("log", "log", "log"),
  example: { source: "log(1)", result: "0" },
});

/** The logarithm to another base: d log_b(x) = dx / (log(b) x) */
function logarithm(base: 2 | 10, value: (x: number) => number, scale: number, glyph: string, source: string) {
  const name = `log${base}`;
  return elementwise({
    name,
    doc: `The logarithm to base ${base}.`,
    inputs: { x: "A positive number." },
    value,
    rules: [over((build, { inputs: [x] }) => multiply(build, constant(build, scale), x))],
    domain: positive,
    notation: functionNotation(glyph, `\\log_{${base}}`),
    spelling: spellCalls(name, name, name),
    example: { source, result: "3" },
  });
}

export const log2 = logarithm(2, kernels.log2, LN2, "lb", "log2(8)");
export const log10 = logarithm(10, kernels.log10, LN10, "lg", "log10(1000)");

/** d log(1 + x) = dx / (1 + x) */
export const log1p = elementwise({
  name: "log1p",
  doc: "log(1 + x), exact for small numbers.",
  inputs: { x: "A number above -1." },
  value: kernels.log1p,
  rules: [over((build, { inputs: [x] }) => add(build, constant(build, 1), x))],
  domain: [{ low: -0.5, high: 2 }],
  notation: functionNotation("l1p", operatorName("log1p")),
  spelling: spellCalls("log1p", "log1p", "log1p"),
  example: { source: "log1p(0)", result: "0" },
});

/** Share of e^a in e^a + e^b: sigmoid(a - b). */
function weight(build: Builder, a: NodeId, b: NodeId): NodeId {
  return build.emit("sigmoid", [subtract(build, a, b)]);
}

/** d log(e^a + e^b) = sigmoid(a - b) da + sigmoid(b - a) db */
export const logaddexp = elementwise({
  name: "logaddexp",
  doc: "log(exp(a) + exp(b)), without overflow.",
  inputs: { a: "One number.", b: "The other number." },
  value: kernels.logaddexp,
  rules: [times((build, { inputs: [a, b] }) => weight(build, a, b)), times((build, { inputs: [a, b] }) => weight(build, b, a))],
  notation: functionNotation("lae", operatorName("logaddexp")),
  spelling: {
    ...spellCalls(null, "logaddexp", "logaddexp"),
    typescript: ([a, b]) => `(${a} === ${b} ? ${a} + Math.LN2 : Math.max(${a}, ${b}) + Math.log1p(Math.exp(-Math.abs(${a} - ${b}))))`,
  },
  example: { source: "logaddexp(1000, 0)", result: "1000" },
});

/** d (x log y) = log(y) dx + x / y dy, each product 0 where a factor is */
export const xlogy = elementwise({
  name: "xlogy",
  doc: "x * log(y), 0 where x is 0 whatever y is.",
  inputs: { x: "The factor.", y: "The number under the logarithm." },
  value: kernels.xlogy,
  rules: [
    times((build, { inputs: [, y] }) => build.emit("log", [y])),
    (build, { inputs: [x, y] }, direction) => quotient(build, multiply(build, direction, x), y),
  ],
  linearIn: [[0]],
  domain: [
    { low: -2, high: 2 },
    { low: 0.5, high: 2 },
  ],
  notation: functionNotation("xlg", operatorName("xlogy")),
  spelling: {
    typescript: ([x, y]) => `(${x} === 0 && !Number.isNaN(${y}) ? 0 : ${x} * Math.log(${y}))`,
    torch: ([x, y]) => `torch.xlogy(${x}, ${y})`,
    jax: ([x, y]) => `jax.scipy.special.xlogy(${x}, ${y})`,
  },
  example: { source: "xlogy(0, 0)", result: "0" },
});
