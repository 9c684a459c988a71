// What exported TypeScript says of its inputs: how they are made from data, with what was fitted, and how exact its arithmetic is.
import { describe, expect, it } from "vitest";
import { type Preparation, writeFitted, writePreparations } from "../../src/export/typescript-inputs.ts";
import { folderWith, wengert } from "../support/cli.ts";
import { checkFiles, runFiles } from "./run-files.ts";

const model = `data d = csv("d.csv", missing: "mean")
data e = csv("e.csv")
input x : [n] = standardize(log(d.x))
input kind : int[n] = category(d.kind)
input z : [m] = e.z
param w = 2
param offset : [2] = [1, 5]
yhat = w * x + offset[kind]
loss J = sum(yhat)
train { rows = n; optimizer = sgd(rate: 0.1); epochs = 1; split = 0.75 }
`;
const files = { "m.wg": model, "d.csv": "x,kind\n1,b\n2,a\n,b\n4,a\n", "e.csv": "z\n1\n2\n3\n" };

/** The constant of a file. */
function fittedIn(text: string): Record<string, { mean?: number[]; std?: number[]; labels?: string[] }> {
  const [, value] = /export const fitted = (\{.*?\n\});/s.exec(text) ?? [];
  return new Function(`return ${value};`)();
}

describe("exported TypeScript", () => {
  it("gives what the model gives for data that is prepared as it says", () => {
    const folder = folderWith({ ...files, "new.csv": "x,kind\n8,a\n" });
    const run = (...args: string[]) => wengert(args, "", folder);
    expect(run("train", "m.wg", "--params-out", "p.json").code).toBe(0);
    const { out: text } = run("export", "m.wg", "--to", "typescript", "--of", "yhat", "--rows", "1", "--params", "p.json");
    for (const line of [
      "//   | input x : [n] = standardize(log(d.x))",
      '// - a missing cell of d.x: the mean of fitted["d.x"]',
      '// - category: the place, from 0, of the label in the labels of fitted["kind.category_1"]',
      '// - standardize: (value - mean) / std for each element of a row, with mean and std of fitted["x.standardize_1"]',
    ])
      expect(text.split("\n")).toContain(line);
    expect(text).not.toContain("input z");
    const fitted = fittedIn(text);
    const { mean = [], std = [] } = fitted["x.standardize_1"];
    const inputs = { x: [(Math.log(8) - mean[0]) / std[0]], kind: [fitted["kind.category_1"].labels?.indexOf("a")] };
    const [{ value, error }] = runFiles([{ text, inputs }]);
    expect(error).toBeUndefined();
    const { out } = run("predict", "m.wg", "--params", "p.json", "--data", "d=new.csv", "--of", "yhat", "--json");
    expect((value as number[])[0]).toBeCloseTo(JSON.parse(out).values.yhat[0], 12);
    expect(checkFiles([text])).toBe("");
  }, 60_000);

  it("has what training fits, also without parameters", () => {
    const folder = folderWith(files);
    expect(wengert(["train", "m.wg", "--params-out", "p.json"], "", folder).code).toBe(0);
    const exported = (...args: string[]) => wengert(["export", "m.wg", "--to", "typescript", ...args], "", folder).out;
    expect(fittedIn(exported())).toEqual(fittedIn(exported("--params", "p.json")));
  });

  it("says that rows are left out", () => {
    const folder = folderWith({
      "m.wg": 'data e = csv("e.csv", missing: "drop")\ninput z : [m] = e.z\nloss J = sum(z)',
      "e.csv": "z\n1\n\n3\n",
    });
    const { out } = wengert(["export", "m.wg", "--to", "typescript"], "", folder);
    expect(out).toContain("// - rows of e with a missing cell in a column that is used are left out\n");
    expect(out).not.toContain("export const fitted");
  });

  it("says how exact it is", () => {
    const folder = folderWith({ "m.wg": "input x = 2\nparam w = 0.1\nloss J = w * x" });
    const exported = (...args: string[]) => wengert(["export", "m.wg", "--to", "typescript", ...args], "", folder).out;
    expect(exported()).toContain("// Arithmetic is float64, as in the model;");
    expect(exported()).not.toContain("These inputs");
    const single = exported("--precision", "f32");
    expect(single).toContain("// Arithmetic is float64, but that of the model is float32: results agree with its own to about 7 digits");
    expect(single).toContain(`w: ${Math.fround(0.1)},`);
  });
});

it("keeps what it says in comments and strings, whatever that is", () => {
  for (const name of [
    "\nprocess.exit(1)",
    "\u2028process.exit(1)",
    '"]: 1 };process.exit(1);({["',
    "__proto__",
    "*/",
    "@ts-nocheck",
    "\u202e",
  ]) {
    const step: Preparation["steps"][number] = { kind: "category", path: name, fitted: [["labels", [name]]] };
    const preparations: Preparation[] = [{ text: name, steps: [step] }];
    for (const line of writePreparations(preparations)) expect(line).toMatch(/^\/\/( [-|A-Za-z]| {3}\||$)[ -~]*$/);
    expect(fittedIn(writeFitted(preparations))).toEqual(Object.fromEntries([[name, { labels: [name] }]]));
  }
});
