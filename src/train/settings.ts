// The `train` block, checked: what a run does, with defaults filled in.

import type { Place } from "../graph/graph.ts";
import type { Setting, TrainEntry } from "../graph/program.ts";
import { lbfgsSettings, type Optimizer, optimizers } from "./optimizers.ts";
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
}

/** Keys of the `train` block, each with what fits. `rows` is read by the compiler. */
export const trainKeys: Readonly<Record<string, string>> = {
  optimizer: "an optimizer such as adam(rate: 1e-3)",
  epochs: "a whole number of passes over the data",
  steps: "a whole number of steps",
  batch: "a whole number of rows a step",
  rows: "the name of the row dimension",
  split: "the share of the rows to train on, such as 0.8",
  shuffle: "true or false",
  seed: "a whole number",
  schedule: "a schedule such as cosine(warmup: 100)",
  clip: "a number (the largest norm of all gradients), or clip(value: 1)",
  stop: "patience(10) or below(1e-6)",
};

const largest = Number.MAX_SAFE_INTEGER;

/** Checks the entries. Throws ProblemError that names the entry and says what would fit. */
export function readTrainSettings(entries: readonly TrainEntry[]): TrainSettings {
  const byKey = new Map(entries.map((entry) => [entry.key, entry.value]));
  for (const { key, place } of entries) {
    if (!Object.hasOwn(trainKeys, key)) fail(`train has no setting ${key}; it has ${Object.keys(trainKeys).join(", ")}`, place);
  }
  const epochs = readWhole(byKey.get("epochs"), "epochs", 1);
  const steps = readWhole(byKey.get("steps"), "steps", 1);
  const both = byKey.get("steps");
  if (epochs !== null && steps !== null && both) fail("give epochs or steps, not both", both.place);
  return {
    optimizer: readOptimizer(byKey.get("optimizer")),
    schedule: readSchedule(byKey.get("schedule")),
    epochs: epochs === null && steps === null ? 100 : epochs,
    steps,
    batch: readWhole(byKey.get("batch"), "batch", 1),
    split: readSplit(byKey.get("split")),
    shuffle: readFlag(byKey.get("shuffle"), "shuffle", true),
    seed: readWhole(byKey.get("seed"), "seed", 0) ?? 0,
    clip: readClip(byKey.get("clip")),
    stop: readStop(byKey.get("stop")),
  };
}

function fail(message: string, place: Place): never {
  throw new ProblemError("train-setting", message, place);
}

function readNumber(setting: Setting, what: string, low: number, high: number): number {
  if (setting.kind !== "number") return fail(`${what} must be a number`, setting.place);
  if (!(setting.value >= low && setting.value <= high)) {
    const range = high >= largest ? `at least ${low}` : `between ${low} and ${high}`;
    return fail(`${what} must be ${range}, not ${setting.value}`, setting.place);
  }
  return setting.value;
}

function readWhole(setting: Setting | undefined, what: string, low: number): number | null {
  if (!setting) return null;
  const value = readNumber(setting, what, low, largest);
  return Number.isInteger(value) ? value : fail(`${what} must be a whole number, not ${value}`, setting.place);
}

function readFlag(setting: Setting | undefined, what: string, otherwise: boolean): boolean {
  if (!setting) return otherwise;
  return setting.kind === "boolean" ? setting.value : fail(`${what} must be true or false`, setting.place);
}

