// What commands write: nothing they read is replaced, every place is tried before the work, and nothing is lost where it fails.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "vitest";
import { folderWith, wengert } from "../support/cli.ts";

const model = `data d = csv("d.csv", missing: "drop")
input x : [n] = standardize(d.x)
input y : [n] = d.y
param w = 0
param b = 0
yhat = w * x + b
loss J = mean((yhat - y)^2)
train { optimizer = sgd(rate: 0.05); epochs = 3 }
`;
const data = "x,y\n1,2\n2,3\n,4\n4,5\n5,6\n";
let folder = "";
const at = (name: string) => join(folder, name);
const run = (command: string, ...args: string[]) => wengert([command, at("m.wg"), ...args], "", folder);

/** `wengert` with a shell's pipes behind it. */
const shell = (words: string) => {
  const bin = join(import.meta.dirname, "../../cli/wengert.mjs");
  return spawnSync("bash", ["-c", `set -o pipefail; "${process.execPath}" "${bin}" ${words}`], { cwd: folder, encoding: "utf8" });
};

beforeEach(() => {
  folder = folderWith({ "m.wg": model, "d.csv": data });
});

describe("a file that is read is not replaced", () => {
  test.each([
    ["train", "--params-out", "m.wg"],
    ["train", "--curve", "./d.csv"],
    ["train", "--params-out", "link.csv"],
    ["export", "--to", "json", "--out", "m.wg"],
    ["predict", "--params", "p.json", "--out", "p.json"],
    ["predict", "--params", "p.json", "--data", "d.csv", "--out", "d.csv"],
  ])("%s %s %s %s %s %s %s", (command, ...args) => {
    expect(run("train", "--params-out", at("p.json")).code).toBe(0);
    symlinkSync(at("d.csv"), at("link.csv"));
    const before = ["m.wg", "d.csv", "p.json"].map((name) => readFileSync(at(name), "utf8"));
    const { code, err } = run(command, ...args.filter((arg) => arg !== undefined));
    expect(err).toMatch(/would replace a file that this command reads/);
    expect(code).toBe(2);
    expect(["m.wg", "d.csv", "p.json"].map((name) => readFileSync(at(name), "utf8"))).toEqual(before);
  });

  it("but parameters may be trained on in their file", () => {
    expect(run("train", "--params-out", "p.json").code).toBe(0);
    const before = readFileSync(at("p.json"), "utf8");
    expect(run("train", "--params-in", "p.json", "--params-out", "p.json").code).toBe(0);
    expect(readFileSync(at("p.json"), "utf8")).not.toBe(before);
  });
});

it("refuses one file for two outputs", () => {
  const { code, err } = run("train", "--params-out", "out.json", "--curve", "./out.json");
  expect([code, err]).toEqual([2, "wengert: --params-out and --curve name the same file, ./out.json: give each its own\n"]);
});

describe("a place that cannot be written to is named before training", () => {
  test.each([
    ["--curve", "m.wg/x", "a part of its path is not a folder"],
    ["--checkpoint", "m.wg", "a part of its path is not a folder"],
    ["--checkpoint", "/proc/ck", "nothing can be made in /proc"],
    ["--params-out", ".", "it is a folder"],
    ["--params-out", "a".repeat(300), "its name is too long"],
  ])("%s %s", (option, path, reason) => {
    const { code, err } = run("train", option, path);
    expect(err).toContain(`cannot be written: ${reason}\n`);
    expect(err.split("\n")).toHaveLength(2);
    expect(code).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(["d.csv", "m.wg"]);
  });
});

test("what cannot be written in the end is kept elsewhere, and the rest is written", () => {
  const { code, err } = run("train", "--params-out", "/dev/full", "--curve", "c.csv");
  expect(code).toBe(1);
  const [, kept] = /cannot be written: the disk is full; it is kept in (\S+)/.exec(err) ?? [];
  expect(JSON.parse(readFileSync(kept, "utf8")).format).toBe("wengert-params");
  expect(existsSync(at("c.csv"))).toBe(true);
});

test("a device is written to, not replaced", () => {
  const { status, stdout } = shell("train m.wg --params-out /dev/stdout | cat");
  expect(status).toBe(0);
  expect(JSON.parse(stdout).format).toBe("wengert-params");
});

