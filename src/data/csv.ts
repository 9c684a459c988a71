// Reads CSV text into a table of text columns, and names every row that does not fit.

import Papa from "papaparse";
import { guessDecimal, guessDelimiter } from "./dialect.ts";
import { parseNumber } from "./numbers.ts";
import {
  type DataFile,
  type DataProblem,
  type DecimalMark,
  type Dialect,
  dataProblem,
  failed,
  isProblem,
  type Place,
  quoted,
  type Read,
  type Table,
  type TextColumn,
} from "./table.ts";
import { decodeText, lineAt } from "./text.ts";

/** What a data statement may say about a CSV file; delimiter and decimal mark are guessed where they are absent. */
export interface CsvOptions {
  readonly delimiter?: string;
  readonly decimal?: DecimalMark;
  /** Whether the first line names the columns (the default); otherwise they are called c0, c1, ... */
  readonly header?: boolean;
}

/** Records with the line on which each starts. */
interface Records {
  readonly cells: readonly (readonly string[])[];
  readonly lines: readonly number[];
}

const SHOWN_PROBLEMS = 10;
/** More cells than this, one text each, would not fit into the memory of most hosts. */
const MAXIMUM_CELLS = 50_000_000;

/**
 * Reads a CSV file (RFC 4180; UTF-8, or UTF-16 with a byte order mark; any line ends, which become line feeds inside quoted cells).
 * Cells are kept as they stand in the file. Blank lines are left out, except that a table of one column takes those between its rows
 * as missing cells. A first line `sep=;` gives the delimiter. Columns without a name, or with that of another one, have a fault: columnOf
 * refuses them.
 */
export function readCsv(file: DataFile, options: CsvOptions = {}): Read {
  const decoded = decodeText(file);
  if (isProblem(decoded)) return failed(decoded);
  const { text, firstLine, separator } = normalize(decoded);
  if (text === "") return failed(dataProblem("csv-empty", { file: file.name }, "the file is empty"));
  const delimiter = options.delimiter ?? separator ?? guessDelimiter(text, options.decimal);
  if (text.length > 2 * MAXIMUM_CELLS && separatorsIn(text, delimiter) > MAXIMUM_CELLS) {
    return failed(dataProblem("data-too-large", { file: file.name }, `it has more than ${MAXIMUM_CELLS} cells; store larger data as npy`));
  }
  const parsed = Papa.parse(text, { delimiter, newline: "\n", quoteChar: '"' });
  if (parsed.errors.length > 0) return { table: null, problems: quoteProblems(file.name, text, firstLine, parsed.errors) };
  // Behind the last line feed papaparse sees one more, empty record.
  const records = withLines(parsed.data.slice(0, -1), text.includes('"'), firstLine);

  const header = options.header ?? true;
  const first = records.cells[0] as readonly string[];
  const names = header ? first.map((name) => name.trim()) : first.map((_, index) => `c${index}`);
  const body = header ? { cells: records.cells.slice(1), lines: records.lines.slice(1) } : records;
  const problems = rowProblems(file.name, names, body);
  if (problems.length > 0) return { table: null, problems };
  if (body.cells.length === 0) {
    return failed(dataProblem("csv-no-rows", { file: file.name }, "the file has a header line but no rows"));
  }
  const decimal = options.decimal ?? guessDecimal(body.cells, delimiter);
  const faults = header ? headerFaults(file.name, names, records.lines[0] as number) : new Map<string, DataProblem>();
  return { table: tableOf(file.name, names, body, { delimiter, decimal, header }, faults), problems: [] };
}

/**
 * Line feeds only, one of them at the end, without leading and trailing blank lines and the line `sep=`; `firstLine` is the line where
 * the rest starts.
 */
