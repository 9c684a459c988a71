// Files in memory for the tests of the data readers, and short ways to look at what was read.
import { expect } from "vitest";
import { type Column, type DataProblem, isProblem, numbersOf, type Read, type Table } from "../../src/data/index.ts";

/** A file with the given UTF-8 text or bytes. */
export function fileOf(name: string, content: string | readonly number[] | Uint8Array): { name: string; bytes: Uint8Array } {
  return { name, bytes: typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content) };
}

/** The table of a read that must have succeeded. */
export function tableOf(read: Read): Table {
  expect(read.problems).toEqual([]);
  if (read.table === null) throw new Error("there is neither a table nor a problem");
  return read.table;
}

/** The column of that name, which must exist. */
export function columnIn(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw new Error(`no column ${name} among ${[...table.columns.keys()]}`);
  return column;
}

/** The cells of all columns by name; numeric columns as `{ shape, values }`. */
export function contentOf(table: Table): Record<string, unknown> {
  const content = [...table.columns].map(([name, column]) => [
    name,
    column.kind === "text" ? column.cells : { shape: column.shape, values: Array.from(column.values) },
  ]);
  return Object.fromEntries(content);
}

/** The messages of a read that must have failed; each must belong to a problem with a code. */
export function messagesOf(read: Read): string[] {
  expect(read.table).toBeNull();
  expect(read.problems.length).toBeGreaterThan(0);
  for (const problem of read.problems) expect(problem.code).toMatch(/^[a-z]+(-[a-z]+)+$/);
  return read.problems.map((problem) => problem.message);
}

/** The numbers of a column that must be numbers. */
export function numbersIn(table: Table, name: string): number[] {
  return Array.from(fine(numbersOf(columnIn(table, name))).values);
}

/** A result that must not be a problem. */
export function fine<T>(result: T | DataProblem): T {
  if (isProblem(result)) throw new Error(`unexpected problem: ${result.message}`);
  return result;
}

/** The problem that a result must be. */
export function problemIn(result: unknown): DataProblem {
  if (!isProblem(result)) throw new Error("expected a problem");
  return result;
}
