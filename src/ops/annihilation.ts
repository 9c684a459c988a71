// Products and quotients of derivatives with local partials, in which an exact 0 wins over inf and nan.

import { arithmeticDtype } from "./broadcast.ts";
import { multiply, negate } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import { annihilateLoop } from "./loops.ts";
import { infixNotation, spellInfix } from "./notation.ts";
import { first, over, quotient, second, times } from "./rules.ts";

/** d(a b) = b da + a db */
export const annihilate = elementwise({
  name: "annihilate",
  doc: "The product of two factors, 0 where either is exactly 0 even if the other is inf or nan.",
  inputs: { a: "The first factor.", b: "The second factor." },
  callable: false,
  loop: annihilateLoop,
  rules: [times(second), times(first)],
  dtype: arithmeticDtype,
  linearIn: [[0], [1]],
  notation: infixNotation("×", "\\cdot", 1),
  spelling: {
    ...spellInfix("*"),
    typescript: ([a, b]) => `(${a} === 0 || ${b} === 0 ? 0 : ${a} * ${b})`,
  },
});

/**
 * With y = a / b: d(a / b) = da / b - y db / b. One operation where a product with the reciprocal takes two, and no overflow where
 * 1 / b has one.
 */
export const annihilateDiv = elementwise({
  name: "annihilate_div",
  doc: "The quotient a / b, 0 where a is exactly 0 or b is infinite whatever the other is.",
  inputs: { a: "The numerator.", b: "The denominator." },
  callable: false,
  value: (a, b) => (a === 0 || b === Infinity || b === -Infinity ? 0 : a / b),
  rules: [over(second), (build, node, direction) => negate(build, multiply(build, quotient(build, direction, node.inputs[1]), node.id))],
  linearIn: [[0]],
  domain: [
    { low: -2, high: 2 },
    { low: 0.5, high: 2 },
  ],
  notation: { glyph: "÷", latex: ([a, b]) => `\\frac{${a}}{${b}}` },
  spelling: {
    ...spellInfix("/"),
    typescript: ([a, b]) => `(${a} === 0 || Math.abs(${b}) === Infinity ? 0 : ${a} / ${b})`,
  },
});
