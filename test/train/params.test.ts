// The parameters file: written and read back bit for bit, and every entry that does not fit named.
import { describe, expect, test } from "vitest";
import { collectParams, fitParams, type ParamsFile, readParams, writeParams } from "../../src/train/params.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { advance, jobOf, problemOf } from "./runs.ts";

const text = `data d = csv("d.csv", missing: "mean")
input x : [n, 2] = standardize(d["a", "b"])
input k : int[n] = category(d.k)
param W : [2, 3] = normal()
param b : [3] = 0
param offset : [2] = 0
state seen : int = 0
next seen = seen + 1
state flag : bool = false
loss J = mean((x @ W + b)^2) + mean(offset[k]^2)
train { optimizer = sgd(rate: 0.1); steps = 3 }
`;
const files = { "d.csv": 'a,b,k\n1,2,p\n2,,"q"\n3,8,p\n' };
const digest = (statement: string) => `length ${statement.length}`;
const options = { sizes: new Map([["n", 3]]), precision: "f64" as const, renames: new Map<string, string>(), digest };

function trained(changed = text) {
  const job = jobOf(changed, files);
  const trainer = advance(createTrainer(job));
  const about = { model: "m.wg", precision: job.precision, fitted: job.parts.feeds.fitted, training: null, digest };
  return { job, trainer, file: collectParams(job.evaluation, trainer.values(), about) };
}

const { job, trainer, file } = trained();

test("everything reads back as it was", () => {
  const again = readParams(writeParams(file));
  expect(again).toEqual(file);
  expect([...again.params.keys()]).toEqual(["W", "b", "offset"]);
  expect([...again.state]).toEqual([
    ["seen", { shape: [], data: [3] }],
    ["flag", { shape: [], data: [0] }],
  ]);
  expect([...again.fitted]).toEqual([
    ["d.a", { mean: [2] }],
    ["d.b", { mean: [5] }],
    ["k.category_1", { labels: ["p", "q"] }],
    ["x.standardize_1", { mean: [2, 5], std: [expect.closeTo(Math.sqrt(2 / 3), 14), expect.closeTo(Math.sqrt(6), 14)] }],
  ]);
  const { values, fitted, warnings } = fitParams(job.evaluation, again, options);
  expect(values).toEqual(trainer.values());
  expect(fitted).toEqual(file.fitted);
  expect(warnings).toEqual([]);
});

test("-0 and the largest and smallest numbers keep their bits", () => {
  const data = [-0, 5e-324, -1.7976931348623157e308, 0.1, 1 / 3, 2 ** 53];
  const own: ParamsFile = {
    ...file,
    params: new Map([["w", { shape: [6], data }]]),
    fitted: new Map([["f", { mean: [-0], std: [1e-300] }]]),
  };
  const again = readParams(writeParams(own));
  expect(again.params.get("w")?.data.map((value, i) => Object.is(value, data[i]))).toEqual(data.map(() => true));
  expect(again.fitted).toEqual(own.fitted);
});

test("the labels of a category may be any texts, also those of JavaScript's own keys", () => {
  const labels = ["__proto__", "constructor", '"', "NaN", "-0"];
  const again = readParams(writeParams({ ...file, fitted: new Map([["__proto__", { labels }]]) }));
  expect([...again.fitted]).toEqual([["__proto__", { labels }]]);
});

describe("what is not finite is not written", () => {
  const broken = (values: Parameters<typeof collectParams>[1], fitted: ParamsFile["fitted"]) =>
    problemOf(() => collectParams(job.evaluation, values, { ...file, fitted, digest })).message;

  test("a parameter", () => {
    const port = job.evaluation.params[1];
    const values = new Map([
      ...trainer.values(),
      [port.node, { dtype: "real" as const, shape: [3], data: Float64Array.of(1, Number.NaN, 2) }],
    ]);
    expect(broken(values, file.fitted)).toBe("b is not finite (element 1 is NaN): it is not written");
  });

  test("a mean", () => {
    expect(broken(trainer.values(), new Map([["d.a", { mean: [Number.POSITIVE_INFINITY] }]]))).toBe(
      "the mean of d.a is not finite (element 0 is Infinity): it is not written",
    );
  });
});

