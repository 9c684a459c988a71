// The `train` block and `precision`: settings as plain data, for the training room to check and use.

import type { Argument, Call, Entry, Expression, Statement, Tree } from "../../grammar/tree.ts";
import type { Setting, SettingArgument, TrainEntry } from "../graph/program.ts";
import type { Precision } from "../graph/tensor.ts";
import { trainKeys } from "../graph/train-keys.ts";
import { toNumber } from "./constant-arithmetic.ts";
import { evaluateConstant } from "./constants.ts";
import { unknown } from "./diagnostics.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import { lookUp } from "./scope.ts";
import { unwrap } from "./values.ts";

const keyNames: readonly string[] = trainKeys.map(({ name }) => name);

/** Reads the `train` block of a file; null if there is none. */
export function readTrain(context: Lowering, frame: Frame, tree: Tree): readonly TrainEntry[] | null {
  const [block, second] = tree.statements.filter((statement) => statement.kind === "train");
  if (!block) return null;
  if (second) refuseSecond(context, frame, second, "train");
  const entries: TrainEntry[] = [];
  for (const entry of block.entries) {
    if (!checkKey(context, frame, entry, entries)) continue;
    const value = entry.key.text === "rows" ? readRows(context, frame, entry.value) : readSettingOf(context, frame, entry.value);
    if (value) entries.push({ key: entry.key.text, value, place: placeOf(frame, entry.span) });
  }
  return entries;
}

function refuseSecond(context: Lowering, frame: Frame, { kind, span }: Statement, what: string): void {
  const place = { start: span.start, end: span.start + kind.length };
  report(context, frame, "second-block", place, `a model has one ${what}: put everything into the first`);
}

function checkKey(context: Lowering, frame: Frame, { key }: Entry, before: readonly TrainEntry[]): boolean {
  if (!keyNames.includes(key.text)) {
    const known = `: train takes ${keyNames.join(", ")}`;
    const { message, fix } = unknown("key", key.text, key.span, context.reporter.suggest(key.text, keyNames), known);
    report(context, frame, "unknown-key", key.span, message, fix);
    return false;
  }
  if (!before.some((entry) => entry.key === key.text)) return true;
  report(context, frame, "repeated-key", key.span, `${key.text} is given twice`);
  return false;
}

/** `rows = n`: the name of the dimension. */
function readRows(context: Lowering, frame: Frame, expression: Expression): Setting | null {
  const value = unwrap(expression);
  if (value.kind === "invalid" || value.kind === "hole") return reportHole(context, frame, value);
  if (value.kind === "name") return { kind: "call", name: value.name, arguments: [], place: placeOf(frame, expression.span) };
  report(context, frame, "wrong-value", expression.span, "rows takes the name of a dimension, as in rows = n");
  return null;
}

function reportHole(context: Lowering, frame: Frame, expression: Expression): null {
  if (expression.kind === "hole") report(context, frame, "hole", expression.span, "argument not connected yet");
  return null;
}

/** A setting: numbers are evaluated, calls and other names kept. Null, and a diagnostic, if it is neither. */
function readSettingOf(context: Lowering, frame: Frame, expression: Expression): Setting | null {
  const value = unwrap(expression);
  const place = placeOf(frame, expression.span);
  switch (value.kind) {
    case "invalid":
    case "hole":
      return reportHole(context, frame, value);
    case "boolean":
      return { kind: "boolean", value: value.value, place };
    case "string":
      return { kind: "text", value: value.value, place };
    case "tuple":
    case "array": {
      const items = value.items.map((item) => readSettingOf(context, frame, item));
      return items.every((item) => item !== null) ? { kind: "list", items, place } : null;
    }
    case "name":
      if (isName(context, frame, value.name)) return { kind: "call", name: value.name, arguments: [], place };
      break;
    case "call": {
      const constant = evaluateConstant(context, frame, value);
      if (constant === null) return readCall(context, frame, value);
      break;
    }
  }
  const number = toNumber(evaluateConstant(context, frame, value), context.sizes.bound);
  if (number !== null) return { kind: "number", value: number, place };
  report(
    context,
    frame,
    "not-known",
    expression.span,
    "a setting is a number known when compiling, a text, true or false, or a call such as sgd(rate: 1e-3)",
  );
  return null;
}

/** True for a name that is no number: the name of an optimizer, schedule or node. */
function isName(context: Lowering, frame: Frame, name: string): boolean {
  const binding = lookUp(frame.scope, name);
  if (binding) return binding.constant === null;
  return name !== "pi" && name !== "training" && !context.dimensions.has(name);
}

function readCall(context: Lowering, frame: Frame, call: Call): Setting | null {
  const read = call.arguments.map((argument) => readArgument(context, frame, argument));
  if (!read.every((argument) => argument !== null)) return null;
  return { kind: "call", name: call.callee.text, arguments: read, place: placeOf(frame, call.span) };
}

function readArgument(context: Lowering, frame: Frame, { name, value }: Argument): SettingArgument | null {
  const setting = readSettingOf(context, frame, value);
  return setting && { name: name?.text ?? null, value: setting };
}

/** Reads the `precision` statement of a file; f64 if there is none. */
export function readPrecision(context: Lowering, frame: Frame, tree: Tree): Precision {
  const [statement, second] = tree.statements.filter((candidate) => candidate.kind === "precision");
  if (second) refuseSecond(context, frame, second, "precision");
  if (!statement) return "f64";
  const { text, span } = statement.value;
  if (text === "f32" || text === "f64") return text;
  const { message, fix } = unknown("precision", text, span, context.reporter.suggest(text, ["f32", "f64"]), ": f32 or f64");
  report(context, frame, "unknown-precision", span, message, fix);
  return "f64";
}
