// Reads a JSON file as a table: an array of records, an object of columns, or one nested array of numbers.

import { type JsonArray, type JsonObject, type JsonValue, parseJson } from "./json-tree.ts";
import {
  arrayTable,
  type Column,
  type DataFile,
  type DataProblem,
  dataProblem,
  elementCount,
  failed,
  isProblem,
  quoted,
  type Read,
} from "./table.ts";
import { decodeText } from "./text.ts";

/** The values of one column with the line and the path (for messages) of each row. */
interface Values {
  readonly file: string;
  readonly name: string;
  readonly items: readonly JsonValue[];
  readonly lineOf: (row: number) => number;
  readonly pathOf: (row: number) => string;
}

/** Records whose keys differ so much that filling the gaps would take more cells than this are refused. */
const MAXIMUM_CELLS = 5e7;
const MAXIMUM_AXES = 32;

/**
 * Reads a JSON file. Numbers, true and false (1 and 0), null (missing, NaN) and "NaN", "Infinity", "-Infinity" make a numeric column
 * of dtype "real" (JSON does not tell whole from real numbers); arrays of them, equally long throughout, one with more axes; other
 * texts, also mixed with numbers, a text column. A key that a record lacks is missing there.
 */
export function readJson(file: DataFile): Read {
  const text = decodeText(file);
  if (isProblem(text)) return failed(text);
  const parsed = parseJson(text, file.name);
  if (isProblem(parsed)) return failed(parsed);
  const columns = columnsOf(file.name, parsed.value);
  if (isProblem(columns)) return failed(columns);
  const [first] = columns as [Column, ...Column[]];
  const { rows } = arrayTable(file.name, first);
  return { table: { file: file.name, rows, columns: new Map(columns.map((column) => [column.name, column])) }, problems: [] };
}

function columnsOf(file: string, value: JsonValue): readonly Column[] | DataProblem {
  if (isObject(value)) return columnsOfObject(file, value);
  if (!isArray(value)) {
    return dataProblem(
      "json-shape",
      { file },
      `expected an array of records, an object of arrays or a nested array, found ${kindOf(value)}`,
    );
  }
  if (value.items.length === 0) return dataProblem("json-empty", { file }, "the array is empty");
  if (isObject(value.items[0] as JsonValue)) return columnsOfRecords(file, value);
  const column = columnOfValues({ file, name: "", items: value.items, lineOf: linesOf(value), pathOf: (row) => `[${row}]` });
  return isProblem(column) ? column : [column];
}

function columnsOfObject(file: string, object: JsonObject): readonly Column[] | DataProblem {
  const columns: Column[] = [];
  let first: { readonly name: string; readonly length: number } | null = null;
  for (const [name, value] of object.entries) {
    const place = { file, line: object.line, column: name };
    if (!isArray(value)) return dataProblem("json-shape", place, `expected an array with one value per row, found ${kindOf(value)}`);
    first ??= { name, length: value.items.length };
    if (value.items.length !== first.length) {
      const text = `it has ${value.items.length} rows, but column ${quoted(first.name)} has ${first.length}`;
      return dataProblem("json-unequal-columns", { ...place, line: value.line }, text);
    }
    const column = columnOfValues({ file, name, items: value.items, lineOf: linesOf(value), pathOf: (row) => `${key(name)}[${row}]` });
    if (isProblem(column)) return column;
    columns.push(column);
  }
  if (first === null || first.length === 0) return dataProblem("json-empty", { file }, "the file has no rows");
  return columns;
}

function columnsOfRecords(file: string, records: JsonArray): readonly Column[] | DataProblem {
  const lineOf = linesOf(records);
  const names = new Set<string>();
  for (const [row, record] of records.items.entries()) {
    if (!isObject(record)) {
      return dataProblem("json-shape", { file, line: lineOf(row) }, `[${row}] should be a record as [0] is, but is ${kindOf(record)}`);
    }
    for (const name of record.entries.keys()) names.add(name);
  }
  if (names.size === 0) return dataProblem("json-empty", { file }, "the records have no keys");
  if (names.size * records.items.length > MAXIMUM_CELLS) {
    const text = `${records.items.length} records with ${names.size} different keys make too large a table`;
    return dataProblem("data-too-large", { file }, text);
  }
  const columns: Column[] = [];
  for (const name of names) {
    const items = records.items.map((record) => (record as JsonObject).entries.get(name) ?? null);
    const column = columnOfValues({ file, name, items, lineOf, pathOf: (row) => `[${row}]${key(name)}` });
    if (isProblem(column)) return column;
    columns.push(column);
  }
  return columns;
}

