// Moves of elements against straightforward loops: reshape, transpose, broadcasting, joins, slices, diagonals, triangles.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../src/graph/graph.ts";
import { countElements } from "../../src/graph/tensor.ts";
import { leaf, m, n } from "../support/leaves.ts";
import { elementAt, evaluate, expectCarry, expectTransposed, gradientOf, indicesOf, typeOf, valuesOf } from "./arrays.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 4 });
const nonScalar = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

describe("reshape", () => {
  it("keeps the elements in order", () => {
    expect(evaluate("reshape", [leaf([2, 3])], { shape: [3, -1] })).toEqual({
      dtype: "real",
      shape: [3, 2],
      data: Float64Array.of(1, 2, 3, 4, 5, 6),
    });
  });
  it.each([
    [[[n, 28, 28]], [n, 784], "[n, 784]"],
    [[[n, 4]], [n, 2, 2], "[n, 2, 2]"],
    [[[n, 4]], [-1, 2], "[2 * n, 2]"],
    [[[n, m]], [-1], "[m * n]"],
    [[[0, 3]], [3, -1], "[3, 0]"],
    [[[]], [1, 1], "[1, 1]"],
  ] as const)("%j to %j", (inputs, shape, expected) => {
    expect(typeOf("reshape", inputs, { shape })).toBe(expected);
  });
  it("uses sizes that are bound", () => {
    expect(typeOf("reshape", [[n, 4]], { shape: [3, -1] }, new Map([["n", 6]]))).toBe("[3, 8]");
    expect(typeOf("reshape", [[n, 4]], { shape: [24] }, new Map([["n", 6]]))).toBe("[24]");
  });
  it.each([
    [[n, 4], [n, 3], /\[n, 4\] \(4 \* n elements\) cannot take shape \[n, 3\], which has 3 \* n elements/],
    [[2, 3], [4, -1], /4 does not divide 6/],
    [[2, 3], [-1, -1], /leaves 2 sizes open/],
    [[2, 3], [-2, 3], /not a list of sizes/],
  ] as const)("refuses %j to %j", (input, shape, message) => {
    expect(() => typeOf("reshape", [input], { shape })).toThrow(message);
  });
  it("carries axes with equal elements before them", () => {
    expectCarry("reshape", [leaf([3, 4])], { shape: [3, 2, 2] }, [[0, null]]);
    expectCarry("reshape", [leaf([2, 3, 4])], { shape: [6, 4] }, [[null, null, 1]]);
  });
});

describe("transpose", () => {
  it("puts axes in any order", () => {
    const cases = nonScalar.chain((shape) =>
      fc.record({ shape: fc.constant(shape), axes: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }) }),
    );
    fc.assert(
      fc.property(cases, ({ shape, axes }) => {
        const x = leaf(shape);
        const out = evaluate("transpose", [x], { axes });
        expect(out.shape).toEqual(axes.map((axis) => shape[axis]));
        const expected = indicesOf(out.shape).map((index) =>
          elementAt(
            x,
            shape.map((_, axis) => index[axes.indexOf(axis)]),
          ),
        );
        expect(Array.from(out.data)).toEqual(expected);
      }),
    );
  });
  it("reverses by default and counts axes from the end", () => {
    expect(typeOf("transpose", [[n, 2, 3]], { axes: null })).toBe("[3, 2, n]");
    expect(typeOf("transpose", [[n, 2, 3]], { axes: [-1, 0, 1] })).toBe("[3, n, 2]");
    expect(() => typeOf("transpose", [[2, 3]], { axes: [0, 0] })).toThrow("axes must name each of the 2 axes once, as (1, 0) does");
    expectCarry("transpose", [leaf([2, 3, 2])], { axes: [2, 0, 1] }, [[1, 2, 0]]);
  });
});

