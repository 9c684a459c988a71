// Matrix products, vector products and linear systems against straightforward loops, bit for bit where the record fixes the order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../src/graph/graph.ts";
import { multiplyMatrices, viewMatrix } from "../../src/ops/matrix-product.ts";
import { leaf, m, n, randomLeaf } from "../support/leaves.ts";
import { elementAt, evaluate, expectCarry, expectTransposed, gradientOf, indicesOf, opNamed, typeOf, valuesOf } from "./arrays.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("multiplyMatrices", () => {
  const size = fc.integer({ min: 0, max: 11 });
  const cases = fc.record({ rows: size, depth: size, columns: size, left: fc.boolean(), right: fc.boolean(), single: fc.boolean() });
  it("adds products in order, whatever the shape", () => {
    fc.assert(
      fc.property(cases, ({ rows, depth, columns, left, right, single }) => {
        const round = single ? Math.fround : (value: number) => value;
        const a = Float64Array.from(randomLeaf("a", [rows, depth]).values, round);
        const b = Float64Array.from(randomLeaf("b", [depth, columns]).values, round);
        const target = new Float64Array(rows * columns + 1);
        multiplyMatrices(target, 1, viewMatrix(a, 0, rows, depth, left), viewMatrix(b, 0, depth, columns, right), {
          single,
          annihilate: false,
        });
        const expected = indicesOf([rows, columns]).map(([i, j]) => {
          let sum = 0;
          for (let k = 0; k < depth; k++)
            sum = round(sum + round(a[left ? k * rows + i : i * depth + k] * b[right ? j * depth + k : k * columns + j]));
          return sum;
        });
        expect(Array.from(target)).toEqual([0, ...expected]);
      }),
      { numRuns: 300 },
    );
  });
});

/** NumPy's matmul with loops over all indices. */
function multiplyLoops(a: ReturnType<typeof leaf>, b: ReturnType<typeof leaf>): number[] {
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const rank = Math.max(left.length, right.length) - 2;
  const own = (shape: readonly number[]) => shape.slice(0, -2);
  const batch = Array.from({ length: rank }, (_, axis) => Math.max(own(left).at(axis - rank) ?? 1, own(right).at(axis - rank) ?? 1));
  const pick = (shape: readonly number[], index: readonly number[]) =>
    own(shape).map((size, axis) => (size === 1 ? 0 : index[axis + rank - own(shape).length]));
  return indicesOf([...batch, left[left.length - 2], right[right.length - 1]]).map((index) => {
    const [i, j] = index.slice(-2);
    let sum = 0;
    for (let k = 0; k < right[right.length - 2]; k++) {
      sum +=
        elementAt({ shape: left, values: a.values }, [...pick(left, index), i, k]) *
        elementAt({ shape: right, values: b.values }, [...pick(right, index), k, j]);
    }
    return sum;
  });
}

const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[3], [3]],
  [[3], [3, 2]],
  [[2, 3], [3]],
  [
    [2, 3],
    [3, 4],
  ],
  [
    [5, 2, 3],
    [3, 4],
  ],
  [[5, 2, 3], [3]],
  [
    [2, 3],
    [5, 3, 4],
  ],
  [[3], [5, 3, 4]],
  [
    [5, 2, 3],
    [5, 3, 4],
  ],
  [
    [5, 1, 2, 3],
    [4, 3, 2],
  ],
  [
    [1, 2, 3],
    [4, 3, 2],
  ],
  [
    [2, 0],
    [0, 3],
  ],
];

