// The `train` block and `precision`: settings as plain data, for the training room to check and use.

import { foldExpression } from "../../grammar/index.ts";
import type { Argument, Call, Entry, Expression, Span, Statement, Tree } from "../../grammar/tree.ts";
import type { Setting, SettingArgument, TrainEntry } from "../graph/program.ts";
import { namesInSize } from "../graph/size.ts";
import { allocateTensor, type Precision, realTensor } from "../graph/tensor.ts";
import { explainNoRows, rowKeys, trainKeys } from "../graph/train-keys.ts";
import { pow } from "../ops/kernels/index.ts";
import { type Primitive, TypeProblem } from "../ops/op.ts";
import { applyOperator, applyUnary, toNumber } from "./constant-arithmetic.ts";
import { constantOfName, evaluateConstant } from "./constants.ts";
import { type CompilerCode, type Fix, unknown } from "./diagnostics.ts";
import type { Constant } from "./draft.ts";
import { preludeFunctions } from "./library.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import { findCallee } from "./resolve.ts";
import { rowDimensionOf } from "./row-dimension.ts";
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
  checkRows(context, frame, entries);
  return entries;
}

/** `batch` and `split` take rows. Says nothing without a loss, and where inputs are missing or have other values than the model's. */
function checkRows(context: Lowering, frame: Frame, entries: readonly TrainEntry[]): void {
  if (!context.firstLoss || context.failed.size > 0 || context.holes.size > 0 || (context.options.set?.size ?? 0) > 0) return;
  const entry = entries.find(({ key }) => rowKeys.some((name) => name === key));
  if (!entry || rowDimensionOf(context, frame, entries) !== null) return;
  if (entries.some(({ key }) => key === "rows")) return;
  const axes = new Set(context.inputs.flatMap(({ data, type }) => (data.length > 0 ? namesInSize(type.shape[0] ?? 1) : [])));
  report(context, frame, "train-setting", entry.place, explainNoRows(entry.key as (typeof rowKeys)[number], axes));
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

const holeMessage = "argument not connected yet";

function reportHole(context: Lowering, frame: Frame, expression: Expression): null {
  if (expression.kind === "hole") report(context, frame, "hole", expression.span, holeMessage);
  return null;
}

const general = "a setting is a number known when compiling, a text, true or false, or a call such as sgd(rate: 1e-3)";

/** A setting: what has a number is evaluated, calls and other names kept. Null, and a diagnostic, if it is neither. */
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
  }
  const numbers: Numbers = { context, frame, gaps: [], known: new Map() };
  const number = evaluateNumber(numbers, value);
  if (numbers.gaps[0]?.code === null) return null;
  if (typeof number === "number") return { kind: "number", value: number, place };
  if (typeof number === "boolean") return { kind: "boolean", value: number, place };
  if (value.kind === "name" && isName(context, frame, value.name)) return { kind: "call", name: value.name, arguments: [], place };
  if (value.kind === "call" && formulaOf(frame, value) === null) return readCall(context, frame, value);
  const [gap = { code: "not-known", span: expression.span, message: general }] = numbers.gaps;
  if (gap.code !== null) report(context, frame, gap.code, gap.span, gap.message, gap.fix);
  return null;
}

/** True for a name that is no number: the name of an optimizer, schedule or node. */
function isName(context: Lowering, frame: Frame, name: string): boolean {
  return lookUp(frame.scope, name) !== null || !context.dimensions.has(name);
}

/** What has no number; `code` is null where that is reported already. */
interface Gap {
  readonly code: CompilerCode | null;
  readonly span: Span;
  readonly message: string;
  readonly fix?: Fix | undefined;
}

/** The evaluation of one setting. */
interface Numbers {
  readonly context: Lowering;
  readonly frame: Frame;
  /** In the order of the text. */
  readonly gaps: Gap[];
  /** Definitions of the file by name; null while one is evaluated, and where it is not known. */
  readonly known: Map<string, number | boolean | null>;
}

/** Definitions of definitions that a setting is computed from. */
const definitionLimit = 50;

/**
 * The number or truth value of an expression: arithmetic and elementwise operations on numbers, sizes and definitions of such, as
 * float64. Sizes are those that are bound, also by data. Null, and a gap, if it has none.
 */
