// Arithmetic, powers, selection, comparison: values, conventions at delicate points, types.
import { describe, expect, it } from "vitest";
import { graphOf, write } from "../support/graphs.ts";
import { gradientsOf, leaf, m, n } from "../support/leaves.ts";
import { at, derivativesAt, type, typeOf, valuesOf } from "./differentiate.ts";

describe("values", () => {
  it.each([
    ["mod", [5, 3], 2],
    ["mod", [-5, 3], 1],
    ["mod", [5, -3], -1],
    ["mod", [-6, 3], -0],
    ["mod", [-0.5, Infinity], Infinity],
    ["mod", [1, 0], NaN],
    ["round", [0.5], 0],
    ["round", [1.5], 2],
    ["round", [2.5], 2],
    ["round", [-2.5], -2],
    ["round", [0.49999999999999994], 0],
    ["round", [2 ** 52 + 1], 2 ** 52 + 1],
    ["sign", [-3], -1],
    ["sign", [NaN], NaN],
    ["minimum", [2, 3], 2],
    ["maximum", [-2, -3], -2],
    ["minimum", [NaN, 1], NaN],
    ["maximum", [1, NaN], NaN],
    ["clip", [5, 0, 1], 1],
    ["clip", [5, 2, 1], 1],
    ["clip", [NaN, 0, 1], NaN],
    ["pow", [0, 0], 1],
    ["pow", [NaN, 0], 1],
    ["pow", [-2, 3], -8],
    ["pow", [-2, 0.5], NaN],
    ["hypot", [3 * 2 ** 600, 4 * 2 ** 600], 5 * 2 ** 600],
    ["hypot", [0, 0], 0],
    ["cbrt", [-27], -3],
    ["annihilate", [0, Infinity], 0],
    ["annihilate", [NaN, 0], 0],
    ["annihilate", [2, Infinity], Infinity],
    ["annihilate_div", [0, 0], 0],
    ["annihilate_div", [0, NaN], 0],
    ["annihilate_div", [NaN, Infinity], 0],
    ["annihilate_div", [1, 0], Infinity],
    ["leg", [5, 3], 4],
    ["equal", [NaN, NaN], 0],
    ["not_equal", [NaN, NaN], 1],
    ["and", [2, 0], 0],
    ["or", [2, 0], 1],
    ["not", [0], 1],
    ["isfinite", [-Infinity], 0],
  ] as const)("%s(%j) is %d", (op, inputs, expected) => {
    expect(valuesOf(op, inputs)[0]).toBe(expected);
  });

  it("broadcasts one, two and three inputs", () => {
    expect(valuesOf("add", [[1, 2, 3], 10])).toEqual([11, 12, 13]);
    expect(valuesOf("sub", [10, [1, 2, 3]])).toEqual([9, 8, 7]);
    expect(valuesOf("where", [[1, 0, 2], [1, 2, 3], 9])).toEqual([1, 9, 3]);
  });

  it("takes the branch whose condition holds whatever the other is", () => {
    expect(
      valuesOf("where", [
        [1, 0],
        [1, NaN],
        [NaN, 2],
      ]),
    ).toEqual([1, 2]);
  });

  it("keeps whole numbers whole", () => {
    expect(valuesOf("mod", [[-7, 7], 3], {}, "int")).toEqual([2, 1]);
    expect(valuesOf("mul", [[-7, 7], 3], {}, "int")).toEqual([-21, 21]);
    expect(valuesOf("div", [[-7, 7], 2], {}, "int")).toEqual([-3.5, 3.5]);
  });
});

