// How tightly operators bind; shared by the parser and the printer.
import type { BinaryOperator } from "./tree.ts";

/** Binding strengths, loosest first. A value without operators around it binds as `postfix`. */
export const PRECEDENCE = {
  pipe: 0,
  conditional: 1,
  or: 2,
  and: 3,
  not: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  sign: 8,
  power: 9,
  postfix: 10,
} as const;

/** How tightly each binary operator binds. All but `^` group to the left; comparisons do not chain. */
export const BINARY_PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: PRECEDENCE.or,
  and: PRECEDENCE.and,
  "==": PRECEDENCE.comparison,
  "!=": PRECEDENCE.comparison,
  "<": PRECEDENCE.comparison,
  "<=": PRECEDENCE.comparison,
  ">": PRECEDENCE.comparison,
  ">=": PRECEDENCE.comparison,
  "+": PRECEDENCE.sum,
  "-": PRECEDENCE.sum,
  "*": PRECEDENCE.product,
  "/": PRECEDENCE.product,
  "@": PRECEDENCE.product,
  "^": PRECEDENCE.power,
};
