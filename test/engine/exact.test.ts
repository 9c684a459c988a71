// Values and derivatives that must be exact where other systems give nan, inf or 0.
import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/analysis/gradient.ts";
import { derivativeOf, valueOf } from "../support/models.ts";

interface ExactCase {
  readonly title: string;
  /** Defines y from x. */
  readonly text: string;
  readonly value?: unknown;
  /** Derivative of `of` (default y) with respect to `wrt` (default x) of the given order. */
  readonly gradient?: unknown;
  readonly order?: number;
  readonly of?: string;
  readonly wrt?: string;
}

const exact: readonly ExactCase[] = [
  { title: "an untaken log", text: "input x = -1; y = if x > 0 then log(x) else 0", value: 0, gradient: 0 },
  { title: "an untaken log at 0", text: "input x = 0; y = if x > 0 then log(x) else 0", value: 0, gradient: 0 },
  { title: "an untaken sqrt at 0", text: "input x = 0; y = where(x > 0, sqrt(x), 0)", value: 0, gradient: 0 },
  { title: "concat of one value", text: "input x : [2] = [1, 2]; y = sum(concat(x)^2)", value: 5, gradient: [2, 4] },
  { title: "stack of one value", text: "input x : [2] = [1, 2]; y = sum(stack(x)^2)", value: 5, gradient: [2, 4] },
  { title: "sqrt(x*x) at 0", text: "input x = 0; y = sqrt(x*x)", value: 0, gradient: 0 },
  { title: "sqrt(x*x), tiny", text: "input x = -1e-300; y = sqrt(x*x)", value: 1e-300, gradient: -1 },
  { title: "sqrt(x^2), huge", text: "input x = 1e200; s = x^2; y = sqrt(s)", value: 1e200, gradient: 1 },
  { title: "sqrt(x^2), with respect to the square", text: "input x = -3; s = x^2; y = sqrt(s)", wrt: "s", gradient: 1 / 6 },
  {
    title: "an untaken system without a solution",
    text: "input x : [2, 2] = [[0, 0], [0, 0]]; input c = 0; y = if c > 0 then sum(solve(x, [1, 2])) else sum(x^2)",
    gradient: [
      [
        [
          [2, 0],
          [0, 0],
        ],
        [
          [0, 2],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [2, 0],
        ],
        [
          [0, 0],
          [0, 2],
        ],
      ],
    ],
    order: 2,
  },
  { title: "norm at 0", text: "input x : [3] = [0, 0, 0]; y = norm(x)", value: 0, gradient: [0, 0, 0] },
  { title: "x^2 at 0", text: "input x = 0; y = x^2", value: 0, gradient: 0 },
  { title: "x^2 at 0, second", text: "input x = 0; y = x^2", gradient: 2, order: 2 },
  { title: "x^0 at 0", text: "input x = 0; y = x^0", value: 1, gradient: 0 },
  { title: "x^4 at 0, fourth", text: "input x = 0; y = x^4", gradient: 24, order: 4 },
  { title: "x^3 at 0, third", text: "input x = 0; y = x^3", gradient: 6, order: 3 },
  { title: "log of softmax", text: "input x : [2] = [1000, 0]; y = log(softmax(x))[1]", value: -1000, gradient: [-1, 1] },
  { title: "log of an element of softmax", text: "input x : [2] = [1000, 0]; y = log(softmax(x)[1])", value: -1000, gradient: [-1, 1] },
  { title: "log of sigmoid", text: "input x = -1000; y = log(sigmoid(x))", value: -1000, gradient: 1 },
  { title: "log of 1 - sigmoid", text: "input x = 1000; y = log(1 - sigmoid(x))", value: -1000, gradient: -1 },
  { title: "softplus", text: "input x = 1000; y = softplus(x)", value: 1000, gradient: 1 },
  { title: "log(1 + exp)", text: "input x = 1000; y = log(1 + exp(x))", value: 1000, gradient: 1 },
  { title: "log(exp + 1) through names", text: "input x = 1000; e = exp(x); s = e + 1; y = log(s)", value: 1000, gradient: 1 },
  { title: "1 / (1 + exp(-x)) far left", text: "input x = -800; y = 1 / (1 + exp(-x))", value: 0, gradient: 0 },
  { title: "log of 1 / (1 + exp(-x))", text: "input x = -800; y = log(1 / (1 + exp(-x)))", value: -800, gradient: 1 },
  { title: "log of cosh", text: "input x = 1000; y = log(cosh(x))", value: 1000 - Math.LN2, gradient: 1 },
  { title: "expm1(x) / x at 0", text: "input x = 0; y = expm1(x) / x", value: 1, gradient: 0.5 },
  { title: "expm1(x) / x at 0, second", text: "input x = 0; y = expm1(x) / x", gradient: 1 / 3, order: 2 },
  { title: "expm1(x) / x far left", text: "input x = -1e8; y = expm1(x) / x", value: 1e-8, gradient: 1e-16 },
  { title: "softsign far from 0", text: "input x = 2^53; y = softsign(x)", value: 1, gradient: 2 ** -106 },
  { title: "atanh near 1", text: "input x = 1 - 2^-40; y = atanh(x)", gradient: 2 ** 79 / (2 ** 40 - 0.5) },
  { title: "acosh far from 0", text: "input x = 1e200; y = acosh(x)", gradient: 1e-200 },
  { title: "bce of sigmoid", text: "input x = 40; y = bce(sigmoid(x), 0)", value: 40, gradient: 1 },
  { title: "bce of sigmoid, other label", text: "input x = -800; y = bce(sigmoid(x), 1)", value: 800, gradient: -1 },
  { title: "-sum(t log softmax)", text: "input x : [2] = [1000, 0]; y = -sum([1, 0] * log(softmax(x)))", value: 0, gradient: [0, 0] },
  { title: "masked logits", text: "input x : [2] = [3, -inf]; y = -sum([1, 0] * log(softmax(x)))", value: 0 },
  {
    title: "-log of a gathered softmax",
    text: "input x : [2] = [1000, 0]; i = argmax([0, 1]); p = softmax(x); y = -log(gather(p, i))",
    value: 1000,
    gradient: [1, -1],
  },
  { title: "norm written out, huge", text: "input x : [2] = [3e200, 4e200]; y = sqrt(sum(x^2))", value: 5e200, gradient: [0.6, 0.8] },
  { title: "norm written out, tiny", text: "input x : [2] = [3e-200, 4e-200]; y = sqrt(sum(x^2))", value: 5e-200, gradient: [0.6, 0.8] },
  { title: "ties of max", text: "input x : [3] = [1, 3, 3]; y = max(x)", value: 3, gradient: [0, 0.5, 0.5] },
  { title: "prod with a 0", text: "input x : [3] = [2, 0, 3]; y = prod(x)", value: 0, gradient: [0, 6, 0] },
  { title: "prod with two 0", text: "input x : [3] = [0, 0, 3]; y = prod(x)", value: 0, gradient: [0, 0, 0] },
  {
    title: "prod with a 0, second",
    text: "input x : [3] = [2, 0, 3]; y = prod(x)",
    gradient: [
      [0, 3, 0],
      [3, 0, 2],
      [0, 2, 0],
    ],
    order: 2,
  },
  { title: "sigmoid far left", text: "input x = -1000; y = sigmoid(x)", value: 0, gradient: 0 },
  { title: "rmse at an exact fit", text: "input x : [2] = [1, 2]; y = sqrt(mean((x - [1, 2])^2))", value: 0, gradient: [0, 0] },
  { title: "a path through a name", text: "input x = 3; y = 1*x - x + 1; s = x + y", of: "s", wrt: "y", gradient: 1 },
  { title: "a path beside an equal node", text: "input x = 3; a = 2*x; b = 2*x; s = a + b", of: "s", wrt: "a", gradient: 1 },
  { title: "relu at 0", text: "input x = 0; y = relu(x)", value: 0, gradient: 0 },
  { title: "relu at 0, the course's convention", text: "input x = 0; y = relu(x, at_zero: 1)", value: 0, gradient: 1 },
  { title: "abs at 0", text: "input x = 0; y = abs(x)", value: 0, gradient: 0 },
  { title: "clip at its bound", text: "input x = 1; y = clip(x, 0, 1)", value: 1, gradient: 1 },
  { title: "a bypassed node: its own adjoint", text: "input x = 0; p = sigmoid(x); y = log(p)", wrt: "p", gradient: 2 },
  { title: "a bypassed node with another use", text: "input x = 0; p = sigmoid(x); y = log(p) + 3*p", wrt: "p", gradient: 5 },
  { title: "in front of a bypassed node", text: "input x = 0; p = sigmoid(x); y = log(p) + 3*p", wrt: "x", gradient: 1.25 },
  { title: "two bypassed nodes in a row", text: "input x = 0; e = exp(x); s = 1 + e; y = log(s)", wrt: "e", gradient: 0.5 },
  { title: "stop_gradient", text: "input x = 3; y = x * stop_gradient(x)", value: 9, gradient: 3 },
];

const modes: readonly Mode[] = ["reverse", "forward"];

describe.each(exact)("$title", ({ text, value, gradient, order = 1, of = "y", wrt = "x" }) => {
  if (value !== undefined) it("has the exact value", () => expectClose(valueOf(text, "y"), value));
  if (gradient !== undefined) {
    it.each(modes)("has the exact derivative in %s mode", (mode) => expectClose(derivativeOf(text, of, wrt, mode, order), gradient));
  }
});

/** Equal to the last bits: at most 2 ulp, zeros exactly. */
function expectClose(actual: unknown, expected: unknown): void {
  const [a, b] = [[actual].flat(9) as number[], [expected].flat(9) as number[]];
  expect(a.length).toBe(b.length);
  for (const [k, number] of b.entries())
    expect(Math.abs(a[k] - number), `${a[k]} against ${number}`).toBeLessThanOrEqual(4.5e-16 * Math.abs(number));
}