describe("broadcast_to and sum_to", () => {
  it("repeat and add up", () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        ones: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
        drop: fc.nat(shape.length),
      }),
    );
    fc.assert(
      fc.property(cases, ({ shape, ones, drop }) => {
        const small = shape.map((size, axis) => (ones[axis] ? 1 : size)).slice(drop);
        const x = leaf(small);
        const own = (index: readonly number[]) => index.slice(drop).map((k, axis) => (small[axis] === 1 ? 0 : k));
        expect(valuesOf("broadcast_to", [x], { shape })).toEqual(indicesOf(shape).map((index) => elementAt(x, own(index))));
        const sums = new Map<string, number>();
        const y = leaf(shape);
        for (const index of indicesOf(shape)) sums.set(String(own(index)), (sums.get(String(own(index))) ?? 0) + elementAt(y, index));
        expect(valuesOf("sum_to", [y], { shape: small })).toEqual(indicesOf(small).map((index) => sums.get(String(index))));
      }),
    );
  });
  it("types and carried axes", () => {
    expect(typeOf("broadcast_to", [[1, 3]], { shape: [n, 3] })).toBe("[n, 3]");
    expect(() => typeOf("broadcast_to", [[2]], { shape: [2, 3] })).toThrow("shape [2] cannot be repeated to [2, 3]");
    expectCarry("broadcast_to", [leaf([2, 1, 3])], { shape: [4, 2, 5, 3] }, [[1, null, 3]]);
    expectCarry("sum_to", [leaf([4, 2, 5, 3])], { shape: [2, 1, 3] }, [[null, 0, null, 2]]);
  });
});

describe("joins", () => {
  it("concat joins along any axis", () => {
    const cases = nonScalar.chain((shape) =>
      fc.record({ shape: fc.constant(shape), axis: fc.nat(shape.length - 1), sizes: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }) }),
    );
    fc.assert(
      fc.property(cases, ({ shape, axis, sizes }) => {
        const inputs = sizes.map((size) => leaf(shape.with(axis, size)));
        const out = evaluate("concat", inputs, { axis });
        const origin = sizes.flatMap((size, k) => Array.from({ length: size }, (_, index) => [k, index] as const));
        const expected = indicesOf(out.shape).map((index) =>
          elementAt(inputs[origin[index[axis]][0]], index.with(axis, origin[index[axis]][1])),
        );
        expect(Array.from(out.data)).toEqual(expected);
      }),
    );
  });
  it("concat types", () => {
    expect(
      typeOf(
        "concat",
        [
          [n, 2],
          [3, 2],
        ],
        { axis: 0 },
      ),
    ).toBe("[n + 3, 2]");
    expect(
      typeOf(
        "concat",
        [
          { dtype: "bool", shape: [2] },
          { dtype: "int", shape: [1] },
        ],
        { axis: -1 },
      ),
    ).toBe("int[3]");
    expect(() =>
      typeOf(
        "concat",
        [
          [2, 3],
          [2, 4],
        ],
        { axis: 0 },
      ),
    ).toThrow("shapes [2, 3] and [2, 4] do not fit: concat along axis 0 needs all other axes equal, but axis 1 is 3 and 4");
    expect(() => typeOf("concat", [[2, 3], [2]], { axis: 0 })).toThrow("equally many axes");
    expect(() => typeOf("concat", [[], []], { axis: 0 })).toThrow("use stack for scalars");
    expect(() => typeOf("concat", [], { axis: 0 })).toThrow("at least one value");
    expectCarry("concat", [leaf([2, 3]), leaf([2, 1])], { axis: 1 }, [
      [0, null],
      [0, null],
    ]);
  });
  it("stack adds an axis", () => {
    expect(evaluate("stack", [leaf([2]), leaf([2], [5, 6])], { axis: -1 })).toEqual({
      dtype: "real",
      shape: [2, 2],
      data: Float64Array.of(1, 5, 2, 6),
    });
    expect(valuesOf("stack", [leaf([]), leaf([], [7])], { axis: 0 })).toEqual([1, 7]);
    expect(
      typeOf(
        "stack",
        [
          [n, 2],
          [n, 2],
          [n, 2],
        ],
        { axis: 1 },
      ),
    ).toBe("[n, 3, 2]");
    expect(() => typeOf("stack", [[n], [m]], { axis: 0 })).toThrow("shapes [n] and [m] do not fit: stacked values need equal shapes");
    expectCarry("stack", [leaf([2, 3]), leaf([2, 3])], { axis: 1 }, [
      [0, 2],
      [0, 2],
    ]);
  });
  it("pad puts a margin around", () => {
    expect(
      evaluate("pad", [leaf([1, 2])], {
        widths: [
          [1, 0],
          [0, 2],
        ],
        value: 9,
      }).data,
    ).toEqual(Float64Array.of(9, 9, 9, 9, 1, 2, 9, 9));
    expect(valuesOf("pad", [leaf([2])], { widths: [1, 2] })).toEqual([0, 1, 2, 0, 0]);
    expect(valuesOf("pad", [leaf([2])], { widths: 1, value: 0 })).toEqual([0, 1, 2, 0]);
    expect(evaluate("pad", [leaf([2, 1])], { widths: [1, 0] }).shape).toEqual([3, 2]);
    expect(evaluate("pad", [leaf([1], [4], "int")], { widths: [1, 1], value: 2 })).toEqual({
      dtype: "int",
      shape: [3],
      data: Int32Array.of(2, 4, 2),
    });
    expect(
      typeOf("pad", [[n, 2]], {
        widths: [
          [1, 1],
          [0, 0],
        ],
      }),
    ).toBe("[n + 2, 2]");
    expect(() => typeOf("pad", [[2, 3]], { widths: [[1, 1]] })).toThrow("one pair [before, after], or 2 of them");
    expect(() => typeOf("pad", [[2]], { widths: [-1, 0] })).toThrow("at least 0, not -1");
    expectCarry(
      "pad",
      [leaf([2, 3])],
      {
        widths: [
          [0, 0],
          [1, 0],
        ],
        value: 1,
      },
      [[0, null]],
    );
    expect(gradientOf("pad", [leaf([2])], { widths: [1, 2], value: 5 }, [1, 2, 3, 4, 5])).toEqual([[2, 3]]);
  });
});

