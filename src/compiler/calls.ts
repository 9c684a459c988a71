// Lowers calls: finds what is called and hands it its arguments.

import type { Call, Span } from "../../grammar/tree.ts";
import { lowerBuiltIn } from "./built-in-calls.ts";
import { numberCalls } from "./call-numbers.ts";
import { callFunction, functionOf } from "./functions.ts";
import { preludeFunctions } from "./library.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { randomOps } from "./op-calls.ts";
import { findCallee } from "./resolve.ts";
import { lookUp } from "./scope.ts";
import { type CallArgument, describeValue, type FunctionValue, type Value, valueOf } from "./values.ts";

/** What a pipe hands to the call behind it. */
export interface Piped {
  readonly value: Value | null;
  readonly span: Span;
}

/** Lowers a call. Null: broken, reported. */
export function lowerCall(context: Lowering, frame: Frame, call: Call, piped: Piped | null): Value | null {
  const name = call.callee.text;
  const callee = findCallee(frame.scope.block, name, preludeFunctions);
  if (callee === null) return null;
  const given: CallArgument[] = piped ? [{ name: null, expression: null, value: piped.value, span: piped.span }] : [];
  for (const { name: key, value, span } of call.arguments) given.push({ name: key, expression: value, value: null, span });
  const written = { span: piped ? { start: piped.span.start, end: call.span.end } : call.span, label: name };
  const isNumbered = callee.kind !== "op" || randomOps.has(name);
  const path = isNumbered ? `${name}_${numberCalls(frame.root).get(call) ?? 1}` : name;
  if (callee.kind === "built-in") return lowerBuiltIn(context, frame, name, given, path, written);
  if (callee.kind === "op") return callFunction(context, frame, { kind: "op", op: callee.op }, given, path, written);
  const value = callee.kind === "parameter" ? functionArgument(context, frame, name, call.callee.span) : functionOf(context, frame, callee);
  return value && callFunction(context, frame, value, given, path, written);
}

/** The function that was given for a parameter that is called. */
function functionArgument(context: Lowering, frame: Frame, name: string, span: Span): FunctionValue | null {
  const binding = lookUp(frame.scope, name);
  const value = binding && valueOf(binding);
  if (!value) return null;
  if (value.kind === "function" || value.kind === "op") return value;
  report(context, frame, "not-a-function", span, `${name} is called here, but ${describeValue(value)} was given for it`);
  return null;
}
