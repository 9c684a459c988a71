// Turns the text cells of a column into numbers, and guesses what a column holds.

import {
  type Column,
  type DataProblem,
  type DecimalMark,
  dataProblem,
  type NumericColumn,
  quoted,
  rowSize,
  type TextColumn,
} from "./table.ts";

/** A column as numbers, row-major; `missing` holds the indices of the rows with a missing value (NaN in `values`). */
export interface Numbers {
  readonly values: Float64Array;
  readonly missing: Int32Array;
}

/** What a column seems to hold. `share` is the share of numbers among the cells that are not missing; `distinct` stops at 10,000. */
export interface ColumnGuess {
  readonly kind: "number" | "category" | "text";
  readonly share: number;
  readonly distinct: number;
  readonly missing: number;
}

const NUMBER_WITH_POINT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const NUMBER_WITH_COMMA = /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/;
const INFINITY = /^[+-]?inf(?:inity)?$/i;
const MISSING = new Set(["", "na", "n/a", "nan", "null", "?"]);
const CATEGORY_LIMIT = 200;
const DISTINCT_LIMIT = 10_000;
const NUMBER_SHARE = 0.9;

/** Whether a cell stands for a missing value: empty, NA, N/A, nan, null or ?, in any case, blanks around it ignored. */
export function isMissing(cell: string): boolean {
  return cell.length < 16 ? MISSING.has(cell.trim().toLowerCase()) : cell.trim() === "";
}

/** The number in a cell, or null. Accepts inf and Infinity; decimal digits that overflow give an infinite number too. */
export function parseNumber(cell: string, decimal: DecimalMark = "."): number | null {
  const text = cell.trim();
  if (decimal === "." && NUMBER_WITH_POINT.test(text)) return Number(text);
  if (decimal === "," && NUMBER_WITH_COMMA.test(text)) return Number(text.replace(",", "."));
  return INFINITY.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : null;
}

/**
 * The numbers of a column as float64 in the column's shape. Text cells are parsed with the decimal mark of `options`, else of the
 * file, else a full stop; missing cells give NaN. A cell that is neither is a problem naming file, line, column and cell.
 */
export function numbersOf(column: Column, options: { readonly decimal?: DecimalMark } = {}): Numbers | DataProblem {
  if (column.kind === "numeric") {
    return { values: new Float64Array(column.values), missing: missingRows(column) };
  }
  const decimal = options.decimal ?? column.decimal ?? ".";
  const values = new Float64Array(column.cells.length);
  const missing: number[] = [];
  const wrong: number[] = [];
  column.cells.forEach((cell, row) => {
    const value = parseNumber(cell, decimal);
    if (value === null && isMissing(cell)) {
      missing.push(row);
      values[row] = Number.NaN;
    } else if (value === null || isOverflow(cell, value)) wrong.push(row);
    else values[row] = value;
  });
  return wrong.length > 0 ? notNumbers(column, wrong, decimal) : { values, missing: Int32Array.from(missing) };
}

/** The indices of the rows in which a cell is missing or a number is NaN. */
export function missingRows(column: Column): Int32Array {
  const rows: number[] = [];
  if (column.kind === "text") {
    column.cells.forEach((cell, row) => {
      if (isMissing(cell)) rows.push(row);
    });
  } else if (column.dtype === "real") {
    const width = rowSize(column.shape);
    for (let row = 0; row < (column.shape[0] ?? 0); row++) if (hasNaN(column, row * width, width)) rows.push(row);
  }
  return Int32Array.from(rows);
}

function hasNaN(column: NumericColumn, start: number, width: number): boolean {
  for (let index = start; index < start + width; index++) if (Number.isNaN(column.values[index])) return true;
  return false;
}

/**
 * What the column seems to hold, for a person to confirm: "number" if at least 90 % of its present cells are numbers, "category" if
 * few different texts repeat, "text" otherwise. A column without any present cell is text.
 */
export function guessColumn(column: Column): ColumnGuess {
  if (column.kind === "numeric") {
    const distinct = new Set<number>();
    for (const value of column.values) if (distinct.size < DISTINCT_LIMIT && !Number.isNaN(value)) distinct.add(value);
    return { kind: "number", share: 1, distinct: distinct.size, missing: missingRows(column).length };
  }
  const distinct = new Set<string>();
  let present = 0;
  let numbers = 0;
  for (const cell of column.cells) {
    if (isMissing(cell)) continue;
    present++;
    if (distinct.size < DISTINCT_LIMIT) distinct.add(cell.trim());
    const value = parseNumber(cell, column.decimal);
    if (value !== null && !isOverflow(cell, value)) numbers++;
  }
  const share = present === 0 ? 0 : numbers / present;
  const repeats = present > 0 && distinct.size <= Math.min(CATEGORY_LIMIT, Math.max(2, present / 2));
  const kind = present > 0 && share >= NUMBER_SHARE ? "number" : repeats ? "category" : "text";
  return { kind, share, distinct: distinct.size, missing: column.cells.length - present };
}

/** Digits that are too large for a float64, as opposed to a written infinity. */
function isOverflow(cell: string, value: number): boolean {
  return !Number.isFinite(value) && /\d/.test(cell);
}

function notNumbers(column: TextColumn, wrong: readonly number[], decimal: DecimalMark): DataProblem {
  const row = wrong[0] as number;
  const cell = column.cells[row] as string;
  const place = { file: column.file ?? "data", line: column.lines[row] as number, column: column.name };
  const others = wrong.slice(1, 4).map((index) => column.lines[index]);
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more, the next in line ${others.join(", ")})` : "";
  if (parseNumber(cell, decimal) !== null) {
    return dataProblem("data-overflow", place, `${quoted(cell.trim())} is too large for a 64-bit number${more}`);
  }
  const other = decimal === "." ? "," : ".";
  const hint =
    parseNumber(cell, other) !== null
      ? `; if "${other}" is the decimal mark, write decimal: "${other}"`
      : wrong.length === column.cells.length
        ? "; text can be used by category(...)"
        : "";
  return dataProblem("data-not-a-number", place, `${quoted(cell.trim())} is not a number${more}${hint}`);
}
