// Arithmetic of what is known when compiling: numbers, sizes with names of dimensions, truth values.

import {
  addSizes,
  bindSize,
  divideSizes,
  isSymbolic,
  multiplySizes,
  type Shape,
  type Size,
  type SizeBindings,
  sameSize,
  subtractSizes,
} from "../graph/size.ts";
import type { Constant } from "./draft.ts";

/** True for sizes that are whole numbers whatever their dimensions are. */
export function isWholeSize(size: Size): boolean {
  return isSymbolic(size) ? size.terms.every((term) => Number.isInteger(term.coefficient)) : Number.isInteger(size);
}

/** Limits of sizes that are computed with: terms of a sum, dimensions in a product, and terms of all axes of a shape multiplied. */
const termLimit = 64;
const degreeLimit = 16;
const shapeTermLimit = 10_000;

function isSimple(size: Size): boolean {
  return !isSymbolic(size) || (size.terms.length <= termLimit && size.terms.every((term) => term.names.length <= degreeLimit));
}

/** True for shapes whose number of elements would be too long a sum to compute with. */
export function isTooComplex(shape: Shape): boolean {
  let count = 1;
  for (const size of shape) {
    if (!isSimple(size)) return true;
    if (isSymbolic(size)) count *= size.terms.length;
  }
  return count > shapeTermLimit;
}

/** The number that a constant is once sizes are bound, or null. */
export function toNumber(constant: Constant | null, sizes: SizeBindings): number | null {
  if (typeof constant === "number") return constant;
  if (constant === null || !isSymbolic(constant)) return null;
  const size = bindSize(constant, sizes);
  return typeof size === "number" ? size : null;
}

export function applyUnary(operator: "-" | "+" | "not", operand: Constant | null): Constant | null {
  if (operand === null) return null;
  if (operator === "not") return typeof operand === "boolean" ? !operand : null;
  if (typeof operand === "boolean") return null;
  if (operator === "+") return operand;
  return typeof operand === "number" ? -operand : multiplySizes(operand, -1);
}

/** The value of a binary operator, null if it is not known. */
export function applyOperator(operator: string, left: Constant | null, right: Constant | null, sizes: SizeBindings): Constant | null {
  if (operator === "and" || operator === "or") return applyLogic(operator, left, right);
  if (left === null || right === null || typeof left === "boolean" || typeof right === "boolean") return null;
  if (!isSimple(left) || !isSimple(right)) return null;
  switch (operator) {
    case "+":
      return addSizes(left, right);
    case "-":
      return subtractSizes(left, right);
    case "*":
      return multiplySizes(left, right);
    case "/":
      return divide(left, right, sizes);
    case "^":
      return power(left, right);
    default:
      return compare(operator, left, right, sizes);
  }
}

/** `false and x` is false and `true or x` is true, whatever x is. */
function applyLogic(operator: "and" | "or", left: Constant | null, right: Constant | null): Constant | null {
  const decisive = operator === "or";
  if (left === decisive || right === decisive) return decisive;
  return left === !decisive && right === !decisive ? !decisive : null;
}

function divide(left: Size, right: Size, sizes: SizeBindings): Constant | null {
  if (typeof left === "number" && typeof right === "number") return left / right;
  const exact = divideSizes(left, right);
  if (exact !== null) return exact;
  const [a, b] = [toNumber(left, sizes), toNumber(right, sizes)];
  return a === null || b === null ? null : a / b;
}

function wholePower(left: number, right: number): number | null {
  const value = left ** right;
  return Number.isInteger(left) && Number.isInteger(right) && right >= 0 && Number.isSafeInteger(value) ? value : null;
}

/** Small whole powers, as far as products give them exactly. */
function power(left: Size, right: Size): Constant | null {
  if (typeof right !== "number") return null;
  if (typeof left === "number") return wholePower(left, right);
  if (!Number.isInteger(right) || right < 0 || right > 8) return null;
  let product: Size = 1;
  for (let k = 0; k < right; k++) product = multiplySizes(product, left);
  return product;
}

function compare(operator: string, left: Size, right: Size, sizes: SizeBindings): boolean | null {
  const difference = typeof left === "number" && typeof right === "number" ? null : subtractSizes(left, right);
  const [a, b] = difference === null ? [left as number, right as number] : [toNumber(difference, sizes), 0];
  if (a === null) return difference !== null && sameSize(difference, 0) ? operator.includes("=") && operator !== "!=" : null;
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return null;
  }
}
