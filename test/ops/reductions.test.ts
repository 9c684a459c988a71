// Reductions against straightforward loops, the order of their sums bit for bit, and extreme arguments of the stable ones.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Precision } from "../../src/graph/tensor.ts";
import { leaf, m, n, randomLeaf } from "../support/leaves.ts";
import { elementAt, evaluate, expectCarry, expectTransposed, gradientOf, indicesOf, typeOf, valuesOf } from "./arrays.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

const cases = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => fc.record({ shape: fc.constant(shape), axes: fc.subarray([...shape.keys()]), keepdims: fc.boolean() }));

/** The elements that each result combines. */
function groupsOf(shape: readonly number[], axes: readonly number[], element: (index: readonly number[]) => number): number[][] {
  const groups = new Map<string, number[]>();
  for (const index of indicesOf(shape)) {
    const key = String(index.filter((_, axis) => !axes.includes(axis)));
    groups.set(key, [...(groups.get(key) ?? []), element(index)]);
  }
  return [...groups.values()];
}

describe("against loops", () => {
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const mean = (values: readonly number[]) => total(values) / values.length;
  const variance = (values: readonly number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
  const table: Readonly<Record<string, (values: readonly number[]) => number>> = {
    sum: total,
    mean,
    var: variance,
    std: (values) => Math.sqrt(variance(values)),
    max: (values) => Math.max(...values),
    min: (values) => Math.min(...values),
    norm: (values) => Math.hypot(...values),
    logsumexp: (values) => Math.log(total(values.map(Math.exp))),
    prod: (values) => values.reduce((a, b) => a * b, 1),
  };
  it.each(Object.keys(table))("%s", (op) => {
    fc.assert(
      fc.property(cases, ({ shape, axes, keepdims }) => {
        const x = randomLeaf(op, shape);
        const out = evaluate(op, [x], { axis: axes, keepdims });
        expect(out.shape).toEqual(
          keepdims ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : shape.filter((_, axis) => !axes.includes(axis)),
        );
        const expected = groupsOf(shape, axes, (index) => elementAt(x, index)).map(table[op]);
        for (const [k, value] of expected.entries()) expect(out.data[k]).toBeCloseTo(value, 12);
      }),
    );
  });
});

/** Adds the elements in the order that the records promise for elements next to each other in memory. */
function addOverLanes(values: ArrayLike<number>, round: (value: number) => number): number {
  const lanes: number[] = [];
  for (let i = 0; i < values.length; i++) lanes[i % 16] = i < 16 ? values[i] : round(lanes[i % 16] + values[i]);
  for (const half of [8, 4, 2, 1]) for (let j = 0; j < half; j++) if (j + half < lanes.length) lanes[j] = round(lanes[j] + lanes[j + half]);
  return lanes[0] ?? 0;
}

describe("order of summation", () => {
  const precisions: readonly (readonly [Precision, (value: number) => number])[] = [
    ["f64", (value) => value],
    ["f32", Math.fround],
  ];
  it.each(precisions)("is fixed in %s", (precision, round) => {
    for (const size of [0, 1, 3, 10, 15, 16, 17, 24, 33, 100, 1000]) {
      const x = Array.from(randomLeaf("order", [size]).values, round);
      expect(valuesOf("sum", [leaf([size], x)], { axis: null }, precision)).toEqual([addOverLanes(x, round)]);
      const rows = [...x, ...x.toReversed()];
      expect(valuesOf("sum", [leaf([2, size], rows)], { axis: 1 }, precision)).toEqual([
        addOverLanes(x, round),
        addOverLanes(x.toReversed(), round),
      ]);
      const columns = leaf(
        [size, 2],
        x.flatMap((value) => [value, -value]),
      );
      const down = size === 0 ? 0 : x.reduce((a, b) => round(a + b));
      expect(valuesOf("sum", [columns], { axis: 0 }, precision)).toEqual(size === 0 ? [0, 0] : [down, -down]);
    }
  });
  it("goes from the last group of axes to the first", () => {
    const x = Array.from(randomLeaf("groups", [3, 2, 20]).values, Math.fround);
    const inner = Array.from({ length: 6 }, (_, row) => addOverLanes(x.slice(row * 20, row * 20 + 20), Math.fround));
    const expected = [0, 1].map((k) => Math.fround(Math.fround(inner[k] + inner[k + 2]) + inner[k + 4]));
    expect(valuesOf("sum", [leaf([3, 2, 20], x)], { axis: [0, 2] }, "f32")).toEqual(expected);
    expect(valuesOf("sum_to", [leaf([3, 2, 20], x)], { shape: [2, 1] }, "f32")).toEqual(expected);
  });
});

describe("types", () => {
  it.each([
    ["sum", [[n, 4]], { axis: 1 }, "[n]"],
    ["sum", [[n, 4]], { axis: null, keepdims: true }, "[1, 1]"],
    ["sum", [{ dtype: "bool", shape: [n] }], {}, "int[]"],
    ["mean", [{ dtype: "int", shape: [n] }], {}, "[]"],
    ["max", [{ dtype: "int", shape: [n, m] }], { axis: -1 }, "int[n]"],
    ["norm", [[n, m, 3]], { axis: [0, -1] }, "[m]"],
    ["prod", [{ dtype: "int", shape: [n, m] }], { axis: 0, keepdims: true }, "int[1, m]"],
    ["softmax", [[n, 10]], {}, "[n, 10]"],
    ["logsumexp", [[n, 10]], { axis: 1, keepdims: true }, "[n, 1]"],
  ] as const)("%s of %j with %j", (op, inputs, attributes, expected) => {
    expect(typeOf(op, inputs, attributes)).toBe(expected);
  });
  it("says which axes there are", () => {
    expect(() => typeOf("sum", [[2, 3]], { axis: 2 })).toThrow("axis 2 does not exist: a value with 2 axes has axes 0 to 1 (or -2 to -1)");
    expect(() => typeOf("mean", [[]], { axis: 0 })).toThrow("axis 0 does not exist: a scalar has no axes");
    expect(() => typeOf("sum", [[2, 3]], { axis: [1, -1] })).toThrow("axis 1 is named twice");
    expect(() => typeOf("max", [[2, 0]], { axis: 1 })).toThrow("max of nothing: shape [2, 0] has no element to choose");
  });
  it("carried axes", () => {
    for (const op of ["sum", "mean", "max", "norm", "logsumexp", "prod", "std"]) {
      expectCarry(op, [randomLeaf(op, [2, 3, 2])], { axis: 1 }, [[0, null, 1]]);
      expectCarry(op, [randomLeaf(op, [2, 3, 2])], { axis: [0, 1], keepdims: true }, [[null, null, 2]]);
    }
    for (const op of ["softmax", "log_softmax"]) expectCarry(op, [randomLeaf(op, [2, 3, 2])], { axis: 1 }, [[0, null, 2]]);
  });
});

describe("whole numbers and truth values", () => {
  it("stay whole", () => {
    expect(evaluate("sum", [leaf([3], [1, 0, 1], "bool")])).toEqual({ dtype: "int", shape: [], data: Int32Array.of(2) });
    expect(evaluate("min", [leaf([3], [5, -7, 1], "int")])).toEqual({ dtype: "int", shape: [], data: Int32Array.of(-7) });
    expect(evaluate("prod", [leaf([3], [5, -7, 1], "int")])).toEqual({ dtype: "int", shape: [], data: Int32Array.of(-35) });
    expect(evaluate("max", [leaf([2], [0, 1], "bool")])).toEqual({ dtype: "bool", shape: [], data: Uint8Array.of(1) });
    expect(evaluate("mean", [leaf([2], [1, 2], "int")])).toEqual({ dtype: "real", shape: [], data: Float64Array.of(1.5) });
  });
});

describe("delicate points", () => {
  it("ties share the derivative", () => {
    expect(gradientOf("max", [leaf([3], [1, 3, 3])])).toEqual([[0, 0.5, 0.5]]);
    expect(gradientOf("min", [leaf([2, 2], [1, 1, 0, 4])], { axis: 1 }, [6, 7])).toEqual([[3, 3, 7, 0]]);
    expectTransposed("max", [leaf([2, 3], [1, 3, 3, 2, 2, 2])], { axis: 1 });
  });
  it("a constant has std 0 with derivative 0", () => {
    expect(gradientOf("std", [leaf([3], [2, 2, 2])])).toEqual([[0, 0, 0]]);
  });
  it("norm neither overflows nor vanishes", () => {
    expect(valuesOf("norm", [leaf([2], [3e300, 4e300])])[0]).toBeCloseTo(5e300, -288);
    expect(valuesOf("norm", [leaf([2], [3e-300, 4e-300])])[0] / 5e-300).toBeCloseTo(1, 14);
    expect(valuesOf("norm", [leaf([2], [5e-324, 0])])).toEqual([5e-324]);
    expect(valuesOf("norm", [leaf([2], [3e30, 4e30])], {}, "f32")).toEqual([Math.fround(5e30)]);
    expect(valuesOf("norm", [leaf([2], [3e-30, 4e-30])], {}, "f32")[0] / 5e-30).toBeCloseTo(1, 6);
    expect(valuesOf("norm", [leaf([2], [-inf, 1])])).toEqual([inf]);
    expect(valuesOf("norm", [leaf([2], [inf, nan])])).toEqual([nan]);
    expect(gradientOf("norm", [leaf([2, 2], [0, 0, 3, 4])], { axis: 1 })).toEqual([[0, 0, 0.6, 0.8]]);
    expect(gradientOf("norm", [leaf([2], [3e300, 4e300])])[0][0]).toBeCloseTo(0.6, 14);
  });
  it("softmax and its relatives stay finite", () => {
    expect(valuesOf("softmax", [leaf([2, 2], [1000, 0, -1000, -1000])])).toEqual([1, 0, 0.5, 0.5]);
    expect(valuesOf("softmax", [leaf([3], [0, -inf, 0])])).toEqual([0.5, 0, 0.5]);
    expect(valuesOf("softmax", [leaf([2], [-inf, -inf])])).toEqual([0, 0]);
    expect(valuesOf("softmax", [leaf([], [7])])).toEqual([1]);
    expect(valuesOf("log_softmax", [leaf([2], [1000, 0])])).toEqual([0, -1000]);
    expect(valuesOf("log_softmax", [leaf([2], [-inf, -inf])])).toEqual([-inf, -inf]);
    expect(gradientOf("log_softmax", [leaf([2], [1000, 0])], {}, [0, 1])).toEqual([[-1, 1]]);
    expect(valuesOf("logsumexp", [leaf([4, 2], [1000, 1000, -inf, -inf, inf, 0, -1000, -1000])], { axis: 1 })).toEqual([
      1000 + Math.LN2,
      -inf,
      inf,
      -1000 + Math.LN2,
    ]);
    expect(gradientOf("logsumexp", [leaf([2, 2], [-inf, -inf, 1000, -inf])], { axis: 1 })).toEqual([[0, 0, 1, 0]]);
    expect(valuesOf("logsumexp", [leaf([2], [nan, inf])])).toEqual([nan]);
  });
  it("softmax over several axes adds up to 1 over them", () => {
    const out = evaluate("softmax", [randomLeaf("several", [2, 3, 4])], { axis: [0, 2] });
    for (const group of groupsOf([2, 3, 4], [0, 2], (index) => elementAt({ shape: [2, 3, 4], values: out.data }, index))) {
      expect(group.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    }
    for (const op of ["softmax", "log_softmax", "logsumexp"]) expectTransposed(op, [randomLeaf(op, [2, 3, 4])], { axis: [0, 2] });
  });
  it("in f32 every step rounds", () => {
    const z = Array.from(randomLeaf("steps", [40]).values, Math.fround);
    const largest = Math.max(...z);
    const parts = z.map((value) => Math.fround(valuesOf("exp", [leaf([], [Math.fround(value - largest)])])[0]));
    const total = addOverLanes(parts, Math.fround);
    expect(valuesOf("softmax", [leaf([40], z)], {}, "f32")).toEqual(parts.map((part) => Math.fround(part / total)));
    const logarithm = Math.fround(valuesOf("log", [leaf([], [total])])[0]);
    expect(valuesOf("logsumexp", [leaf([40], z)], {}, "f32")).toEqual([Math.fround(largest + logarithm)]);
    expect(valuesOf("log_softmax", [leaf([40], z)], {}, "f32")).toEqual(
      z.map((value) => Math.fround(Math.fround(value - largest) - logarithm)),
    );
  });
});
