// Names on the command line: which nodes they stand for, and what is said of those that stand for none.
import { describe, expect, it } from "vitest";
import { jsonOf, type Outcome, wengertText } from "../support/cli.ts";

const model = `input k = 2
param w = 2
fn f(x) {
  state m = 0.5
  next m = 0.9 * m + 0.1 * x
  param k = 3
  hidden = k * x
  return hidden + m
}
y = f(w)
z = f(y) + f(w)
loss J = z * k
`;

function run(command: string, ...args: readonly string[]): Outcome {
  return wengertText(model, command, ...args);
}

describe("nodes inside calls", () => {
  it("are named by their path", () => {
    expect(jsonOf(run("grad", "--of", "y", "--wrt", "y.f_1.hidden,y.f_1.m,y.f_1.x,y.f_1.k", "--json"))).toMatchObject({
      grad: { "y.f_1.hidden": 1, "y.f_1.m": 1, "y.f_1.x": 3, "y.f_1.k": 2 },
    });
    expect(jsonOf(run("jvp", "--of", "z.f_2.hidden", "--seed", "w=1", "--json"))).toMatchObject({ value: 6, tangent: 3 });
    expect(jsonOf(run("eval", "--of", "z.f_1.x", "--json"))).toEqual({ values: { "z.f_1.x": 6.5 } });
  });

  it("are named by a shorter path where that fits one", () => {
    expect(jsonOf(run("grad", "--of", "y", "--wrt", "y.hidden,y.k", "--json"))).toMatchObject({
      grad: { "y.f_1.hidden": 1, "y.f_1.k": 2 },
    });
  });

  it.each([
    ["z.hidden", "it fits z.f_1.hidden, z.f_2.hidden"],
    ["z.k", "it fits z.f_1.k, z.f_2.k"],
    ["hidden", "inside calls there are y.f_1.hidden, z.f_1.hidden, z.f_2.hidden"],
    ["y.f_1", "it is a call of f; inside are y.f_1.k, y.f_1.m, y.f_1.x, y.f_1.hidden"],
    ["y.f_1.hiden", "did you mean y.f_1.hidden?"],
    ["nothing", "there are k, w, y, z, J, y.f_1.k"],
  ])("%s is explained", (name, words) => {
    const { code, err } = run("grad", "--wrt", name);
    expect(err).toContain(`there is no node ${name}`);
    expect(err).toContain(words);
    expect(code).toBe(1);
  });
});

describe("several names", () => {
  it.each([
    ["--wrt", "k", "--wrt", "w"],
    ["--wrt", "k,w"],
    ["--wrt", "k,w", "--wrt", "w"],
  ])("%s %s ... are all differentiated for", (...args) => {
    expect(jsonOf(run("grad", "--json", ...args))).toMatchObject({ grad: { k: 26.5, w: 24 } });
    expect(run("cost", ...args).code).toBe(0);
  });

  it("are all differentiated, a list in JSON", () => {
    expect(jsonOf(run("grad", "--of", "y", "--of", "J", "--wrt", "w", "--json"))).toMatchObject([
      { of: "y", grad: { w: 3 } },
      { of: "J", grad: { w: 24 } },
    ]);
    expect(jsonOf(run("jvp", "--of", "y,J", "--seed", "w=1", "--json"))).toMatchObject([
      { of: "y", tangent: 3 },
      { of: "J", tangent: 24 },
    ]);
    expect(run("eval", "--of", "y", "--of", "w").out).toBe("y = 6.5\nw = 2\n");
  });

  it.each(["trace", "cost"])("are refused by %s, which works on one", (command) => {
    const { code, err } = run(command, "--of", "y", "--of", "J");
    expect(err).toContain("--of takes one name here, not 2: y, J");
    expect(code).toBe(2);
  });

  it("are at least one", () => {
    expect(run("grad", "--wrt", ",").code).toBe(2);
    expect(run("grad", "--of", "").code).toBe(2);
  });
});

describe("what is set", () => {
  it("may be named by a shorter path", () => {
    expect(run("eval", "--of", "y", "--set", "y.k=5").out).toBe("y = 10.5\n");
    expect(run("eval", "--of", "y", "--set", "y.m=1").out).toBe("y = 7\n");
  });

  it.each([
    ["z=1", "z is computed from other nodes; what can be set: k, w, y.f_1.k"],
    ["y.f_1.hidden=1", "y.f_1.hidden is computed from other nodes"],
    ["z.k=1", "--set z.k fits z.f_1.k, z.f_2.k"],
    ["m=1", "inside calls y.f_1.m, z.f_1.m, z.f_2.m"],
    ["y.f_1.kk=1", "did you mean y.f_1.k?"],
    ["nothing=1", "there is no input or parameter nothing; what can be set: k, w"],
  ])("%s is refused", (pair, words) => {
    for (const command of ["eval", "check"]) {
      const { code, out, err } = run(command, "--set", pair);
      expect(err).toContain(words);
      expect(err).not.toContain("1:1");
      expect(out).toBe("");
      expect(code).toBe(2);
    }
  });

  it("is shown with a value that is wrong, in the place of a place", () => {
    const { code, err } = wengertText("input x : [3] = [1, 2, 3]; y = sum(x)", "eval", "--set", "x=[1, 2]");
    expect(err).toBe("--set x=[1, 2]: error shape-mismatch: x is declared [3], but its value has shape [2]\n");
    expect(code).toBe(1);
  });

  it("has one value", () => {
    expect(run("eval", "--set", "y.k=1", "--set", "y.f_1.k=2").err).toContain("--set gives y.f_1.k two values, 1 and 2");
  });
});
