// What is known when compiling: evaluates expressions of numbers, sizes and truth values without adding nodes.

import { foldExpression } from "../../grammar/index.ts";
import type { Call, Expression } from "../../grammar/tree.ts";
import { namedSize, type Size } from "../graph/size.ts";
import { applyOperator, applyUnary, toNumber } from "./constant-arithmetic.ts";
import type { Constant } from "./draft.ts";
import { builtInConstant } from "./known-sizes.ts";
import { preludeFunctions } from "./library.ts";
import type { Frame, Lowering } from "./lowering.ts";
import { findCallee } from "./resolve.ts";
import { lookUp } from "./scope.ts";
import type { Value } from "./values.ts";

/**
 * The value of an expression if it is known when compiling: numbers, names of sizes, `training`, arithmetic, comparisons, `last(x)`.
 * Null if it is not, or broken.
 */
export function evaluateConstant(context: Lowering, frame: Frame, expression: Expression): Constant | null {
  return foldExpression<Constant | null>(expression, (inner, children) => combine(context, frame, inner, children));
}

function combine(context: Lowering, frame: Frame, expression: Expression, children: readonly (Constant | null)[]): Constant | null {
  switch (expression.kind) {
    case "number":
    case "boolean":
      return expression.value;
    case "name":
      return constantOfName(context, frame, expression.name);
    case "parenthesized":
      return children[0];
    case "unary":
      return applyUnary(expression.operator, children[0]);
    case "binary":
      return applyOperator(expression.operator, children[0], children[1], context.sizes.constant);
    case "conditional":
      return typeof children[0] === "boolean" ? children[children[0] ? 1 : 2] : null;
    case "call":
      return constantOfCall(context, frame, expression, children);
    default:
      return null;
  }
}

/** What a name stands for, if that is known when compiling. */
export function constantOfName(context: Lowering, frame: Frame, name: string): Constant | null {
  const binding = lookUp(frame.scope, name);
  if (binding) return binding.constant ?? rowCountOf(context, frame, binding.value);
  if (context.dimensions.has(name)) return namedSize(name);
  if (name === "training") return context.askTraining();
  return name === "pi" ? Math.PI : null;
}

/** The number of its rows for which the name of data stands outside of inputs, if an input takes the rows as a dimension; else null. */
export function rowCountOf(context: Lowering, frame: Frame, value: Value | null): Size | null {
  if (value?.kind !== "columns" || value.columns !== null || frame.outside?.purpose === "input") return null;
  const dimension = context.rowName(value.data);
  return context.dimensions.has(dimension) ? namedSize(dimension) : null;
}

function constantOfCall(context: Lowering, frame: Frame, call: Call, children: readonly (Constant | null)[]): Constant | null {
  const rule = numericFunctions[call.callee.text];
  const callee = findCallee(frame.scope.block, call.callee.text, preludeFunctions);
  if (callee?.kind === "built-in") return builtInConstant(context, frame, call);
  if (callee?.kind !== "op" || !rule || call.arguments.some((argument) => argument.name)) return null;
  const numbers = children.map((child) => toNumber(child, context.sizes.constant));
  if (numbers.length !== rule.length || numbers.some((number) => number === null)) return null;
  return rule(...(numbers as number[]));
}

/** Ops that also compute sizes. */
const numericFunctions: Readonly<Record<string, ((...numbers: number[]) => number) | undefined>> = {
  floor: (x: number) => Math.floor(x),
  ceil: (x: number) => Math.ceil(x),
  abs: (x: number) => Math.abs(x),
  minimum: (a: number, b: number) => Math.min(a, b),
  maximum: (a: number, b: number) => Math.max(a, b),
  mod: (a: number, b: number) => a - b * Math.floor(a / b),
};
