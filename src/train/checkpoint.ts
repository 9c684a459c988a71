// Checkpoints: everything a run needs to go on bit for bit, as text.

import type { Precision } from "../graph/tensor.ts";
import { ProblemError } from "./problem.ts";
import type { EpochRecord } from "./records.ts";

/** A tensor by name, row-major. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
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
  readonly records: readonly EpochRecord[];
  readonly params: readonly StoredTensor[];
  readonly states: readonly StoredTensor[];
  readonly slots: readonly StoredTensor[];
}

const format = "wengert-checkpoint";
const version = 1;

/** The checkpoint as text. Numbers read back bit for bit. */
export function writeCheckpoint(checkpoint: Checkpoint): string {
  return `${JSON.stringify({ format, version, ...checkpoint }, replaceNumber)}\n`;
}

function replaceNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return Object.is(value, -0) ? "-0" : String(value);
}

const words: ReadonlySet<unknown> = new Set(["-0", "NaN", "Infinity", "-Infinity"]);

function reviveNumber(_key: string, value: unknown): unknown {
  return words.has(value) ? Number(value) : value;
}

/** Reads a checkpoint. Throws ProblemError if it is not one, or not whole. */
export function readCheckpoint(text: string): Checkpoint {
  let value: unknown;
  try {
    value = JSON.parse(text, reviveNumber);
  } catch {
    return fail("it is not JSON");
  }
  if (!isRecord(value) || value.format !== format) return fail(`it has no format "${format}"`);
  if (value.version !== version) return fail(`its version is ${String(value.version)}; this program reads ${version}`);
  const { optimizer, seed, rows, batch, precision, step, best, bestEpoch, records } = value;
  if (typeof optimizer !== "string" || (precision !== "f64" && precision !== "f32") || !Array.isArray(records))
    return fail("a key is missing");
  const whole = (entry: unknown): number =>
    typeof entry === "number" && Number.isSafeInteger(entry) ? entry : fail("a count is not a whole number");
  return {
    optimizer,
    seed: whole(seed),
    rows: whole(rows),
    batch: batch === null ? null : whole(batch),
    precision,
    step: whole(step),
    best: typeof best === "number" ? best : Number.POSITIVE_INFINITY,
    bestEpoch: whole(bestEpoch),
    records: records as EpochRecord[],
    params: readTensors(value.params),
    states: readTensors(value.states),
    slots: readTensors(value.slots),
  };
}

function fail(why: string): never {
  throw new ProblemError("bad-checkpoint", `this is not a whole checkpoint: ${why}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readTensors(value: unknown): readonly StoredTensor[] {
  if (!Array.isArray(value)) return fail("a list of tensors is missing");
  return value.map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry.name !== "string") return fail("a tensor has no name");
    const { name, shape, data } = entry;
    if (!Array.isArray(shape) || !Array.isArray(data)) return fail(`${name} has no shape or no data`);
    const numbers = (list: readonly unknown[]) => list.every((item) => typeof item === "number");
    return numbers(shape) && numbers(data) ? { name, shape, data } : fail(`${name} holds something that is not a number`);
  });
}
