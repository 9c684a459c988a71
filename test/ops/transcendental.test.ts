// Exponentials, logarithms, trigonometry and special functions at delicate points.
import { describe, expect, it } from "vitest";
import { phi } from "../../src/ops/phi.ts";
import { at, derivativesAt, valuesOf } from "./differentiate.ts";

function expectClose(actual: number, expected: number, tolerance = 4e-15): void {
  if (!Number.isFinite(expected)) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe("values and partials", () => {
  it.each([
    ["exp", [-1000], 0, [0]],
    ["exp", [1], Math.E, [Math.E]],
    ["exp2", [3], 8, [8 * Math.LN2]],
    ["expm1", [-50], -1, [1.9287498479639178e-22]],
    ["expm1", [1e-20], 1e-20, [1]],
    ["log", [0], -Infinity, [Infinity]],
    ["log", [1e-310], -713.8013788281542, [Infinity]],
    ["log2", [8], 3, [1 / (8 * Math.LN2)]],
    ["log10", [1000], 3, [1 / (1000 * Math.LN10)]],
    ["log1p", [1e-20], 1e-20, [1]],
    ["logaddexp", [1000, 1000], 1000.6931471805599, [0.5, 0.5]],
    ["logaddexp", [-Infinity, 3], 3, [0, 1]],
    ["xlogy", [0, 0], 0, [-Infinity, 0]],
    ["xlogy", [2, 1], 0, [0, 2]],
    ["tanh", [1000], 1, [0]],
    ["sinh", [0], 0, [1]],
    ["cosh", [0], 1, [0]],
    ["asin", [1], Math.PI / 2, [Infinity]],
    ["asin", [0.6], 0.6435011087932844, [1.25]],
    ["acos", [0.6], 0.9272952180016122, [-1.25]],
    ["acosh", [1], 0, [Infinity]],
    ["acosh", [1.25], Math.LN2, [4 / 3]],
    ["asinh", [0.75], Math.LN2, [0.8]],
    ["asinh", [1e200], 461.2101657793691, [1e-200]],
    ["atanh", [0.6], Math.LN2, [1.5625]],
    ["atan", [1e200], Math.PI / 2, [0]],
    ["atan2", [0, 0], 0, [0, 0]],
    ["atan2", [1e200, 1e200], Math.PI / 4, [5e-201, -5e-201]],
    ["erf", [0], 0, [1.1283791670955126]],
    ["erfc", [10], 2.088487583762545e-45, [-4.197656231354417e-44]],
    ["lgamma", [1], 0, [-0.5772156649015329]],
    ["lgamma", [2], 0, [0.42278433509846713]],
    ["log_cosh", [1000], 999.3068528194401, [1]],
    ["log_cosh", [-1e-8], 5e-17, [-1e-8]],
    ["log_cosh", [0], 0, [0]],
  ] as const)("%s at %j", (op, inputs, value, partials) => {
    const actual = at(op, inputs);
    expectClose(actual.value, value);
    for (const [k, partial] of partials.entries()) expectClose(actual.partials[k], partial);
  });
});

describe("higher derivatives", () => {
  it("of sine repeat after four", () => {
    const [y, first, second, third, fourth] = derivativesAt("sin", 0.7, [], 4);
    expectClose(second, -y);
    expectClose(third, -first);
    expectClose(fourth, y);
  });

  it("of lgamma are polygamma", () => {
    const [, first, second, third] = derivativesAt("lgamma", 1, [], 3);
    expectClose(first, -0.5772156649015329);
    expectClose(second, Math.PI ** 2 / 6);
    expectClose(third, -2.4041138063191885);
  });

  it("of phi at 0 are 1 / (k + 1)", () => {
    const derivatives = derivativesAt("phi", 0, [], 4, { order: 0 });
    for (const [k, value] of derivatives.entries()) expectClose(value, 1 / (k + 1), 1e-15);
  });

  it("of tan at 0 are 0, 1, 0, 2", () => {
    expect(derivativesAt("tan", 0, [], 3)).toEqual([0, 1, 0, 2]);
  });
});

describe("phi", () => {
  // The integral of t^k e^(x t) over t from 0 to 1, to 50 digits.
  it.each([
    [0, 1e-10, 1.00000000005],
    [0, 1, 1.7182818284590453],
    [0, -50, 0.02],
    [0, -100000000.0, 1e-8],
    [0, 700, 1.4489029353357207e301],
    [0, 710, 3.1464715016362125e305],
    [0, 714, 1.7082910562486846e307],
    [1, 1e-5, 0.5000033333458334],
    [1, -1, 0.26424111765711533],
    [1, 5, 23.78610545641226],
    [1, -100000000.0, 1e-16],
    [1, 710, 3.142039851633908e305],
    [2, -2, 0.08083089595423414],
    [2, -30, 7.407407407073999e-5],
    [2, 23.9, 922449816.9004575],
    [2, 24.1, 1118105964.516537],
    [2, -23.9, 0.0001464995488246315],
    [2, -24.1, 0.0001428824417156035],
    [3, 1, 0.5634363430819095],
    [3, -100, 6e-8],
    [3, 700, 1.4427110676504942e301],
    [5, -29.5, 1.8207450388738599e-7],
    [5, -30.5, 1.4906723760038763e-7],
    [0, 0, 1],
    [1, 0, 1 / 2],
    [3, 0, 1 / 4],
    [0, -Infinity, 0],
    [2, -Infinity, 0],
    [0, Infinity, Infinity],
    [2, Infinity, Infinity],
    [0, 1000, Infinity],
    [1, NaN, NaN],
  ])("of order %d at %d is %d", (order, x, expected) => {
    expectClose(phi(order, x), expected, 2e-15);
  });

  it("obeys x phi_k = e^x - k phi_(k-1) on both sides of the start of the recurrence", () => {
    for (let order = 1; order <= 6; order++) {
      for (let x = -60; x <= 60; x += 0.37) {
        const left = x * phi(order, x) + order * phi(order - 1, x);
        expect(Math.abs(left - Math.exp(x))).toBeLessThanOrEqual(1e-14 * (Math.exp(x) + order * phi(order - 1, x)));
      }
    }
  });
});

describe("log_cosh", () => {
  it("is even and continuous where its form changes", () => {
    const [below, above] = valuesOf("log_cosh", [[1, 1 + 2 ** -52]]);
    expect(above - below).toBeLessThan(1e-15);
    expect(valuesOf("log_cosh", [[-3, 3]])).toEqual([valuesOf("log_cosh", [3])[0], valuesOf("log_cosh", [3])[0]]);
  });
});
