// Loading: a half-built model is a model, other errors are none, and training asks for what it needs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, walk } from "../grammar/index.ts";
import type { Expression, Span } from "../grammar/tree.ts";
import { evaluateNodes } from "../src/analysis/workspace.ts";
import { compileForTraining, explainIncomplete, listIncomplete, loadModel, lossName, type Model } from "../src/model.ts";
import { catchProblem } from "../src/train/problem.ts";
import { exampleNames, openExample, readExample } from "./examples/load.ts";
import { workspaceOf } from "./support/models.ts";

const load = (text: string, files: Readonly<Record<string, string>> = {}) =>
  loadModel(text, { readFile: (path) => (path in files ? new TextEncoder().encode(files[path]) : null) });

/** A model that may have holes. */
function halfBuilt(text: string, files: Readonly<Record<string, string>> = {}): Model {
  const { model, diagnostics } = load(text, files);
  if (!model) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  return model;
}

const messages = (text: string) => load(text).diagnostics.map(({ code, message }) => `${code}: ${message}`);
const names = ({ program }: Model) => program.named.map(({ name }) => name);

describe("a model with holes", () => {
  const text = "input x = 3\nparam w = 2\nparam b = _\nv = w * x\nz = v + b\nloss J = (z - 1)^2\nq = v^2 + _";

  test("holds what does not depend on them", () => {
    const model = halfBuilt(text);
    expect(names(model)).toEqual(["x", "w", "v"]);
    expect(model.program.outputs).toEqual(["v"]);
    expect(model.program.loss).toBeNull();
    expect(lossName(model)).toBe("J");
  });

  test("says at each hole what waits for it", () => {
    expect(messages(text)).toEqual([
      "hole: argument not connected yet: b, z and J wait for it",
      "hole: argument not connected yet: q waits for it",
    ]);
  });

  test("names the place of the hole for each thing left out", () => {
    const model = halfBuilt(text);
    const reasons = listIncomplete(model.program).map((entry) => explainIncomplete(model, entry));
    expect(reasons.find((reason) => reason.startsWith("J "))).toBe("J depends on the hole at 3:11, an argument that is not connected yet");
    expect(reasons.find((reason) => reason.startsWith("q "))).toContain("7:11");
  });

  test("names the place in an imported file", () => {
    const model = halfBuilt('import "f.wg"\ny = f(2)', { "f.wg": "# A half-built function.\nfn f(x) = x + _" });
    const [entry] = listIncomplete(model.program);
    expect(explainIncomplete(model, entry)).toBe("y depends on the hole at f.wg:2:15, an argument that is not connected yet");
  });

  test("shortens a long list of what waits", () => {
    const chain = ["a0 = _", ...Array.from({ length: 20 }, (_, k) => `a${k + 1} = a${k} + 1`)].join("\n");
    expect(messages(chain)).toEqual(["hole: argument not connected yet: a0, a1, a2, a3, a4, a5, a6 and 14 more wait for it"]);
  });

  test("says nothing more where nothing waits", () => {
    expect(messages("fn unused(x) = x + _\ny = if 1 < 2 then 3 else _")).toEqual([
      "hole: argument not connected yet",
      "hole: argument not connected yet",
    ]);
  });

  test("is connected by a value from outside", () => {
    const { model } = loadModel(text, { readFile: () => null, set: new Map([["b", "1"]]) });
    expect(model && names(model)).toEqual(["x", "w", "b", "v", "z", "J"]);
  });
});

test.each([
  ["a type that does not fit", "a = [1, 2] + [1, 2, 3]", "shape-mismatch"],
  ["an unknown name", "a = nothing", "unknown-name"],
  ["a broken line", "a = (1 +", "missing-value"],
  ["a setting that does not fit", "train { epochs = 0.5 }", "train-setting"],
])("%s is no model, with or without a hole beside it", (_title, text, code) => {
  for (const source of [text, `${text}\nb = _`]) {
    const { model, diagnostics } = load(source);
    expect(model).toBeNull();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  }
});

test("a data file that is not there has one code", () => {
  const { model, diagnostics } = load('data d = csv("d.csv")\ninput x : [n] = d.x\ny = sum(x) / n');
  expect(model).toBeNull();
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual(["missing-data: d.csv is not beside this model"]);
});

