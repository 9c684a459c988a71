// Values of everything outside the graph: data read into inputs, defaults, initial parameters; fitted on the training rows only.

import { encodeCategories, fitCategories, fitStandardize, isProblem, labelsOf, numbersOf, type Table } from "../data/index.ts";
import { columnOf } from "../data/table.ts";
import { derive } from "../engine/derive.ts";
import { createRunner, type Runner } from "../engine/reference.ts";
import { bindGraph, concreteShape, type Graph, type NodeId, type Place, type ValueType } from "../graph/graph.ts";
import type { ColumnLeaf, Fit, Program } from "../graph/program.ts";
import { bindShape, namedSize, type Size, type SizeBindings, sameSize } from "../graph/size.ts";
import { allocateTensor, countElements, type Precision, type Tensor } from "../graph/tensor.ts";
import { withProblems } from "./prepared-graph.ts";
import { ProblemError } from "./problem.ts";

/** What a standardize was fitted to: one mean and one deviation for each element of a row. */
export interface Moments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** What stands for missing cells of a column: one mean for each element of a row. */
export interface ColumnMean {
  readonly mean: readonly number[];
}

/** The sorted labels of a category. */
export interface Labels {
  readonly labels: readonly string[];
}

export type FittedEntry = Moments | ColumnMean | Labels;

/**
 * What was fitted to data: saved with the parameters, so that new data is treated alike. A standardize and a category are named by their
 * path (`x.standardize_1`), the mean of a column by its data and its name (`cars.mpg`).
 */
export type Fitted = ReadonlyMap<string, FittedEntry>;

/** Values of the leaves of a program's graph, by node. */
export interface Feeds {
  readonly inputs: ReadonlyMap<NodeId, Tensor>;
  readonly params: ReadonlyMap<NodeId, Tensor>;
  readonly states: ReadonlyMap<NodeId, Tensor>;
  /** Tangents of the `seed` block by node of the graph. */
  readonly seeds: ReadonlyMap<NodeId, Tensor>;
  readonly fitted: Fitted;
}

export interface FeedOptions {
  /** Sizes of all dimensions; the row dimension is the number of rows of the tables. */
  readonly sizes: SizeBindings;
  /** The table of each data statement, rows in the order in which the inputs get them. */
  readonly tables: ReadonlyMap<string, Table>;
  /** Rows to fit standardize on; null: all. Ignored for what `fitted` holds. */
  readonly fitRows: Int32Array | null;
  readonly fitted: Fitted;
  /** Seed of the initial parameters. */
  readonly seed: number;
  readonly precision: Precision;
  /** Inputs that need no value: their data is absent (targets when predicting). */
  readonly without?: ReadonlySet<string>;
}

/**
 * Evaluates a program's feed graph. Throws ProblemError for what is wrong with the data: a text cell in a numeric column, an unseen
 * label, a value that does not fit its declared type.
 */
export function evaluateFeeds(program: Program, options: FeedOptions): Feeds {
  const graph = bindGraph(program.feed, options.sizes);
  const { build, ids } = withProblems(() => derive(graph));
  const context: Context = { program, graph: build.graph(), ids, values: new Map(), fitted: new Map(options.fitted), options };
  const inputs = program.inputs.filter((port) => !options.without?.has(port.name));
  const wanted = [...inputs, ...program.params, ...program.states, ...program.seeds].flatMap((port) =>
    port.feed === null ? [] : [port.feed],
  );
  const needed = reachable(graph, wanted);
  for (const leaf of program.columns) if (needed.has(leaf.node)) context.values.set(ids[leaf.node], readLeaf(context, leaf, graph));
  for (const fit of program.fits) if (needed.has(fit.mean)) applyFit(context, fit);
  const runner = run(
    context,
    wanted.map((id) => ids[id]),
  );
  const portValue = (feed: NodeId, type: ValueType, name: string, place: Place | null) =>
    convert(runner.value(ids[feed]), type.dtype, concreteShape(bindShape(type.shape, options.sizes)), options.precision, name, place);
  return {
    inputs: new Map(
      inputs.flatMap((port) => (port.feed === null ? [] : [[port.node, portValue(port.feed, port.type, port.name, port.place)]])),
    ),
    params: new Map(program.params.map((port) => [port.node, portValue(port.feed, port.type, port.path, port.place)])),
    states: new Map(program.states.map((port) => [port.node, portValue(port.feed, port.type, port.path, port.place)])),
    seeds: new Map(program.seeds.map((seed) => [seed.node, portValue(seed.feed, program.graph.nodes[seed.node], seed.name, null)])),
    fitted: context.fitted,
  };
}

/** True for an axis that counts the rows of a part. */
export function isRowAxis({ rowDimension }: Program, size: Size | undefined): boolean {
  return rowDimension !== null && size !== undefined && sameSize(size, namedSize(rowDimension));
}

interface Context {
  readonly program: Program;
  readonly graph: Graph;
  readonly ids: readonly NodeId[];
  readonly values: Map<NodeId, Tensor>;
  readonly fitted: Map<string, FittedEntry>;
  readonly options: FeedOptions;
}

function reachable(graph: Graph, targets: readonly NodeId[]): ReadonlySet<NodeId> {
  const found = new Set(targets);
  for (let id = graph.nodes.length - 1; id >= 0; id--) if (found.has(id)) for (const input of graph.nodes[id].inputs) found.add(input);
  return found;
}