function readSplit(setting: Setting | undefined): number | null {
  if (!setting) return null;
  const share = readNumber(setting, "split", 0, 1);
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

interface Argument {
  readonly name: string;
  readonly kind?: "number" | "flag" | "count";
  readonly default?: number;
  readonly low: number;
  readonly high: number;
}

/** Arguments of a call such as `adam(1e-3, beta1: 0.8)`: by place or by name, defaults filled in. */
function readArguments(setting: Setting, known: readonly Argument[]): Numbers {
  if (setting.kind !== "call") return {};
  const values: Record<string, number> = {};
  for (const [k, { name, value }] of setting.arguments.entries()) {
    const argument = name === null ? known[k] : known.find((candidate) => candidate.name === name);
    const list = known.length > 0 ? `its settings are ${known.map((candidate) => candidate.name).join(", ")}` : "it has no settings";
    if (!argument) return fail(`${setting.name} has no setting ${name ?? `number ${k + 1}`}; ${list}`, value.place);
    if (argument.name in values) return fail(`${argument.name} is given twice`, value.place);
    values[argument.name] = readArgument(value, argument);
  }
  for (const argument of known) {
    if (argument.name in values) continue;
    if (argument.default === undefined) return fail(`${setting.name} needs ${argument.name}`, setting.place);
    values[argument.name] = argument.default;
  }
  return values;
}

function readArgument(value: Setting, argument: Argument): number {
  if (argument.kind === "flag") return readFlag(value, argument.name, false) ? 1 : 0;
  const number = readNumber(value, argument.name, argument.low, argument.high);
  if (argument.kind === "count" && !Number.isInteger(number))
    return fail(`${argument.name} must be a whole number, not ${number}`, value.place);
  return number;
}

function readOptimizer(setting: Setting | undefined): TrainSettings["optimizer"] {
  const lbfgs = { name: "lbfgs", settings: lbfgsSettings };
  if (!setting) return { name: "adam", rule: optimizers.find(({ name }) => name === "adam") ?? null, settings: defaultsOf("adam") };
  const choice = readChoice(setting, "optimizer", [...optimizers, lbfgs]);
  const rule = optimizers.find((optimizer) => optimizer.name === choice.name) ?? null;
  return { name: choice.name, rule, settings: readArguments(setting, choice.settings) };
}

function defaultsOf(name: string): Numbers {
  const settings = optimizers.find((optimizer) => optimizer.name === name)?.settings ?? [];
  return Object.fromEntries(settings.map((setting) => [setting.name, setting.default]));
}

function readSchedule(setting: Setting | undefined): TrainSettings["schedule"] {
  if (!setting) return { rule: schedules[0], settings: {} };
  const rule = readChoice(setting, "schedule", schedules);
  return { rule, settings: readArguments(setting, rule.settings) };
}

function readClip(setting: Setting | undefined): Clip | null {
  if (!setting) return null;
  if (setting.kind === "number") return { kind: "norm", limit: positive(setting, "clip") };
  if (setting.kind !== "call" || (setting.name !== "norm" && setting.name !== "value" && setting.name !== "clip")) {
    return fail("clip must be a number, norm(1) or value(1)", setting.place);
  }
  const [argument] = setting.arguments;
  if (setting.arguments.length !== 1 || !argument) return fail("clip needs one limit, such as norm(1)", setting.place);
  const kind = setting.name === "clip" ? (argument.name ?? "norm") : setting.name;
  if (kind !== "norm" && kind !== "value") return fail("clip limits a norm or a value", argument.value.place);
  return { kind, limit: positive(argument.value, "the limit of clip") };
}

function positive(setting: Setting, what: string): number {
  const value = readNumber(setting, what, 0, Number.MAX_VALUE);
  return value > 0 ? value : fail(`${what} must be more than 0`, setting.place);
}

function readStop(setting: Setting | undefined): Stop | null {
  if (!setting) return null;
  const patience = [
    { name: "epochs", kind: "count" as const, low: 1, high: largest },
    { name: "delta", default: 0, low: 0, high: Number.MAX_VALUE },
  ];
  const below = [{ name: "loss", low: -Number.MAX_VALUE, high: Number.MAX_VALUE }];
  const rule = readChoice(setting, "stop rule", [{ name: "patience" }, { name: "below" }]);
  if (rule.name === "below") return { patience: null, delta: 0, below: readArguments(setting, below).loss };
  const { epochs, delta } = readArguments(setting, patience);
  return { patience: epochs, delta, below: null };
}
