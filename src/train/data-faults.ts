// What is wrong with the cells of the columns that a model uses: for a check that reads the data, but computes nothing with it.

import { applyMissing, type DataProblem, isProblem, labelsOf, numbersOf, type Table } from "../data/index.ts";
import { columnOf } from "../data/table.ts";
import type { Place } from "../graph/graph.ts";
import type { ColumnLeaf, Program } from "../graph/program.ts";
import { markNeeded } from "./missing-cells.ts";
import type { Tables } from "./parts.ts";
import type { Problem } from "./problem.ts";

/**
 * Every column that inputs read and cannot be read as they do: absent, without a name of its own, text where numbers are needed, a
 * missing cell where none is allowed. In the order of the leaves, main files before test files, each fault once. Data that is not in
 * `tables` is left out. For models that start afresh: with fitted values, columns of targets may be absent.
 */
export function dataFaults(program: Program, tables: ReadonlyMap<string, Tables>): readonly Problem[] {
  const needed = markNeeded(program);
  const leaves = program.columns.filter((leaf) => needed[leaf.node]);
  const faults = new Map<string, Problem>();
  const add = ({ code, message }: DataProblem, place: Place) => {
    const key = `${place.start} ${message}`;
    if (!faults.has(key)) faults.set(key, { code, message, place });
  };
  for (const source of program.data) {
    const { main = null, test = null } = tables.get(source.name) ?? {};
    const own = leaves.filter(({ data }) => data === source.name);
    for (const table of [main, test]) {
      if (!table) continue;
      const readable = own.filter((leaf) => {
        const wrong = leafFaults(table, leaf);
        for (const problem of wrong) add(problem, leaf.place);
        return wrong.length === 0;
      });
      if ((source.options.missing ?? "error") !== "error") continue;
      const used = new Set(readable.flatMap(({ columns }) => columns));
      const gap = applyMissing(table, [...used], "error");
      if (isProblem(gap)) add(gap, source.place);
    }
  }
  return [...faults.values()];
}

function leafFaults(table: Table, { columns, as }: ColumnLeaf): readonly DataProblem[] {
  return columns.flatMap((name) => {
    const column = columnOf(table, name);
    if (isProblem(column)) return [column];
    if (as === "numbers" && column.kind === "numeric") return [];
    const cells = as === "numbers" ? numbersOf(column) : labelsOf(column);
    return isProblem(cells) ? [cells] : [];
  });
}