test("an option with an empty name", () => {
  for (const option of ["--params-out", "--curve", "--checkpoint"])
    expect(run("train", option, "")).toMatchObject({ code: 2, err: `wengert: ${option} needs a name, and the one given is empty\n` });
});

test("a data file that is not there, among several", () => {
  const { code, err } = run("eval", "--data", "d=d.csv,e.csv");
  expect([code, err]).toEqual([1, "wengert: e.csv cannot be read: there is no such file\n"]);
  expect(run("eval", "--data", ".")).toMatchObject({ code: 1, err: "wengert: . cannot be read: it is a folder\n" });
});

test("data that the model does not have", () => {
  const { code, err } = run("eval", "--data", "dd=d.csv");
  expect([code, err]).toEqual([2, "wengert: --data dd=...: the model has the data d\n"]);
});

describe("a run", () => {
  it("is given its length once", () => {
    expect(run("train", "--epochs", "2", "--steps", "3")).toMatchObject({ code: 2, err: expect.stringContaining("give one of them") });
  });

  it("prints a few parameters that are not saved", () => {
    const { out, err } = run("train");
    expect(out).toMatch(/^w = [\d.]+\nb = [\d.]+\n$/);
    expect(err).toContain("The 2 parameters are not saved: --params-out FILE keeps them.");
  });

  it("that is finished says so when it is resumed, and writes what is asked for", () => {
    expect(run("train", "--checkpoint", "ck", "--params-out", "p.json").code).toBe(0);
    const { code, err } = run("train", "--checkpoint", "ck", "--resume", "--params-out", "q.json");
    expect([code, err]).toEqual([0, "The run of ck is finished already, at step 3: more epochs would go on from there.\n"]);
    expect(readFileSync(at("q.json"))).toEqual(readFileSync(at("p.json")));
  });

  it("that goes on says which settings are others", () => {
    expect(run("train", "--checkpoint", "ck", "--epochs", "2").code).toBe(0);
    const { err } = run("train", "--checkpoint", "ck", "--resume", "--epochs", "3");
    expect(err).toContain("epochs: 3 from here on, 2 before the checkpoint\n");
  });

  it("goes on with what was fitted, whatever the data is now", () => {
    expect(run("train", "--checkpoint", "ck", "--epochs", "2").code).toBe(0);
    const other = folderWith({ "m.wg": model, "d.csv": data.replace("5,6", "50,6") });
    const { code } = wengert(["train", join(other, "m.wg"), "--checkpoint", at("ck"), "--resume", "--params-out", at("p.json")]);
    expect(code).toBe(0);
    const { fitted } = JSON.parse(readFileSync(at("p.json"), "utf8"));
    expect(Object.values(fitted)).toMatchObject([{ mean: [3] }]);
  });
});

describe("predictions where rows are left out", () => {
  it("have the numbers of their rows", () => {
    run("train", "--params-out", "p.json");
    const { out, err } = run("predict", "--params", "p.json");
    expect(out.split("\n").map((line) => line.split(",")[0])).toEqual(["row", "1", "2", "4", "5", ""]);
    expect(err).toContain("1 row with missing cells has no prediction");
    expect(JSON.parse(run("predict", "--params", "p.json", "--json").out).rows).toEqual([1, 2, 4, 5]);
  });

  it("count the rows of their own data", () => {
    const lookup = 'data e = csv("e.csv")\ninput z : [m] = e.z\n';
    const other = folderWith({
      "m.wg": lookup + model.replace("train {", "train { rows = n;"),
      "d.csv": data,
      "e.csv": `z\n${"7\n".repeat(20)}`,
    });
    expect(wengert(["train", "m.wg", "--params-out", "p.json"], "", other).code).toBe(0);
    expect(wengert(["predict", "m.wg", "--params", "p.json"], "", other).err).toContain("1 row with missing cells has no prediction");
    const { out } = wengert(["predict", "m.wg", "--params", "p.json", "--of", "z"], "", other);
    expect(out.split("\n")[0]).toBe("z");
  });

  it("of different lengths do not go into one table", () => {
    run("train", "--params-out", "p.json");
    const { code, err } = run("predict", "--params", "p.json", "--of", "yhat,w");
    expect(code).toBe(2);
    expect(err).toContain("yhat has 4 rows and w 1");
  });
});
