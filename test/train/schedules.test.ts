// Schedules against the formulas of docs/language.md.
import { describe, expect, test } from "vitest";
import { schedules } from "../../src/train/schedules.ts";
import { advance, numbersOf, trainerOf } from "./runs.ts";

/** The factor of each of `steps` steps, with `each` steps an epoch, as the trainer asks for it. */
function factors(name: string, settings: Readonly<Record<string, number>>, steps: number, each = 1): number[] {
  const schedule = schedules.find((candidate) => candidate.name === name);
  return Array.from(
    { length: steps },
    (_, step) => schedule?.factor({ step, steps, epoch: Math.floor(step / each) }, settings) ?? Number.NaN,
  );
}

test("constant", () => expect(factors("constant", {}, 3)).toEqual([1, 1, 1]));

describe("step: factor ^ floor(epochs done / every)", () => {
  test("every second epoch of two steps", () => {
    expect(factors("step", { every: 2, factor: 0.5 }, 10, 2)).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]);
  });

  test("factor 0 and factor 1", () => {
    expect(factors("step", { every: 1, factor: 0 }, 3)).toEqual([1, 0, 0]);
    expect(factors("step", { every: 1, factor: 1 }, 3)).toEqual([1, 1, 1]);
  });

  test("takes no longer late in a long run", () => {
    const [schedule] = schedules.filter(({ name }) => name === "step");
    const late = { step: 1e15, steps: 2e15, epoch: 1e15 };
    expect(schedule.factor(late, { every: 1, factor: 0.5 })).toBe(0);
  });
});

describe("cosine: low + (1 - low) (1 + cos(pi (t - w) / (N - w))) / 2 after t steps", () => {
  const formula = (t: number, N: number, w: number, low: number) => low + ((1 - low) * (1 + Math.cos((Math.PI * (t - w)) / (N - w)))) / 2;

  test.each([
    [10, 0, 0],
    [10, 3, 0],
    [7, 2, 0.1],
  ])("%i steps, %i of warm-up, low %d", (steps, warmup, low) => {
    for (const [t, factor] of factors("cosine", { warmup, low }, steps).entries()) {
      expect(factor).toBeCloseTo(t < warmup ? (t + 1) / warmup : formula(t, steps, warmup, low), 14);
    }
  });

  test("begins with 1 and stays above low", () => {
    const all = factors("cosine", { warmup: 0, low: 0.2 }, 100);
    expect(all[0]).toBe(1);
    expect(all[50]).toBeCloseTo(0.6, 14);
    expect(all.every((factor, t) => factor > 0.2 && (t === 0 || factor < all[t - 1]))).toBe(true);
  });

  test("a warm-up longer than the run only rises", () => {
    expect(factors("cosine", { warmup: 8, low: 0 }, 4)).toEqual([0.125, 0.25, 0.375, 0.5]);
  });
});

test("warmup: (t + 1) / steps, then 1", () => {
  expect(factors("warmup", { steps: 4 }, 6)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
});

describe("a run multiplies its rate by the factor", () => {
  /** The gradient is 1, so that each step moves w by the rate of that step. */
  const moves = (train: string) => {
    const trainer = trainerOf(`param w = 0\nloss J = w\ntrain { optimizer = sgd(rate: 1); ${train} }\n`);
    const ends = [0];
    while (trainer.end === null) ends.push(numbersOf(advance(trainer, 1), "w")[0]);
    return ends.slice(1).map((value, k) => ends[k] - value);
  };

  test("warmup", () => expect(moves("steps = 3; schedule = warmup(2)")).toEqual([0.5, 1, 1]));
  test("step", () => expect(moves("epochs = 4; schedule = step(every: 2, factor: 0.5)")).toEqual([1, 1, 0.5, 0.5]));
  test("cosine", () => expect(moves("steps = 2; schedule = cosine")[1]).toBeCloseTo(0.5, 14));
});
