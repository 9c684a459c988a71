// What the `train` block takes, and what is said of anything else: the cases of settings.txt.
import { expect, test } from "vitest";
import { trainKeys } from "../../src/graph/train-keys.ts";
import { diagnosticOf } from "../../src/model.ts";
import { catchProblem } from "../../src/train/problem.ts";
import { readTrainSettings, type TrainSettings } from "../../src/train/settings.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { checkCases } from "../support/cases.ts";
import { jobOf, load } from "./runs.ts";

const head = 'data d = csv("d.csv")\ninput x : [n] = d.x\nparam w = 0\nloss J = mean((x - w)^2)\n';
const files = { "d.csv": "x\n1\n2\n3\n4\n" };

function describeCall({ name, settings }: { readonly name: string; readonly settings: Readonly<Record<string, number>> }): string {
  return `${name}(${Object.entries(settings)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")})`;
}

function describeSettings({ optimizer, schedule, places: _, ...others }: TrainSettings): string {
  const lines = [describeCall(optimizer), describeCall({ name: schedule.rule.name, settings: schedule.settings })];
  return [...lines, ...Object.entries(others).map(([key, value]) => `${key} ${JSON.stringify(value)}`)].join("\n");
}

/** Settings, less what the defaults are; or each problem with the text it points to. A model of its own stands before `train`. */
function check(source: string): string {
  const text = source.includes("loss ") ? source : `${head}train {\n${source}\n}\n`;
  const { model, diagnostics } = load(text, files);
  const trainable = model ? catchProblem(() => createTrainer(jobOf(text, files))).problem : null;
  const wrong = [...diagnostics, ...(trainable ? [diagnosticOf(trainable)] : [])];
  if (wrong.length > 0)
    return wrong
      .map(({ code, message, span }) => `${code}: ${message}\n  at ${JSON.stringify(text.slice(span.start, span.end))}`)
      .join("\n");
  const usual = new Set(describeSettings(readTrainSettings([])).split("\n"));
  return describeSettings((model as NonNullable<typeof model>).settings)
    .split("\n")
    .filter((line) => !usual.has(line))
    .join("\n");
}

checkCases(new URL("settings.txt", import.meta.url), check);

test("every key of the table sets something", () => {
  const settings = Object.keys(readTrainSettings([]));
  for (const { name } of trainKeys) if (name !== "rows") expect(settings).toContain(name);
  expect(new Set(trainKeys.map(({ name }) => name)).size).toBe(trainKeys.length);
});
