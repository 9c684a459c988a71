// Opens a model for a command: text, data, parameters, options; prints what is wrong.

import { closest, parse } from "../grammar/index.ts";
import { listNodes, searchNode } from "../src/analysis/find-node.ts";
import { createWorkspace, type Workspace } from "../src/analysis/workspace.ts";
import type { NodeId } from "../src/graph/graph.ts";
import type { Incomplete, NamedNode, Program } from "../src/graph/program.ts";
import type { Precision, Tensor } from "../src/graph/tensor.ts";
import { diagnosticOf, explainIncomplete, type LoadOptions, listIncomplete, lossName, type Model } from "../src/model.ts";
import type { Feeds } from "../src/train/feeds.ts";
import { fitParams, type ParamsFile, readParams } from "../src/train/params.ts";
import { prepareWhole, sizesFor, takePart } from "../src/train/parts.ts";
import { ProblemError } from "../src/train/problem.ts";
import { type Options, readPairs, splitList } from "./command.ts";
import { formatLoaded, listNames, loadGiven } from "./given-values.ts";
import { CommandError, checkReadable, createReader, digestText, readText, UsageError } from "./host.ts";
import { writeJson } from "./json.ts";
import { realPath } from "./outputs.ts";
import { printDiagnostics, reportDiagnostics, type Source } from "./report.ts";

/** A model as a command sees it. */
export interface Opened extends Given {
  readonly model: Model;
  readonly params: ParamsFile | null;
  /** Old paths of parameters and states in the file to paths in the model; what was fitted is renamed in `params` already. */
  readonly renames: ReadonlyMap<string, string>;
}

/** Ends a command whose model is wrong: diagnostics are printed already. */
export class ModelError extends Error {}

/** A model's text as options load it, beside its files. */
export interface Given extends Source {
  readonly load: LoadOptions;
  /** Real paths of the files that were read so far. */
  readonly read: ReadonlySet<string>;
}

/** Reads a model's text, and the options that say how it is loaded. */
export function readGiven(path: string, options: Options): Given {
  const text = readText(path);
  const replaced = readDataFiles(options.list("data"));
  const read = new Set(
    [path, options.text("params"), options.text("params-in")].flatMap((file) => (file && file !== "-" ? [realPath(file)] : [])),
  );
  const readFile = createReader(path, [...replaced.values()].flat(), read);
  const precision = readPrecision(options.text("precision"));
  checkEngine(options.text("engine"));
  const set = readPairs("set", options.list("set"));
  const load = { readFile, sizes: readSizes(options.list("dim")), set, data: nameData(text, replaced), ...(precision && { precision }) };
  return { path, text, textOf: (file) => decode(readFile(file)), load, read };
}

/** Loads text and data. Prints what is wrong, also the holes of a half-built model; throws ModelError if there is no model for it. */
export function openModel(path: string, options: Options, extra: Partial<LoadOptions> = {}): Opened {
  const given = readGiven(path, options);
  const params = options.text("params") ?? options.text("params-in");
  const asked = readPairs("rename", options.list("rename"));
  const stored = params === null ? null : withPlace(given, () => readParams(readText(params)));
  const file = stored && renameFitted(stored, asked);
  const loaded = loadGiven(given.text, { ...given.load, ...(file && { fitted: file.fitted }), ...extra });
  const reported = reportDiagnostics(given, loaded.diagnostics);
  if (options.has("json") && !loaded.model) process.stdout.write(`${writeJson(reported)}\n`);
  for (const entry of reported) process.stderr.write(`${formatLoaded(entry, loaded.options)}\n`);
  if (!loaded.model) throw new ModelError();
  const renames = new Map([...asked].filter(([old]) => !stored?.fitted.has(old)));
  return { ...given, model: loaded.model, params: file, renames };
}

/** Puts what was fitted to data under the paths that the model has for it. */
function renameFitted(file: ParamsFile, renames: ReadonlyMap<string, string>): ParamsFile {
  const place = (path: string) => renames.get(path) ?? path;
  for (const [old, path] of renames) {
    const isTaken = [...file.fitted.keys()].some((other) => other !== old && place(other) === path);
    if (file.fitted.has(old) && isTaken) throw new CommandError(`--rename ${old}=${path}: the file has another ${path}`);
  }
  return { ...file, fitted: new Map([...file.fitted].map(([path, entry]) => [place(path), entry])) };
}

function decode(bytes: Uint8Array | null): string | null {
  return bytes && new TextDecoder().decode(bytes);
}

/** Runs work on a model; a problem it meets is printed with its place in the text. */
export function withPlace<Result>(source: Source, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    if (!error.problem.place) throw new CommandError(error.problem.message);
    printDiagnostics(source, [diagnosticOf(error.problem)]);
    throw new ModelError();
  }
}

function readPrecision(text: string | null): Precision | null {
  if (text === null || text === "f32" || text === "f64") return text;
  throw new UsageError(`--precision is f32 or f64, not ${text}`);
}

function checkEngine(text: string | null): void {
  if (text !== null && text !== "reference") throw new UsageError(`--engine is reference in this version, not ${text}`);
}

function readSizes(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    [...readPairs("dim", texts.flatMap(splitList))].map(([name, text]) => {
      const size = Number(text);
      if (!Number.isSafeInteger(size) || size < 0) throw new UsageError(`--dim ${name} needs a whole number, not ${text}`);
      return [name, size];
    }),
  );
}

