// Missing cells: refuse them, drop their rows, or fill in the mean, in the columns that a model uses.

import { momentsOf } from "./moments.ts";
import { missingRows, numbersOf } from "./numbers.ts";
import { type Column, columnOf, columnRows, type DataProblem, dataProblem, isProblem, rowSize, type Table, takeRows } from "./table.ts";

/**
 * The table as the policy leaves it; columns that are not `used` neither drop rows nor raise problems. "error": a missing cell is a
 * problem naming the first. "drop": rows with a missing cell in a used column go.
 */
export function applyMissing(table: Table, used: readonly string[], policy: "error" | "drop"): Table | DataProblem {
  const gaps = findGaps(table, used);
  if (isProblem(gaps)) return gaps;
  if (gaps.size === 0) return table;
  return policy === "error" ? refuse(table, gaps) : drop(table, gaps);
}

/**
 * The table with means, as columnMeans gave them for the training rows, in the place of missing cells of the used columns, which become
 * numeric. A missing cell of a column that is read as `labels` is a problem, for no mean stands for one.
 */
export function fillMeans(
  table: Table,
  used: readonly string[],
  means: ReadonlyMap<string, readonly number[]>,
  labels: ReadonlySet<string>,
): Table | DataProblem {
  const gaps = findGaps(table, used);
  if (isProblem(gaps)) return gaps;
  return gaps.size === 0 ? table : fill(table, gaps, means, labels);
}

/** The rows with a missing cell, by column. */
function findGaps(table: Table, used: readonly string[]): ReadonlyMap<string, Int32Array> | DataProblem {
  const gaps = new Map<string, Int32Array>();
  for (const name of used) {
    const column = columnOf(table, name);
    if (isProblem(column)) return column;
    const rows = missingRows(column);
    if (rows.length > 0) gaps.set(name, rows);
  }
  return gaps;
}

/**
 * The means of the used columns over the given rows (null: all), missing values left out: one number per element of a row. Columns
 * of text and columns without a present value are left out.
 */
export function columnMeans(table: Table, used: readonly string[], rows: Int32Array | null): Map<string, readonly number[]> {
  const means = new Map<string, readonly number[]>();
  const part = rows === null ? table : takeRows(table, rows);
  for (const name of used) {
    const column = part.columns.get(name);
    const mean = column === undefined ? null : meanOf(column);
    if (mean !== null) means.set(name, mean);
  }
  return means;
}

/** The mean of each trailing element, or null where the column is text or an element has no present value. */
function meanOf(column: Column): readonly number[] | null {
  const numbers = numbersOf(column);
  if (isProblem(numbers)) return null;
  const width = column.kind === "text" ? 1 : rowSize(column.shape);
  const means: number[] = [];
  for (let element = 0; element < width; element++) {
    const present: number[] = [];
    for (let index = element; index < numbers.values.length; index += width) {
      const value = numbers.values[index] as number;
      if (!Number.isNaN(value)) present.push(value);
    }
    if (present.length === 0) return null;
    means.push(momentsOf(Float64Array.from(present)).mean);
  }
  return means;
}

function refuse(table: Table, gaps: ReadonlyMap<string, Int32Array>): DataProblem {
  const [name, rows] = [...gaps][0] as [string, Int32Array];
  const count = rows.length === 1 ? "a value is missing" : `${rows.length} values are missing, the first`;
  const others = gaps.size > 1 ? ` (and some in ${gaps.size - 1} more columns)` : "";
  const advice = `missing: "drop" leaves such rows out, missing: "mean" fills in the column's mean`;
  return at(table, name, rows[0] as number, "data-missing", `${count} in row ${(rows[0] as number) + 1}${others}; ${advice}`);
}

function drop(table: Table, gaps: ReadonlyMap<string, Int32Array>): Table | DataProblem {
  const incomplete = new Uint8Array(table.rows);
  for (const rows of gaps.values()) for (const row of rows) incomplete[row] = 1;
  const kept: number[] = [];
  incomplete.forEach((flag, row) => {
    if (flag === 0) kept.push(row);
  });
  if (kept.length > 0) return takeRows(table, Int32Array.from(kept));
  const text = `missing: "drop" leaves no row: each of the ${table.rows} has a missing value in a column that is used`;
  return dataProblem("data-no-rows-left", { file: table.file }, text);
}

function fill(
  table: Table,
  gaps: ReadonlyMap<string, Int32Array>,
  means: ReadonlyMap<string, readonly number[]>,
  labels: ReadonlySet<string>,
): Table | DataProblem {
  const columns = new Map(table.columns);
  for (const [name, rows] of gaps) {
    const column = columns.get(name) as Column;
    const numbers = numbersOf(column);
    if (isProblem(numbers) || labels.has(name)) {
      const what = isProblem(numbers) ? "holds text" : "is read as labels";
      const text = `missing: "mean" needs numbers, but the column ${what}; missing: "drop" leaves such rows out`;
      return at(table, name, rows[0] as number, "data-mean-of-text", text);
    }
    const mean = means.get(name);
    if (!mean) return at(table, name, rows[0] as number, "data-mean-of-nothing", "the training rows have no value to take the mean of");
    const shape = column.kind === "text" ? [columnRows(column)] : column.shape;
    const width = rowSize(shape);
    const values = numbers.values.map((value, index) => (Number.isNaN(value) ? (mean[index % width] as number) : value));
    columns.set(name, { kind: "numeric", name, dtype: "real", shape, values, file: table.file });
  }
  return { ...table, columns };
}

function at(table: Table, name: string, row: number, code: string, text: string): DataProblem {
  const column = table.columns.get(name);
  const line = column?.kind === "text" ? column.lines[row] : undefined;
  return dataProblem(code, { file: table.file, column: name, ...(line === undefined ? {} : { line }) }, text);
}
