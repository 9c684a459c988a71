// Missing cells of the columns that a model uses: their rows are left out, or the mean of the training rows stands in their place.

import {
  applyMissing,
  columnMeans,
  type DataProblem,
  fillMeans,
  isProblem,
  type MissingPolicy,
  rowSize,
  type Table,
} from "../data/index.ts";
import { columnOf } from "../data/table.ts";
import { markAncestors, type Place } from "../graph/graph.ts";
import type { ColumnLeaf, DataSource, Program } from "../graph/program.ts";
import type { Fitted } from "./feeds.ts";
import { ProblemError } from "./problem.ts";

type Tables = ReadonlyMap<string, Table>;

/** Marks the nodes of the feed graph that inputs need; the inputs `without` need nothing. */
export function markNeeded(program: Program, without: ReadonlySet<string> = new Set()): Uint8Array {
  const feeds = program.inputs.flatMap(({ name, feed }) => (feed === null || without.has(name) ? [] : [feed]));
  return markAncestors(program.feed.nodes, feeds);
}

/** A column whose missing cells become its mean. */
export interface MeanColumn {
  /** Its name in what was fitted: `cars.mpg`, or `points` for the only column of a file without names. */
  readonly path: string;
  readonly data: string;
  readonly column: string;
  readonly leaf: ColumnLeaf;
}

/** The columns that leaves read as numbers from data with missing: "mean". */
export function meanColumns(program: Program, leaves: readonly ColumnLeaf[]): readonly MeanColumn[] {
  const filled = new Set(program.data.filter((source) => policyOf(source) === "mean").map(({ name }) => name));
  const found = new Map<string, MeanColumn>();
  for (const leaf of leaves) {
    if (leaf.as !== "numbers" || !filled.has(leaf.data)) continue;
    for (const column of leaf.columns) {
      const path = column === "" ? leaf.data : `${leaf.data}.${column}`;
      if (!found.has(path)) found.set(path, { path, data: leaf.data, column, leaf });
    }
  }
  return [...found.values()];
}

/** The data room has checked the value of the option. */
function policyOf({ options }: DataSource): MissingPolicy {
  return (options.missing ?? "error") as MissingPolicy;
}

/** The tables without the rows that missing: "drop" leaves out. Throws ProblemError for a missing cell where no policy allows one. */
export function dropMissing(program: Program, tables: Tables, leaves: readonly ColumnLeaf[]): Tables {
  return changeTables(program, tables, leaves, (table, used, source) => {
    const policy = policyOf(source);
    return policy === "mean" ? table : applyMissing(table, used, policy);
  });
}

/** The tables with `means` in the place of missing cells. Throws ProblemError for a missing cell that no mean can stand for. */
export function fillMissing(program: Program, tables: Tables, leaves: readonly ColumnLeaf[], means: Fitted): Tables {
  const columns = meanColumns(program, leaves);
  return changeTables(program, tables, leaves, (table, used, source) => {
    if (policyOf(source) !== "mean") return table;
    const own = columns.flatMap(({ path, data, column }) => {
      const known = data === source.name ? means.get(path) : undefined;
      return known && "mean" in known ? [[column, known.mean] as const] : [];
    });
    const labels = new Set(leaves.filter(({ data, as }) => data === source.name && as !== "numbers").flatMap((leaf) => leaf.columns));
    return fillMeans(table, used, new Map(own), labels);
  });
}

function changeTables(
  program: Program,
  tables: Tables,
  leaves: readonly ColumnLeaf[],
  change: (table: Table, used: readonly string[], source: DataSource) => Table | DataProblem,
): Tables {
  const changed = new Map(tables);
  for (const source of program.data) {
    const table = tables.get(source.name);
    if (!table) continue;
    const own = leaves.filter(({ data }) => data === source.name);
    for (const { columns, place } of own) for (const name of columns) refuseFault(columnOf(table, name), place);
    const used = [...new Set(own.flatMap((leaf) => leaf.columns))];
    const result = change(table, used, source);
    if (isProblem(result)) throw new ProblemError(result.code, result.message, source.place);
    changed.set(source.name, result);
  }
  return changed;
}

/** A column that is absent or has no name of its own is refused where it is used. */
function refuseFault(column: ReturnType<typeof columnOf>, place: Place): void {
  if (isProblem(column)) throw new ProblemError(column.code, column.message, place);
}

/**
 * What is `known`, and the means of those columns that it lacks, over the rows that `rowsOf` gives for their data (null: all). Throws
 * ProblemError where a known mean does not fit the column. A column without any number gets none.
 */
export function fitMeans(
  program: Program,
  tables: Tables,
  leaves: readonly ColumnLeaf[],
  known: Fitted,
  rowsOf: (data: string) => Int32Array | null,
): Fitted {
  const fitted = new Map(known);
  for (const { path, data, column: name, leaf } of meanColumns(program, leaves)) {
    const table = tables.get(data);
    const column = table && columnOf(table, name);
    if (!column || isProblem(column)) continue;
    const entry = known.get(path);
    const width = column.kind === "text" ? 1 : rowSize(column.shape);
    if (entry && "mean" in entry && entry.mean.length !== width) {
      const message = `the mean of ${path} was taken of ${entry.mean.length} numbers a row, but the data has ${width}`;
      throw new ProblemError("fitted-shape", message, leaf.place);
    }
    const mean = entry ? undefined : columnMeans(table, [name], rowsOf(data)).get(name);
    if (mean) fitted.set(path, { mean });
  }
  return fitted;
}