/** `--data FILE` (key "") or `--data cars=FILE`. */
function readDataFiles(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const named = texts.filter((text) => /^[^=/\\.]+=/.test(text));
  const plain = texts.filter((text) => !named.includes(text));
  const pairs = readPairs("data", named);
  if (pairs.size < named.length)
    throw new UsageError("--data gives one name two files: several files of one name stand in one option, NAME=A,B");
  const result = new Map([...pairs].map(([name, file]) => [name, splitList(file)] as const));
  if (plain.length > 0) result.set("", plain);
  for (const file of [...result.values()].flat()) checkReadable(file);
  return result;
}

/** Gives the file without a name to the only data statement. */
function nameData(text: string, files: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  if (files.size === 0) return files;
  const names = parse(text).tree.statements.flatMap((statement) => (statement.kind === "data" ? [statement.name.text] : []));
  const known = names.length === 0 ? "the model has no data statement" : `the model has the data ${listNames(names)}`;
  const unknown = [...files.keys()].find((name) => name !== "" && !names.includes(name));
  if (unknown !== undefined) {
    const meant = closest(unknown, names);
    throw new UsageError(`--data ${unknown}=...: ${known}${meant === null ? "" : `; did you mean ${meant}?`}`);
  }
  const unnamed = files.get("");
  if (!unnamed) return files;
  if (names.length !== 1 || files.size > 1) throw new UsageError(`${known}: name the one that a file is for, --data NAME=FILE`);
  return new Map([[names[0], unnamed]]);
}

/** Rows that are enough to check derivatives on. */
const fewRows = 256;

/** A workspace over all rows of the data (or the first few), with parameters from the file or their initial values. */
export function openWorkspace(opened: Opened, seed: number, rows: "all rows" | "few rows" = "all rows"): Workspace {
  const { model, params } = opened;
  return withPlace(opened, () => {
    const { program, precision, tables } = model;
    const fitted = params?.fitted ?? new Map();
    const parts = prepareWhole(program, { tables, split: model.settings.split, seed, precision, fitted });
    const count = rows === "few rows" ? Math.min(fewRows, parts.train.rows) : parts.train.rows;
    const first = Int32Array.from({ length: count }, (_, row) => row);
    const inputs = count < parts.train.rows ? takePart(program, parts.train.inputs, first) : parts.train.inputs;
    return createWorkspace(program, withParams(opened, { ...parts.feeds, inputs }), sizesFor(program, count), precision, seed);
  });
}

/** Feeds with the values of the parameters file in the place of initial ones; warns of owners whose text changed. */
export function withParams({ model, params, renames }: Opened, feeds: Feeds): Feeds {
  if (!params) return feeds;
  const { program, precision } = model;
  const fit = fitParams(program, params, { sizes: program.sizes, precision, renames, digest: digestText });
  for (const { message } of fit.warnings) process.stderr.write(`warning: ${message}\n`);
  const pick = (ports: readonly { readonly node: NodeId }[]) =>
    new Map(ports.map(({ node }) => [node, fit.values.get(node) as Tensor] as const));
  return { ...feeds, params: pick(program.params), states: pick(program.states) };
}

/** The node a user named; the loss where none is named. Throws ModelError for one that depends on a hole. */
export function nodeNamed(opened: Opened, name: string | null): NamedNode {
  const { program } = opened.model;
  const asked = name?.normalize("NFC") ?? lossName(opened.model);
  if (asked === null) throw new UsageError("the model has no loss: name a node with --of");
  const { found, fitting } = name === null ? { found: program.loss, fitting: [] } : searchNode(program, asked);
  if (found) return found;
  refuseIncomplete(opened, (entry) => entry.kind === "node" && (asked === entry.name || asked.startsWith(`${entry.name}.`)));
  throw new CommandError(`there is no node ${asked}${explainUnknown(program, asked, fitting)}`);
}

/** What a user may have meant by a name that no node has: it fits several, is a call, or is near a name. */
function explainUnknown(program: Program, asked: string, fitting: readonly string[]): string {
  if (fitting.length > 0) return `: it fits ${listNames(fitting)}; write the whole path of one`;
  const names = [...listNodes(program).keys()];
  const inside = names.filter((name) => name.startsWith(`${asked}.`));
  if (inside.length > 0) {
    const group = program.groups.find(({ path }) => path === asked);
    return `: ${group ? `it is a call of ${group.function}` : "it is part of a path"}; inside are ${listNames(inside)}`;
  }
  const ends = names.filter((name) => name.endsWith(`.${asked}`));
  if (ends.length > 0) return `: inside calls there ${ends.length === 1 ? "is" : "are"} ${listNames(ends)}`;
  const meant = closest(asked, names);
  return meant === null ? `; there are ${listNames(names)}` : `, did you mean ${meant}?`;
}

/** Ends a command that needs something which depends on a hole: prints the first that is `needed`, and throws ModelError. */
export function refuseIncomplete(opened: Opened, needed: (entry: Incomplete) => boolean, advice = ""): void {
  const entry = listIncomplete(opened.model.program).find(needed);
  if (!entry) return;
  withPlace(opened, () => {
    throw new ProblemError("incomplete", explainIncomplete(opened.model, entry) + advice, entry.place);
  });
}

/** The exit code of a command that was asked for everything: 1 if some nodes are left out for holes. */
export function codeForAll({ model }: Opened): number {
  return model.program.incomplete.some(({ kind }) => kind === "node") ? 1 : 0;
}
