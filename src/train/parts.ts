// The rows that a run trains on and those that it is tested on.

import { applyMissing, columnMeans, isProblem, splitRows, type Table } from "../data/index.ts";
import { markAncestors, type NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import { namesInSize, type SizeBindings } from "../graph/size.ts";
import { allocateTensor, type Precision, type Tensor } from "../graph/tensor.ts";
import { hashPath, permutation } from "../ops/kernels/index.ts";
import { evaluateFeeds, type Feeds, type Fitted } from "./feeds.ts";
import { ProblemError } from "./problem.ts";

/** The table of a data statement and that of its separate test part. */
export interface Tables {
  readonly main: Table;
  readonly test: Table | null;
}

/** Inputs of one part; inputs with the row dimension hold the part's rows. */
export interface Part {
  /** Number of rows; 1 where the model has no row dimension. */
  readonly rows: number;
  readonly inputs: ReadonlyMap<NodeId, Tensor>;
}

/** Everything a run starts from. */
export interface Parts {
  readonly train: Part;
  readonly test: Part | null;
  /** Initial parameters and states, and what was fitted on the training rows. */
  readonly feeds: Feeds;
}

export interface PartOptions {
  readonly tables: ReadonlyMap<string, Tables>;
  readonly split: number | null;
  readonly seed: number;
  readonly precision: Precision;
  readonly fitted: Fitted;
  /** Inputs that need no value: their columns may be absent. */
  readonly without?: ReadonlySet<string>;
}

const splitStream = hashPath("split");

/** True for inputs whose first axis is the row dimension. */
export function isRowInput(program: Program, node: NodeId): boolean {
  const [first] = program.graph.nodes[node].shape;
  if (program.rowDimension === null || first === undefined || typeof first === "number") return false;
  return first.terms.length === 1 && first.terms[0].names.join() === program.rowDimension && first.terms[0].coefficient === 1;
}

/** The program's sizes with the row dimension bound to `rows`. */
export function sizesFor(program: Program, rows: number): SizeBindings {
  return program.rowDimension === null ? program.sizes : new Map([...program.sizes, [program.rowDimension, rows]]);
}

/** Reads, splits and fits. Throws ProblemError for a dimension without a size and for what is wrong with the data. */
export function prepareParts(program: Program, options: PartOptions): Parts {
  checkBound(program, sizesFor(program, 1));
  const separate = [...options.tables].some(([, { test }]) => test !== null);
  return separate ? separateParts(program, options) : splitParts(program, options);
}

/** Every dimension must have a size before anything runs. */
function checkBound(program: Program, sizes: SizeBindings): void {
  for (const node of program.graph.nodes) {
    for (const size of node.shape) {
      const open = namesInSize(size).find((name) => !sizes.has(name));
      if (open !== undefined)
        throw new ProblemError(
          "unbound-size",
          `the size of ${open} is not known: give it with --dim ${open}=N or \`dim ${open} = N\``,
          node.place,
        );
    }
  }
}

/** Training rows are those of the main files, test rows those of the test files. */
function separateParts(program: Program, options: PartOptions): Parts {
  const main = new Map([...options.tables].map(([name, { main }]) => [name, main]));
  const test = new Map<string, Table>();
  for (const [name, tables] of options.tables) {
    if (tables.test) test.set(name, tables.test);
    else if (usesRows(program, name))
      throw new ProblemError("no-test-part", `${name} has no test part, but other data has: give it test: "..."`, placeOf(program, name));
    else test.set(name, tables.main);
  }
  const tables = withoutMissing(program, main, null, options);
  const rows = rowsOf(program, tables);
  const feeds = evaluateFeeds(program, { ...options, sizes: sizesFor(program, rows), tables, fitRows: null });
  const testTables = withoutMissing(program, test, meansOf(program, main, null, options), options);
  const testRows = rowsOf(program, testTables);
  const tested = evaluateFeeds(program, {
    ...options,
    sizes: sizesFor(program, testRows),
    tables: testTables,
    fitRows: null,
    fitted: feeds.fitted,
  });
  return { train: { rows, inputs: feeds.inputs }, test: { rows: testRows, inputs: tested.inputs }, feeds };
}

/** Training rows are a share of all rows, drawn by seed; all rows without a split. */
function splitParts(program: Program, options: PartOptions): Parts {
  const main = new Map([...options.tables].map(([name, { main }]) => [name, main]));
  const dropped = withoutMissing(program, main, new Map(), options);
  const rows = rowsOf(program, dropped);
  const drawn = options.split === null || rows < 2 ? null : splitRows(rows, options.split, permutation(rows, options.seed, 0, splitStream));
  const tables = withoutMissing(program, dropped, meansOf(program, dropped, drawn?.train ?? null, options), options);
  const feeds = evaluateFeeds(program, { ...options, sizes: sizesFor(program, rows), tables, fitRows: drawn?.train ?? null });
  if (!drawn) return { train: { rows, inputs: feeds.inputs }, test: null, feeds };
  const take = (part: Int32Array): Part => ({ rows: part.length, inputs: takePart(program, feeds.inputs, part) });
  return { train: take(drawn.train), test: take(drawn.test), feeds };
}

function placeOf(program: Program, data: string) {
  return program.data.find((source) => source.name === data)?.place ?? null;
}

function usesRows(program: Program, data: string): boolean {
  return program.inputs.some((input) => input.data.includes(data) && isRowInput(program, input.node));
}

/** The columns that inputs with a value read. */
function usedColumns(program: Program, data: string, { without }: PartOptions): string[] {
  const feeds = program.inputs.flatMap(({ name, feed }) => (feed === null || without?.has(name) ? [] : [feed]));
  const needed = markAncestors(program.feed.nodes, feeds);
  return [...new Set(program.columns.filter((leaf) => leaf.data === data && needed[leaf.node]).flatMap((leaf) => leaf.columns))];
}

type Means = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

function meansOf(program: Program, tables: ReadonlyMap<string, Table>, rows: Int32Array | null, options: PartOptions): Means {
  return new Map(
    [...tables]
      .filter(([, table]) => table.missing === "mean")
      .map(([name, table]) => [name, columnMeans(table, usedColumns(program, name, options), rows)]),
  );
}

/**
 * The tables with their policy on missing cells applied to the columns that the model uses. With an empty `means`, cells that become
 * means are left for a second call, when the training rows are known.
 */
function withoutMissing(
  program: Program,
  tables: ReadonlyMap<string, Table>,
  means: Means | null,
  options: PartOptions,
): ReadonlyMap<string, Table> {
  const wait = means !== null && means.size === 0;
  return new Map(
    [...tables].map(([name, table]) => {
      const policy = table.missing ?? "error";
      if (policy === "mean" && wait) return [name, table];
      const result = applyMissing(table, usedColumns(program, name, options), policy, means?.get(name));
      if (isProblem(result)) throw new ProblemError(result.code, result.message, placeOf(program, name));
      if (result.rows === 0 && options.tables.get(name)?.main.rows)
        throw new ProblemError("no-rows", `${table.file} has no row without missing cells`, placeOf(program, name));
      return [name, result];
    }),
  );
}

/** Rows of the data that the row inputs read: all must have as many. 1 without a row dimension. */
function rowsOf(program: Program, tables: ReadonlyMap<string, Table>): number {
  if (program.rowDimension === null) return 1;
  const names = [...tables.keys()].filter((name) => usesRows(program, name));
  const [first, ...others] = names;
  if (first === undefined) return program.sizes.get(program.rowDimension) ?? 1;
  const rows = (tables.get(first) as Table).rows;
  for (const name of others) {
    const other = (tables.get(name) as Table).rows;
    if (other !== rows) throw new ProblemError("row-count", `${first} has ${rows} rows, but ${name} has ${other}`, placeOf(program, name));
  }
  return rows;
}

/** The inputs with the given rows of those that have the row dimension. */
export function takePart(program: Program, inputs: ReadonlyMap<NodeId, Tensor>, rows: Int32Array): ReadonlyMap<NodeId, Tensor> {
  return new Map([...inputs].map(([node, tensor]) => [node, isRowInput(program, node) ? takeTensorRows(tensor, rows) : tensor]));
}

/** The given rows (indices of the first axis) as a new tensor. */
export function takeTensorRows(tensor: Tensor, rows: Int32Array): Tensor {
  const width = tensor.shape[0] === 0 ? 0 : tensor.data.length / tensor.shape[0];
  const precision: Precision = tensor.data instanceof Float32Array ? "f32" : "f64";
  const out = allocateTensor(tensor.dtype, [rows.length, ...tensor.shape.slice(1)], precision);
  for (let k = 0; k < rows.length; k++) out.data.set(tensor.data.subarray(rows[k] * width, (rows[k] + 1) * width), k * width);
  return out;
}