describe("derivatives where mathematics leaves a choice", () => {
  it.each([
    ["abs", [0], [0]],
    ["sign", [0], [0]],
    ["floor", [1], [0]],
    ["ceil", [1], [0]],
    ["round", [0.5], [0]],
    ["minimum", [2, 2], [0.5, 0.5]],
    ["maximum", [2, 2], [0.5, 0.5]],
    ["minimum", [1, 2], [1, 0]],
    ["maximum", [1, 2], [0, 1]],
    ["clip", [0, 0, 1], [1, 0, 0]],
    ["clip", [1, 0, 1], [1, 0, 0]],
    ["clip", [2, 0, 1], [0, 0, 1]],
    ["clip", [-1, 0, 1], [0, 1, 0]],
    ["hypot", [0, 0], [0, 0]],
    ["hypot", [3, 4], [0.6, 0.8]],
    ["mod", [7, 3], [1, -2]],
    ["mod", [-7, 3], [1, 3]],
    ["mod", [6, 0.1], [1, -59]],
    ["mod", [-1, Infinity], [1, 0]],
    ["pow", [0, 2], [0, 0]],
    ["pow", [0, 0.5], [Infinity, 0]],
    ["div", [0, 4], [0.25, 0]],
    ["sqrt", [0], [Infinity]],
    ["where", [1, 2, 3], [0, 1, 0]],
    ["where", [0, 2, 3], [0, 0, 1]],
    ["equal", [1, 1], [0, 0]],
  ] as const)("%s at %j has partials %j", (op, inputs, expected) => {
    const { partials } = at(op, inputs);
    expect(partials.map((partial) => partial + 0)).toEqual(expected.map((partial) => expect.closeTo(partial, 14)));
  });
});

it("of 1 / x no square overflows or vanishes on the way", () => {
  for (const x of [1e-200, 1e200]) {
    const { build, leaves, output, run } = graphOf([leaf([], [x]), leaf([], [x])], (written, [a, b]) =>
      write(written, "mul", [b, write(written, "reciprocal", [a])]),
    );
    expect(run(gradientsOf(build, output, leaves)).map(({ data }) => data[0] * x)).toEqual(
      [-1, 1].map((value) => expect.closeTo(value, 14)),
    );
  }
});

describe("powers with a known exponent at 0", () => {
  it.each([
    [0, [1, 0, 0]],
    [1, [0, 1, 0]],
    [2, [0, 0, 2, 0]],
    [3, [0, 0, 0, 6, 0]],
    [4, [0, 0, 0, 0, 24, 0]],
    [2.5, [0, 0, 0, Infinity]],
  ])("x^%d has derivatives %j", (exponent, expected) => {
    expect(derivativesAt("pow", 0, [exponent], expected.length - 1)).toEqual(expected);
  });

  it("square agrees with the power 2", () => {
    expect(derivativesAt("square", 0, [], 3)).toEqual([0, 0, 2, 0]);
    expect(derivativesAt("square", -3, [], 3)).toEqual([9, -6, 2, 0]);
  });
});

describe("types", () => {
  it.each([
    ["add", ["int", "int"], "int"],
    ["add", ["bool", "bool"], "int"],
    ["add", ["int", "real"], "real"],
    ["mul", ["bool", "real"], "real"],
    ["mod", ["int", "int"], "int"],
    ["div", ["int", "int"], "real"],
    ["pow", ["int", "int"], "real"],
    ["neg", ["int"], "int"],
    ["abs", ["bool"], "int"],
    ["square", ["int"], "int"],
    ["sqrt", ["int"], "real"],
    ["less", ["int", "real"], "bool"],
    ["not", ["real"], "bool"],
    ["where", ["bool", "int", "int"], "int"],
    ["where", ["bool", "bool", "bool"], "bool"],
    ["where", ["bool", "int", "real"], "real"],
  ] as const)("%s of %j is %s", (op, dtypes, expected) => {
    const inputs = dtypes.map((dtype) => type([3], dtype));
    expect(typeOf(op, inputs)).toEqual(type([3], expected));
  });

  it("broadcasts names with 1 and with themselves", () => {
    expect(typeOf("add", [type([n, 1]), type([4])])).toEqual(type([n, 4]));
    expect(typeOf("where", [type([n]), type([]), type([n])])).toEqual(type([n]));
  });

  it("refuses two names, and names and numbers that do not agree", () => {
    expect(() => typeOf("add", [type([n]), type([m])])).toThrow(/shapes \[n\] and \[m\] do not fit/);
    expect(() => typeOf("mul", [type([3]), type([4])])).toThrow(/shapes \[3\] and \[4\] do not fit/);
    expect(typeOf("add", [type([n]), type([3])], {}, new Map([["n", 3]])).shape).toHaveLength(1);
  });
});
