// The one entry to a model: from text and files to a checked, compiled program with its data.

import { lineMap, parse } from "../grammar/index.ts";
import type { Diagnostic, Tree } from "../grammar/tree.ts";
import { compile } from "./compiler/compile.ts";
import { mergeDiagnostics } from "./compiler/diagnostics.ts";
import { fitCategories, isProblem, labelsOf, readData, type Table } from "./data/index.ts";
import { decodeText } from "./data/text.ts";
import type { DataSource, DataSummary, Incomplete, Program } from "./graph/program.ts";
import type { Precision } from "./graph/tensor.ts";
import { dataFaults } from "./train/data-faults.ts";
import type { Fitted } from "./train/feeds.ts";
import type { Tables } from "./train/parts.ts";
import { catchProblem, type Problem, ProblemError } from "./train/problem.ts";
import { readTrainSettings, type TrainSettings } from "./train/settings.ts";

/** What a model is loaded with. Files are named relative to the model's folder. */
export interface LoadOptions {
  /** Content of a file beside the model, or null if it is not there. */
  readonly readFile: (path: string) => Uint8Array | null;
  /** Sizes of dimensions, as by `--dim batch=32`. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Source texts that replace values of inputs and parameters, as by `--set x=5`. */
  readonly set?: ReadonlyMap<string, string>;
  readonly precision?: Precision;
  /** Files in the place of those of a data statement. */
  readonly data?: ReadonlyMap<string, readonly string[]>;
  /** Reads the test parts too. */
  readonly withTest?: boolean;
  /** What was fitted before: the number of classes of a column comes from here, and columns of targets may be absent. */
  readonly fitted?: Fitted;
}

/** A model that compiles, perhaps without what is not connected yet. */
export interface Model {
  readonly text: string;
  readonly tree: Tree;
  /** Compiled with `training` false. What depends on a hole is not in it, but listed in `program.incomplete`. */
  readonly program: Program;
  readonly tables: ReadonlyMap<string, Tables>;
  readonly precision: Precision;
  readonly settings: TrainSettings;
  readonly options: LoadOptions;
}

/**
 * The outcome: `model` is null if a diagnostic is an error, other than a hole. A half-built model is a model: what does not depend on a
 * hole can be evaluated and differentiated, and the diagnostic of each hole says what waits for it.
 */