describe("matmul", () => {
  it.each(pairs)("%j @ %j", (left, right) => {
    const [a, b] = [randomLeaf("left", left), randomLeaf("right", right)];
    const out = evaluate("matmul", [a, b]);
    expect(Array.from(out.data)).toEqual(multiplyLoops(a, b));
    expect(out.shape.reduce((product, size) => product * size, 1)).toBe(out.data.length);
    if (!left.includes(0)) expectTransposed("matmul", [a, b]);
  });
  const flags: readonly Attributes[] = [{ transposeLeft: true }, { transposeRight: true }, { transposeLeft: true, transposeRight: true }];
  it.each(flags)("with %j", (attributes) => {
    for (const batches of [[], [2]]) {
      const left = [...batches, ...(attributes.transposeLeft ? [3, 2] : [2, 3])];
      const right = attributes.transposeRight ? [4, 3] : [3, 4];
      const swapped = (shape: readonly number[]) => [...shape.keys()].with(-1, shape.length - 2).with(-2, shape.length - 1);
      const [a, b] = [randomLeaf("left", left), randomLeaf("right", right)];
      const straight = [a, b].map((input, k) => {
        if (!(k === 0 ? attributes.transposeLeft : attributes.transposeRight)) return input;
        const { shape, data } = evaluate("transpose", [input], { axes: swapped(input.shape) });
        return leaf(shape, data);
      });
      expect(valuesOf("matmul", [a, b], attributes)).toEqual(multiplyLoops(straight[0], straight[1]));
      expectTransposed("matmul", [a, b], attributes);
    }
  });
  it("with annihilate an exact 0 wins, and only where needed", () => {
    const [a, b] = [leaf([2, 2], [0, 1, 1, 1]), leaf([2, 1], [inf, 3])];
    expect(valuesOf("matmul", [a, b])).toEqual([nan, inf]);
    expect(valuesOf("matmul", [a, b], { annihilate: true })).toEqual([3, inf]);
    expect(gradientOf("matmul", [leaf([1, 2], [inf, 1]), leaf([2, 1], [2, nan])], {}, [0])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
  it("of whole numbers is whole", () => {
    expect(evaluate("matmul", [leaf([2, 2], [1, 2, 3, 4], "int"), leaf([2], [1, 1], "bool")])).toEqual({
      dtype: "int",
      shape: [2],
      data: Int32Array.of(3, 7),
    });
  });
  it("types", () => {
    expect(
      typeOf("matmul", [
        [n, 784],
        [784, 128],
      ]),
    ).toBe("[n, 128]");
    expect(typeOf("matmul", [[n, m], [m]])).toBe("[n]");
    expect(
      typeOf("matmul", [
        [5, 1, n, 3],
        [4, 3, m],
      ]),
    ).toBe("[5, 4, n, m]");
    expect(
      typeOf(
        "matmul",
        [
          [n, m],
          [m, 4],
        ],
        {},
        new Map([["m", 3]]),
      ),
    ).toBe("[n, 4]");
    expect(
      typeOf(
        "matmul",
        [
          [n, m],
          [3, 4],
        ],
        {},
        new Map([["m", 3]]),
      ),
    ).toBe("[n, 4]");
    expect(() =>
      typeOf("matmul", [
        [n, 4],
        [3, 2],
      ]),
    ).toThrow("shapes [n, 4] and [3, 2] do not fit: the last axis of the left (4) must equal the first axis of the right (3)");
    expect(() => typeOf("matmul", [[n, 4], [m]])).toThrow("must equal the only axis of the right (m)");
    expect(() =>
      typeOf("matmul", [
        [2, 2, 3],
        [5, 3, 2],
      ]),
    ).toThrow("before the last two, axes must be equal or 1");
    expect(() => typeOf("matmul", [[2, 2], []])).toThrow("write * to scale by a number");
  });
  it("counts 2 m n k operations", () => {
    const count = (...shapes: readonly (readonly number[])[]) => {
      const op = opNamed("matmul");
      const types = shapes.map((shape) => ({ dtype: "real" as const, shape }));
      return op.kind === "primitive" ? op.operations(types, op.infer(types, {}, new Map()), {}) : 0;
    };
    expect(count([32, 784], [784, 128])).toBe(2 * 32 * 784 * 128);
    expect(count([5, 2, 3], [3])).toBe(2 * 5 * 2 * 3);
  });
  it("carried axes", () => {
    const check = (
      left: readonly number[],
      right: readonly number[],
      expected: readonly (readonly (number | null)[])[],
      attributes: Attributes = {},
    ) => expectCarry("matmul", [randomLeaf("a", left), randomLeaf("b", right)], attributes, expected);
    check(
      [2, 3],
      [3, 4],
      [
        [0, null],
        [null, 1],
      ],
    );
    check(
      [3, 2],
      [4, 3],
      [
        [null, 0],
        [1, null],
      ],
      { transposeLeft: true, transposeRight: true },
    );
    check([3], [3, 4], [[null], [null, 0]]);
    check([2, 3], [3], [[0, null], [null]]);
    check(
      [5, 2, 3],
      [5, 3, 4],
      [
        [0, 1, null],
        [0, null, 2],
      ],
    );
    check([5, 2, 3], [3], [[0, 1, null], [null]]);
    check([3], [5, 3, 4], [[null], [0, null, 1]]);
  });
});

describe("dot, outer, cross", () => {
  it("values", () => {
    expect(valuesOf("dot", [leaf([3]), leaf([3], [4, 5, 6])])).toEqual([32]);
    expect(valuesOf("outer", [leaf([2]), leaf([3])])).toEqual([1, 2, 3, 2, 4, 6]);
    expect(valuesOf("cross", [leaf([2, 3]), leaf([3], [3, -2, 1])])).toEqual([8, 8, -8, 17, 14, -23]);
  });
  it("types", () => {
    expect(typeOf("dot", [[n], [n]])).toBe("[]");
    expect(() => typeOf("dot", [[n], [m]])).toThrow("vectors of n and m elements have no inner product");
    expect(() => typeOf("dot", [[2, 2], [2]])).toThrow(
      "the first argument of dot (for matrices write @) must be a vector (1 axis), but has shape [2, 2]",
    );
    expect(typeOf("outer", [[n], [m]])).toBe("[n, m]");
    expect(typeOf("cross", [[n, 3], [3]])).toBe("[n, 3]");
    expect(() => typeOf("cross", [[n, 2], [3]])).toThrow(
      "cross needs three elements along the last axis, but an argument has shape [n, 2]",
    );
  });
  it("carried axes", () => {
    expectCarry("outer", [leaf([2]), leaf([3])], {}, [[0], [1]]);
    expectCarry("cross", [leaf([2, 3]), leaf([2, 3])], {}, [
      [0, null],
      [0, null],
    ]);
  });
});

/** A matrix far from singular: random numbers with a heavy diagonal, its rows rotated so that pivots must be exchanged. */
function regular(name: string, batch: readonly number[], size: number): ReturnType<typeof leaf> {
  const shape = [...batch, size, size];
  const { values } = randomLeaf(name, shape);
  return leaf(
    shape,
    indicesOf(shape).map((index, at) => values[at] + (index[index.length - 1] === (index[index.length - 2] + 1) % size ? 8 : 0)),
  );
}

describe("solve", () => {
  it("solves", () => {
    const cases = fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      columns: fc.integer({ min: 1, max: 3 }),
      batch: fc.constantFrom([], [2], [2, 3]),
    });
    fc.assert(
      fc.property(cases, ({ size, columns, batch }) => {
        const [a, b] = [regular("solve", batch, size), randomLeaf("right", [...batch.slice(1), size, columns])];
        const x = evaluate("solve", [a, b]);
        const back = evaluate("matmul", [a, leaf(x.shape, x.data)]);
        const wanted = valuesOf("broadcast_to", [b], { shape: x.shape });
        for (const [k, value] of wanted.entries()) expect(back.data[k]).toBeCloseTo(value, 11);
      }),
    );
  });
  it("takes vectors, the transpose and binary32", () => {
    const a = leaf([2, 2], [0, 2, 4, 1]);
    expect(valuesOf("solve", [a, leaf([2], [2, 5])])).toEqual([1, 1]);
    expect(valuesOf("solve", [a, leaf([2], [4, 3])], { transpose: true })).toEqual([1, 1]);
    const f = Math.fround;
    const rest = f(1 - f(1 / 3));
    const second = f(rest / f(3 - f(1 / 3)));
    expect(valuesOf("solve", [leaf([2, 2], [3, 1, 1, 3]), leaf([2], [1, 1])], {}, "f32")).toEqual([f(f(1 - second) / 3), second]);
    expect(evaluate("solve", [leaf([0, 0]), leaf([0])]).data.length).toBe(0);
  });
  it("gives values that are not finite for a singular matrix", () => {
    const x = valuesOf("solve", [leaf([2, 2], [1, 2, 2, 4]), leaf([2], [1, 1])]);
    expect(x.every(Number.isFinite)).toBe(false);
  });
  it("in derivatives gives 0 for a right-hand side of 0 even if the matrix is singular", () => {
    const singular = leaf([2, 2], [0, 0, 0, 0]);
    const x = valuesOf("solve", [singular, leaf([2, 2], [0, 1, -0, 2])], { annihilate: true });
    expect([x[0], x[2]]).toEqual([0, 0]);
    expect(x[3]).not.toBe(0);
    const gradients = gradientOf("solve", [singular, leaf([2], [1, 2])], {}, [0, 0]);
    expect(gradients.flat().map((value) => value + 0)).toEqual([0, 0, 0, 0, 0, 0]);
  });
  it("has a tangent and an adjoint that are transposes", () => {
    expectTransposed("solve", [regular("A", [], 3), randomLeaf("b", [3])]);
    expectTransposed("solve", [regular("A", [], 3), randomLeaf("b", [3, 2])], { transpose: true });
    expectTransposed("solve", [regular("A", [2], 3), randomLeaf("b", [3])], { transpose: true });
    expectTransposed("solve", [regular("A", [2], 3), randomLeaf("b", [3, 2])]);
    expectTransposed("solve", [regular("A", [], 3), randomLeaf("b", [2, 3, 2])]);
  });
  it("types and carried axes", () => {
    expect(typeOf("solve", [[n, n], [n]])).toBe("[n]");
    expect(
      typeOf("solve", [
        [5, 3, 3],
        [3, n],
      ]),
    ).toBe("[5, 3, n]");
    expect(() => typeOf("solve", [[2, 3], [2]])).toThrow("solve needs a square matrix, but its first argument has shape [2, 3]");
    expect(() => typeOf("solve", [[n, n], [m]])).toThrow(
      "shapes [n, n] and [m] do not fit: the right-hand side must have as many rows as the matrix",
    );
    expect(() => typeOf("solve", [[2, 2], []])).toThrow("must be a vector or a matrix");
    expectCarry("solve", [regular("A", [2], 3), randomLeaf("b", [2, 3, 2])], {}, [
      [0, null, null],
      [0, null, 2],
    ]);
    expectCarry("solve", [regular("A", [2], 3), randomLeaf("b", [3])], {}, [[0, null, null], [null]]);
  });
});
