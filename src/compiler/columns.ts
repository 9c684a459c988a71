// Data in an input's value: columns chosen by name, read as numbers, as categories, or compared with a text.

import type { Span } from "../../grammar/tree.ts";
import type { Dtype } from "../graph/graph.ts";
import type { ColumnLeaf } from "../graph/program.ts";
import { printShape, type Shape } from "../graph/size.ts";
import { unknown } from "./diagnostics.ts";
import { addNode, type Written } from "./emit.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import type { ColumnsValue, NodeValue } from "./values.ts";

/** Chooses columns of data by their names. Null, and a diagnostic, if there is no such column. */
export function chooseColumns(
  context: Lowering,
  frame: Frame,
  value: ColumnsValue,
  columns: readonly { readonly name: string; readonly span: Span }[],
  span: Span,
): ColumnsValue | null {
  const { summary, source } = value.data;
  if (value.columns !== null) {
    report(context, frame, "wrong-index", span, `the columns of ${source.name} are chosen already`);
    return null;
  }
  if (summary === null) return null;
  for (const column of columns) {
    if (summary.columns.has(column.name)) continue;
    const names = namedColumns(value);
    const known = names.length <= 12 ? `: it has ${names.map((name) => name || '""').join(", ")}` : "";
    const meant = context.reporter.suggest(column.name, names);
    const what = ` in the data ${source.name}${known}${adviseHeader(value, names)}`;
    const { message, fix } = unknown("column", column.name, column.span, meant, what);
    const written = meant !== null && isQuoted(frame, column.span) ? JSON.stringify(meant) : meant;
    report(context, frame, "unknown-column", column.span, message, fix && written !== null ? { ...fix, text: written } : undefined);
    return null;
  }
  return { ...value, columns: columns.map((column) => column.name), span };
}

/** The names that columns can be chosen by: one without a name is the only one, or cannot be chosen. */
function namedColumns({ data: { summary } }: ColumnsValue): readonly string[] {
  const names = [...(summary?.columns.keys() ?? [])];
  return names.length === 1 ? names : names.filter((name) => name !== "");
}

/** What a person may have missed who finds numbers for names. */
function adviseHeader({ data: { source } }: ColumnsValue, names: readonly string[]): string {
  const isNumbers = source.format === "csv" && names.every((name) => name !== "" && Number.isFinite(Number(name)));
  return isNumbers ? "; if the file has no header line, write header: false" : "";
}

/** True for a column that is chosen by a text, not by a name. */
function isQuoted(frame: Frame, span: Span): boolean {
  return frame.file.text[span.start] === '"';
}

/** The only columns that can be meant: those chosen, else the only one there is. */
export function columnNames(context: Lowering, frame: Frame, value: ColumnsValue): readonly string[] | null {
  if (value.columns !== null) return value.columns;
  const { summary, source } = value.data;
  if (summary === null) return null;
  if (summary.columns.size === 1) return [...summary.columns.keys()];
  const names = namedColumns(value);
  const shown = `${names.slice(0, 6).join(", ")}${names.length > 6 ? ", ..." : ""}`;
  const advice = adviseHeader(value, names);
  const message = `choose a column of ${source.name}, as in ${source.name}.${names[0]}: it has ${shown}${advice}`;
  report(context, frame, "unknown-column", value.span, message);
  return null;
}

/** The shape of one column, rows first. */
function columnShape(value: ColumnsValue, name: string): readonly number[] {
  const shape = value.data.summary?.columns.get(name)?.shape ?? [];
  return shape.length === 0 ? [value.data.summary?.rows ?? 0] : shape;
}

/** False, and a diagnostic, where data cannot be read. */
function canRead(context: Lowering, frame: Frame, { data, span }: ColumnsValue): boolean {
  if (frame.outside?.purpose === "input") return true;
  const { name } = data.source;
  report(context, frame, "misplaced-data", span, `data is read by an input only: write \`input NAME = ${name}...\` and use NAME here`);
  return false;
}

/** The node of columns read as numbers: one as it is, several side by side. */
export function readColumns(context: Lowering, frame: Frame, value: ColumnsValue): NodeValue | null {
  if (!canRead(context, frame, value)) return null;
  const names = columnNames(context, frame, value);
  if (names === null) return null;
  const rest = names.length === 1 ? columnShape(value, names[0]).slice(1) : [names.length];
  const wide = names.length === 1 ? undefined : names.find((name) => columnShape(value, name).length > 1);
  if (wide !== undefined) {
    const shape = printShape(columnShape(value, wide));
    report(
      context,
      frame,
      "wrong-rank",
      value.span,
      `column ${wide} has shape ${shape}: only columns of single numbers can stand side by side`,
    );
    return null;
  }
  return addLeaf(context, frame, value, names, "numbers", null, frame.owner, "real", rest);
}

/** A column read as codes of its labels. `path` names the labels in the parameters file. */
export function readCategory(context: Lowering, frame: Frame, value: ColumnsValue, path: string): NodeValue | null {
  const name = canRead(context, frame, value) ? singleColumn(context, frame, value, "category") : null;
  return name === null ? null : addLeaf(context, frame, value, [name], "category", null, path, "int", []);
}

/** A column of texts compared with one text. */
export function readEquals(context: Lowering, frame: Frame, value: ColumnsValue, text: string): NodeValue | null {
  const name = canRead(context, frame, value) ? singleColumn(context, frame, value, "a comparison with a text") : null;
  return name === null ? null : addLeaf(context, frame, value, [name], "equals", text, frame.owner, "bool", []);
}

function singleColumn(context: Lowering, frame: Frame, value: ColumnsValue, what: string): string | null {
  const names = columnNames(context, frame, value);
  if (names === null) return null;
  if (names.length === 1 && columnShape(value, names[0]).length === 1) return names[0];
  report(context, frame, "wrong-rank", value.span, `${what} takes one column of single values`);
  return null;
}

function addLeaf(
  context: Lowering,
  frame: Frame,
  { data, span }: ColumnsValue,
  columns: readonly string[],
  as: ColumnLeaf["as"],
  text: string | null,
  path: string,
  dtype: Dtype,
  rest: Shape,
): NodeValue | null {
  const written: Written = { span, label: data.source.name };
  const { outside } = frame;
  if (!outside) return null;
  outside.data.add(data.source.name);
  const shape = [outside.rowSize(data), ...rest];
  const node = addNode(context, frame, "column", [], { name: columns.join(", "), shape, dtype }, { dtype, shape }, written);
  if (node) context.columns.push({ node: node.id, data: data.source.name, columns, as, text, path, place: placeOf(frame, span) });
  return node;
}