/** Start, size, step and drop of a part of an axis of the given length. */
function selections(length: number): fc.Arbitrary<readonly [start: number, size: number, step: number, drop: boolean]> {
  return fc
    .tuple(fc.nat(length - 1), fc.nat(length - 1), fc.integer({ min: 1, max: 3 }), fc.boolean())
    .map(([a, b, step, drop]) => (drop ? [a, 1, 1, true] : [a, Math.floor(Math.abs(b - a) / step) + 1, b < a ? -step : step, false]));
}

describe("slice and unslice", () => {
  const cases = shapes.chain((shape) => fc.record({ shape: fc.constant(shape), parts: fc.tuple(...shape.map(selections)) }));
  const attributesOf = (parts: readonly (readonly [number, number, number, boolean])[]): Attributes => ({
    start: parts.map(([start]) => start),
    size: parts.map(([, size]) => size),
    step: parts.map(([, , step]) => step),
    drop: parts.map(([, , , drop]) => drop),
  });
  it("take and put back parts", () => {
    fc.assert(
      fc.property(cases, ({ shape, parts }) => {
        const x = leaf(shape);
        const picked = indicesOf(parts.map(([, size]) => size)).map((index) => index.map((k, axis) => parts[axis][0] + k * parts[axis][2]));
        const out = evaluate("slice", [x], attributesOf(parts));
        expect(out.shape).toEqual(parts.flatMap(([, size, , drop]) => (drop ? [] : [size])));
        expect(Array.from(out.data)).toEqual(picked.map((index) => elementAt(x, index)));
        const back = new Array<number>(countElements(shape)).fill(0);
        for (const index of picked) back[elementAt(leaf(shape), index) - 1] = elementAt(x, index);
        expect(valuesOf("unslice", [{ ...out, values: out.data }], { parts: [attributesOf(parts)], shape })).toEqual(back);
      }),
    );
  });
  it("types, also with names", () => {
    expect(typeOf("slice", [[n, 3]], { start: [0, 2], size: [n, 1], step: [1, 1], drop: [false, true] })).toBe("[n]");
    expect(typeOf("slice", [[5]], { start: [1], size: [3] })).toBe("[3]");
    expect(() => typeOf("slice", [[5]], { start: [3], size: [3] })).toThrow(
      "index 5 is outside axis 0 of shape [5], which has indices 0 to 4",
    );
    expect(() => typeOf("slice", [[5]], { start: [-1], size: [1] })).toThrow("index -1 is outside");
    expect(() => typeOf("slice", [[n]], { start: [1], size: [n] })).toThrow("index n is outside");
    expect(() => typeOf("slice", [[5, 2]], { start: [1], size: [1] })).toThrow("needs 2 starts and sizes");
  });
  it("carried axes", () => {
    expectCarry("slice", [leaf([3, 4, 2])], { start: [1, 0, 0], size: [1, 4, 1], step: [1, 1, 1], drop: [true, false, false] }, [
      [null, 0, null],
    ]);
    expectCarry(
      "unslice",
      [leaf([4, 1])],
      { shape: [3, 4, 2], parts: [{ start: [1, 0, 0], size: [1, 4, 1], step: [1, 1, 1], drop: [true, false, false] }] },
      [[1, null]],
    );
    expectTransposed("slice", [leaf([5, 3])], { start: [4, 1], size: [3, 1], step: [-2, 1], drop: [false, true] });
  });
  it("flip reverses one axis", () => {
    expect(valuesOf("flip", [leaf([2, 3])], { axis: 1 })).toEqual([3, 2, 1, 6, 5, 4]);
    expect(valuesOf("flip", [leaf([2, 3])], { axis: -2 })).toEqual([4, 5, 6, 1, 2, 3]);
    expect(valuesOf("flip", [leaf([0])], { axis: 0 })).toEqual([]);
    expect(typeOf("flip", [[n, 3]], { axis: 0 })).toBe("[n, 3]");
    expect(() => typeOf("flip", [[n, 3]], { axis: 2 })).toThrow("axis 2 does not exist: a value with 2 axes has axes 0 to 1 (or -2 to -1)");
    expectCarry("flip", [leaf([2, 3])], { axis: 1 }, [[0, null]]);
  });
});

