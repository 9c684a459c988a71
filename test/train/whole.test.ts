// What is evaluated outside of training: all rows, treated as training treats them.
import { describe, expect, test } from "vitest";
import { type PartOptions, prepareWhole } from "../../src/train/parts.ts";
import { type Files, open, partsOf } from "./runs.ts";

const rows = Array.from({ length: 11 }, (_, k) => `${k === 6 ? "" : k * k},${k}`);
const files: Files = { "d.csv": `x,y\n${rows.join("\n")}\n`, "t.csv": "x,y\n5,5\n" };

const text = (train: string, test = "") => `data d = csv("d.csv", missing: "mean"${test})
input x : [n] = standardize(d.x)
input y : [n] = d.y
param w = 0
loss J = mean((w * x - y)^2)
train { epochs = 1; ${train} }
`;

function wholeOf(model: ReturnType<typeof open>, options: Partial<PartOptions> = {}) {
  const { program, precision, settings } = model;
  const tables = new Map([...model.tables].map(([name, { main }]) => [name, { main, test: null }]));
  const parts = prepareWhole(program, { tables, split: settings.split, seed: settings.seed, precision, fitted: new Map(), ...options });
  const read = (k: number) => Array.from(parts.train.inputs.get(program.inputs[k].node)?.data ?? []);
  return { ...parts, x: read(0), y: read(1) };
}

describe("fitted on the training part", () => {
  test.each([["split = 0.5; seed = 3"], ["split = 0.8"], [""]])("%s", (train) => {
    const model = open(text(train), files);
    const whole = wholeOf(model);
    expect(whole.feeds.fitted).toEqual(partsOf(model).feeds.fitted);
    expect([whole.train.rows, whole.test, whole.y]).toEqual([11, null, Array.from({ length: 11 }, (_, k) => k)]);
    const { mean, std } = whole.feeds.fitted.get("x.standardize_1") as { mean: number[]; std: number[] };
    expect(whole.x[3]).toBe((9 - mean[0]) / std[0]);
  });

  test("which other splits make another one", () => {
    const model = open(text("split = 0.5; seed = 3"), files);
    expect(wholeOf(model).x).not.toEqual(wholeOf(model, { split: null }).x);
    expect(wholeOf(model).x).not.toEqual(wholeOf(model, { seed: 4 }).x);
  });

  test("which is all of the main file where there are test files", () => {
    const model = open(text("split = 0.5", ', test: "t.csv"'), files);
    const whole = wholeOf(model);
    expect(whole.feeds.fitted).toEqual(partsOf(model).feeds.fitted);
    expect(whole.feeds.fitted).toEqual(wholeOf(model, { split: null }).feeds.fitted);
    expect(whole.train.rows).toBe(11);
  });
});
