// Arithmetic: sums, products, quotients, remainders, signs and rounding.

import { arithmeticDtype } from "./broadcast.ts";
import { multiply, negate, subtract } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import { addLoop, divideLoop, multiplyLoop, subtractLoop } from "./loops.ts";
import { functionNotation, infixNotation, parenthesize, spellCalls, spellInfix } from "./notation.ts";
import { first, negated, over, quotient, second, times, unchanged } from "./rules.ts";

/** d(a + b) = da + db */
export const add = elementwise({
  name: "add",
  doc: "The sum a + b.",
  inputs: { a: "The first term.", b: "The second term." },
  loop: addLoop,
  rules: [unchanged, unchanged],
  dtype: arithmeticDtype,
  linearIn: [[0, 1]],
  notation: infixNotation("+", "+", 0, "+"),
  spelling: spellInfix("+"),
  example: { source: "2 + 3", result: "5" },
});

/** d(a - b) = da - db */
export const sub = elementwise({
  name: "sub",
  doc: "The difference a - b.",
  inputs: { a: "The number to subtract from.", b: "The number subtracted." },
  loop: subtractLoop,
  rules: [unchanged, negated],
  tangent: (build, _node, [da, db]) => (da !== null && db !== null ? subtract(build, da, db) : null),
  dtype: arithmeticDtype,
  linearIn: [[0, 1]],
  notation: infixNotation("−", "-", 0, "-"),
  spelling: spellInfix("-"),
  example: { source: "2 - 3", result: "-1" },
});

/** d(a b) = b da + a db */
export const mul = elementwise({
  name: "mul",
  doc: "The product a * b of elements.",
  inputs: { a: "The first factor.", b: "The second factor." },
  loop: multiplyLoop,
  rules: [times(second), times(first)],
  dtype: arithmeticDtype,
  linearIn: [[0], [1]],
  notation: infixNotation("×", "\\cdot", 1, "*"),
  spelling: spellInfix("*"),
  example: { source: "2 * 3", result: "6" },
});

/** With y = a / b: dy = (da - y db) / b */
export const div = elementwise({
  name: "div",
  doc: "The quotient a / b, always real.",
  inputs: { a: "The numerator.", b: "The denominator." },
  loop: divideLoop,
  rules: [over(second), (build, node, direction) => negate(build, multiply(build, quotient(build, direction, node.inputs[1]), node.id))],
  tangent: (build, node, [da, db]) => {
    if (da === null || db === null) return null;
    return quotient(build, subtract(build, da, multiply(build, db, node.id)), node.inputs[1]);
  },
  linearIn: [[0]],
  domain: [
    { low: -2, high: 2 },
    { low: 0.5, high: 2 },
  ],
  notation: { glyph: "÷", operator: "/", latex: ([a, b]) => `\\frac{${a}}{${b}}` },
  spelling: spellInfix("/"),
  example: { source: "3 / 2", result: "1.5" },
});

/** d(-x) = -dx */
export const neg = elementwise({
  name: "neg",
  doc: "The number with the opposite sign.",
  inputs: { x: "Any number." },
  value: (x) => -x,
  rules: [negated],
  dtype: arithmeticDtype,
  linearIn: [[0]],
  notation: { glyph: "−", strength: 1, operator: "unary -", latex: ([x]) => `-${x.startsWith("-") ? parenthesize(x) : x}` },
  spelling: { typescript: ([x]) => `(-${x})`, torch: ([x]) => `(-${x})`, jax: ([x]) => `(-${x})` },
  example: { source: "-(2 + 3)", result: "-5" },
});

/** With y = 1 / x: dy = -(y dx) y, where y^2 alone might overflow or vanish */
export const reciprocal = elementwise({
  name: "reciprocal",
  doc: "One divided by the number.",
  inputs: { x: "Any number." },
  value: (x) => 1 / x,
  rules: [(build, { id }, direction) => negate(build, multiply(build, multiply(build, direction, id), id))],
  domain: [{ low: 0.5, high: 2 }],
  notation: { glyph: "1/x", latex: ([x]) => `\\frac{1}{${x}}` },
  spelling: { typescript: ([x]) => `(1 / ${x})`, torch: ([x]) => `torch.reciprocal(${x})`, jax: ([x]) => `jnp.reciprocal(${x})` },
  example: { source: "reciprocal(4)", result: "0.25" },
});

