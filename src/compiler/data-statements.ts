// `data` statements: which files they read, and what is known of them.

import type { Argument, DataStatement, Expression } from "../../grammar/tree.ts";
import type { DataSource, DataSummary } from "../graph/program.ts";
import { unknown } from "./diagnostics.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import { unwrap, type Value } from "./values.ts";

const formats = ["csv", "json", "npy", "idx"] as const;

function isFormat(name: string): name is DataSource["format"] {
  return (formats as readonly string[]).includes(name);
}

/** Lowers `data d = csv("file.csv", test: "other.csv")`: reads the statement and asks what the files hold. */
export function lowerData(context: Lowering, frame: Frame, statement: DataStatement): Value | null {
  const source = readSource(context, frame, statement);
  if (source === null) return null;
  const data = { source, summary: describe(context, frame, statement, source) };
  context.data.set(source.name, data);
  return { kind: "columns", data, columns: null, span: statement.name.span };
}

function describe(context: Lowering, frame: Frame, { value }: DataStatement, source: DataSource): DataSummary | null {
  const described = context.options.describeData(source);
  if (described === null) {
    const files = [...source.files, ...(source.testFiles ?? [])].join(", ");
    report(context, frame, "missing-data", value.span, `the data of ${source.name} is not there: ${files}`);
    return null;
  }
  if ("rows" in described) return described;
  for (const diagnostic of described) context.reporter.pass(diagnostic);
  return null;
}

function readSource(context: Lowering, frame: Frame, { name, value }: DataStatement): DataSource | null {
  const call = unwrap(value);
  if (call.kind === "invalid") return null;
  if (call.kind !== "call") {
    report(context, frame, "unknown-format", value.span, `data reads a file: csv("f.csv"), json("f.json"), npy("f.npy") or idx("f.idx")`);
    return null;
  }
  const format = call.callee.text;
  if (!isFormat(format)) {
    const { message, fix } = unknown(
      "format",
      format,
      call.callee.span,
      context.reporter.suggest(format, formats),
      `: data reads ${formats.join(", ")}`,
    );
    report(context, frame, "unknown-format", call.callee.span, message, fix);
    return null;
  }
  const files = filesOf(
    context,
    frame,
    call.arguments.filter((argument) => !argument.name),
  );
  const options = readOptions(context, frame, call.arguments);
  if (files === null || options === null) return null;
  if (files.length === 0) {
    report(context, frame, "wrong-data", call.span, `which file? Write ${format}("file.${format}")`);
    return null;
  }
  const { test, rest } = options;
  if (test && test.length !== files.length) {
    report(
      context,
      frame,
      "wrong-data",
      call.span,
      `the test part has ${test.length} files, but the data has ${files.length}: it must have as many`,
    );
    return null;
  }
  return { name: name.text, format, files, testFiles: test, options: rest, place: placeOf(frame, value.span) };
}

function filesOf(context: Lowering, frame: Frame, given: readonly Argument[]): readonly string[] | null {
  const files: string[] = [];
  for (const { value, span } of given) {
    const names = fileNames(value);
    if (names === null) {
      report(context, frame, "wrong-data", span, 'a file name in quotes is needed, as in "cars.csv"');
      return null;
    }
    for (const name of names) files.push(name);
  }
  return files;
}

/** One file name or a tuple of them; null for anything else. */
function fileNames(expression: Expression): readonly string[] | null {
  const value = unwrap(expression);
  const items = value.kind === "tuple" || value.kind === "array" ? value.items.map(unwrap) : [value];
  const names = items.map((item) => (item.kind === "string" ? item.value : null));
  return names.every((name) => name !== null) ? names : null;
}

interface Options {
  readonly test: readonly string[] | null;
  readonly rest: Readonly<Record<string, string | number | boolean>>;
}

function readOptions(context: Lowering, frame: Frame, given: readonly Argument[]): Options | null {
  let test: readonly string[] | null = null;
  const rest = new Map<string, string | number | boolean>();
  for (const { name, value, span } of given) {
    if (!name) continue;
    const inner = unwrap(value);
    if (rest.has(name.text) || (name.text === "test" && test)) {
      report(context, frame, "repeated-argument", name.span, `${name.text} is given twice`);
      return null;
    }
    if (name.text === "test") {
      test = fileNames(value);
      if (test) continue;
    } else if (inner.kind === "string" || inner.kind === "number" || inner.kind === "boolean") {
      rest.set(name.text, inner.value);
      continue;
    }
    const takes = name.text === "test" ? "a file name in quotes, or a tuple of them" : "a text, a number, true or false";
    report(context, frame, "wrong-data", span, `${name.text} takes ${takes}`);
    return null;
  }
  return { test, rest: Object.fromEntries(rest) };
}
