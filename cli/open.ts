// Opens a model for a command: text, data, parameters, options; prints what is wrong.

import { createWorkspace, findNamed, type Workspace } from "../src/analysis/workspace.ts";
import type { NodeId } from "../src/graph/graph.ts";
import type { NamedNode } from "../src/graph/program.ts";
import type { Precision, Tensor } from "../src/graph/tensor.ts";
import { diagnosticOf, type Loaded, type LoadOptions, loadModel, type Model } from "../src/model.ts";
import type { Feeds } from "../src/train/feeds.ts";
import { fitParams, type ParamsFile, readParams } from "../src/train/params.ts";
import { prepareParts, sizesFor, takePart } from "../src/train/parts.ts";
import { ProblemError } from "../src/train/problem.ts";
import { type Options, readPairs, splitList } from "./command.ts";
import { CommandError, createReader, digestText, readText, UsageError } from "./host.ts";
import { writeJson } from "./json.ts";
import { formatReported, reportDiagnostics } from "./report.ts";

/** A model as a command sees it. */
export interface Opened {
  readonly path: string;
  readonly model: Model;
  readonly params: ParamsFile | null;
  /** Old paths in the parameters file to paths in the model. */
  readonly renames: ReadonlyMap<string, string>;
  readonly readFile: (path: string) => Uint8Array | null;
}

/** Ends a command whose model is wrong: diagnostics are printed already. */
export class ModelError extends Error {}

/** Loads text and data. Throws ModelError after printing what is wrong. */
export function openModel(path: string, options: Options, extra: Partial<LoadOptions> = {}): Opened {
  const text = readText(path);
  const params = options.text("params") ?? options.text("params-in");
  const file = params === null ? null : withPlace(path, text, () => readParams(readText(params)));
  const replaced = readDataFiles(options.list("data"));
  const readFile = createReader(path, [...replaced.values()].flat());
  const precision = readPrecision(options.text("precision"));
  checkEngine(options.text("engine"));
  const load = (data: ReadonlyMap<string, readonly string[]>): Loaded =>
    loadModel(text, {
      readFile,
      sizes: readSizes(options.list("dim")),
      set: readPairs("set", options.list("set")),
      ...(precision && { precision }),
      ...(file && { fitted: file.fitted }),
      data,
      ...extra,
    });
  const loaded = load(nameData(text, replaced));
  printDiagnostics(path, text, loaded, readFile, options.has("json") && loaded.model === null);
  if (!loaded.model) throw new ModelError();
  return { path, model: loaded.model, params: file, renames: readPairs("rename", options.list("rename")), readFile };
}

function printDiagnostics(
  path: string,
  text: string,
  { diagnostics }: Loaded,
  readFile: (path: string) => Uint8Array | null,
  json: boolean,
): void {
  const reported = reportDiagnostics(path, text, diagnostics, (name) => decode(readFile(name)));
  if (json) process.stdout.write(`${writeJson(reported)}\n`);
  for (const entry of reported) process.stderr.write(`${formatReported(entry)}\n`);
}

function decode(bytes: Uint8Array | null): string | null {
  return bytes && new TextDecoder().decode(bytes);
}

/** Runs work on a model; a problem it meets is printed with its place in the text. */
export function withPlace<Result>(path: string, text: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { place, message } = error.problem;
    if (!place) throw new CommandError(message);
    const [reported] = reportDiagnostics(path, text, [diagnosticOf(error.problem)], () => null);
    process.stderr.write(`${formatReported(reported)}\n`);
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
  const result = new Map([...readPairs("data", named)].map(([name, file]) => [name, splitList(file)] as const));
  if (plain.length > 0) result.set("", plain);
  return result;
}

/** Gives the file without a name to the only data statement. */
function nameData(text: string, files: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const unnamed = files.get("");
  if (!unnamed) return files;
  const names = [...text.matchAll(/^[ \t]*data[ \t]+([^\s=]+)[ \t]*=/gmu)].map(([, name]) => name);
  if (names.length !== 1) throw new UsageError(`the model has ${names.length} data statements: name the one, --data NAME=FILE`);
  return new Map([[names[0], unnamed]]);
}

/** Rows that are enough to check derivatives on. */
const fewRows = 256;

/** A workspace over all rows of the data (or the first few), with parameters from the file or their initial values. */
export function openWorkspace(opened: Opened, seed: number, rows: "all rows" | "few rows" = "all rows"): Workspace {
  const { model, params, path } = opened;
  return withPlace(path, model.text, () => {
    const { program, precision, tables } = model;
    const fitted = params?.fitted ?? new Map();
    const parts = prepareParts(program, { tables, split: null, seed, precision, fitted });
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

/** The node a user named; the loss where none is named. */
export function nodeNamed({ model }: Opened, name: string | null): NamedNode {
  const { program } = model;
  if (name === null) {
    if (program.loss) return program.loss;
    throw new UsageError("the model has no loss: name a node with --of");
  }
  const found = findNamed(program, name.normalize("NFC"));
  if (found) return found;
  const names = [...program.named.map((named) => named.name), ...program.params.map((param) => param.path)];
  throw new CommandError(`there is no node ${name}; there are ${[...new Set(names)].slice(0, 20).join(", ")}`);
}
