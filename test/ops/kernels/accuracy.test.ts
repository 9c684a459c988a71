// Accuracy of the scalar kernels against the table of exact values in references.txt (see scripts/kernels/references.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as kernels from "../../../src/ops/kernels/index.ts";

interface Reference {
  readonly values: readonly number[];
  readonly exact: number;
  readonly rest: number;
}

const functions = kernels as unknown as Readonly<Record<string, (...values: readonly number[]) => number>>;

const references = new Map<string, Reference[]>();
for (const line of readFileSync(new URL("references.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")) {
  const [name, ...words] = line.split(" ");
  const numbers = words.map(Number);
  const list = references.get(name) ?? [];
  list.push({ values: numbers.slice(0, -2), exact: numbers[numbers.length - 2], rest: numbers[numbers.length - 1] });
  references.set(name, list);
}

/** Unit in the last place of a finite number. */
function unitOf(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -1022) return 2 ** -1074;
  let exponent = Math.max(-1022, Math.floor(Math.log2(size)));
  if (2 ** exponent > size) exponent -= 1;
  if (2 ** (exponent + 1) <= size) exponent += 1;
  return 2 ** (exponent - 52);
}

/** Largest error of a table in units in the last place; `weight` scales the error where the exact result may cancel to near 0. */
function measure(name: string, weight: (reference: Reference) => number): { worst: number; at: readonly number[] } {
  const kernel = functions[name.replace("Negative", "")];
  let worst = 0;
  let at: readonly number[] = [];
  for (const reference of references.get(name) ?? []) {
    const difference = (kernel(...reference.values) - reference.exact) / unitOf(reference.exact) - reference.rest;
    const error = Math.abs(difference) * weight(reference);
    if (!(error <= worst)) {
      worst = error;
      at = reference.values;
    }
  }
  return { worst, at };
}

const weights: Readonly<Record<string, (reference: Reference) => number>> = {
  lgammaNegative: ({ exact }) => Math.min(1, Math.abs(exact)),
  digammaNegative: ({ exact }) => Math.min(1, Math.abs(exact)),
  logaddexp: ({ exact, values }) => Math.min(1, Math.abs(exact) / Math.max(...values.map(Math.abs))),
};

/** Largest error allowed, in units in the last place; 0.5 is the least possible. */
const limits: Readonly<Record<string, number>> = {
  exp: 0.8,
  exp2: 0.8,
  expm1: 1,
  log: 0.8,
  log1p: 0.8,
  log2: 0.51,
  log10: 0.51,
  sin: 0.85,
  cos: 0.8,
  tan: 0.9,
  asin: 0.6,
  acos: 0.6,
  atan: 0.75,
  sinh: 0.8,
  cosh: 0.7,
  tanh: 0.75,
  asinh: 0.6,
  acosh: 0.55,
  atanh: 0.7,
  sigmoid: 0.75,
  softplus: 0.6,
  logSigmoid: 0.6,
  erf: 0.8,
  erfc: 0.8,
  lgamma: 0.75,
  digamma: 0.65,
  cbrt: 0.7,
  lgammaNegative: 0.75,
  digammaNegative: 0.75,
  pow: 0.55,
  atan2: 0.75,
  hypot: 0.52,
  logaddexp: 0.55,
  xlogy: 0.52,
  polygamma: 0.65,
  polygammaNegative: 0.75,
};

describe("accuracy", () => {
  it("covers every kernel of the table", () => {
    expect([...references.keys()].sort()).toEqual(Object.keys(limits).sort());
  });

  it.each(Object.entries(limits))("%s stays within %f units in the last place", (name, limit) => {
    const { worst, at } = measure(name, weights[name] ?? (() => 1));
    expect(references.get(name)?.length).toBeGreaterThanOrEqual(80);
    expect(worst, `at ${at.join(", ")}`).toBeLessThanOrEqual(limit);
  });
});
