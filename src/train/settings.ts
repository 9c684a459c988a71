// The `train` block, checked: what a run does, with defaults filled in.

import type { Place } from "../graph/graph.ts";
import type { Setting, TrainEntry } from "../graph/program.ts";
import { type CallSetting, describeRange, takesNumber } from "./call-setting.ts";
import { lbfgs, type Optimizer, optimizerChoices, optimizers } from "./optimizers.ts";
import { ProblemError } from "./problem.ts";
import { type Schedule, schedules } from "./schedules.ts";

type Numbers = Readonly<Record<string, number>>;

/** How to limit gradients: the norm over all of them together, or each element. */
export interface Clip {
  readonly kind: "norm" | "value";
  readonly limit: number;
}

/** When to stop before the last epoch. */
export interface Stop {
  /** Epochs without an improvement of more than `delta` that are waited for; null: no such rule. */
  readonly patience: number | null;
  readonly delta: number;
  /** Stop once the loss is at most this; null: no such rule. */
  readonly below: number | null;
}

export interface TrainSettings {
  readonly optimizer: { readonly name: string; readonly rule: Optimizer | null; readonly settings: Numbers };
  readonly schedule: { readonly rule: Schedule; readonly settings: Numbers };
  /** One of both is null. */
  readonly epochs: number | null;
  readonly steps: number | null;
  /** Rows a step; null: all. */
  readonly batch: number | null;
  /** Share of the rows to train on; null: all, unless the data names a test part. */
  readonly split: number | null;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly clip: Clip | null;
  readonly stop: Stop | null;
  /** Where the entry of a key stands, for what turns out wrong later. */
  readonly places: ReadonlyMap<string, Place>;
}

const largest = Number.MAX_SAFE_INTEGER;

/** Checks the entries, whose keys the compiler has checked. Throws ProblemError that names the entry and says what would fit. */
export function readTrainSettings(entries: readonly TrainEntry[]): TrainSettings {
  const byKey = new Map(entries.map((entry) => [entry.key, entry.value]));
  const places = new Map(entries.map((entry) => [entry.key, entry.place]));
  const epochs = readWhole(byKey.get("epochs"), "epochs", 1);
  const steps = readWhole(byKey.get("steps"), "steps", 1);
  const both = places.get("steps");
  if (epochs !== null && steps !== null && both) fail("give epochs or steps, not both", both);
  const optimizer = readOptimizer(byKey.get("optimizer"));
  const clip = readClip(byKey.get("clip"));
  const clipped = places.get("clip");
  if (optimizer.name === lbfgs.name && clipped) {
    fail(
      "lbfgs takes no clip: it learns the curvature from changes of the gradient, which must be exact; take clip out, or choose another optimizer",
      clipped,
    );
  }
  return {
    optimizer,
    schedule: readSchedule(byKey.get("schedule")),
    epochs: epochs === null && steps === null ? 100 : epochs,
    steps,
    batch: readWhole(byKey.get("batch"), "batch", 1),
    split: readSplit(byKey.get("split")),
    shuffle: readFlag(byKey.get("shuffle"), "shuffle", true),
    seed: readWhole(byKey.get("seed"), "seed", 0) ?? 0,
    clip,
    stop: readStop(byKey.get("stop")),
    places,
  };
}

function fail(message: string, place: Place): never {
  throw new ProblemError("train-setting", message, place);
}

type Range = Omit<CallSetting, "name" | "doc">;

function readNumber(setting: Setting, what: string, range: Range): number {
  const words = describeRange(range);
  const takes = `${what} must be ${words.includes("number") ? words : `a number, ${words}`}`;
  if (setting.kind !== "number") return fail(takes, setting.place);
  return takesNumber(range, setting.value) ? setting.value : fail(`${takes}, not ${setting.value}`, setting.place);
}

function readWhole(setting: Setting | undefined, what: string, low: number): number | null {
  return setting ? readNumber(setting, what, { kind: "count", low, high: largest }) : null;
}

function readFlag(setting: Setting | undefined, what: string, otherwise: boolean): boolean {
  if (!setting) return otherwise;
  return setting.kind === "boolean" ? setting.value : fail(`${what} must be true or false`, setting.place);
}

function readSplit(setting: Setting | undefined): number | null {
  if (!setting) return null;
  const share = setting.kind === "number" ? setting.value : Number.NaN;
  return share > 0 && share < 1
    ? share
    : fail("split must be more than 0 and less than 1: the share of the rows to train on", setting.place);
}

