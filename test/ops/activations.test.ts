// Activations and losses: stable values, derivatives at kinks and far out, shapes of losses.
import { describe, expect, it } from "vitest";
import { graphOf, write } from "../support/graphs.ts";
import { n } from "../support/leaves.ts";
import { at, type, typeOf } from "./differentiate.ts";

describe("activations", () => {
  it.each([
    ["sigmoid", [-1000], {}, 0, [0]],
    ["sigmoid", [0], {}, 0.5, [0.25]],
    ["softplus", [1000], {}, 1000, [1]],
    ["softplus", [-1000], {}, 0, [0]],
    ["log_sigmoid", [-1000], {}, -1000, [1]],
    ["log_sigmoid", [1000], {}, -0, [0]],
    ["relu", [0], { at_zero: 0 }, 0, [0]],
    ["relu", [0], { at_zero: 1 }, 0, [1]],
    ["relu", [0], { at_zero: 0.5 }, 0, [0.5]],
    ["relu", [3], { at_zero: 0.5 }, 3, [1]],
    ["relu", [-3], { at_zero: 1 }, 0, [0]],
    ["relu", [NaN], { at_zero: 0 }, NaN, [0]],
    ["leaky_relu", [-2], { slope: 0.5 }, -1, [0.5]],
    ["leaky_relu", [2], { slope: 0.5 }, 2, [1]],
    ["elu", [1000], { alpha: 1 }, 1000, [1]],
    ["elu", [-1000], { alpha: 2 }, -2, [0]],
    ["elu", [0], { alpha: 1 }, 0, [1]],
    ["gelu", [0], {}, 0, [0.5]],
    ["gelu", [1000], {}, 1000, [1]],
    ["gelu", [-1000], {}, 0, [0]],
    ["silu", [0], {}, 0, [0.5]],
    ["silu", [-1000], {}, 0, [0]],
    ["silu", [1000], {}, 1000, [1]],
  ] as const)("%s at %j with %j", (op, inputs, attributes, value, partials) => {
    const actual = at(op, inputs, attributes);
    expect(actual.value + 0).toBe(value + 0);
    expect(actual.partials.map((partial) => partial + 0)).toEqual(partials);
  });

  it("gelu keeps its digits far below 0", () => {
    expect(at("gelu", [-8]).value / -4.9767684594174275e-15).toBeCloseTo(1, 10);
  });
});

describe("binary cross entropy", () => {
  it.each([
    ["bce", [1, 1], 0],
    ["bce", [0, 0], 0],
    ["bce", [0, 1], Infinity],
    ["bce", [0.5, 1], Math.LN2],
    ["bce_logits", [40, 0], 40],
    ["bce_logits", [1000, 1], 0],
    ["bce_logits", [-1000, 1], 1000],
    ["bce_logits", [1000, 0], 1000],
    ["bce_logits", [0, 0.3], Math.LN2],
    ["bce_logits", [Infinity, 1], 0],
  ] as const)("%s at %j is %d", (op, inputs, expected) => {
    expect(at(op, inputs).value + 0).toBeCloseTo(expected, 14);
  });

  it("has the derivative sigmoid(z) - y without cancellation", () => {
    expect(at("bce_logits", [40, 0]).partials[0]).toBe(1);
    expect(at("bce_logits", [40, 1]).partials[0]).toBeCloseTo(-4.248354255291589e-18, 30);
    expect(at("bce_logits", [0, 1]).partials[0]).toBe(-0.5);
  });

  it("has a finite derivative at a probability that fits exactly", () => {
    expect(at("bce", [1, 1]).partials[0]).toBe(-1);
    expect(at("bce", [0, 0]).partials[0]).toBe(1);
  });
});

function crossEntropy(
  z: readonly number[],
  shape: readonly number[],
  y: readonly number[],
  yShape: readonly number[],
  axis = -1,
  dtype: "int" | "real" = "int",
) {
  const graph = graphOf(
    [
      { shape, values: z },
      { shape: yShape, values: y, dtype },
    ],
    (build, leaves) => write(build, "cross_entropy", leaves, { axis }),
  );
  return Array.from(graph.run([graph.output])[0].data);
}

describe("cross_entropy", () => {
  it("takes classes and rows of weights alike", () => {
    const z = [1, 2, 3, 0, 0, 0];
    const byClass = crossEntropy(z, [2, 3], [2, 0], [2]);
    expect(byClass).toEqual(crossEntropy(z, [2, 3], [0, 0, 1, 1, 0, 0], [2, 3], -1, "real"));
    expect(byClass[1]).toBeCloseTo(Math.log(3), 14);
  });

  it("takes the classes along another axis", () => {
    const turned = crossEntropy([1, 0, 2, 0, 3, 0], [3, 2], [2, 0], [2], 0);
    expect(turned).toEqual(crossEntropy([1, 2, 3, 0, 0, 0], [2, 3], [2, 0], [2]));
    const cube = crossEntropy([1, 0, 2, 0, 3, 0], [1, 3, 2], [2, 0], [1, 2], 1);
    expect(cube).toEqual(turned);
  });

  it("is exact for extreme logits, also where a weight of 0 meets a probability of 0", () => {
    expect(crossEntropy([0, 1000], [1, 2], [0], [1])).toEqual([1000]);
    expect(crossEntropy([-Infinity, 0], [1, 2], [0, 1], [1, 2], -1, "real").map((value) => value + 0)).toEqual([0]);
  });

  it("gives one number a row, and says what fits", () => {
    expect(typeOf("cross_entropy", [type([n, 10]), type([n], "int")], { axis: -1 })).toEqual(type([n]));
    expect(typeOf("cross_entropy", [type([n, 10]), type([n, 10])], { axis: -1 })).toEqual(type([n]));
    expect(() => typeOf("cross_entropy", [type([n, 10]), type([n])], { axis: -1 })).toThrow(/declare them as int\[n\]/);
    expect(() => typeOf("cross_entropy", [type([n, 10]), type([4], "int")], { axis: -1 })).toThrow(
      /classes int\[n\] or rows of probabilities \[n, 10\]/,
    );
    expect(() => typeOf("cross_entropy", [type([]), type([], "int")], { axis: -1 })).toThrow(/scalar/);
  });
});

describe("mse", () => {
  it("is a scalar of shapes that broadcast", () => {
    expect(typeOf("mse", [type([n]), type([n])])).toEqual(type([]));
    expect(() => typeOf("mse", [type([3]), type([4])])).toThrow(/do not fit/);
    expect(at("mse", [3, 1])).toEqual({ value: 4, partials: [4, -4] });
  });
});
