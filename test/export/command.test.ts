// `wengert export` as a process: formats, options, files, messages and exit codes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Outcome, runFiles } from "./run-files.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "wengert-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "cli", "main.ts"), "export", ...args], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const exercise = join(root, "examples", "exercise.wg");

function runOne(text: string, inputs: Record<string, unknown>): Outcome {
  return runFiles([{ text, inputs }])[0];
}

describe("wengert export", () => {
  it("writes each format to standard output", () => {
    expect(JSON.parse(run(exercise, "--to", "json").stdout).format).toBe("wengert-graph");
    expect(run(exercise, "--to", "latex").stdout).toContain("J &= \\left(\\hat{y} - y\\right)^{2} && \\text{loss}");
    const outcome = runOne(run(exercise, "--to", "typescript").stdout, {});
    expect(outcome.both).toEqual({ value: 49, gradient: { w: 140, b: 28 } });
  });

  it("writes to a file", () => {
    const out = join(folder, "made", "model.ts");
    expect(run(exercise, "--to", "typescript", "--wrt", "x,w,x,v", "--out", out)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(runOne(readFileSync(out, "utf8"), { x: 5 }).both?.gradient).toEqual({ x: 56, w: 140, v: 28 });
  });

  it("takes the node of --of, arrays too", () => {
    const file = fileWith("arrays.wg", "input x : [2, 2] = [[1, 2], [3, 4]]\ny = x * x + sum(x, axis: 0)");
    const { value, both } = runOne(run(file, "--to", "typescript", "--of", "y").stdout, {
      x: [
        [1, 0],
        [0, 1],
      ],
    });
    expect(value).toEqual([
      [2, 1],
      [1, 2],
    ]);
    expect(both?.gradient.x).toEqual([
      [
        [
          [3, 0],
          [1, 0],
        ],
        [
          [0, 1],
          [0, 1],
        ],
      ],
      [
        [
          [1, 0],
          [1, 0],
        ],
        [
          [0, 1],
          [0, 3],
        ],
      ],
    ]);
  });

  it("puts values of a parameters file in", () => {
    const params = {
      format: "wengert-params",
      version: 1,
      model: "m.wg",
      precision: "f64",
      params: { w: { shape: [2], data: [0.1, -0] } },
      state: {},
      fitted: {},
      owners: {},
    };
    const file = fileWith("m.wg", "param w : [2] = ones()\nloss J = sum(w * w)");
    fileWith("m.json", JSON.stringify(params).replace("[0.1,0]", "[0.1,-0]"));
    expect(runOne(run(file, "--to", "typescript", "--params", "m.json").stdout, {}).value).toBe(0.1 * 0.1);
    const { params: written } = JSON.parse(run(file, "--to", "json", "--params", "m.json").stdout);
    expect(written[0].data).toEqual([0.1, -0]);
    expect(run(file, "--to", "json").stdout).not.toContain('"data"');
  });

  it("takes as many rows as asked for", () => {
    const file = join(root, "examples", "logistic.wg");
    const text = run(file, "--to", "typescript", "--of", "probability", "--rows", "1").stdout;
    expect(runOne(text, { X: [Array.from({ length: 30 }, () => 0)] }).value).toEqual([0.5]);
    expect(runOne(text, { X: [] }).error).toBe("X must have shape [1, 30]");
    expect(runOne(text, {}).error).toBe("X is missing");
    expect(run(exercise, "--to", "typescript", "--rows", "3")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no row dimension"),
    });
  });

  it("writes models of many thousand operations", () => {
    const lines = Array.from({ length: 20_000 }, (_, k) => `y${k + 1} = y${k} * 0.5 + w`);
    const file = fileWith(
      "long.wg",
      ["input x = 1", "param w = 2", "input v : [2] = [1, 2]", "y0 = x", ...lines, "loss J = y20000 + sum(v * w)"].join("\n"),
    );
    const out = join(folder, "long.ts");
    expect(run(file, "--to", "typescript", "--out", out).status).toBe(0);
    expect(runOne(readFileSync(out, "utf8"), {}).both).toEqual({ value: 10, gradient: { w: 5 } });
  });

  it("lists what there is where a format is missing or unknown", () => {
    for (const args of [[], ["--to", "onnx"], ["--to", "constructor"]]) {
      expect(run(exercise, ...args)).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("json, latex, typescript") });
    }
  });

  it("writes nothing where the model is wrong", () => {
    const bad = fileWith("bad.wg", "y = sofmax(1)");
    const whole = fileWith("whole.wg", "input k : int = 3\ny = k + 1");
    const open = fileWith("open.wg", "input x : [n]\nloss J = sum(x)");
    for (const args of [
      [bad, "--to", "json"],
      [whole, "--to", "typescript", "--of", "y", "--wrt", "k"],
      [open, "--to", "typescript"],
      [exercise, "--to", "typescript", "--of", "nothing"],
    ]) {
      const before = readdirSync(folder);
      const { status, stderr } = run(...args, "--out", "never.txt");
      expect(status).toBe(1);
      expect(stderr).not.toContain("    at ");
      expect(stderr.length).toBeGreaterThan(10);
      expect(existsSync(join(folder, "never.txt"))).toBe(false);
      expect(readdirSync(folder)).toEqual(before);
    }
    expect(run(open, "--to", "json")).toMatchObject({ status: 0 });
    expect(run(open, "--to", "latex").stdout).toContain("\\mathbb{R}^{n}");
  });
});