describe("diagonals and triangles", () => {
  it("diag of vectors and matrices", () => {
    expect(valuesOf("diag", [leaf([2])])).toEqual([1, 0, 0, 2]);
    expect(valuesOf("diag", [leaf([2, 3])])).toEqual([1, 5]);
    expect(valuesOf("diag", [leaf([3, 2])])).toEqual([1, 4]);
    expect(gradientOf("diag", [leaf([2, 3])], {}, [7, 8])).toEqual([[7, 0, 0, 0, 8, 0]]);
    expect(typeOf("diag", [[n]])).toBe("[n, n]");
    expect(typeOf("diag", [[n, n]])).toBe("[n]");
    expect(() => typeOf("diag", [[n, 3]])).toThrow("make the matrix square or bind its sizes");
    expect(() => typeOf("diag", [[]])).toThrow("diag takes a vector or a matrix");
    expectCarry("diag", [leaf([3])], {}, [[0]]);
    expectCarry("diag", [leaf([3, 3])], {}, [[0, 0]]);
    expectTransposed("diag", [leaf([3])]);
  });
  it("trace", () => {
    expect(valuesOf("trace", [leaf([3, 3])])).toEqual([15]);
    expect(typeOf("trace", [[n, n]])).toBe("[]");
    expect(() => typeOf("trace", [[3]])).toThrow("trace takes a matrix");
  });
  it("tril and triu keep their side", () => {
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 1, max: 4 }),
      offset: fc.integer({ min: -4, max: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, columns, offset }) => {
        const x = leaf([2, rows, columns]);
        const kept = (holds: (distance: number) => boolean) =>
          indicesOf(x.shape).map((index) => (holds(index[2] - index[1]) ? elementAt(x, index) : 0));
        expect(valuesOf("tril", [x], { offset })).toEqual(kept((distance) => distance <= offset));
        expect(valuesOf("triu", [x], { offset })).toEqual(kept((distance) => distance >= offset));
      }),
    );
    expect(valuesOf("tril", [leaf([1, 2], [1, Number.NaN])])).toEqual([1, 0]);
    expect(() => typeOf("tril", [[3]])).toThrow("tril takes a matrix");
    expect(() => typeOf("triu", [[3, 3]], { offset: 0.5 })).toThrow("must be a whole number, not 0.5");
    expectCarry("triu", [leaf([2, 2])], { offset: 0 }, [[0, 1]]);
  });
});
