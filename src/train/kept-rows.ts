// Which rows of the data are left where those with missing cells are left out.

import { missingRows } from "../data/numbers.ts";
import { columnOf, isProblem } from "../data/table.ts";
import type { Program } from "../graph/program.ts";
import { markNeeded } from "./missing-cells.ts";
import { isRowInput, type Tables } from "./parts.ts";

/** What is left of data without rows that have missing cells. */
export interface KeptRows {
  /** Numbers (from 0) of the rows that are left. */
  readonly rows: Int32Array;
  /** How many rows are left out. */
  readonly dropped: number;
}

/**
 * What missing: "drop" leaves of the main data of the inputs with the row dimension; null where no row is left out. Inputs `without`
 * need nothing.
 */
export function keptRows(program: Program, tables: ReadonlyMap<string, Tables>, without: ReadonlySet<string>): KeptRows | null {
  const needed = markNeeded(program, without);
  const dropping = program.data.filter(({ name, options }) => options.missing === "drop" && readsRows(program, name));
  for (const { name } of dropping) {
    const table = tables.get(name)?.main;
    if (!table) continue;
    const used = new Set(program.columns.filter(({ data, node }) => data === name && needed[node]).flatMap(({ columns }) => columns));
    const gone = new Set<number>();
    for (const column of used) {
      const found = columnOf(table, column);
      if (!isProblem(found)) for (const row of missingRows(found)) gone.add(row);
    }
    const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter((row) => !gone.has(row));
    if (gone.size > 0) return { rows, dropped: gone.size };
  }
  return null;
}

function readsRows(program: Program, data: string): boolean {
  return program.inputs.some((input) => input.data.includes(data) && isRowInput(program, input.node));
}
