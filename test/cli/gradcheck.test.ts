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

  it("finds a wrong rule and says where", () => {
    const wrong = "fn f(x) = x^3\nrule f(x, dx) = 2 * x * dx\ninput x = 2\nloss y = f(x)";
    const { code, out } = wengertText(wrong, "gradcheck");
    expect(out).toMatch(/^d y \/ d x: 0 agree, 1 disagree: exact 4, differences 12\S* at \{"element":0\}\n/);
    expect(code).toBe(1);
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
