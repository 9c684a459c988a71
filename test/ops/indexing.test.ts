// Gather, its transpose, one-hot rows and positions of extremes against straightforward loops.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IndexProblem } from "../../src/ops/index-problem.ts";
import { leaf, n, randomLeaf, tensorOf } from "../support/leaves.ts";
import { elementAt, evaluate, expectCarry, expectTransposed, indicesOf, opNamed, typeOf, valuesOf } from "./arrays.ts";

const cases = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((shape) =>
  fc.nat(shape.length - 1).chain((axis) =>
    fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }).chain((own) => {
      const count = own.reduce((product, size) => product * size, 1);
      const indices = fc.array(fc.integer({ min: -shape[axis], max: shape[axis] - 1 }), { minLength: count, maxLength: count });
      return fc.record({ shape: fc.constant(shape), axis: fc.constant(axis), own: fc.constant(own), indices });
    }),
  ),
);

/** gather without a runner around it. */
function evaluateDirectly(shape: readonly number[], index: number): void {
  const gather = opNamed("gather");
  if (gather.kind !== "primitive") throw new Error("gather must be a primitive.");
  const inputs = [tensorOf(leaf(shape)), tensorOf(leaf([], [index], "int"))];
  gather.evaluate(tensorOf(leaf([], [0])), inputs, { axis: 0 }, { single: false, seed: 0, step: 0 });
}

describe("gather and scatter_add", () => {
  it("take and add up parts", () => {
    fc.assert(
      fc.property(cases, ({ shape, axis, own, indices }) => {
        const [x, i] = [leaf(shape), leaf(own, indices, "int")];
        const out = evaluate("gather", [x, i], { axis });
        expect(out.shape).toEqual([...shape.slice(0, axis), ...own, ...shape.slice(axis + 1)]);
        const source = (index: readonly number[]) => {
          const at = elementAt(i, index.slice(axis, axis + own.length));
          return [...index.slice(0, axis), at < 0 ? at + shape[axis] : at, ...index.slice(axis + own.length)];
        };
        expect(Array.from(out.data)).toEqual(indicesOf(out.shape).map((index) => elementAt(x, source(index))));
        const updates = leaf(out.shape);
        const sums = new Map<string, number>();
        for (const index of indicesOf(out.shape))
          sums.set(String(source(index)), (sums.get(String(source(index))) ?? 0) + elementAt(updates, index));
        expect(valuesOf("scatter_add", [i, updates], { axis, shape })).toEqual(
          indicesOf(shape).map((index) => sums.get(String(index)) ?? 0),
        );
      }),
    );
  });
  it("are transposes of each other", () => {
    expectTransposed("gather", [randomLeaf("x", [3, 4]), leaf([5], [0, -1, 2, 2, 1], "int")], { axis: 1 });
    expectTransposed("scatter_add", [leaf([3], [2, -4, 2], "int"), randomLeaf("u", [2, 3])], { axis: 1, shape: [2, 4] });
  });
  it("name an index outside", () => {
    const run = (index: number) => valuesOf("gather", [leaf([3]), leaf([2], [0, index], "int")], { axis: 0 });
    expect(() => evaluateDirectly([3], 3)).toThrow(new IndexProblem(3, 3));
    expect(() => run(3)).toThrow("index 3 is outside 0 to 2");
    expect(() => run(-4)).toThrow("index -4 is outside 0 to 2");
    expect(() => valuesOf("gather", [leaf([0]), leaf([], [0], "int")], { axis: 0 })).toThrow("an axis that is empty");
  });
  it("types and carried axes", () => {
    expect(typeOf("gather", [[n, 4], { dtype: "int", shape: [7, 2] }], { axis: 1 })).toBe("[n, 7, 2]");
    expect(
      typeOf("gather", [
        { dtype: "bool", shape: [3] },
        { dtype: "int", shape: [] },
      ]),
    ).toBe("bool[]");
    expect(() => typeOf("gather", [[3], [2]])).toThrow("the indices of gather must be whole numbers (int), not real");
    expect(() => typeOf("gather", [[], { dtype: "int", shape: [] }])).toThrow("a scalar has no axes");
    expectCarry("gather", [leaf([2, 3, 2]), leaf([4], [0, 1, 2, 0], "int")], { axis: 1 }, [[0, null, 2], [1]]);
    expectCarry("gather", [leaf([2, 3, 2]), leaf([], [1], "int")], { axis: 1 }, [[0, null, 1], []]);
    expectCarry("scatter_add", [leaf([4], [0, 1, 2, 0], "int"), leaf([2, 4, 2])], { axis: 1, shape: [2, 3, 2] }, [[null], [0, null, 2]]);
  });
});

