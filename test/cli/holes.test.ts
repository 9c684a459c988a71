// A half-built model on the command line: what can be computed is printed, what waits for a hole is named, nothing is written from a part.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, type Outcome, wengert } from "../support/cli.ts";

const text = `input x = 3
param w = 2
param b = _
v = w * x
z = v + b
loss J = (z - 1)^2
seed { w = 1; v = _ }
`;
const hole = "m.wg:3:11: error hole: argument not connected yet: b, z and J wait for it";
const inSeed = "m.wg:7:19: error hole: argument not connected yet: the seed of v waits for it";

function run(model: string, command: string, ...args: readonly string[]): Outcome {
  return wengert([command, "m.wg", ...args], "", folderWith({ "m.wg": model }));
}

function expectRefusal({ code, out, err }: Outcome, message: string): void {
  expect(err).toContain(message);
  expect(out).toBe("");
  expect(code).toBe(1);
}

describe("what can be computed", () => {
  it("is printed by eval, with the holes on standard error and exit 1: outputs are left out", () => {
    expect(run(text, "eval")).toEqual({ code: 1, out: "v = 6\n", err: `${hole}\n${inSeed}\n` });
    expect(run(text, "eval", "--json").out).toBe('{"values":{"v":6}}\n');
    expect(run(text, "eval", "--nodes")).toMatchObject({ code: 1, out: "x = 3\nw = 2\nv = 6\n" });
  });

  it("is all that was asked for: exit 0", () => {
    expect(run(text, "eval", "--of", "v,w")).toMatchObject({ code: 0, out: "v = 6\nw = 2\n" });
    expect(run(text, "grad", "--of", "v")).toMatchObject({ code: 0, out: "v = 6\nd v / d w = 3\n" });
    expect(run(text, "jvp", "--of", "v", "--seed", "x=1")).toMatchObject({ code: 0, out: "v = 6\ntangent of v = 2\n" });
    expect(run(text, "cost", "--of", "v", "--json")).toMatchObject({ code: 0, out: expect.stringContaining('"value":{"flops":1}') });
    expect(run(text, "gradcheck", "--of", "v")).toMatchObject({ code: 0, out: expect.stringContaining("d v / d w: 1 agree") });
    expect(run(text, "export", "--to", "typescript", "--of", "v").code).toBe(0);
  });

  it("is all there is where nothing depends on the hole: exit 0", () => {
    expect(run("fn later(x) = x + _\ny = if 1 < 2 then 3 else _", "eval")).toMatchObject({ code: 0, out: "y = 3\n" });
  });

  it("is shown by trace: values without adjoints where the loss waits, adjoints of a node that does not", () => {
    const values = run(text, "trace");
    expect(values.code).toBe(1);
    expect(values.out.split("\n")).toEqual([
      "node  operation  value",
      "x     input      3",
      "w     param      2",
      "v     mul(w, x)  6",
      "",
    ]);
    expect(run(text, "trace", "--of", "v")).toMatchObject({ code: 0, out: expect.stringMatching(/w {5}param {6}2 {6}3/) });
  });

  it("grows by a value from the command line", () => {
    expect(run(text, "grad", "--set", "b=1")).toMatchObject({ code: 0, out: "J = 36\nd J / d w = 36\nd J / d b = 12\n" });
  });
});

