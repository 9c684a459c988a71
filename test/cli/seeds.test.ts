// Tangents from the command line: what fits a node, and what is said of what does not.
import { describe, expect, it } from "vitest";
import { jsonOf, type Outcome, wengertText } from "../support/cli.ts";

const model = "input x : [3] = [1, 2, 3]\ninput k = 2\nparam w : [3] = [1, 1, 1]\nloss J = sum(x * w)^2 * k";

function run(command: string, ...args: readonly string[]): Outcome {
  return wengertText(model, command, ...args);
}

describe("a tangent", () => {
  it.each([
    ["x=[1, 0, 0]", 24],
    ["x=1", 72],
    ["x=[1]", 72],
    ["k=1,x=[1,0,0]", 60],
  ])("%s fits", (seed, tangent) => {
    expect(jsonOf(run("jvp", "--seed", seed, "--json"))).toMatchObject({ tangent });
  });

  it.each([
    ["x=[1,2]", "x is of shape [3], but this tangent is of shape [2]"],
    ["x=[[1,2,3]]", "x is of shape [3], but this tangent is of shape [1, 3]"],
    ["k=[1]", "k is a number, but this tangent is of shape [1]"],
    ["x=[1,[2],3]", "a tangent is a number or an array of numbers"],
    ["x=[[1],[2,3]]", "a tangent is a number or an array of numbers"],
    ["x=one", "a tangent is a number or an array of numbers"],
    [`x=${"[".repeat(20_000)}${"]".repeat(20_000)}`, "a tangent is a number or an array of numbers"],
  ])("%.20s does not fit", (seed, words) => {
    for (const command of [["jvp"], ["trace", "--mode", "forward"]]) {
      const { code, out, err } = run(command[0], ...command.slice(1), "--seed", seed);
      expect(err).toContain(words);
      expect(err).not.toMatch(/\n\s+at /);
      expect(out).toBe("");
      expect(code).toBe(2);
    }
  });
});

describe("trace", () => {
  it("needs a tangent to start from in forward mode", () => {
    const { code, err } = run("trace", "--mode", "forward");
    expect(err).toContain("give one with --seed x=1, of any of x, k, w or another node, or a block seed { x = 1 }");
    expect(code).toBe(2);
  });

  it("refuses what has no effect in its mode", () => {
    expect(run("trace", "--seed", "x=1")).toMatchObject({ code: 2, err: expect.stringContaining("--mode forward") });
    expect(run("trace", "--mode", "forward", "--seed", "x=1", "--of", "J")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--of"),
    });
    expect(run("trace", "--seed", "3").code).toBe(0);
  });
});