describe("one_hot", () => {
  it("puts a 1 at each index", () => {
    expect(evaluate("one_hot", [leaf([2, 2], [0, 2, 1, 2], "int")], { classes: 3 })).toEqual({
      dtype: "real",
      shape: [2, 2, 3],
      data: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1),
    });
    expect(() => valuesOf("one_hot", [leaf([1], [3], "int")], { classes: 3 })).toThrow("index 3 is outside 0 to 2");
    expect(() => valuesOf("one_hot", [leaf([1], [-1], "int")], { classes: 3 })).toThrow("index -1 is outside 0 to 2");
  });
  it("types", () => {
    expect(typeOf("one_hot", [{ dtype: "int", shape: [4] }], { classes: n })).toBe("[4, n]");
    expect(() => typeOf("one_hot", [[4]], { classes: 3 })).toThrow("must be whole numbers");
    expect(() => typeOf("one_hot", [{ dtype: "int", shape: [4] }], { classes: -1 })).toThrow("at least 0, not -1");
  });
});

describe("argmax and argmin", () => {
  it("find the first extreme along any axis", () => {
    const arrays = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }).chain((shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return fc.record({
        shape: fc.constant(shape),
        axis: fc.nat(shape.length - 1),
        values: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: count, maxLength: count }),
      });
    });
    fc.assert(
      fc.property(arrays, ({ shape, axis, values }) => {
        const x = leaf(shape, values);
        const lines = indicesOf(shape.toSpliced(axis, 1)).map((index) =>
          Array.from({ length: shape[axis] }, (_, k) => elementAt(x, index.toSpliced(axis, 0, k))),
        );
        expect(valuesOf("argmax", [x], { axis })).toEqual(lines.map((line) => line.indexOf(Math.max(...line))));
        expect(valuesOf("argmin", [x], { axis })).toEqual(lines.map((line) => line.indexOf(Math.min(...line))));
        expect(valuesOf("argmax", [x], { axis: null })).toEqual([values.indexOf(Math.max(...values))]);
      }),
    );
  });
  it("take nan for the extreme, as NumPy does", () => {
    expect(valuesOf("argmax", [leaf([4], [1, Number.NaN, 5, Number.NaN])], { axis: null })).toEqual([1]);
    expect(valuesOf("argmin", [leaf([2], [Number.NaN, 0])], { axis: null })).toEqual([0]);
  });
  it("types and carried axes", () => {
    expect(typeOf("argmax", [[n, 10]], { axis: 1 })).toBe("int[n]");
    expect(typeOf("argmax", [[n, 10]], { axis: -1, keepdims: true })).toBe("int[n, 1]");
    expect(typeOf("argmin", [[n, 10]], { axis: null })).toBe("int[]");
    expect(() => typeOf("argmax", [[0]])).toThrow("argmax of nothing");
    expectCarry("argmax", [leaf([2, 3, 2])], { axis: 1 }, [[0, null, 1]]);
    expectCarry("argmax", [leaf([2, 3, 2])], { axis: 1, keepdims: true }, [[0, null, 2]]);
  });
});