function evaluateNumber(numbers: Numbers, expression: Expression): number | boolean | null {
  return foldExpression<number | boolean | null>(expression, (inner, children) => {
    switch (inner.kind) {
      case "number":
      case "boolean":
        return inner.value;
      case "parenthesized":
        return children[0];
      case "name":
        return numberOfName(numbers, inner.name, inner.span);
      case "unary":
        return plain(numbers, applyUnary(inner.operator, children[0]));
      case "binary": {
        const [left, right] = children;
        if (inner.operator === "^" && typeof left === "number" && typeof right === "number") return pow(left, right);
        return plain(numbers, applyOperator(inner.operator, left, right, numbers.context.sizes.bound));
      }
      case "conditional":
        return typeof children[0] === "boolean" ? children[children[0] ? 1 : 2] : null;
      case "call":
        return numberOfCall(numbers, inner, children);
      case "hole":
        numbers.gaps.push({ code: "hole", span: inner.span, message: holeMessage });
        return null;
      case "invalid":
        numbers.gaps.push({ code: null, span: inner.span, message: "" });
        return null;
      default:
        return null;
    }
  });
}

function plain({ context }: Numbers, constant: Constant | null): number | boolean | null {
  return typeof constant === "boolean" ? constant : toNumber(constant, context.sizes.bound);
}

function numberOfName(numbers: Numbers, name: string, span: Span): number | boolean | null {
  const { context, frame, gaps } = numbers;
  const constant = constantOfName(context, frame, name);
  const number = plain(numbers, constant) ?? numberOfDefinition(numbers, name);
  if (number !== null) return number;
  const open = constant !== null && typeof constant === "object" && namesInSize(constant).find((size) => !context.sizes.bound.has(size));
  const binding = lookUp(frame.scope, name);
  if (open) gaps.push(openSize(open, span));
  else if (!binding) gaps.push(unknownName(context, frame, name, span));
  else if (binding.value === null && binding.lazy === null) gaps.push({ code: null, span, message: "" });
  return null;
}

function openSize(name: string, span: Span): Gap {
  return { code: "not-known", span, message: `the size of ${name} is not known: give it with --dim ${name}=N or \`dim ${name} = N\`` };
}

function unknownName(context: Lowering, frame: Frame, name: string, span: Span): Gap {
  const known = [...context.dimensions, ...frame.scope.block.names.keys()];
  return { code: "unknown-name", span, ...unknown("name", name, span, context.reporter.suggest(name, known)) };
}

/** What `name = 2^-7` in the file is. */
function numberOfDefinition(numbers: Numbers, name: string): number | boolean | null {
  const { frame, known, gaps } = numbers;
  const before = known.get(name);
  if (before !== undefined || known.size >= definitionLimit) return before ?? null;
  const declared = frame.scope.block.names.get(name);
  const statement = declared?.kind === "vertex" ? declared.vertex.statement : null;
  if (statement?.kind !== "define" || statement.targets.length !== 1) return null;
  known.set(name, null);
  const length = gaps.length;
  const number = evaluateNumber(numbers, statement.value);
  gaps.length = length;
  known.set(name, number);
  return number;
}

/** The operation that a call in a setting computes, if all its arguments are values; null for optimizers and the like. */
function formulaOf(frame: Frame, { callee }: Call): Primitive | null {
  const found = findCallee(frame.scope.block, callee.text, preludeFunctions);
  if (found?.kind !== "op" || found.op.kind !== "primitive") return null;
  return found.op.parameters.length > 0 && found.op.parameters.every(({ kind }) => kind === "value") ? found.op : null;
}

function numberOfCall(numbers: Numbers, call: Call, children: readonly (number | boolean | null)[]): number | boolean | null {
  const { context, frame } = numbers;
  const op = formulaOf(frame, call);
  if (!op) return plain(numbers, evaluateConstant(context, frame, call));
  const given = op.parameters.map(({ name }, k) => {
    const at = call.arguments.findIndex((argument, position) => (argument.name ? argument.name.text === name : position === k));
    return at < 0 ? null : children[at];
  });
  if (given.length !== call.arguments.length || !given.every((value) => typeof value === "number")) return null;
  return applyFormula(op, given);
}

/** The value of an elementwise operation on numbers; null if it takes no single numbers. */
function applyFormula(op: Primitive, given: readonly number[]): number | boolean | null {
  try {
    const type = op.infer(
      given.map(() => ({ dtype: "real", shape: [] })),
      {},
      new Map(),
    );
    if (type.shape.length > 0) return null;
    const out = allocateTensor(type.dtype, [], "f64");
    op.evaluate(
      out,
      given.map((value) => realTensor([value], [])),
      {},
      { single: false, seed: 0, step: 0 },
    );
    return type.dtype === "bool" ? out.data[0] === 1 : out.data[0];
  } catch (error) {
    if (error instanceof TypeProblem) return null;
    throw error;
  }
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
