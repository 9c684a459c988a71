// Comparisons and logic: truth values, whose derivative is 0.

import { elementwise } from "./elementwise.ts";
import type { Scalar } from "./evaluate-elementwise.ts";
import { functionNotation, operatorName } from "./notation.ts";
import type { Example, Primitive } from "./op.ts";

interface ComparisonDescription {
  readonly name: string;
  readonly doc: string;
  readonly holds: Scalar;
  readonly operator: string;
  readonly latex: string;
  readonly glyph: string;
  /** The operator of TypeScript. */
  readonly typescript: string;
  /** The functions of PyTorch and JAX. */
  readonly torch: string;
  readonly jax: string;
  readonly example: Example;
}

/** The record of an operator of two values whose result is a truth value. Operands that are operators stand in parentheses. */
function truth({ holds, operator, glyph, latex, typescript, torch, jax, ...described }: ComparisonDescription): Primitive {
  return elementwise({
    ...described,
    inputs: { a: "The left value.", b: "The right value." },
    value: holds,
    rules: [null, null],
    dtype: () => "bool",
    domain: [
      { low: -2, high: 0 },
      { low: 0.5, high: 2 },
    ],
    notation: { glyph, operator, strength: 0, latex: ([a, b]) => `${a} ${latex} ${b}` },
    spelling: {
      typescript: ([a, b]) => `(${a} ${typescript} ${b} ? 1 : 0)`,
      torch: ([a, b]) => `torch.${torch}(${a}, ${b})`,
      jax: ([a, b]) => `jnp.${jax}(${a}, ${b})`,
    },
  });
}

export const equal = truth({
  name: "equal",
  doc: "Whether both are the same number; nan is not the same as nan.",
  holds: (a, b) => Number(a === b),
  operator: "==",
  latex: "=",
  glyph: "=?",
  typescript: "===",
  torch: "eq",
  jax: "equal",
  example: { source: "2 == 2", result: "true" },
});

export const notEqual = truth({
  name: "not_equal",
  doc: "Whether the numbers differ.",
  holds: (a, b) => Number(a !== b),
  operator: "!=",
  latex: "\\neq",
  glyph: "≠",
  typescript: "!==",
  torch: "ne",
  jax: "not_equal",
  example: { source: "2 != 2", result: "false" },
});

export const less = truth({
  name: "less",
  doc: "Whether the left number is smaller.",
  holds: (a, b) => Number(a < b),
  operator: "<",
  latex: "<",
  glyph: "<",
  typescript: "<",
  torch: "lt",
  jax: "less",
  example: { source: "2 < 3", result: "true" },
});

export const lessEqual = truth({
  name: "less_equal",
  doc: "Whether the left number is smaller or the same.",
  holds: (a, b) => Number(a <= b),
  operator: "<=",
  latex: "\\leq",
  glyph: "≤",
  typescript: "<=",
  torch: "le",
  jax: "less_equal",
  example: { source: "2 <= 2", result: "true" },
});

export const greater = truth({
  name: "greater",
  doc: "Whether the left number is larger.",
  holds: (a, b) => Number(a > b),
  operator: ">",
  latex: ">",
  glyph: ">",
  typescript: ">",
  torch: "gt",
  jax: "greater",
  example: { source: "2 > 3", result: "false" },
});

export const greaterEqual = truth({
  name: "greater_equal",
  doc: "Whether the left number is larger or the same.",
  holds: (a, b) => Number(a >= b),
  operator: ">=",
  latex: "\\geq",
  glyph: "≥",
  typescript: ">=",
  torch: "ge",
  jax: "greater_equal",
  example: { source: "2 >= 3", result: "false" },
});

export const and = truth({
  name: "and",
  doc: "Whether both hold; a number holds where it is not 0.",
  holds: (a, b) => Number(a !== 0 && b !== 0),
  operator: "and",
  latex: "\\land",
  glyph: "∧",
  typescript: "!== 0 && 0 !==",
  torch: "logical_and",
  jax: "logical_and",
  example: { source: "true and false", result: "false" },
});

export const or = truth({
  name: "or",
  doc: "Whether at least one holds; a number holds where it is not 0.",
  holds: (a, b) => Number(a !== 0 || b !== 0),
  operator: "or",
  latex: "\\lor",
  glyph: "∨",
  typescript: "!== 0 || 0 !==",
  torch: "logical_or",
  jax: "logical_or",
  example: { source: "true or false", result: "true" },
});

export const not = elementwise({
  name: "not",
  doc: "Whether the value does not hold; a number holds where it is not 0.",
  inputs: { x: "A truth value or a number." },
  value: (x) => Number(x === 0),
  rules: [null],
  dtype: () => "bool",
  domain: [{ low: 0.5, high: 2 }],
  notation: { glyph: "¬", operator: "not", strength: 1, latex: ([x]) => `\\lnot ${x}` },
  spelling: {
    typescript: ([x]) => `(${x} === 0 ? 1 : 0)`,
    torch: ([x]) => `torch.logical_not(${x})`,
    jax: ([x]) => `jnp.logical_not(${x})`,
  },
  example: { source: "not true", result: "false" },
});

export const isfinite = elementwise({
  name: "isfinite",
  doc: "Whether the number is neither inf nor nan.",
  inputs: { x: "Any number." },
  value: (x) => Number(Number.isFinite(x)),
  rules: [null],
  dtype: () => "bool",
  notation: functionNotation("<∞", operatorName("isfinite")),
  spelling: {
    typescript: ([x]) => `(Number.isFinite(${x}) ? 1 : 0)`,
    torch: ([x]) => `torch.isfinite(${x})`,
    jax: ([x]) => `jnp.isfinite(${x})`,
  },
  example: { source: "isfinite(inf)", result: "false" },
});
