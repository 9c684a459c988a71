// Every example is clean, canonical and differentiable in all modes at the promised cost.
import { describe, expect, test } from "vitest";
import { format } from "../../grammar/index.ts";
import { countCost } from "../../src/analysis/cost.ts";
import { agrees, checkGradients } from "../../src/analysis/gradcheck.ts";
import { differentiate } from "../../src/analysis/gradient.ts";
import { findNamed } from "../../src/analysis/workspace.ts";
import type { NodeId } from "../../src/graph/graph.ts";
import type { Model } from "../../src/model.ts";
import { workspaceOf } from "../support/models.ts";
import { exampleFileExists, exampleNames, loadExample, openExample, readExample } from "./load.ts";

const rows = 256;
/** Modes are compared in full up to this many parameters, along random directions above. */
const fullLimit = 500;
const networks = new Set(["digits.wg", "iris.wg"]);
const needsDigits = "examples/data/ is absent: `npm run data` copies the MNIST digits there";
const digitsThere = exampleFileExists("data/train-images-idx3-ubyte");

/** The scalar that an example without a loss is about. */
const scalars: Readonly<Record<string, string>> = { "second-derivative.wg": "f" };

function targetOf(name: string, { program }: Model): NodeId {
  const named = program.loss ?? findNamed(program, scalars[name] ?? "");
  if (!named) throw new Error(`${name} has no loss`);
  return named.node;
}

/** All parameters, else all real inputs. */
function variablesOf({ program }: Model): NodeId[] {
  const { params, inputs } = program;
  return params.length > 0 ? params.map(({ node }) => node) : inputs.filter(({ type }) => type.dtype === "real").map(({ node }) => node);
}

describe.each(exampleNames)("%s", (name) => {
  test("has the canonical layout", () => {
    expect(format(readExample(name)).text).toBe(readExample(name));
  });

  test("opens with words on what it shows", () => {
    expect(readExample(name)).toMatch(/^# \S.*\n(#.*\n)+\n/);
  });

  const absent = name === "digits.wg" && !digitsThere;
  if (absent) process.stderr.write(`SKIPPED ${name}: ${needsDigits}\n`);
  describe.skipIf(absent)("with its data", () => {
    test("checks without diagnostics", () => {
      expect(loadExample(name).diagnostics).toEqual([]);
    });

    test("forward and reverse mode agree with each other and with differences", { timeout: 180_000 }, () => {
      const model = { ...openExample(name), precision: "f64" as const };
      const workspace = workspaceOf(model, rows);
      const report = checkGradients(workspace, targetOf(name, model), variablesOf(model));
      expect(report.comparisons.filter(({ status }) => status === "failed")).toEqual([]);
      expect(report.dotProducts.filter(({ status }) => status === "failed")).toEqual([]);
      expect(report.comparisons.some(({ status }) => status === "ok")).toBe(true);
    });

    test("forward mode gives the gradient of reverse mode, element by element", ({ skip }) => {
      const model = { ...openExample(name), precision: "f64" as const };
      const workspace = workspaceOf(model, rows);
      const variables = variablesOf(model);
      const { derivatives: reverse } = differentiate(workspace, targetOf(name, model), variables, "reverse", 1);
      const count = reverse.reduce((total, { data }) => total + data.length, 0);
      if (count > fullLimit) skip(`${count} parameters: checked along random directions only`);
      const { derivatives: forward } = differentiate(workspace, targetOf(name, model), variables, "forward", 1);
      const pairs = reverse.flatMap(({ data }, k) => Array.from(data, (value, at) => [forward[k].data[at], value] as const));
      expect(pairs.filter(([a, b]) => !agrees(a, b, 1e-12))).toEqual([]);
    });

    test("derivatives cost a small multiple of the value", () => {
      const model = openExample(name);
      const { value, jvp, gradient, hvp } = countCost(workspaceOf(model, rows), targetOf(name, model), variablesOf(model));
      const limit = networks.has(name) ? 3.1 : 4;
      expect(value.flops).toBeGreaterThan(0);
      expect(jvp.ratio).toBeLessThanOrEqual(limit);
      expect(gradient.ratio).toBeLessThanOrEqual(limit);
      expect(hvp.ratio).toBeLessThanOrEqual(8.2);
    });
  });
});