/** d|x| = sign(x) dx */
export const abs = elementwise({
  name: "abs",
  doc: "The magnitude of a number; the derivative at 0 is 0.",
  inputs: { x: "Any number." },
  value: Math.abs,
  rules: [times((build, { inputs }) => build.emit("sign", inputs))],
  dtype: arithmeticDtype,
  domain: [{ low: 0.5, high: 2 }],
  notation: { glyph: "|x|", latex: ([x]) => `\\left|${x}\\right|` },
  spelling: spellCalls("abs", "abs", "abs"),
  example: { source: "abs(-3)", result: "3" },
});

/** d sign(x) = 0 */
export const sign = elementwise({
  name: "sign",
  doc: "1 for positive numbers, -1 for negative numbers and 0 for 0; the derivative is 0.",
  inputs: { x: "Any number." },
  value: Math.sign,
  rules: [null],
  dtype: arithmeticDtype,
  domain: [{ low: 0.5, high: 2 }],
  notation: functionNotation("±", "\\operatorname{sign}"),
  spelling: spellCalls("sign", "sign", "sign"),
  example: { source: "sign(-3)", result: "-1" },
});

/**
 * With y = a mod b: dy = da - k db, where k = floor(a / b) is taken from y = a - k b: a / b itself rounds up to the next whole number
 * where it is just below one.
 */
export const mod = elementwise({
  name: "mod",
  doc: "The remainder of a divided by b, with the sign of b.",
  inputs: { a: "The number divided.", b: "The divisor." },
  value: remainder,
  rules: [unchanged, times((build, { id, inputs: [a, b] }) => build.emit("round", [quotient(build, subtract(build, id, a), b)]))],
  dtype: arithmeticDtype,
  domain: [
    { low: 2.2, high: 2.8 },
    { low: 1.8, high: 2.1 },
  ],
  notation: infixNotation("mod", "\\bmod", 1),
  spelling: {
    typescript: ([a, b]) => `(${a} % ${b} !== 0 && ${a} % ${b} < 0 !== ${b} < 0 ? (${a} % ${b}) + ${b} : ${a} % ${b})`,
    torch: ([a, b]) => `torch.remainder(${a}, ${b})`,
    jax: ([a, b]) => `jnp.mod(${a}, ${b})`,
  },
  example: { source: "mod(-1, 3)", result: "2" },
});

function remainder(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** d floor(x) = 0 */
export const floor = elementwise({
  name: "floor",
  doc: "The largest whole number that is not above the number; the derivative is 0.",
  inputs: { x: "Any number." },
  value: Math.floor,
  rules: [null],
  dtype: arithmeticDtype,
  domain: [{ low: 0.1, high: 0.9 }],
  notation: { glyph: "⌊x⌋", latex: ([x]) => `\\left\\lfloor ${x} \\right\\rfloor` },
  spelling: spellCalls("floor", "floor", "floor"),
  example: { source: "floor(-1.5)", result: "-2" },
});

/** d ceil(x) = 0 */
export const ceil = elementwise({
  name: "ceil",
  doc: "The smallest whole number that is not below the number; the derivative is 0.",
  inputs: { x: "Any number." },
  value: Math.ceil,
  rules: [null],
  dtype: arithmeticDtype,
  domain: [{ low: 0.1, high: 0.9 }],
  notation: { glyph: "⌈x⌉", latex: ([x]) => `\\left\\lceil ${x} \\right\\rceil` },
  spelling: spellCalls("ceil", "ceil", "ceil"),
  example: { source: "ceil(1.5)", result: "2" },
});

/** d round(x) = 0 */
export const round = elementwise({
  name: "round",
  doc: "The nearest whole number, the even one of two equally near; the derivative is 0.",
  inputs: { x: "Any number." },
  value: (x) => (Math.abs(x) % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  rules: [null],
  dtype: arithmeticDtype,
  domain: [{ low: 0.6, high: 1.4 }],
  notation: functionNotation("≈", "\\operatorname{round}"),
  spelling: {
    ...spellCalls(null, "round", "round"),
    typescript: ([x]) => `(Math.abs(${x}) % 1 === 0.5 ? 2 * Math.round(${x} / 2) : Math.round(${x}))`,
  },
  example: { source: "round(2.5)", result: "2" },
});