export interface Loaded {
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses, reads data, compiles and checks the train block. Never throws on what text and files hold. */
export function loadModel(text: string, options: LoadOptions): Loaded {
  const { tree, diagnostics } = parse(text);
  const tables = new Map<string, Tables>();
  const { program, diagnostics: found } = compileBoth(tree, text, options, tables);
  const settings = program && catchProblem(() => readTrainSettings(program.train ?? []));
  const faults = program && !options.fitted ? dataFaults(program, tables) : [];
  const all = [...diagnostics, ...found, ...(settings?.problem ? [diagnosticOf(settings.problem)] : []), ...faults.map(diagnosticOf)];
  const described = describeHoles(all, program);
  if (all.some(isFatal) || !program || !settings?.result) return { model: null, diagnostics: described };
  const precision = options.precision ?? program.precision;
  return { model: { text, tree, program, tables, precision, settings: settings.result, options }, diagnostics: described };
}

/** The program outside of training, with what is wrong there and, where `training` is asked for, in a training step. */
function compileBoth(tree: Tree, text: string, options: LoadOptions, tables: Map<string, Tables>) {
  const { program, diagnostics, dependsOnTraining } = compileWith(tree, text, options, tables, false);
  if (!dependsOnTraining) return { program, diagnostics };
  return { program, diagnostics: mergeDiagnostics(diagnostics, compileWith(tree, text, options, tables, true).diagnostics) };
}

/**
 * The same model compiled with `training` true. Throws ProblemError if training needs what is not connected yet: the loss, the next value
 * of a state, a setting of the train block.
 */
export function compileForTraining(model: Model): Program {
  const { program } = compileWith(model.tree, model.text, model.options, new Map(model.tables), true);
  if (!program) throw new Error("A model that compiles gave no program for training.");
  const loss = lossName(model);
  const needed = listIncomplete(program).find(
    ({ kind, name }) => kind === "train" || kind === "next" || (kind === "node" && name === loss),
  );
  if (needed) throw new ProblemError("incomplete", explainIncomplete(model, needed), needed.place);
  return program;
}

/** The name of the loss, also of one that depends on a hole; null: the model has none. */
export function lossName({ tree }: Model): string | null {
  return tree.statements.find((statement) => statement.kind === "loss")?.name.text ?? null;
}

/** Why something is left out: `J depends on the hole at 4:9, an argument that is not connected yet`. */
export function explainIncomplete({ text, options }: Model, { kind, name, place }: Incomplete): string {
  const whole = place.file === null ? text : readText(options, place.file);
  const at = whole === null ? null : lineMap(whole)(place.start);
  const position = at && `at ${place.file === null ? "" : `${place.file}:`}${at.line}:${at.column}`;
  const subject: Readonly<Record<Incomplete["kind"], string>> = {
    node: name,
    next: `the next value of ${name}`,
    seed: `the seed of ${name}`,
    train: `the train setting ${name}`,
  };
  return `${subject[kind]} depends on the hole ${position ?? `in ${place.file}`}, an argument that is not connected yet`;
}

/** What is left out for holes, less the next values and seeds of nodes that are left out themselves: nothing is missing without those. */
export function listIncomplete({ incomplete }: Program): readonly Incomplete[] {
  const nodes = new Set(incomplete.flatMap(({ kind, name }) => (kind === "node" ? [name] : [])));
  return incomplete.filter(({ kind, name }) => (kind !== "next" && kind !== "seed") || !nodes.has(name));
}

/** The most names that the diagnostic of a hole lists. */
const namesShown = 8;

/** Adds to the diagnostics of holes what waits for them: `argument not connected yet: z and J wait for it`. */
function describeHoles(diagnostics: readonly Diagnostic[], program: Program | null): readonly Diagnostic[] {
  const keyOf = (file: string | null, start: number) => `${start} ${file ?? ""}`;
  const waiting = new Map<string, string[]>();
  const words: Readonly<Record<Incomplete["kind"], string>> = {
    node: "",
    next: "the next ",
    seed: "the seed of ",
    train: "the train setting ",
  };
  for (const { kind, name, place } of program ? listIncomplete(program) : []) {
    const key = keyOf(place.file, place.start);
    const names = waiting.get(key);
    if (names) names.push(words[kind] + name);
    else waiting.set(key, [words[kind] + name]);
  }
  return diagnostics.map((diagnostic) => {
    const names = diagnostic.code === "hole" ? waiting.get(keyOf(diagnostic.file ?? null, diagnostic.span.start)) : undefined;
    return names ? { ...diagnostic, message: `${diagnostic.message}: ${joinNames(names)} for it` } : diagnostic;
  });
}

/** `J waits`, `z and J wait`, `z, yhat and 7 more wait`. */
function joinNames(names: readonly string[]): string {
  if (names.length === 1) return `${names[0]} waits`;
  const shown = names.length <= namesShown ? names.slice(0, -1) : names.slice(0, namesShown - 1);
  const last = names.length <= namesShown ? names[names.length - 1] : `${names.length - shown.length} more`;
  return `${shown.join(", ")} and ${last} wait`;
}

/** True for what a model cannot be made with: an error, unless it is a hole. */
function isFatal({ code, severity }: Diagnostic): boolean {
  return severity === "error" && code !== "hole";
}

/** A problem met behind the compiler, as a diagnostic of the text. */
export function diagnosticOf({ code, message, place }: Problem): Diagnostic {
  const span = { start: place?.start ?? 0, end: place?.end ?? 0 };
  return { code, severity: "error", message, span, ...(place?.file ? { file: place.file } : {}) };
}

function compileWith(tree: Tree, text: string, options: LoadOptions, tables: Map<string, Tables>, training: boolean) {
  const once = (labels: ReadonlyMap<string, number>) =>
    compile(tree, text, {
      readImport: (path) => readText(options, path),
      describeData: (source) => describe(source, options, tables, labels),
      sizes: options.sizes ?? new Map(),
      training,
      ...(options.set && { set: options.set }),
    });
  const first = once(new Map());
  const { fitted } = options;
  if (!fitted || !first.program) return first;
  const counts = first.program.columns.flatMap((leaf) => {
    const known = fitted.get(leaf.path);
    return known && "labels" in known ? [[`${leaf.data}.${leaf.columns[0]}`, known.labels.length] as const] : [];
  });
  return counts.length > 0 ? once(new Map(counts)) : first;
}

function readText({ readFile }: LoadOptions, path: string): string | null {
  const bytes = readFile(path);
  if (!bytes) return null;
  const text = decodeText({ name: path, bytes });
  return isProblem(text) ? null : text;
}

/** Reads the files of a data statement (once) and says what the compiler must know of them. */
function describe(
  source: DataSource,
  options: LoadOptions,
  tables: Map<string, Tables>,
  labels: ReadonlyMap<string, number>,
): DataSummary | readonly Diagnostic[] | null {
  const known = tables.get(source.name);
  if (known) return summarize(known.main, source.name, options, labels);
  const main = readTable(source, options.data?.get(source.name) ?? source.files, options);
  if (!main || Array.isArray(main)) return main;
  const withTest = options.withTest === true && source.testFiles !== null && !options.data?.has(source.name);
  const test = withTest ? readTable(source, source.testFiles as readonly string[], options) : null;
  if (Array.isArray(test)) return test;
  if (withTest && !test) return null;
  tables.set(source.name, { main: main as Table, test: test as Table | null });
  return summarize(main as Table, source.name, options, labels);
}

function readTable(source: DataSource, names: readonly string[], { readFile }: LoadOptions): Table | readonly Diagnostic[] | null {
  const files = names.map((name) => ({ name, bytes: readFile(name) }));
  const missing = files.find((file) => !file.bytes);
  if (missing) {
    const message = `${missing.name} is not beside this model`;
    return [{ code: "missing-data", severity: "error", message, span: { start: source.place.start, end: source.place.end } }];
  }
  const { table, problems } = readData(source.format, files as { name: string; bytes: Uint8Array }[], source.options);
  if (table) return table;
  return problems.map(({ code, message }) => ({
    code,
    severity: "error",
    message,
    span: { start: source.place.start, end: source.place.end },
  }));
}

type ColumnSummary = DataSummary["columns"] extends ReadonlyMap<string, infer Summary> ? Summary : never;

/** Columns of a file that may lack those of targets: any name is taken for a column of cells. Reading an absent one is an error later. */
class LenientColumns extends Map<string, ColumnSummary> {
  readonly rows: number;
  constructor(entries: Iterable<readonly [string, ColumnSummary]>, rows: number) {
    super(entries);
    this.rows = rows;
  }
  override has(_name: string): boolean {
    return true;
  }
  override get(name: string): ColumnSummary {
    return super.get(name) ?? { kind: "cells", dtype: "real", shape: [this.rows] };
  }
}

function summarize(table: Table, name: string, { fitted }: LoadOptions, labels: ReadonlyMap<string, number>): DataSummary {
  const columns = [...table.columns].map(([key, column]): readonly [string, ColumnSummary] => [
    key,
    column.kind === "text"
      ? { kind: "cells", dtype: "real", shape: [table.rows] }
      : { kind: "numeric", dtype: column.dtype, shape: column.shape },
  ]);
  return {
    rows: table.rows,
    columns: fitted ? new LenientColumns(columns, table.rows) : new Map(columns),
    classes(key) {
      const known = labels.get(`${name}.${key}`);
      if (known !== undefined) return known;
      const column = table.columns.get(key);
      const cells = column && labelsOf(column);
      return cells && !isProblem(cells) ? fitCategories(cells).length : fitted ? 1 : null;
    },
  };
}
