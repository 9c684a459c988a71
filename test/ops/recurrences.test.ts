// Cumulative sums and products and the linear recurrence against straightforward loops, and exact derivatives where factors are 0.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../src/graph/graph.ts";
import { leaf, m, n, randomLeaf } from "../support/leaves.ts";
import { elementAt, evaluate, expectCarry, expectTransposed, gradientOf, indicesOf, typeOf, valuesOf } from "./arrays.ts";

const { POSITIVE_INFINITY: inf } = Number;

const cases = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
  .chain((shape) => fc.record({ shape: fc.constant(shape), axis: fc.nat(shape.length - 1) }));

describe("cumsum and cumprod", () => {
  it("accumulate along any axis", () => {
    fc.assert(
      fc.property(cases, ({ shape, axis }) => {
        const x = randomLeaf("cumulative", shape);
        const line = (index: readonly number[], from: number, to: number) =>
          Array.from({ length: to - from }, (_, k) => elementAt(x, index.with(axis, from + k)));
        const sums = indicesOf(shape).map((index) => line(index, 0, index[axis] + 1).reduce((a, b) => a + b));
        const products = indicesOf(shape).map((index) => line(index, 0, index[axis] + 1).reduce((a, b) => a * b));
        const back = indicesOf(shape).map((index) => line(index, index[axis], shape[axis]).reduceRight((a, b) => a + b));
        expect(valuesOf("cumsum", [x], { axis })).toEqual(sums);
        expect(valuesOf("cumprod", [x], { axis })).toEqual(products);
        expect(valuesOf("cumsum", [x], { axis, reverse: true })).toEqual(back);
        expectTransposed("cumsum", [x], { axis });
        expectTransposed("cumsum", [x], { axis, reverse: true });
        expectTransposed("cumprod", [x], { axis });
      }),
      { numRuns: 40 },
    );
  });
  it("types, rounding and carried axes", () => {
    expect(typeOf("cumsum", [{ dtype: "bool", shape: [n] }])).toBe("int[n]");
    expect(typeOf("cumprod", [[n, m]], { axis: 0 })).toBe("[n, m]");
    expect(() => typeOf("cumsum", [[]])).toThrow("a scalar has no axes");
    expect(valuesOf("cumsum", [leaf([3], [2 ** 24, 1, 1])], {}, "f32")).toEqual([2 ** 24, 2 ** 24, 2 ** 24]);
    expect(valuesOf("cumsum", [leaf([0, 2])], { axis: 0 })).toEqual([]);
    expect(valuesOf("cumprod", [leaf([2, 0])])).toEqual([]);
    for (const op of ["cumsum", "cumprod"]) expectCarry(op, [leaf([2, 3])], { axis: 1 }, [[0, null]]);
  });
});

describe("linear_recurrence", () => {
  const loop = (a: ArrayLike<number>, b: ArrayLike<number>, reverse: boolean) => {
    const out: number[] = [];
    const order = reverse ? [...Array.from(b).keys()].reverse() : [...Array.from(b).keys()];
    for (const [step, k] of order.entries()) out[k] = step === 0 ? b[k] : a[k] * out[order[step - 1]] + b[k];
    return out;
  };
  it.each([false, true])("against a loop, reverse %s", (reverse) => {
    const [a, b] = [randomLeaf("a", [2, 5]), randomLeaf("b", [2, 5])];
    const rows = [0, 5].flatMap((at) => loop(Array.from(a.values).slice(at, at + 5), Array.from(b.values).slice(at, at + 5), reverse));
    const attributes: Attributes = { reverse };
    expect(valuesOf("linear_recurrence", [a, b], attributes)).toEqual(rows);
    expectTransposed("linear_recurrence", [a, b], attributes);
    expectCarry("linear_recurrence", [a, b], attributes, [
      [0, null],
      [0, null],
    ]);
  });
  it("with annihilate an exact 0 wins", () => {
    const [a, b] = [leaf([3], [9, inf, 2]), leaf([3], [0, 1, 1])];
    expect(valuesOf("linear_recurrence", [a, b], { annihilate: true })).toEqual([0, 1, 3]);
    expect(valuesOf("linear_recurrence", [a, b])[1]).toBeNaN();
  });
  it("needs equal shapes", () => {
    expect(
      typeOf("linear_recurrence", [
        [n, 3],
        [n, 3],
      ]),
    ).toBe("[n, 3]");
    expect(() => typeOf("linear_recurrence", [[n], [m]])).toThrow("a recurrence needs equal ones");
  });
});

describe("prod", () => {
  it("has exact derivatives where elements are 0", () => {
    expect(gradientOf("prod", [leaf([3], [2, 0, 3])])).toEqual([[0, 6, 0]]);
    expect(gradientOf("prod", [leaf([3], [0, 0, 3])])).toEqual([[0, 0, 0]]);
    expect(gradientOf("prod", [leaf([2, 2], [2, 0, 3, 4])], { axis: 0 }, [1, 1])).toEqual([[3, 4, 2, 0]]);
    expect(gradientOf("prod", [leaf([1], [5])])).toEqual([[1]]);
    expect(gradientOf("cumprod", [leaf([3], [0, 2, 3])], {}, [1, 1, 1])).toEqual([[9, 0, 0]]);
  });
  it("of nothing is 1", () => {
    expect(valuesOf("prod", [leaf([0])])).toEqual([1]);
    expect(evaluate("prod", [leaf([2, 0])], { axis: 1, keepdims: true })).toEqual({
      dtype: "real",
      shape: [2, 1],
      data: Float64Array.of(1, 1),
    });
  });
});
