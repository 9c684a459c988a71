// Random and damaged models never throw. The long run is models.fuzz.ts.
import { expect, it } from "vitest";
import { seededDraw } from "../support/programs.ts";
import { checkModelText, makeModelText } from "./models.ts";

it("does not run what takes too long, and says so", () => {
  const steps = (n: number) => `dim n = ${n}\nparam x : [n] = ones()\nloss f = sum(x^4)\nstep = solve(hessian(f, x), grad(f, x))`;
  expect(checkModelText(steps(4))).toEqual({ failure: null, ending: "evaluated" });
  expect(checkModelText(steps(600))).toEqual({ failure: null, ending: "not evaluated" });
  expect(checkModelText("x = ones([1e4, 2e3])\ny = x.T")).toEqual({ failure: null, ending: "not evaluated" });
  expect(checkModelText("param x : [n] = ones()\ndim n = 2e8\ny = sum(x)")).toEqual({ failure: null, ending: "not evaluated" });
  expect(checkModelText("input x : [3] = (ones([900, 900]) @ ones([900, 900]) @ ones([900, 3]))[0]")).toEqual({
    failure: null,
    ending: "not evaluated",
  });
  expect(checkModelText("input x\ny = x^2")).toEqual({ failure: null, ending: "refused when run" });
  expect(checkModelText("y = x^2")).toEqual({ failure: null, ending: "with errors" });
});

it("treats 2,000 texts as data", { timeout: 120_000 }, () => {
  for (let seed = 0; seed < 2000; seed++) {
    const text = makeModelText(seededDraw(seed));
    expect(checkModelText(text).failure, JSON.stringify(text)).toBeNull();
  }
});