function normalize(decoded: string): { readonly text: string; readonly firstLine: number; readonly separator: string | null } {
  const text = decoded.includes("\r") ? decoded.replace(/\r\n?/g, "\n") : decoded;
  let separator: string | null = null;
  let start = 0;
  let firstLine = 1;
  for (let end = lineEnd(text, start); start < text.length; start = end + 1, end = lineEnd(text, start), firstLine++) {
    const line = text.slice(start, end);
    if (separator === null && /^sep=[^"]$/i.test(line)) separator = line.slice(4);
    else if (line.trim() !== "" || line.includes("\t")) break;
  }
  let end = text.length;
  while (end > start && text[end - 1] === "\n") end--;
  return { text: start >= end ? "" : `${text.slice(start, end)}\n`, firstLine, separator };
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** How many cells there are, give or take those delimiters and line ends that stand in quotes. */
function separatorsIn(text: string, delimiter: string): number {
  const unit = delimiter.charCodeAt(0);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const here = text.charCodeAt(at);
    if (here === unit || here === 0x0a) count++;
  }
  return count;
}

/** Leaves out blank records, and finds the line on which each of the others starts: quoted cells may hold line feeds. */
function withLines(data: readonly (readonly string[])[], quotes: boolean, firstLine: number): Records {
  const cells: (readonly string[])[] = [];
  const lines: number[] = [];
  const single = data[0]?.length === 1;
  let line = firstLine;
  for (const record of data) {
    if (single || record.length > 1 || record[0]?.trim() !== "") {
      cells.push(record);
      lines.push(line);
    }
    line++;
    if (quotes) for (const cell of record) if (cell.includes("\n")) line += lineAt(cell, cell.length) - 1;
  }
  return { cells, lines };
}

function quoteProblems(
  file: string,
  text: string,
  firstLine: number,
  errors: readonly { readonly code: string; readonly index?: number }[],
): DataProblem[] {
  const starts = new Map<number, string>();
  for (const { index = 0, code } of errors) if (starts.size < SHOWN_PROBLEMS && !starts.has(index)) starts.set(index, code);
  return [...starts].map(([index, code]) => {
    const place = { file, line: firstLine + lineAt(text, index) - 1 };
    const shown = quoted(text.slice(index, index + 20).trimEnd());
    return code === "MissingQuotes"
      ? dataProblem("csv-open-quote", place, `the quote before ${shown} is never closed`)
      : dataProblem("csv-quote", place, `the quoted cell ${shown} goes on after its closing quote; a quote inside quotes is written ""`);
  });
}

/** Keeps the first problems of one kind and counts the others. */
class Findings {
  readonly #problems: DataProblem[] = [];
  #count = 0;

  add(code: string, place: Place, text: () => string): void {
    if (++this.#count <= SHOWN_PROBLEMS) this.#problems.push(dataProblem(code, place, text()));
  }

  all(file: string): DataProblem[] {
    const more = this.#count - SHOWN_PROBLEMS;
    return more > 0 ? [...this.#problems, dataProblem("csv-more", { file }, `${more} more rows have such a problem`)] : this.#problems;
  }
}

/** Why columns cannot be used, by their name in the first line: it is empty, or that of several columns. */
function headerFaults(file: string, names: readonly string[], line: number): ReadonlyMap<string, DataProblem> {
  const isHeader = names.some((name) => parseNumber(name) === null);
  const advice = isHeader ? "to use one of them, give it a name of its own" : "if the file has no header line, write header: false";
  const faults = new Map<string, DataProblem>();
  for (const [name, indices] of Map.groupBy(names.keys(), (index) => names[index] as string)) {
    const places = indices.map((index) => String(index + 1));
    const columns = `columns ${places.slice(0, -1).join(", ")} and ${places.at(-1)}`;
    if (name === "") {
      const what = places.length === 1 ? `column ${places[0]} of ${names.length} has` : `${columns} of ${names.length} have`;
      faults.set(name, dataProblem("csv-empty-name", { file, line }, `${what} no name`));
    } else if (places.length > 1) {
      const text = `${columns} are ${places.length === 2 ? "both" : "all"} called ${quoted(name)}; ${advice}`;
      faults.set(name, dataProblem("csv-duplicate-name", { file, line, column: name }, text));
    }
  }
  return faults;
}

function rowProblems(file: string, names: readonly string[], body: Records): DataProblem[] {
  const findings = new Findings();
  body.cells.forEach((cells, row) => {
    if (cells.length === names.length) return;
    const text = () => `the row has ${cells.length} ${cells.length === 1 ? "cell" : "cells"} where ${names.length} are expected`;
    findings.add("csv-ragged-row", { file, line: body.lines[row] as number }, text);
  });
  return findings.all(file);
}

function tableOf(file: string, names: readonly string[], body: Records, dialect: Dialect, faults: ReadonlyMap<string, DataProblem>): Table {
  const lines = Int32Array.from(body.lines);
  const columns = new Map<string, TextColumn>();
  names.forEach((name, index) => {
    if (columns.has(name)) return;
    const fault = faults.get(name);
    const cells = body.cells.map((row) => row[index] as string);
    columns.set(name, { kind: "text", name, cells, lines, file, decimal: dialect.decimal, ...(fault && { fault }) });
  });
  return { file, rows: body.cells.length, columns, dialect };
}
