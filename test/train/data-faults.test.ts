// What a check says of the cells of the columns that a model uses, and what it leaves alone.
import { describe, expect, test } from "vitest";
import { dataFaults } from "../../src/train/data-faults.ts";
import { type Files, load, open, partsOf, placeIn, problemOf } from "./runs.ts";

/** The faults of `input x : [n] = EXPRESSION` and an input that is well, each with the text it points to. */
function faultsOf(expression: string, files: Files, options = ""): readonly (readonly [string, string | null])[] {
  const text = `data d = csv("d.csv"${options})\ninput x = ${expression}\ninput y : [n] = d.good\nloss J = mean(y)\n`;
  // Loaded as a model with fitted values is: without the check of the data.
  const { program, tables } = open(text, files, new Map());
  return dataFaults(program, tables).map((problem) => [problem.message, placeIn(text, problem)] as const);
}

const csv = (rows: string) => ({ "d.csv": `,good,word,gap,twin,twin\n${rows}` });
const files = csv("0,1,a,,7,8\n1,2,b,5,8,9\n");

describe("a check of the data", () => {
  test("finds nothing wrong with what is not used", () => {
    expect(faultsOf("sum(d.good)", files)).toEqual([]);
    expect(faultsOf('sum(d.word == "a") + sum(category(d.word))', files)).toEqual([]);
  });

  test("names text in a column of numbers", () => {
    const message = 'd.csv:2: column "word": "a" is not a number (and 1 more, the next in line 3); text can be used by category(...)';
    expect(faultsOf("sum(d.word)", files)).toEqual([[message, "d.word"]]);
    expect(faultsOf('sum(d["good", "word"])', files)).toEqual([[message, 'd["good", "word"]']]);
  });

  test("names columns without a name of their own", () => {
    const twin = 'd.csv:1: column "twin": columns 5 and 6 are both called "twin"; to use one of them, give it a name of its own';
    expect(faultsOf("sum(d.twin)", files)).toEqual([[twin, "d.twin"]]);
    expect(faultsOf("sum(category(d.twin))", files)).toEqual([[twin, "category(d.twin)"]]);
    expect(faultsOf('sum(d[""])', files)).toEqual([["d.csv:1: column 1 of 6 has no name", 'd[""]']]);
  });

  test("names a missing cell, unless the data says what becomes of it", () => {
    const [[message, place]] = faultsOf("sum(d.gap)", files);
    expect([message, place]).toEqual([
      expect.stringMatching(/^d\.csv:2: column "gap": a value is missing in row 1; missing: "drop"/),
      'csv("d.csv")',
    ]);
    expect(faultsOf("sum(d.gap)", files, ', missing: "drop"')).toEqual([]);
    expect(faultsOf("sum(d.gap)", files, ', missing: "mean"')).toEqual([]);
  });

  test("names every fault once at each place, also those of the test part", () => {
    const own = { ...files, "t.csv": "good,word\n1,2\nx,3\n" };
    const faults = faultsOf("sum(d.word) + sum(d.word) + sum(d.good)", own, ', test: "t.csv"');
    expect(faults.map(([message]) => message.slice(0, 28))).toEqual([
      'd.csv:2: column "word": "a" ',
      'd.csv:2: column "word": "a" ',
      't.csv:3: column "good": "x" ',
      't.csv:3: column "good": "x" ',
    ]);
  });
});

test("a column without a name of its own is refused where it is used", () => {
  const text = 'data d = csv("d.csv", missing: "drop")\ninput x : [n] = d.good + d.twin\nparam w = 0\nloss J = mean(x) + w\n';
  const problem = problemOf(() => partsOf(open(text, files, new Map())));
  expect([problem.code, placeIn(text, problem)]).toEqual(["csv-duplicate-name", "d.twin"]);
});

test("messages about columns list those that can be chosen", () => {
  const said = (expression: string, own: Files) =>
    load(`data d = csv("d.csv")\ninput x : [n] = ${expression}\n`, own).diagnostics.map(({ message }) => message);
  const pair = { "d.csv": ",a,b\n0,1,2\n" };
  expect(said("d.q", pair)).toEqual(["unknown column 'q' in the data d: it has a, b"]);
  expect(said("d", pair)).toEqual(["choose a column of d, as in d.a: it has a, b"]);
  const bare = { "d.csv": "5.1,3.5,5.1\n4.9,3.0,4.7\n" };
  expect(said("d.q", bare)).toEqual([
    "unknown column 'q' in the data d: it has 5.1, 3.5; if the file has no header line, write header: false",
  ]);
});

test("batch and split without a row dimension are refused by a check", () => {
  const text = (train: string) => `data d = csv("d.csv")\ninput x = mean(d.good)\nparam w = 0\nloss J = (w - x)^2\ntrain { ${train} }\n`;
  for (const train of ["batch = 2", "split = 0.5"]) {
    const { model, diagnostics } = load(text(train), files);
    expect([model, ...diagnostics.map(({ code, span }) => [code, text(train).slice(span.start, span.end)])]).toEqual([
      null,
      ["train-setting", train],
    ]);
  }
  expect(load(text("epochs = 2"), files).diagnostics).toEqual([]);
});