describe("training", () => {
  const base = "input x = 3\nparam w = 2\nstate s = 0\n";
  const refusal = (text: string) => catchProblem(() => compileForTraining(halfBuilt(base + text))).problem;

  test.each([
    ["the loss", "next s = s + 1\nloss J = w * _", "J depends on the hole at 5:14"],
    ["the next value of a state", "next s = s + _\nloss J = w * x", "the next value of s depends on the hole at 4:14"],
    [
      "the next value of a state in a function",
      "fn f(x) {\n  state m = 0\n  next m = _\n  return x - m\n}\nloss J = f(w * x)",
      "the next value of J.f_1.m depends on the hole at 6:12",
    ],
    ["a setting", "loss J = w * x\ntrain { optimizer = sgd(rate: _) }", "the train setting optimizer depends on the hole at 5:31"],
    ["the loss of training only", "loss J = if training then w * _ else w", "J depends on the hole at 4:31"],
  ])("needs %s", (_title, text, message) => {
    expect(refusal(text)).toMatchObject({ code: "incomplete", message: expect.stringContaining(message) });
  });

  test.each([
    ["a metric", "loss J = w * x\nmetric m = w + _"],
    ["a node beside the loss", "loss J = w * x\ny = w + _"],
    ["a parameter that nothing uses", "loss J = w * x\nparam b = _"],
    ["the next value of a state that is left out itself", "loss J = w * x\nstate t = _\nnext t = t + 1"],
    ["a seed", "loss J = w * x\nseed { w = _ }"],
  ])("does not need %s", (_title, text) => {
    expect(refusal(text)).toBeNull();
  });

  test("is checked with the rest, and what is wrong in both is said once", () => {
    const found = (text: string) => load(text).diagnostics.map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`);
    const only = `${base}loss J = if training then sum([1, 2] + [1, 2, 3]) else w`;
    expect(load(only).model).toBeNull();
    expect(found(only)).toEqual(["shape-mismatch [1, 2] + [1, 2, 3]"]);
    expect(found(`${base}a = if training then relu() else exp()\nb = [1] + [1, 2, 3, 4][:2]\nc = w + q`)).toEqual([
      "missing-argument relu()",
      "missing-argument exp()",
      "unknown-name q",
    ]);
    expect(found("input x : [4, 2]\nz = dropout(x, [1, 2, 3])")).toEqual(["shape-mismatch dropout(x, [1, 2, 3])"]);
  });
});

const expressionKinds = new Set(
  "number string boolean name unary binary conditional pipe call member index array tuple parenthesized".split(" "),
);

/** Where the expressions of a file stand, in functions and blocks too. Those of types declare names: without them others are unknown. */
function expressionSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if ("kind" in part && expressionKinds.has(part.kind as string)) walk(part as Expression, ({ span }) => spans.push(span));
    else for (const [key, inner] of Object.entries(part)) if (key !== "type") visit(inner);
  };
  visit(parse(text).tree.statements);
  return spans;
}

const folder = join(import.meta.dirname, "..", "examples");
const readExampleFile = (path: string) => new Uint8Array(readFileSync(join(folder, path)));

/** Values of all named nodes as text, bit for bit, with one random seed whatever the train block says. */
function valuesOf(model: Model): ReadonlyMap<string, string> {
  const workspace = workspaceOf(model, 20, 0);
  const { named } = model.program;
  const values = evaluateNodes(
    workspace,
    named.map(({ node }) => workspace.ids[node]),
  );
  return new Map(named.map(({ name }, k) => [name, String(values[k].data)]));
}

describe("a hole in the place of any expression of an example", () => {
  test.each(exampleNames.filter((name) => name !== "digits.wg"))("%s: the rest keeps its values", { timeout: 60_000 }, (name) => {
    const text = readExample(name);
    const whole = valuesOf(openExample(name));
    const spans = expressionSpans(text);
    expect(spans.length).toBeGreaterThan(5);
    for (const { start, end } of spans) {
      const source = `${text.slice(0, start)}_${text.slice(end)}`;
      const { model, diagnostics } = loadModel(source, { readFile: readExampleFile });
      const shown = source.slice(Math.max(0, start - 40), start + 40);
      expect(
        diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code),
        shown,
      ).toEqual(["hole"]);
      if (!model) throw new Error(`no model: ${shown}`);
      const left = new Set(model.program.incomplete.filter(({ kind }) => kind === "node").map((entry) => entry.name));
      expect(
        [...whole.keys()].filter((known) => !left.has(known)),
        shown,
      ).toEqual(names(model));
      for (const [known, value] of valuesOf(model)) expect(value, `${known} with ${shown}`).toBe(whole.get(known));
    }
  });
});
