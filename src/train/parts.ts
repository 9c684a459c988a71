// The rows that a run trains on and those that it is tested on.

import { splitRows, type Table } from "../data/index.ts";
import type { NodeId } from "../graph/graph.ts";
import type { ColumnLeaf, Program } from "../graph/program.ts";
import { namesInSize, type SizeBindings } from "../graph/size.ts";
import { allocateTensor, type Precision, type Tensor } from "../graph/tensor.ts";
import { hashPath, permutation } from "../ops/kernels/index.ts";
import { evaluateFeeds, type Feeds, type Fitted, isRowAxis } from "./feeds.ts";
import { dropMissing, fillMissing, fitMeans, markNeeded } from "./missing-cells.ts";
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
  return isRowAxis(program, program.graph.nodes[node].shape[0]);
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

/**
 * All rows of the main files as one part, in their order, fitted on those that train with this split and seed (all of them where data
 * names test files): what is evaluated outside of training. Throws as prepareParts.
 */
export function prepareWhole(program: Program, options: PartOptions): Parts {
  checkBound(program, sizesFor(program, 1));
  const split = program.data.some(({ testFiles }) => testFiles !== null) ? null : options.split;
  const { rows, feeds } = readRows(program, mainTables(options), { ...options, split });
  return { train: { rows, inputs: feeds.inputs }, test: null, feeds };
}

function mainTables({ tables }: PartOptions): ReadonlyMap<string, Table> {
  return new Map([...tables].map(([name, { main }]) => [name, main]));
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
  const main = mainTables(options);
  const test = new Map<string, Table>();
  for (const [name, tables] of options.tables) {
    if (tables.test) test.set(name, tables.test);
    else if (usesRows(program, name))
      throw new ProblemError("no-test-part", `${name} has no test part, but other data has: give it test: "..."`, placeOf(program, name));
    else test.set(name, tables.main);
  }
  const whole = { ...options, split: null };
  const { rows, feeds } = readRows(program, main, whole);
  const tested = readRows(program, test, { ...whole, fitted: feeds.fitted });
  return { train: { rows, inputs: feeds.inputs }, test: { rows: tested.rows, inputs: tested.feeds.inputs }, feeds };
}

/** Training rows are a share of all rows, drawn by seed; all rows without a split. */
function splitParts(program: Program, options: PartOptions): Parts {
  const { rows, drawn, feeds } = readRows(program, mainTables(options), options);
  if (!drawn) return { train: { rows, inputs: feeds.inputs }, test: null, feeds };
  const take = (part: Int32Array): Part => ({ rows: part.length, inputs: takePart(program, feeds.inputs, part) });
  return { train: take(drawn.train), test: take(drawn.test), feeds };
}

/** All rows of the tables, fitted on those that are drawn to train. */
function readRows(program: Program, tables: ReadonlyMap<string, Table>, options: PartOptions) {
  const { split, seed, without, fitted: known } = options;
  const needed = markNeeded(program, without);
  const leaves = program.columns.filter((leaf) => needed[leaf.node]);
  const complete = dropMissing(program, tables, leaves);
  const rows = rowsOf(program, complete);
  const sizes = sizesOf(program, complete, leaves, rows);
  const drawn = split === null || rows < 2 ? null : splitRows(rows, split, permutation(rows, seed, 0, splitStream));
  const fitRows = drawn?.train ?? null;
  const fitted = fitMeans(program, complete, leaves, known, (data) => (usesRows(program, data) ? fitRows : null));
  const filled = fillMissing(program, complete, leaves, fitted);
  return { rows, drawn, feeds: evaluateFeeds(program, { ...options, sizes, tables: filled, fitRows, fitted }) };
}

function placeOf(program: Program, data: string) {
  return program.data.find((source) => source.name === data)?.place ?? null;
}

function usesRows(program: Program, data: string): boolean {
  return program.inputs.some((input) => input.data.includes(data) && isRowInput(program, input.node));
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

/**
 * The sizes of all dimensions where `rows` are left. A dimension that counts rows of other data has as many as are left there. Throws
 * ProblemError if that changes a shape in the model: only the row dimension may differ from what was compiled.
 */
function sizesOf(program: Program, tables: ReadonlyMap<string, Table>, leaves: readonly ColumnLeaf[], rows: number): SizeBindings {
  const sizes = new Map(sizesFor(program, rows));
  for (const { node, data, place } of leaves) {
    const [axis] = program.feed.nodes[node].shape;
    const table = tables.get(data);
    const [name] = namesInSize(axis);
    if (name === undefined || !table || isRowAxis(program, axis)) continue;
    const compiled = sizes.get(name) ?? table.rows;
    const user = program.graph.nodes.find(({ shape }) => shape.some((size) => namesInSize(size).includes(name)));
    if (compiled !== table.rows && user) {
      const what = `${name} is ${compiled}, but ${data} has ${table.rows} rows without missing cells`;
      throw new ProblemError("row-count", `${what}: ${adviseRows(program, name, data)}`, user.place ?? place);
    }
    sizes.set(name, table.rows);
  }
  return sizes;
}

function adviseRows({ inputs, rowDimension }: Program, name: string, data: string): string {
  const readers = inputs.filter((input) => input.data.includes(data));
  const axes = new Set(readers.flatMap(({ type }) => namesInSize(type.shape[0] ?? 1)));
  if (axes.size > 1)
    return `${readers.map((input) => input.name).join(" and ")} read the same rows, so their first axes need the same name`;
  if (rowDimension === null) return `choose the row dimension, as in train { rows = ${name} }`;
  return `rows can be left out of the row dimension only, which is ${rowDimension}; missing: "mean" keeps them all`;
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
