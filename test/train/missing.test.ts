// Missing cells: the means of the training rows go with the parameters, and stand for empty cells of new data and of a run taken up again.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Fitted } from "../../src/train/feeds.ts";
import { folderWith, wengert } from "../support/cli.ts";
import { open, partsOf, placeIn, problemOf } from "./runs.ts";

const text = `data d = csv("d.csv", missing: "mean")
input x : [n, 2] = d["a", "b"]
input y : [n] = d.y
param w : [2] = 0
seen = x + 0
yhat = x @ w
loss J = mean((yhat - y)^2)
train { optimizer = sgd(rate: 0.01); steps = 2 }
`;

/** The value of an input. */
function inputOf(model: ReturnType<typeof open>, parts: ReturnType<typeof partsOf>, name: string): number[] {
  const port = model.program.inputs.find((input) => input.name === name);
  return Array.from(parts.train.inputs.get(port?.node ?? -1)?.data ?? []);
}

describe("from the command line", () => {
  const folder = folderWith({
    "m.wg": text,
    "d.csv": "a,b,y\n1,2,3\n2,,4\n3,4,\n6,NA,6\n",
    "new.csv": "a,b\n,\n10,\n,20\n10,20\n",
  });
  const run = (...args: string[]) => wengert(args, "", folder);
  const file = () => JSON.parse(readFileSync(join(folder, "p.json"), "utf8"));

  test("train writes the means, and predict puts them into empty cells of new data", () => {
    const trained = run("train", "m.wg", "--params-out", "p.json");
    expect(trained.code, trained.err).toBe(0);
    expect(file().fitted).toEqual({ "d.a": { mean: [3] }, "d.b": { mean: [3] }, "d.y": { mean: [(3 + 4 + 6) / 3] } });
    const { code, out, err } = run("predict", "m.wg", "--params", "p.json", "--data", "new.csv", "--of", "seen");
    expect(code, err).toBe(0);
    expect(out).toBe("seen[0],seen[1]\n3,3\n10,3\n3,20\n10,20\n");
  });

  test.each([
    ["missing", (fitted: Record<string, unknown>) => delete fitted["d.b"], "mean of d.b is missing in the file"],
    [
      "extra",
      (fitted: Record<string, unknown>) => {
        fitted["d.c"] = { mean: [1] };
      },
      "the file has d.c as fitted, which the model does not declare",
    ],
    [
      "misshapen",
      (fitted: Record<string, unknown>) => {
        fitted["d.b"] = { mean: [1, 2] };
      },
      "the mean of d.b was taken of 2 numbers a row, but the data has 1",
    ],
    [
      "of another kind",
      (fitted: Record<string, unknown>) => {
        fitted["d.b"] = { labels: ["p"] };
      },
      "d.b needs mean, but the file has labels",
    ],
  ])("an entry that is %s is named", (_what, change, message) => {
    const broken = file();
    change(broken.fitted);
    const other = folderWith({ "m.wg": text, "new.csv": "a,b\n1,2\n", "p.json": JSON.stringify(broken) });
    const { code, err } = wengert(["predict", "m.wg", "--params", "p.json", "--data", "new.csv", "--of", "seen"], "", other);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});

describe("fitted", () => {
  const rows = Array.from({ length: 10 }, (_, k) => `${k % 3 === 1 ? "" : k * k},${k},${k}`);
  const files = { "d.csv": `a,b,y\n${rows.join("\n")}\n` };

  test("on the training rows of a split only", () => {
    const model = open(text.replace("steps = 2", "steps = 2; split = 0.5; seed = 4"), files);
    const parts = partsOf(model);
    const { nodes } = model.program.graph;
    expect(nodes.length).toBeGreaterThan(0);
    const b = model.program.inputs.find(({ name }) => name === "x")?.node ?? -1;
    const column = (part: typeof parts.train) => Array.from(part.inputs.get(b)?.data.filter((_, k) => k % 2 === 1) ?? []);
    const present = column(parts.train).filter((k) => k % 3 !== 1);
    const mean = present.reduce((total, k) => total + k * k, 0) / present.length;
    const entry = parts.feeds.fitted.get("d.a");
    expect(entry).toEqual({ mean: [expect.closeTo(mean, 12)] });
    const filled = parts.test?.inputs.get(b)?.data.filter((_, k) => k % 2 === 0) ?? [];
    const tested = column(parts.test as typeof parts.train);
    expect(Array.from(filled)).toEqual(tested.map((k) => (k % 3 === 1 ? (entry as { mean: number[] }).mean[0] : k * k)));
  });

  test("on the main file where there is a test file", () => {
    const model = open(text.replace('"d.csv",', '"d.csv", test: "t.csv",'), {
      "d.csv": "a,b,y\n1,2,3\n3,,4\n",
      "t.csv": "a,b,y\n,,7\n5,6,7\n",
    });
    const parts = partsOf(model);
    expect([...parts.feeds.fitted]).toEqual([
      ["d.a", { mean: [2] }],
      ["d.b", { mean: [2] }],
      ["d.y", { mean: [3.5] }],
    ]);
    const [node] = model.program.inputs.map((input) => input.node);
    expect(Array.from(parts.test?.inputs.get(node)?.data ?? [])).toEqual([2, 2, 5, 6]);
  });

  test("known means win over those of the data, and standardize sees the filled columns", () => {
    const model = open(text.replace('d["a", "b"]', 'standardize(d["a", "b"])'), { "d.csv": "a,b,y\n1,2,3\n,4,5\n" });
    const known: Fitted = new Map([["d.a", { mean: [7] }]]);
    const parts = partsOf(model, { fitted: known });
    expect(parts.feeds.fitted.get("d.a")).toEqual({ mean: [7] });
    expect(parts.feeds.fitted.get("x.standardize_1")).toEqual({ mean: [4, 3], std: [3, 1] });
    expect(inputOf(model, parts, "x")).toEqual([-1, -1, 1, 1]);
  });

  test("for each element of a row of arrays", () => {
    const model = open('data d = json("d.json", missing: "mean")\ninput x : [n, 2, 1] = d\nparam w = 0\nloss J = mean((x - w)^2)\n', {
      "d.json": "[[[1], [null]], [[null], [4]], [[3], [8]]]",
    });
    const parts = partsOf(model);
    expect([...parts.feeds.fitted]).toEqual([["d", { mean: [2, 6] }]]);
    expect(inputOf(model, parts, "x")).toEqual([1, 6, 2, 4, 3, 8]);
  });

  test("not of targets that are not there", () => {
    const fitted: Fitted = new Map([
      ["d.a", { mean: [1] }],
      ["d.b", { mean: [2] }],
      ["d.y", { mean: [3] }],
    ]);
    const model = open(text, { "d.csv": "a,b\n,\n" }, fitted);
    const parts = partsOf(model, { fitted, without: new Set(["y"]) });
    expect(inputOf(model, parts, "x")).toEqual([1, 2]);
    expect(parts.feeds.fitted).toEqual(fitted);
  });

  test("of other data that has fewer rows, over all of them", () => {
    const more = 'data e = csv("e.csv", missing: "mean")\ninput t : [m] = standardize(e.v)\n';
    const model = open(`${more}${text.replace("steps = 2", "steps = 2; split = 0.5; rows = n")}`, {
      ...files,
      "e.csv": "v\n1\nNA\n3\n8\n",
    });
    const { fitted } = partsOf(model).feeds;
    expect(fitted.get("e.v")).toEqual({ mean: [4] });
    expect(fitted.get("t.standardize_1")).toEqual({ mean: [4], std: [expect.closeTo(Math.sqrt(6.5), 14)] });
  });
});

describe("what cannot be filled", () => {
  const said = (changed: string, content: string) => {
    // Loaded as a model with fitted values is: without the check of the data.
    const model = open(changed, { "d.csv": content }, new Map());
    const problem = problemOf(() => partsOf(model));
    return [problem.message, placeIn(changed, problem)];
  };

  test.each([
    [
      "text",
      text,
      "a,b,y\n1,p,3\n2,,4\n",
      'd.csv:3: column "b": missing: "mean" needs numbers, but the column holds text; missing: "drop" leaves such rows out',
    ],
    [
      "labels",
      text.replace("yhat =", "input k : int[n] = category(d.k)\nyhat ="),
      "a,b,y,k\n1,2,3,1\n2,3,4,\n",
      'd.csv:3: column "k": missing: "mean" needs numbers, but the column is read as labels; missing: "drop" leaves such rows out',
    ],
    ["a column of nothing", text, "a,b,y\n1,,3\n2,,4\n", 'd.csv:2: column "b": the training rows have no value to take the mean of'],
  ])("%s", (_what, changed, content, message) => {
    expect(said(changed, content)).toEqual([message, 'csv("d.csv", missing: "mean")']);
  });

  test("a known mean of another shape", () => {
    const model = open(text, { "d.csv": "a,b,y\n1,2,3\n" });
    const problem = problemOf(() => partsOf(model, { fitted: new Map([["d.b", { mean: [1, 2] }]]) }));
    expect([problem.message, placeIn(text, problem)]).toEqual([
      "the mean of d.b was taken of 2 numbers a row, but the data has 1",
      'd["a", "b"]',
    ]);
  });
});

describe("rows left out", () => {
  const files = { "d.csv": "a,b,y\n1,2,3\n2,,4\n3,4,5\n4,5,6\n", "e.csv": "v\n1\nNA\n3\n" };
  const dropped = (more: string, train = "") => `data d = csv("d.csv", missing: "drop")
data e = csv("e.csv", missing: "drop")
input x : [n, 2] = d["a", "b"]
${more}
param w : [2] = 0
loss J = mean((x @ w)^2)
train { steps = 1; ${train} }
`;

  test("of the row dimension", () => {
    const model = open(dropped("input y : [n] = d.y"), files);
    const parts = partsOf(model);
    expect(parts.train.rows).toBe(3);
    expect(inputOf(model, parts, "y")).toEqual([3, 5, 6]);
  });

  test("where their number is in no shape of the model", () => {
    const model = open(dropped("input total = sum(d.y) + sum(e.v)"), files);
    expect(inputOf(model, partsOf(model), "total")).toEqual([18]);
  });

  test.each([
    [
      "two names for the rows of the same data, one of them chosen",
      dropped("input y : [m] = d.y", "rows = n"),
      "m is 4, but d has 3 rows without missing cells: x and y read the same rows, so their first axes need the same name",
      "input y : [m] = d.y",
    ],
    [
      "other data",
      dropped("input t : [k] = e.v", "rows = n"),
      'k is 3, but e has 2 rows without missing cells: rows can be left out of the row dimension only, which is n; missing: "mean" keeps them all',
      "input t : [k] = e.v",
    ],
    [
      "other data, and no dimension chosen",
      dropped("input t : [k] = e.v").replace('"d.csv", missing: "drop"', '"d.csv", missing: "mean"'),
      "k is 3, but e has 2 rows without missing cells: choose the row dimension, as in train { rows = k }",
      "input t : [k] = e.v",
    ],
  ])("%s", (_what, changed, message, place) => {
    const model = open(changed, files);
    const problem = problemOf(() => partsOf(model));
    expect([problem.message, placeIn(changed, problem)]).toEqual([message, place]);
  });
});
