// `wengert gradcheck`: in f64 whatever the model's precision, of the loss or else of the outputs; exit 1 on disagreement.
import { describe, expect, it } from "vitest";
import { jsonOf, wengert, wengertText } from "../support/cli.ts";

describe("gradcheck", () => {
  it("computes in f64 also where the model is f32", () => {
    const { code, out } = wengertText("input x = 1.5\nparam w = 0.3\nloss J = exp(sin(w * x))\nprecision f32", "gradcheck");
    expect(out).toBe("d J / d w: 1 agree\nforward and reverse mode agree\n");
    expect(code).toBe(0);
  });

  it("cannot be done in f32", () => {
    const { code, err } = wengertText("loss J = 1", "gradcheck", "--precision", "f32");
    expect(err).toContain("gradcheck computes in f64");
    expect(code).toBe(2);
  });

  it("checks every real output where there is no loss", () => {
    const { code, out } = wengertText("input x = 2\na = x^2\nb = [x, 1] * x\nc = argmax(b)", "gradcheck");
    expect(out).toBe("d a / d x: 1 agree\nforward and reverse mode agree\n");
    expect(code).toBe(0);
    expect(wengertText("input x = 2\na = x > 1", "gradcheck").code).toBe(2);
  });

  it("tells derivatives by a function's own rule apart, and says where", () => {
    const ruled = "fn st(x) = round(x)\nrule st(x, dx) = dx\nparam w = [[0.2, 1.3], [2.4, 3.6]]\nloss J = sum(w[0]) + st(w[1, 1])";
    const { code, out } = wengertText(ruled, "gradcheck");
    expect(out).toBe(
      "d J / d w: 3 agree, 1 by the rule of st, which differences do not see (exact 1, differences 0 at w[1, 1])\nforward and reverse mode agree\n",
    );
    expect(code).toBe(0);
    expect(jsonOf(wengertText(ruled, "gradcheck", "--json"))).toMatchObject({ comparisons: { 3: { status: "rule", calls: ["J.st_1"] } } });
  });

  it("names the element of a derivative that is not what differences say", () => {
    const { code, out } = wengertText("param w = [1e-200, 1]\nloss J = sum(sqrt(w))", "gradcheck");
    expect(out).toMatch(/^d J \/ d w: 1 agree, 1 disagree: exact \S+, differences \S+ at w\[0\]\n/);
    expect(code).toBe(1);
  });

  it("takes several nodes", () => {
    const { out } = wengertText("input x = 2\ninput z = 3\na = x^2\nb = x * z", "gradcheck", "--of", "a", "--of", "b", "--wrt", "x,z");
    expect(out.split("\n").filter((line) => line.startsWith("d "))).toEqual([
      "d a / d x: 1 agree",
      "d a / d z: 1 agree",
      "d b / d x: 1 agree",
      "d b / d z: 1 agree",
    ]);
  });

  it("prints what it compared as JSON", () => {
    const report = jsonOf(wengertText("input x = 2\nloss y = x^2", "gradcheck", "--json"));
    expect(report).toMatchObject({
      comparisons: [{ of: "y", wrt: "x", at: { element: 0 }, exact: 4, status: "ok" }],
      dotProducts: [
        { of: "y", wrt: "x", at: { element: 0 }, reverse: 4, forward: 4, status: "ok" },
        { of: "y", wrt: "x", at: { direction: 0 }, status: "ok" },
      ],
    });
  });

  it("passes an example without a loss", () => {
    expect(wengert(["gradcheck", "examples/second-derivative.wg"]).code).toBe(0);
  });
});

describe("trace", () => {
  it("rounds numbers for reading, and says so", () => {
    const model = "param x = [[0.1, 0.2, 0.3], [1, 2, 3]]\nloss J = sum(x) / 3";
    const { out, err } = wengertText(model, "trace");
    expect(out).toContain("[0.1, 0.2, 0.3, 1, ...] of shape [2, 3]  [0.3333333333, 0.3333333333, 0.3333333333, 0.3333333333, ...]");
    expect(err).toBe("Numbers are rounded to 10 digits: --digits 17 or --json shows all.\n");
    expect(wengertText(model, "trace", "--digits", "17")).toMatchObject({ out: expect.stringContaining("0.3333333333333333"), err: "" });
    expect(wengertText(model, "trace", "--digits", "3").out).toContain("[0.333, ");
    expect(wengertText(model, "trace", "--digits", "18").code).toBe(2);
    expect(wengertText(model, "trace", "--json").out).toContain("0.3333333333333333");
    expect(wengertText("param x = 3\nloss J = x^2", "trace").err).toBe("");
  });

  it("gives no adjoint to the exponent of a power", () => {
    const { out } = wengertText("param x = 3\nloss J = x^2", "trace");
    expect(out.split("\n")).toEqual([
      "node  operation   value  adjoint",
      "x     param       3      6",
      "v1    number      2",
      "J     pow(x, v1)  9      1",
      "",
    ]);
  });
});