describe("what waits for a hole", () => {
  const reason = "depends on the hole at 3:11, an argument that is not connected yet";

  it.each([
    [["eval", "--of", "J"], "J"],
    [["grad"], "J"],
    [["grad", "--of", "v", "--wrt", "b"], "b"],
    [["jvp"], "J"],
    [["jvp", "--of", "v", "--seed", "z=1"], "z"],
    [["cost"], "J"],
    [["gradcheck"], "J"],
    [["trace", "--of", "z"], "z"],
    [["train"], "J"],
    [["export", "--to", "json"], "b"],
    [["export", "--to", "latex"], "b"],
    [["export", "--to", "typescript"], "J"],
  ])("%s names it", (args, name) => {
    const [command, ...rest] = args;
    expectRefusal(run(text, command, ...rest), `m.wg:3:11: error incomplete: ${name} ${reason}`);
  });

  it("names it for a part of it", () => {
    const model = "input x : [3] = [1, 2, 3]\nh = linear(x, _)\ny = x + 1";
    expectRefusal(run(model, "grad", "--of", "y", "--wrt", "h.linear_1.W"), "h depends on the hole at 2:15");
  });

  it("is a seed: tangents are not taken from a part of the block", () => {
    const message = "m.wg:7:19: error incomplete: the seed of v depends on the hole at 7:19";
    expectRefusal(run(text, "jvp", "--of", "v"), message);
    expectRefusal(run(text, "trace", "--mode", "forward"), message);
  });

  it("is no unknown name: that is another error", () => {
    expectRefusal(run(text, "grad", "--of", "Q"), "there is no node Q; there are x, w, v");
  });

  it("keeps check at exit 1", () => {
    expect(run(text, "check")).toEqual({ code: 1, out: `${hole}\n${inSeed}\n`, err: "" });
  });

  it("hides no other error", () => {
    expectRefusal(run(`${text}q = nothing`, "eval", "--of", "v"), "unknown name 'nothing'");
  });
});

describe("training and prediction", () => {
  const model = (more: string) => `data d = csv("d.csv")
input x : [n] = d.x
input y : [n] = d.y
param w = 1
yhat = w * x
${more}
train { optimizer = sgd(rate: 0.01); epochs = 3 }
`;
  const files = { "d.csv": "x,y\n1,2\n2,4\n", "p.json": "" };
  const folderOf = (more: string) => folderWith({ ...files, "m.wg": model(more) });

  it("refuses and writes nothing where the loss waits", () => {
    const folder = folderOf("loss J = mean((yhat - _)^2)");
    const outcome = wengert(["train", "m.wg", "--params-out", "out.json", "--curve", "c.csv"], "", folder);
    expectRefusal(outcome, "m.wg:6:23: error incomplete: J depends on the hole at 6:23");
    expect(existsSync(join(folder, "out.json"))).toBe(false);
    expect(existsSync(join(folder, "c.csv"))).toBe(false);
  });

  it("goes on without a metric that waits", () => {
    const folder = folderOf("loss J = mean((yhat - y)^2)\nmetric m = max(_)");
    const { code, err } = wengert(["train", "m.wg", "--params-out", "out.json"], "", folder);
    expect(err).toContain("m.wg:7:16: error hole: argument not connected yet: m waits for it");
    expect(code, err).toBe(0);
    expect(readFileSync(join(folder, "out.json"), "utf8")).toContain('"w"');
  });

  it("predicts nodes that do not wait, and asks for their names where a definition does", () => {
    const folder = folderOf("loss J = mean((yhat - y)^2)");
    expect(wengert(["train", "m.wg", "--params-out", "p.json"], "", folder).code).toBe(0);
    const half = folderWith({ ...files, "p.json": readFileSync(join(folder, "p.json")), "m.wg": model("scaled = yhat * _\nparam c = _") });
    const predict = (...args: readonly string[]) => wengert(["predict", "m.wg", "--params", "p.json", ...args], "", half);
    expectRefusal(predict(), "scaled depends on the hole at 6:17, an argument that is not connected yet; name nodes that do not with --of");
    const named = predict("--of", "yhat");
    expect(named.code, named.err).toBe(0);
    expect(named.out).toMatch(/^yhat\n[\d.]+\n[\d.]+\n$/);
  });

  it("takes a parameters file that holds more than is connected", () => {
    const whole = `${text.replace("_", "1").replace("v = _", "v = 1")}train { steps = 1 }\n`;
    const folder = folderWith({ "m.wg": whole, "half.wg": text });
    expect(wengert(["train", "m.wg", "--params-out", "p.json"], "", folder).code).toBe(0);
    const outcome = wengert(["eval", "half.wg", "--params", "p.json", "--of", "v"], "", folder);
    expect(outcome.code, outcome.err).toBe(0);
  });
});
