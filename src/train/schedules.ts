// Schedules: the factor on the learning rate at each step.

import { cos, pow } from "../ops/kernels/index.ts";
import type { CallSetting } from "./call-setting.ts";

/** Where a run stands. `steps` is the whole run's number of steps. */
export interface Progress {
  /** Steps done before this one. */
  readonly step: number;
  readonly steps: number;
  /** Whole epochs done before this step. */
  readonly epoch: number;
}

/** One schedule; its factor depends on progress and settings only. */
export interface Schedule {
  readonly name: string;
  readonly doc: string;
  readonly settings: readonly CallSetting[];
  factor(progress: Progress, settings: Readonly<Record<string, number>>): number;
}

const constantSchedule: Schedule = { name: "constant", doc: "The rate stays as it is.", settings: [], factor: () => 1 };

/** factor ^ floor(epoch / every). */
const stepSchedule: Schedule = {
  name: "step",
  doc: "The rate is multiplied by a factor every so many epochs.",
  settings: [
    { name: "every", kind: "count", low: 1, high: Number.MAX_SAFE_INTEGER, doc: "Epochs between two changes." },
    { name: "factor", default: 0.1, low: 0, high: 1, doc: "What the rate is multiplied by." },
  ],
  factor: ({ epoch }, { every, factor }) => pow(factor, Math.floor(epoch / every)),
};

/** The share of the warm-up that is done with this step, at most 1. */
function warm(step: number, warmup: number): number {
  return step < warmup ? (step + 1) / warmup : 1;
}

/** low + (1 - low) * (1 + cos(pi * done)) / 2 after a linear warm-up (Loshchilov, Hutter 2017). */
const cosineSchedule: Schedule = {
  name: "cosine",
  doc: "The rate falls along half a cosine to the end of the run, after a linear warm-up on request.",
  settings: [
    { name: "warmup", kind: "count", default: 0, low: 0, high: Number.MAX_SAFE_INTEGER, doc: "Steps in which the rate rises." },
    { name: "low", default: 0, low: 0, high: 1, doc: "Share of the rate that is left at the end." },
  ],
  factor({ step, steps }, { warmup, low }) {
    if (step < warmup) return warm(step, warmup);
    const done = steps > warmup ? (step - warmup) / (steps - warmup) : 1;
    return low + ((1 - low) * (1 + cos(Math.PI * done))) / 2;
  },
};

const warmupSchedule: Schedule = {
  name: "warmup",
  doc: "The rate rises linearly over the first steps, then stays.",
  settings: [{ name: "steps", kind: "count", low: 1, high: Number.MAX_SAFE_INTEGER, doc: "Steps in which the rate rises." }],
  factor: ({ step }, { steps }) => warm(step, steps),
};

export const schedules: readonly Schedule[] = [constantSchedule, stepSchedule, cosineSchedule, warmupSchedule];
