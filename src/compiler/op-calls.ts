// Calls of ops: arguments become inputs of the node or its settings, as the op's parameters say.

import type { Attribute } from "../graph/graph.ts";
import type { Op, Parameter } from "../ops/op.ts";
import { matchArguments, signature } from "./arguments.ts";
import { callDerivative } from "./derivatives.ts";
import { unknown } from "./diagnostics.ts";
import { emit, type Written } from "./emit.ts";
import { checkIndices } from "./index-range.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { type Operand, toIntegerOperands, toOperands } from "./operands.ts";
import { joinPaths } from "./scope.ts";
import { readSetting } from "./settings.ts";
import { warnOfSpread } from "./spread.ts";
import { type CallArgument, unwrap, type Value } from "./values.ts";

/** Ops that draw random numbers: each has a stream of its own, by its path. */
export const randomOps: ReadonlySet<string> = new Set(["uniform", "normal", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal"]);

/** Arguments of an op, sorted by what they are for. */
interface Sorted {
  readonly values: readonly CallArgument[];
  readonly settings: ReadonlyMap<string, CallArgument>;
}

/** Calls an op. `path`: its part of the path, `uniform_1`. */
export function callOp(
  context: Lowering,
  frame: Frame,
  op: Op,
  given: readonly CallArgument[],
  path: string,
  written: Written,
): Value | null {
  if (op.kind === "derivation") return callDerivative(context, frame, op, given, written);
  const sorted = sortArguments(context, frame, op, given, written);
  if (sorted === null) return null;
  const operands = sorted.values.flatMap((argument) => lowerOperands(context, frame, op, argument));
  const attributes = readAttributes(context, frame, op, sorted.settings);
  if (attributes === null) return null;
  completeAttributes(frame, op, attributes, path);
  const spans = operands.map((operand) => operand.span);
  const inputs =
    toIntegerOperands(context, frame, op, operands, attributes) ??
    toOperands(
      context,
      frame,
      op.name,
      operands.map((operand) => operand.value),
      spans,
    );
  if (inputs === null) return null;
  const axis = sorted.settings.get("axis") ?? sorted.settings.get("axes");
  const result = emit(context, frame, op.name, inputs, attributes, { ...written, ...(axis && { axis: axis.span }) });
  if (result && !checkIndices(context, frame, op.name, inputs, attributes, spans)) return null;
  if (result && inputs.length > 1 && inputs.length === sorted.values.length) {
    warnOfSpread(
      context,
      frame,
      result,
      inputs,
      sorted.values.map((argument) => argument.expression),
      written,
    );
  }
  return result;
}

function isValue({ kind }: Parameter): boolean {
  return kind === "value" || kind === "values";
}

/** The settings of a call, with defaults. Null if one is broken or, with a diagnostic, does not fit. */
function readAttributes(
  context: Lowering,
  frame: Frame,
  op: Op,
  given: ReadonlyMap<string, CallArgument>,
): Record<string, Attribute> | null {
  const attributes: Record<string, Attribute> = {};
  for (const parameter of op.parameters) {
    if (isValue(parameter)) continue;
    const argument = given.get(parameter.name);
    const setting = argument ? readSetting(context, frame, op.name, parameter, argument) : parameter.default;
    if (argument && setting === undefined) return null;
    if (setting !== undefined) attributes[parameter.name] = setting;
  }
  return attributes;
}

/** The values that an argument gives: a tuple gives several where any number is taken. */
function lowerOperands(context: Lowering, frame: Frame, op: Op, { expression, value, span }: CallArgument): readonly Operand[] {
  const lowered = expression ? context.lower(frame, expression) : value;
  const isList = op.parameters[0]?.kind === "values";
  if (isList && lowered?.kind === "tuple") return lowered.items.map((item) => ({ expression: null, value: item, span }));
  return [{ expression, value: lowered, span }];
}

/** An initial value has the declared shape unless one is given; random numbers get their stream. */
function completeAttributes(frame: Frame, op: Op, attributes: Record<string, Attribute>, path: string): void {
  const { outside } = frame;
  if (attributes.shape === null && outside?.shape && op.parameters.some(({ name, kind }) => name === "shape" && kind === "shape")) {
    attributes.shape = outside.shape;
  }
  if (!randomOps.has(op.name)) return;
  if (!outside) attributes.path = joinPaths(frame.owner, path);
  else {
    outside.draws++;
    attributes.path = outside.draws === 1 ? outside.path : `${outside.path}#${outside.draws}`;
  }
}

/** Sorts arguments by parameters. Null, and a diagnostic, if they do not match. */
function sortArguments(context: Lowering, frame: Frame, op: Op, given: readonly CallArgument[], written: Written): Sorted | null {
  return op.parameters[0]?.kind === "values" ? sortMany(context, frame, op, given, written) : sortFixed(context, frame, op, given, written);
}

function sortFixed(context: Lowering, frame: Frame, op: Op, given: readonly CallArgument[], written: Written): Sorted | null {
  const names = op.parameters.map((parameter) => parameter.name);
  const chosen = matchArguments(context, frame, op.name, names, given);
  if (chosen === null) return null;
  const missing = op.parameters.filter((parameter, index) => !chosen[index] && parameter.default === undefined);
  if (missing.length > 0) {
    const needed = missing.map((parameter) => parameter.name).join(", ");
    report(context, frame, "missing-argument", written.span, `${op.name} needs ${needed}: it is called as ${signature(op)}`);
    return null;
  }
  const values: CallArgument[] = [];
  const settings = new Map<string, CallArgument>();
  for (const [index, parameter] of op.parameters.entries()) {
    const argument = chosen[index];
    if (!argument) continue;
    if (isValue(parameter)) values.push(argument);
    else settings.set(parameter.name, argument);
  }
  return { values, settings };
}

/** Reports `concat([a, b])`, as it is called elsewhere: here an array literal is one value, and its items need not fit into one. */
function refuseList(context: Lowering, frame: Frame, op: Op, { expression, span }: CallArgument): boolean {
  const list = expression && unwrap(expression);
  if (list?.kind !== "array" || list.items.length === 0) return false;
  const [first, last] = [list.items[0].span, list.items[list.items.length - 1].span];
  const text = frame.file.text.slice(first.start, last.end);
  const call = `${op.name}(${text.length <= 40 ? text : "a, b, ..."})`;
  const message = `${op.name} takes the values one by one, not in an array: write ${call}`;
  report(context, frame, "wrong-count", span, message, { title: `Write ${call}`, span, text });
  return true;
}

/** All positional arguments are values, the others settings. */
function sortMany(context: Lowering, frame: Frame, op: Op, given: readonly CallArgument[], written: Written): Sorted | null {
  const names = op.parameters.slice(1).map((parameter) => parameter.name);
  const settings = new Map<string, CallArgument>();
  for (const argument of given) {
    if (!argument.name) continue;
    const { text, span } = argument.name;
    if (settings.has(text)) report(context, frame, "repeated-argument", span, `${text} of ${op.name} is given twice`);
    else if (names.includes(text)) settings.set(text, argument);
    else {
      const { message, fix } = unknown(
        "argument",
        text,
        span,
        context.reporter.suggest(text, names),
        `: ${op.name} takes ${names.join(", ")} by name`,
      );
      report(context, frame, "unknown-argument", span, message, fix);
      return null;
    }
  }
  const values = given.filter((argument) => !argument.name);
  if (values.length === 1 && refuseList(context, frame, op, values[0])) return null;
  if (values.length > 0) return { values, settings };
  report(context, frame, "missing-argument", written.span, `${op.name} needs at least one value: it is called as ${signature(op)}`);
  return null;
}
