// Bad input: a clear message that names the place, the right exit code, nothing written, no stack trace.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, jsonOf, type Outcome, wengert, wengertText } from "../support/cli.ts";

function expectRefusal({ code, out, err }: Outcome, exit: number, ...words: readonly string[]): void {
  const said = out + err;
  for (const word of words) expect(said).toContain(word);
  expect(code).toBe(exit);
  expect(said).not.toMatch(/\n\s+at .*\(|node:internal|TypeError|RangeError/);
}

const line = `data d = csv("d.csv")
input x : [n] = d.x
input y : [n] = d.y
param w = 1
loss J = mean((w * x - y)^2)
train { optimizer = sgd(rate: 0.01); epochs = 3 }
`;

describe("data", () => {
  it.each([
    ["a missing file", {}, ["d.csv is not beside this model", "m.wg:1:"]],
    ["a ragged row", { "d.csv": "x,y\n1,2\n3\n" }, ["d.csv:3"]],
    ["a text cell", { "d.csv": "x,y\n1,2\ntwo,3\n" }, ["d.csv:3", "two"]],
    ["an unknown column", { "d.csv": "x,z\n1,2\n" }, ["y"]],
  ])("%s", (_title, files, words) => {
    const folder = folderWith({ "m.wg": line, ...files });
    const outcome = wengert(["train", "m.wg", "--params-out", "p.json", "--curve", "c.csv"], "", folder);
    expectRefusal(outcome, 1, ...words);
    expect(existsSync(join(folder, "p.json"))).toBe(false);
    expect(existsSync(join(folder, "c.csv"))).toBe(false);
  });
});

describe("parameters", () => {
  const params = (values: Record<string, unknown>) =>
    JSON.stringify({
      format: "wengert-params",
      version: 1,
      model: "m.wg",
      precision: "f64",
      params: values,
      state: {},
      fitted: {},
      owners: {},
    });
  const model = "input x = 2; param w = 1; param b : [2] = [0, 0]; y = w*x + sum(b)";
  const good = { w: { shape: [], data: [3] }, b: { shape: [2], data: [1, 2] } };

  it("reads what it declares", () => {
    const folder = folderWith({ "m.wg": model, "p.json": params(good) });
    expect(wengert(["eval", "m.wg", "--params", "p.json", "--json"], "", folder).out).toBe('{"values":{"y":9}}\n');
  });

  it.each([
    ["missing", { w: good.w }, ["b is missing"]],
    ["extra", { ...good, c: { shape: [], data: [1] } }, ["c", "does not declare"]],
    ["misshapen", { ...good, b: { shape: [3], data: [1, 2, 3] } }, ["b has shape [2]", "[3]"]],
    ["renamed", { v: good.w, b: good.b }, ["--rename v=w"]],
    ["not finite", { ...good, w: { shape: [], data: ["NaN"] } }, ["w"]],
    ["hostile", JSON.parse('{"__proto__": {"shape": [], "data": [1]}, "w": {"shape": [], "data": [3]}}'), ["__proto__"]],
  ])("refuses a %s entry", (_title, values, words) => {
    const folder = folderWith({ "m.wg": model, "p.json": params(values as Record<string, unknown>) });
    expectRefusal(wengert(["eval", "m.wg", "--params", "p.json"], "", folder), 1, ...words);
  });

  it("takes a rename", () => {
    const folder = folderWith({ "m.wg": model, "p.json": params({ v: good.w, b: good.b }) });
    expect(wengert(["eval", "m.wg", "--params", "p.json", "--rename", "v=w", "--json"], "", folder).out).toBe('{"values":{"y":9}}\n');
  });

  describe("of what was fitted", () => {
    const data = 'data d = csv("d.csv")\n';
    const fitted = { "u.standardize_1": { mean: [10], std: [2] } };
    const stored = JSON.stringify({ ...JSON.parse(params({ w: { shape: [], data: [3] } })), fitted });
    const folder = folderWith({
      "m.wg": `${data}input x : [n] = standardize(d.x)\nparam w = 1\ny = w * x`,
      "d.csv": "x\n12\n14\n",
      "p.json": stored,
    });
    const evaluate = (...renames: readonly string[]) =>
      wengert(["eval", "m.wg", "--params", "p.json", "--json", ...renames.flatMap((pair) => ["--rename", pair])], "", folder);

    it("takes a rename", () => {
      expect(evaluate("u.standardize_1=x.standardize_1").out).toBe('{"values":{"y":[3,6]}}\n');
      expectRefusal(evaluate(), 1, "x.standardize_1", "u.standardize_1");
      expectRefusal(evaluate("v.standardize_1=x.standardize_1"), 1, "the file has no v.standardize_1");
    });

    it("refuses two for one path", () => {
      const two = JSON.stringify({ ...JSON.parse(stored), fitted: { ...fitted, "v.standardize_1": fitted["u.standardize_1"] } });
      const other = folderWith({ "m.wg": "y = 1", "p.json": two });
      const renames = ["--rename", "u.standardize_1=x.a", "--rename", "v.standardize_1=x.a"];
      expectRefusal(wengert(["eval", "m.wg", "--params", "p.json", ...renames], "", other), 1, "the file has another x.a");
    });
  });
});

describe("models", () => {
  it.each([
    ["an unknown name", "y = sofmax(1)", ["-:1:5", "softmax"]],
    ["shapes that do not fit", "input x : [3] = zeros(); input w : [4] = zeros(); y = x + w", ["[3]", "[4]"]],
    ["a size beyond the limits", "input x : [100000, 100000] = zeros(); y = sum(x)", ["100000", "-:1:"]],
    ["a cycle", "a = b + 1; b = a", ["a", "b"]],
    ["a broken line", "y = (1 +", ["-:1:"]],
  ])("%s", (_title, text, words) => {
    expectRefusal(wengertText(text, "eval"), 1, ...words);
  });

  it("names an input without a value", () => {
    expectRefusal(wengertText("input x; y = 2*x", "eval"), 1, "x has no value");
    expect(wengertText("input x; y = 2*x", "eval", "--set", "x=4", "--json").out).toBe('{"values":{"y":8}}\n');
  });

  it("names a dimension without a size", () => {
    const text = "input x : [n] = zeros(); y = sum(x + 1)";
    expectRefusal(wengertText(text, "eval"), 1, "n");
    expect(wengertText(text, "eval", "--dim", "n=3", "--json").out).toBe('{"values":{"y":3}}\n');
  });

  it("says where a value stopped being finite", () => {
    const { code, err } = wengertText("input x = 0\nz = log(x)\ny = z + 1", "eval");
    expect(code).toBe(0);
    expect(err).toContain("-:2:");
    expect(err).toContain("-Infinity");
  });
});

describe("the command line itself", () => {
  it.each([
    ["an unknown command", ["frobnicate"]],
    ["no file", ["eval"]],
    ["an unknown option", ["eval", "-", "--frob"]],
    ["an unknown mode", ["grad", "-", "--mode", "sideways"]],
    ["a bad pair", ["eval", "-", "--set", "x"]],
  ])("%s is exit 2", (_title, args) => {
    const { code, out, err } = wengert(args, "input x = 1; loss y = x^2");
    expect(code, out + err).toBe(2);
  });

  it("answers --help", () => {
    const { code, out } = wengert(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("gradcheck");
  });
});

describe("check", () => {
  it("checks the other files where one is missing", () => {
    const folder = folderWith({ "a.wg": "y = z\n" });
    const { code, out, err } = wengert(["check", "missing.wg", "a.wg"], "", folder);
    expect(code).toBe(1);
    expect(out).toContain("a.wg:1:5: error unknown-name");
    expect(err).toContain("missing.wg cannot be read: there is no such file");
    const { out: json } = wengert(["check", "--json", "missing.wg", "a.wg"], "", folder);
    expect(JSON.parse(json)).toMatchObject([
      { file: "missing.wg", code: "unreadable" },
      { file: "a.wg", code: "unknown-name" },
    ]);
  });
});

describe("fmt", () => {
  it("lays out in place and with --check only says so", () => {
    const folder = folderWith({ "m.wg": "y=1+2 # three\n" });
    expect(wengert(["fmt", "--check", "m.wg"], "", folder).code).toBe(1);
    expect(readFileSync(join(folder, "m.wg"), "utf8")).toBe("y=1+2 # three\n");
    expect(wengert(["fmt", "m.wg"], "", folder).code).toBe(0);
    expect(readFileSync(join(folder, "m.wg"), "utf8")).toContain("y = 1 + 2");
    expect(wengert(["fmt", "--check", "m.wg"], "", folder).code).toBe(0);
  });

  it("does what it can of several files, and leaves the others as they are", () => {
    const broken = "y=(1\n";
    const foreign = Uint8Array.of(0x79, 0x3d, 0x31, 0x20, 0x23, 0xff, 0x0a);
    const folder = folderWith({ "a.wg": "y=1\n", "b.wg": broken, "c.wg": foreign, "d.wg": "z=2\n" });
    const { code, out, err } = wengert(["fmt", "a.wg", "missing.wg", "b.wg", "c.wg", "d.wg"], "", folder);
    expect(code).toBe(1);
    expect(out).toBe("");
    for (const words of ["missing.wg cannot be read: there is no such file", "b.wg:1:3: error", "c.wg is not UTF-8"])
      expect(err).toContain(words);
    expect(["a", "b", "d"].map((name) => readFileSync(join(folder, `${name}.wg`), "utf8"))).toEqual(["y = 1\n", broken, "z = 2\n"]);
    expect(Uint8Array.from(readFileSync(join(folder, "c.wg")))).toEqual(foreign);
  });

  it("prints JSON", () => {
    const folder = folderWith({ "a.wg": "y=1\n", "b.wg": "y=(1\n" });
    const { code, out } = wengert(["fmt", "--json", "--check", "a.wg", "b.wg", "c.wg"], "", folder);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { file: "a.wg", changed: true, diagnostics: [] },
      { file: "b.wg", changed: false, diagnostics: [{ line: 1, column: 3, severity: "error" }] },
      { file: "c.wg", changed: false, diagnostics: [], problem: "c.wg cannot be read: there is no such file" },
    ]);
    expect(jsonOf(wengert(["fmt", "--json", "-"], "y=1"))).toMatchObject([{ file: "-", changed: true, text: "y = 1\n" }]);
  });
});