function run(context: Context, outputs: readonly NodeId[]): Runner {
  return withProblems(() => {
    const runner = createRunner(context.graph, outputs, context.options.precision);
    runner.run(context.values, { seed: context.options.seed, step: 0 });
    return runner;
  });
}

/** The value of a leaf: a column as numbers, as codes of its labels, or compared with a text. */
function readLeaf(context: Context, leaf: ColumnLeaf, graph: Graph): Tensor {
  const table = context.options.tables.get(leaf.data);
  if (!table) throw new ProblemError("missing-data", `the data of ${leaf.data} is not there`, leaf.place);
  const { dtype, shape } = graph.nodes[leaf.node];
  const out = allocateTensor(dtype, concreteShape(shape), context.options.precision);
  if (leaf.as === "numbers") fillNumbers(out, table, leaf);
  else if (leaf.as === "category") out.data.set(codesOf(context, table, leaf));
  else
    out.data.set(
      orProblem(labelsOf(orProblem(columnOf(table, leaf.columns[0]), leaf)), leaf).map((label) => (label === leaf.text ? 1 : 0)),
    );
  return out;
}

function orProblem<Value>(
  value: Value,
  leaf: ColumnLeaf,
): Exclude<Value, { readonly code: string; readonly message: string; readonly file: string }> {
  if (isProblem(value)) throw new ProblemError(value.code, value.message, leaf.place);
  return value as Exclude<Value, { readonly code: string; readonly message: string; readonly file: string }>;
}

/** One column as it is, or several side by side as [n, k]. */
function fillNumbers(out: Tensor, table: Table, leaf: ColumnLeaf): void {
  const count = leaf.columns.length;
  for (const [k, name] of leaf.columns.entries()) {
    const column = orProblem(columnOf(table, name), leaf);
    const values = column.kind === "numeric" ? column.values : orProblem(numbersOf(column), leaf).values;
    if (values.length * count !== out.data.length) {
      const message = `column ${name} of ${table.file} has ${values.length} numbers, but ${out.data.length / count} are needed`;
      throw new ProblemError("data-shape", message, leaf.place);
    }
    if (count === 1) out.data.set(values);
    else for (let row = 0; row < values.length; row++) out.data[row * count + k] = values[row];
  }
}

function codesOf(context: Context, table: Table, leaf: ColumnLeaf): Int32Array {
  const column = orProblem(columnOf(table, leaf.columns[0]), leaf);
  const cells = orProblem(labelsOf(column), leaf);
  const known = context.fitted.get(leaf.path);
  const labels = known && "labels" in known ? known.labels : fitCategories(cells);
  context.fitted.set(leaf.path, { labels });
  const lines = column.kind === "text" ? column.lines : null;
  return orProblem(encodeCategories(cells, labels, lines, { file: table.file, column: leaf.columns[0] }), leaf);
}

/** Fits mean and deviation on the training rows, unless they are given, and feeds them. */
function applyFit(context: Context, fit: Fit): void {
  const known = context.fitted.get(fit.path);
  const moments = known && "std" in known ? known : fitOn(context, fit);
  context.fitted.set(fit.path, { mean: moments.mean, std: moments.std });
  for (const [leaf, numbers] of [
    [fit.mean, moments.mean],
    [fit.deviation, moments.std],
  ] as const) {
    const id = context.ids[leaf];
    const out = allocateTensor("real", concreteShape(context.graph.nodes[id].shape), context.options.precision);
    if (out.data.length !== numbers.length) {
      throw new ProblemError(
        "fitted-shape",
        `${fit.path} was fitted on ${numbers.length} columns, but the data has ${out.data.length}`,
        fit.place,
      );
    }
    out.data.set(numbers);
    context.values.set(id, out);
  }
}

/** Rows to fit on are those of the row dimension; a value with another first axis has none that test. */
function fitOn(context: Context, fit: Fit): Moments {
  const of = context.ids[fit.of];
  const value = run(context, [of]).value(of);
  const [first] = context.program.feed.nodes[fit.of].shape;
  return fitStandardize(value.data, value.shape, isRowAxis(context.program, first) ? context.options.fitRows : null);
}

/** The value with the declared dtype and shape (a scalar fills it). */
function convert(
  value: Tensor,
  dtype: Tensor["dtype"],
  shape: readonly number[],
  precision: Precision,
  name: string,
  place: Place | null,
): Tensor {
  const count = countElements(shape);
  if (value.data.length !== count && value.data.length !== 1) {
    throw new ProblemError(
      "data-shape",
      `${name} has shape [${shape.join(", ")}], but its value has shape [${value.shape.join(", ")}]`,
      place,
    );
  }
  if (value.dtype === dtype && value.data.length === count) return { ...value, shape };
  const out = allocateTensor(dtype, shape, precision);
  for (let i = 0; i < count; i++) out.data[i] = value.data[value.data.length === 1 ? 0 : i];
  if (dtype === "int") checkWhole(value, name, place);
  return out;
}

function checkWhole(value: Tensor, name: string, place: Place | null): void {
  for (let i = 0; i < value.data.length; i++) {
    const number = value.data[i];
    if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) continue;
    throw new ProblemError("not-whole", `${name} is int, but element ${i} of its value is ${number}`, place);
  }
}