describe("entries that do not fit the model", () => {
  type Groups = Record<"params" | "state" | "fitted", Record<string, Record<string, unknown>>>;

  /** What is said of the file after a change. */
  const said = (change: (groups: Groups) => void, more: Partial<typeof options> = {}) => {
    const json = JSON.parse(writeParams(file));
    change(json);
    return problemOf(() => fitParams(job.evaluation, readParams(JSON.stringify(json)), { ...options, ...more })).message;
  };
  const move = (group: Record<string, unknown>, from: string, to: string) => {
    group[to] = group[from];
    delete group[from];
  };

  const cases: readonly (readonly [message: string, change: (groups: Groups) => void])[] = [
    ["parameter W is missing in the file", ({ params }) => delete params.W],
    ["the file has parameter V, which the model does not declare", ({ params }) => Object.assign(params, { V: { shape: [], data: [1] } })],
    ["parameter W has shape [2, 3] in the model, but [3, 2] in the file", ({ params }) => Object.assign(params.W, { shape: [3, 2] })],
    ["W says shape [2, 3] but holds 1 numbers", ({ params }) => Object.assign(params.W, { data: [1] })],
    ["W says shape [2.5, 3] but holds 6 numbers", ({ params }) => Object.assign(params.W, { shape: [2.5, 3] })],
    ["W: element 1 is null, not a finite number", ({ params }) => Object.assign(params.W, { data: [1, null, 1, 1, 1, 1] })],
    ["the shape of W must be a list of numbers", ({ params }) => Object.assign(params.W, { shape: "2" })],
    ['"params" entry W must be an object', ({ params }) => Object.assign(params, { W: 3 })],
    [
      "parameter b is missing in the file (c has its shape: --rename c=b); the file has parameter c, which the model does not declare",
      ({ params }) => move(params, "b", "c"),
    ],
    ["state seen is missing in the file", ({ state }) => delete state.seen],
    ["state seen is int, but element 0 in the file is 0.5", ({ state }) => Object.assign(state.seen, { data: [0.5] })],
    ["state seen is int, but element 0 in the file is 10000000000", ({ state }) => Object.assign(state.seen, { data: [1e10] })],
    ["state flag is bool, but element 0 in the file is 2", ({ state }) => Object.assign(state.flag, { data: [2] })],
    ["mean and std of x.standardize_1 are missing in the file", ({ fitted }) => delete fitted["x.standardize_1"]],
    ["labels of k.category_1 are missing in the file", ({ fitted }) => delete fitted["k.category_1"]],
    ["mean of d.a is missing in the file", ({ fitted }) => delete fitted["d.a"]],
    ["the file has d.c as fitted, which the model does not declare", ({ fitted }) => Object.assign(fitted, { "d.c": { mean: [1] } })],
    ["x.standardize_1 needs mean and std, but the file has mean", ({ fitted }) => delete fitted["x.standardize_1"].std],
    ["d.a needs mean, but the file has mean and std", ({ fitted }) => Object.assign(fitted["d.a"], { std: [1] })],
    [
      "the std of x.standardize_1 has length 2 in the model, but 1 in the file",
      ({ fitted }) => Object.assign(fitted["x.standardize_1"], { std: [1] }),
    ],
    ["the mean of d.b has length 1 in the model, but 2 in the file", ({ fitted }) => Object.assign(fitted["d.b"], { mean: [1, 2] })],
    ["the mean of d.b must be a list of numbers", ({ fitted }) => Object.assign(fitted, { "d.b": {} })],
    ["the labels of k.category_1 must be a list of texts", ({ fitted }) => Object.assign(fitted["k.category_1"], { labels: [1, 2] })],
    ['the labels of k.category_1 hold "p" twice', ({ fitted }) => Object.assign(fitted["k.category_1"], { labels: ["p", "p"] })],
  ];
  test.each(cases)("%s", (message, change) => expect(said(change)).toBe(message));

  test("all of them at once", () => {
    const message = said(({ params, state, fitted }) => {
      delete params.W;
      delete state.seen;
      delete fitted["d.a"];
    });
    expect(message.split("; ")).toHaveLength(3);
  });

  test("a number beyond 32 bits", () => {
    const change = ({ params }: Groups) => Object.assign(params.b, { data: [0, 1e300, 0] });
    expect(said(change, { precision: "f32" } as never)).toBe("parameter b is f32, but element 1 in the file is 1e+300");
  });

  test("renames", () => {
    const rename = (...pairs: [string, string][]) => ({ renames: new Map(pairs) });
    const json = JSON.parse(writeParams(file));
    move(json.params, "b", "c");
    const moved = readParams(JSON.stringify(json));
    expect(fitParams(job.evaluation, moved, { ...options, ...rename(["c", "b"]) }).values).toEqual(trainer.values());
    expect(said(() => undefined, rename(["c", "b"]))).toBe("--rename c=b: the file has no c");
    expect(said(() => undefined, rename(["W", "b"]))).toMatch(/^--rename W=b: the file has another b; /);
    const twins = trained(text.replace("b : [3]", "b : [2]").replace("+ b)", "+ sum(b))"));
    const swapped = fitParams(twins.job.evaluation, twins.file, { ...options, ...rename(["b", "offset"], ["offset", "b"]) });
    const [, b, offset] = twins.job.evaluation.params;
    expect(swapped.values.get(b.node)?.data).toEqual(twins.trainer.values().get(offset.node)?.data);
  });

  test("renames of what was fitted", () => {
    const other = trained(
      text.replaceAll("input x", "input u").replaceAll("x @", "u @").replaceAll("input k", "input kind").replace("[k]", "[kind]"),
    );
    const renaming = (...pairs: [string, string][]) => fitParams(other.job.evaluation, file, { ...options, renames: new Map(pairs) });
    const message = problemOf(() => renaming()).message;
    expect(message.split("; ")).toEqual([
      "mean and std of u.standardize_1 are missing in the file (x.standardize_1 has its form: --rename x.standardize_1=u.standardize_1)",
      "labels of kind.category_1 are missing in the file (k.category_1 has its form: --rename k.category_1=kind.category_1)",
      "the file has k.category_1 as fitted, which the model does not declare",
      "the file has x.standardize_1 as fitted, which the model does not declare",
    ]);
    const pairs: [string, string][] = [
      ["x.standardize_1", "u.standardize_1"],
      ["k.category_1", "kind.category_1"],
    ];
    expect(renaming(...pairs).fitted).toEqual(other.file.fitted);
    expect(problemOf(() => renaming(...pairs, ["d.a", "d.b"])).message).toMatch(/^--rename d\.a=d\.b: the file has another d\.b; /);
  });
});

test("a statement whose text has changed is a warning", () => {
  const { evaluation } = jobOf(text.replace("W : [2, 3] = normal()", "W : [2, 3] = uniform()"), files);
  expect(fitParams(evaluation, file, options).warnings.map(({ message }) => message)).toEqual([
    "the text of W has changed since these parameters were written",
  ]);
});

test.each([
  ["{", "this is not a parameters file: it is not JSON"],
  ["[]", 'this is not a parameters file: it has no "format": "wengert-params"'],
  ['{ "format": "wengert-params", "version": 2 }', "this parameters file has version 2; this program reads version 1"],
  ['{ "format": "wengert-params", "version": 1, "params": [] }', '"params" must be an object'],
])("%s", (broken, message) => {
  expect(problemOf(() => readParams(broken)).message).toBe(message);
});