function columnOfValues(values: Values): Column | DataProblem {
  const { file, name, items } = values;
  const nested = items.findIndex((item) => isArray(item) || isObject(item));
  if (nested >= 0) return nestedColumn(values, nested);
  if (items.every((item) => numberOf(item) !== null)) {
    return {
      kind: "numeric",
      name,
      dtype: "real",
      shape: [items.length],
      values: Float64Array.from(items, (item) => numberOf(item) as number),
      file,
    };
  }
  const cells = items.map((item) => (item === null ? "" : Object.is(item, -0) ? "-0" : String(item)));
  return { kind: "text", name, cells, lines: Int32Array.from(items, (_, row) => values.lineOf(row)), file };
}

/** A column whose rows are arrays: the shape of the first one is the shape of all. */
function nestedColumn(values: Values, nested: number): Column | DataProblem {
  const { file, name, items } = values;
  const first = items[nested] as JsonValue;
  if (isObject(first)) {
    const text = `${values.pathOf(nested)} is an object; a column holds numbers, texts or arrays of numbers`;
    return dataProblem("json-shape", { file, line: values.lineOf(nested) }, text);
  }
  const shape: number[] = [items.length];
  for (let value: JsonValue = first; isArray(value); value = value.items[0] as JsonValue) {
    shape.push(value.items.length);
    if (value.items.length === 0 || shape.length > MAXIMUM_AXES) break;
  }
  const problemAt = (row: number, code: string, text: string): DataProblem => dataProblem(code, { file, line: values.lineOf(row) }, text);
  const empty = `${values.pathOf(nested)} holds an empty array or one of more than ${MAXIMUM_AXES} axes`;
  if (shape.includes(0) || shape.length > MAXIMUM_AXES) return problemAt(nested, "json-shape", empty);
  const count = elementCount(shape);
  if (count === null) return problemAt(nested, "data-too-large", `the shape [${shape.join(", ")}] has too many elements`);

  const flat: number[] = [];
  for (const [row, item] of items.entries()) {
    const wrong = flatten(item, shape, 1, values.pathOf(row), flat);
    if (wrong !== null)
      return problemAt(row, "json-ragged", `${wrong} where ${values.pathOf(nested)} has the shape [${shape.slice(1).join(", ")}]`);
  }
  return { kind: "numeric", name, dtype: "real", shape, values: Float64Array.from(flat), file };
}

/** Appends the numbers of a nested array, or says which part of it does not fit the shape from that axis on. */
function flatten(value: JsonValue, shape: readonly number[], axis: number, path: string, flat: number[]): string | null {
  if (axis === shape.length) {
    const number = numberOf(value);
    if (number === null) return `${path} is ${kindOf(value)}, not a number,`;
    flat.push(number);
    return null;
  }
  const size = shape[axis] as number;
  if (!isArray(value)) return `${path} is ${kindOf(value)}, not an array of ${size},`;
  if (value.items.length !== size) return `${path} has ${value.items.length} entries, not ${size},`;
  for (const [index, item] of value.items.entries()) {
    const wrong = flatten(item, shape, axis + 1, `${path}[${index}]`, flat);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** The number that a scalar stands for, NaN for a missing one; null for text and for nested values. */
function numberOf(value: JsonValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return value === null || value === "NaN" ? Number.NaN : value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : null;
}

function isArray(value: JsonValue): value is JsonArray {
  return typeof value === "object" && value?.kind === "array";
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value?.kind === "object";
}

function linesOf(array: JsonArray): (row: number) => number {
  return (row) => array.lines?.[row] ?? array.line;
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  if (typeof value === "object") return value.kind === "array" ? "an array" : "an object";
  return typeof value === "string" ? `the text ${quoted(value)}` : String(value);
}

function key(name: string): string {
  return /^[A-Za-z_]\w{0,40}$/.test(name) ? `.${name}` : `[${quoted(name)}]`;
}
