// The check of derivatives: what it compares, what it finds, and where it says nothing.
import { describe, expect, test } from "vitest";
import { agrees, checkGradients, type GradcheckReport } from "../../src/analysis/gradcheck.ts";
import { findNamed } from "../../src/analysis/workspace.ts";
import { catchProblem } from "../../src/train/problem.ts";
import { modelOf, workspaceOf } from "../support/models.ts";

function check(text: string, of: string, ...wrt: readonly string[]): GradcheckReport {
  const workspace = workspaceOf({ ...modelOf(text), precision: "f64" });
  const nodeOf = (name: string) => findNamed(workspace.program, name)?.node ?? -1;
  return checkGradients(workspace, nodeOf(of), wrt.map(nodeOf));
}

const count = ({ comparisons, dotProducts }: GradcheckReport, status: string) =>
  [...comparisons, ...dotProducts].filter((entry) => entry.status === status).length;

describe("what is compared", () => {
  test("every element up to 500, and a random direction between the modes", () => {
    const report = check("param w : [2, 3] = normal()\nparam b = 2\ny = sum(exp(w) * b)", "y", "w", "b");
    expect(report.comparisons.map(({ wrt, at }) => [wrt, at])).toEqual([
      ...Array.from({ length: 6 }, (_, element) => ["w", { element }]),
      ["b", { element: 0 }],
    ]);
    expect(report.dotProducts.filter(({ wrt }) => wrt === "w").map(({ at }) => at)).toEqual([
      ...Array.from({ length: 6 }, (_, element) => ({ element })),
      { direction: 0 },
    ]);
    expect(count(report, "ok")).toBe(7 + 9);
  });

  test("20 random directions of each node above 500 together", () => {
    const report = check("param w : [498] = normal()\nparam b : [3] = normal()\ny = sum(sin(w)) * sum(b^2)", "y", "w", "b");
    expect(report.comparisons).toHaveLength(40);
    expect(report.dotProducts).toHaveLength(40);
    expect(count(report, "ok")).toBe(80);
  });

  test("an array by a random weighting of its elements", () => {
    const report = check("input x : [3] = [1, 2, 3]\ny = cumsum(x^2)", "y", "x");
    expect(count(report, "ok")).toBe(7);
    const [first, second] = report.comparisons;
    expect(first.exact).not.toBe(second.exact);
  });

  test("what does not depend on it: zeros", () => {
    const report = check("input x = 1\ninput z = 2\ny = x^2", "y", "z");
    expect(report.comparisons).toMatchObject([{ of: "y", wrt: "z", exact: 0, numeric: 0, status: "ok" }]);
    expect(report.dotProducts.every(({ reverse, forward, status }) => reverse === 0 && forward === 0 && status === "ok")).toBe(true);
  });
});

describe("what it finds", () => {
  test("a rule that is not the derivative: told apart from what is wrong, the modes agree", () => {
    const report = check("fn f(x) = x^3\nrule f(x, dx) = 2 * x * dx\ninput x = 2\ny = f(x)", "y", "x");
    expect(report.comparisons).toMatchObject([{ exact: 4, status: "rule", calls: ["y.f_1"] }]);
    expect(report.comparisons[0].numeric).toBeCloseTo(12, 6);
    expect(report.dotProducts.every(({ status }) => status === "ok")).toBe(true);
  });

  test.each([
    ["the derivative", "fn f(x) = x^3\nrule f(x, dx) = 3 * x^2 * dx\ninput x = 2\ny = sin(f(x))"],
    ["not on the way", "fn f(x) = x^3\nrule f(x, dx) = dx\ninput x = 2\ninput z = 3\ny = x^2 + f(z)"],
  ])("no difference where a rule is %s", (_title, text) => {
    expect(check(text, "y", "x").comparisons).toMatchObject([{ status: "ok" }]);
  });

  test.each([
    ["one in another", "y = st(x * st(x^2)) * x"],
    ["one on each of two ways", "y = st(x) * clipped(x^2)"],
    ["one in a stable form", "y = log(softmax([st(x), x]))[0]"],
    ["one that uses another name", "scale = 3\nfn g(u) = u^3\nrule g(u, du) = du * scale\ny = g(x) + x"],
  ])("rules around which all is right: %s", (_title, line) => {
    const functions = "fn st(u) = round(u)\nrule st(u, du) = du\nfn clipped(u) = u^2\nrule clipped(u, du) = clip(u, -1, 1) * du\n";
    const report = check(`${functions}input x = 1.3\n${line}`, "y", "x");
    expect(report.comparisons).toMatchObject([{ status: "rule" }]);
    expect(report.dotProducts.every(({ status }) => status === "ok")).toBe(true);
  });

  test("what stop_gradient holds does not vary in differences either", () => {
    expect(check("input x = 2\ny = x * stop_gradient(x^2)", "y", "x").comparisons).toMatchObject([{ exact: 4, status: "ok" }]);
  });

  test("a function too steep for the first step, by a smaller one", () => {
    expect(check("input x = 2\ny = exp(sin(x^9))", "y", "x").comparisons).toMatchObject([{ status: "ok" }]);
  });

  test.each([
    ["a branch", "if x > 0 then x else 2 * x"],
    ["a tie", "x * argmax([x, 0])"],
    ["a floor", "x + floor(x)"],
  ])("a kink at %s", (_title, expression) => {
    const report = check(`input x = 0\ny = ${expression}`, "y", "x");
    expect(report.comparisons).toMatchObject([{ status: "kink" }]);
  });

  test("a kink that is near, but not at the point, by closer points", () => {
    const report = check("input x = 1e-4\ny = relu(x) * exp(x)", "y", "x");
    expect(report.comparisons).toMatchObject([{ status: "ok" }]);
  });

  test("nodes that have no derivative", () => {
    const text = "input x = 1\ninput k : int = 2\ny = k * x";
    expect(catchProblem(() => check(text, "y", "k")).problem).toMatchObject({ code: "not-differentiable" });
    expect(catchProblem(() => check(text, "k", "x")).problem).toMatchObject({ code: "not-differentiable" });
  });
});

test("agreement is relative to values beyond 1, absolute below", () => {
  expect(agrees(1e6 + 1e-7, 1e6, 1e-12)).toBe(true);
  expect(agrees(1e6 + 1e-5, 1e6, 1e-12)).toBe(false);
  expect(agrees(1e-9, 1.1e-9, 1e-12)).toBe(false);
  expect(agrees(1e-13, 0, 1e-12)).toBe(true);
  expect(agrees(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1e-12)).toBe(true);
  expect(agrees(Number.NaN, Number.NaN, 1e-12)).toBe(true);
  expect(agrees(Number.NaN, 1, 1e-12)).toBe(false);
});