/** The value of a setting that is one of several named records, with its arguments. */
function readChoice<Choice extends { readonly name: string }>(setting: Setting, what: string, choices: readonly Choice[]): Choice {
  const names = choices.map((choice) => choice.name);
  if (setting.kind !== "call") return fail(`${what} must be one of ${names.join(", ")}`, setting.place);
  const choice = choices.find((candidate) => candidate.name === setting.name);
  return choice ?? fail(`there is no ${what} ${setting.name}; there are ${names.join(", ")}`, setting.place);
}

/** Arguments of a call such as `adam(1e-3, beta1: 0.8)`: by place or by name, defaults filled in. A bare name has none. */
function readArguments(setting: Setting | undefined, known: readonly CallSetting[]): Numbers {
  const call = setting?.kind === "call" ? setting : null;
  const values = new Map<string, number>();
  for (const [k, { name, value }] of (call?.arguments ?? []).entries()) {
    const range = name === null ? known[k] : known.find((candidate) => candidate.name === name);
    if (!range) return fail(`${call?.name} has no setting ${name ?? `number ${k + 1}`}; ${listSettings(known)}`, value.place);
    if (values.has(range.name)) return fail(`${range.name} is given twice`, value.place);
    values.set(range.name, range.kind === "flag" ? Number(readFlag(value, range.name, false)) : readNumber(value, range.name, range));
  }
  for (const { name, default: value } of known) {
    if (values.has(name)) continue;
    if (value !== undefined) values.set(name, value);
    else if (call) fail(`${call.name} needs ${name}`, call.place);
  }
  return Object.fromEntries(values);
}

function listSettings(known: readonly CallSetting[]): string {
  return known.length > 0 ? `its settings are ${known.map(({ name }) => name).join(", ")}` : "it has no settings";
}

const adam = optimizerChoices.find(({ name }) => name === "adam") ?? optimizerChoices[0];

function readOptimizer(setting: Setting | undefined): TrainSettings["optimizer"] {
  const choice = setting ? readChoice(setting, "optimizer", optimizerChoices) : adam;
  const rule = optimizers.find(({ name }) => name === choice.name) ?? null;
  const settings = readArguments(setting, choice.settings);
  if (setting && settings.nesterov === 1 && settings.momentum === 0)
    fail("nesterov looks ahead along the momentum: give one too, as in sgd(momentum: 0.9, nesterov: true)", setting.place);
  return { name: choice.name, rule, settings };
}

function readSchedule(setting: Setting | undefined): TrainSettings["schedule"] {
  if (!setting) return { rule: schedules[0], settings: {} };
  const rule = readChoice(setting, "schedule", schedules);
  return { rule, settings: readArguments(setting, rule.settings) };
}

const clipLimit: readonly CallSetting[] = [{ name: "limit", low: 0, high: Number.MAX_VALUE, doc: "The largest norm or absolute value." }];

function readClip(setting: Setting | undefined): Clip | null {
  if (!setting) return null;
  if (setting.kind !== "number" && setting.kind !== "call") return fail("clip must be a number, norm(1) or value(1)", setting.place);
  const kind = setting.kind === "number" ? "norm" : readChoice(setting, "clip", [{ name: "norm" }, { name: "value" }] as const).name;
  const limit = setting.kind === "number" ? readNumber(setting, "clip", clipLimit[0]) : readArguments(setting, clipLimit).limit;
  return limit > 0 ? { kind, limit } : fail("clip must be more than 0", setting.place);
}

const patience: readonly CallSetting[] = [
  { name: "epochs", kind: "count", low: 1, high: largest, doc: "Epochs without a new best that are waited for." },
  { name: "delta", default: 0, low: 0, high: Number.MAX_VALUE, doc: "How much better a new best must be." },
];

const below: readonly CallSetting[] = [
  { name: "loss", low: -Number.MAX_VALUE, high: Number.MAX_VALUE, doc: "The loss at which the run stops." },
];

function readStop(setting: Setting | undefined): Stop | null {
  if (!setting) return null;
  const rule = readChoice(setting, "stop rule", [{ name: "patience" }, { name: "below" }]);
  if (rule.name === "below") return { patience: null, delta: 0, below: readArguments(setting, below).loss };
  const { epochs, delta } = readArguments(setting, patience);
  return { patience: epochs, delta, below: null };
}
