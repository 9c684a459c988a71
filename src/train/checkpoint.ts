// Checkpoints: everything a run needs to go on bit for bit, as text.

import type { Precision } from "../graph/tensor.ts";
import type { Fitted } from "./feeds.ts";
import { readFitted } from "./fitted.ts";
import { ProblemError } from "./problem.ts";
import type { EpochRecord, Measures } from "./records.ts";

/** A tensor by name, row-major. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What a run with patience would end with: parameters and states of its best epoch. */
export interface StoredBest {
  readonly epoch: number;
  readonly loss: number;
  readonly params: readonly StoredTensor[];
  readonly states: readonly StoredTensor[];
}

/** The state of a run between two steps. */
export interface Checkpoint {
  readonly optimizer: string;
  readonly seed: number;
  /** Training rows and rows a step: the order of batches depends on them. */
  readonly rows: number;
  readonly batch: number | null;
  readonly precision: Precision;
  readonly step: number;
  readonly best: number;
  readonly bestEpoch: number;
  /** True if no step length decreased the loss in the last step. */
  readonly stuck: boolean;
  /** The train settings in words, by name: what a run that goes on can differ in. */
  readonly settings: ReadonlyMap<string, string>;
  /** What was fitted to the training rows: a run goes on with it, whatever the data is now. */
  readonly fitted: Fitted;
  readonly records: readonly EpochRecord[];
  readonly params: readonly StoredTensor[];
  readonly states: readonly StoredTensor[];
  readonly slots: readonly StoredTensor[];
  /** Null before the first epoch, and in a run without patience. */
  readonly kept: StoredBest | null;
}

const format = "wengert-checkpoint";
const version = 2;

/** The checkpoint as text. Numbers read back bit for bit. */
export function writeCheckpoint(checkpoint: Checkpoint): string {
  const fitted = Object.fromEntries(checkpoint.fitted);
  const settings = Object.fromEntries(checkpoint.settings);
  return `${JSON.stringify({ format, version, ...checkpoint, settings, fitted }, replaceNumber)}\n`;
}

function replaceNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Numbers that JSON does not have. */
const words: ReadonlyMap<unknown, number> = new Map(["-0", "NaN", "Infinity", "-Infinity"].map((word) => [word, Number(word)]));

function readNumber(value: unknown, what: string): number {
  const number = typeof value === "number" ? value : words.get(value);
  return number ?? fail(`${what} holds something that is not a number`);
}

function readNumbers(value: unknown, what: string): readonly number[] {
  return Array.isArray(value) ? value.map((item) => readNumber(item, what)) : fail(`${what} is missing`);
}

/** Reads a checkpoint. Throws ProblemError if it is not one, or not whole. */
export function readCheckpoint(text: string): Checkpoint {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("it is not JSON");
  }
  if (!isRecord(value) || value.format !== format) return fail(`it has no format "${format}"`);
  if (value.version !== version) return fail(`its version is ${String(value.version)}; this program reads ${version}`);
  const { optimizer, seed, rows, batch, precision, step, best, bestEpoch, stuck, fitted } = value;
  if (typeof optimizer !== "string" || (precision !== "f64" && precision !== "f32") || typeof stuck !== "boolean")
    return fail("a key is missing");
  return {
    optimizer,
    seed: readWhole(seed, "seed"),
    rows: readWhole(rows, "rows"),
    batch: batch === null ? null : readWhole(batch, "batch"),
    precision,
    step: readWhole(step, "step"),
    best: readNumber(best, "best"),
    bestEpoch: readWhole(bestEpoch, "bestEpoch"),
    stuck,
    settings: new Map(Object.entries(readObject(value.settings, "settings")).map(([name, word]) => [name, readText(word, name)])),
    fitted: readFitted(
      Object.entries(readObject(fitted, "fitted")).map(([path, entry]) => [path, readObject(entry, path)] as const),
      {
        numbers: readNumbers,
        fail,
      },
    ),
    records: readList(value.records, "records").map(readRecord),
    params: readTensors(value.params),
    states: readTensors(value.states),
    slots: readTensors(value.slots),
    kept: value.kept === null ? null : readBest(value.kept),
  };
}

function fail(why: string): never {
  throw new ProblemError("bad-checkpoint", `this is not a whole checkpoint: ${why}`);
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readObject(value: unknown, what: string): Json {
  return isRecord(value) ? value : fail(`${what} is missing`);
}

function readList(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${what} is missing`);
}

function readText(value: unknown, what: string): string {
  return typeof value === "string" ? value : fail(`${what} is not a text`);
}

function readBest(value: unknown): StoredBest {
  const { epoch, loss, params, states } = readObject(value, "kept");
  return { epoch: readWhole(epoch, "epoch"), loss: readNumber(loss, "loss"), params: readTensors(params), states: readTensors(states) };
}

function readWhole(value: unknown, what: string): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail(`${what} is not a whole number`);
}

function readMeasures(value: unknown): Measures {
  const { loss, metrics } = readObject(value, "a record");
  const read = Object.entries(readObject(metrics, "metrics")).map(([name, number]) => [name, readNumber(number, name)] as const);
  return { loss: readNumber(loss, "loss"), metrics: Object.fromEntries(read) };
}

function readRecord(value: unknown): EpochRecord {
  const { epoch, step, test } = readObject(value, "a record");
  const own = { epoch: readWhole(epoch, "epoch"), step: readWhole(step, "step"), ...readMeasures(value) };
  return test === undefined ? own : { ...own, test: readMeasures(test) };
}

function readTensors(value: unknown): readonly StoredTensor[] {
  return readList(value, "a list of tensors").map((entry) => {
    const { name, shape, data } = readObject(entry, "a tensor");
    if (typeof name !== "string") return fail("a tensor has no name");
    return { name, shape: readNumbers(shape, `the shape of ${name}`), data: readNumbers(data, name) };
  });
}
