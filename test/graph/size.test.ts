// Sizes as polynomials: arithmetic, comparison, and how they are printed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addSizes,
  bindSize,
  divideSizes,
  multiplySizes,
  namedSize,
  printShape,
  printSize,
  renameInSize,
  type Size,
  sameSize,
  subtractSizes,
} from "../../src/graph/size.ts";

const [n, m, k] = ["n", "m", "k"].map(namedSize);

describe("printing", () => {
  test("what is added first, then what is taken away, of each the number last", () => {
    const cases: Readonly<Record<string, Size>> = {
      "7": 7,
      n,
      "n - 1": subtractSizes(n, 1),
      "1 - n": subtractSizes(1, n),
      "2 * n + 1": addSizes(multiplySizes(n, 2), 1),
      "m * n + 2 - 2 * m - n": addSizes(subtractSizes(subtractSizes(multiplySizes(n, m), n), multiplySizes(m, 2)), 2),
      "k - n - 3": subtractSizes(subtractSizes(k, n), 3),
      "k + 3 - n": addSizes(subtractSizes(k, n), 3),
      "-n": multiplySizes(n, -1),
      "-2 * n - 3": subtractSizes(multiplySizes(n, -2), 3),
      "n * n": multiplySizes(n, n),
    };
    for (const [printed, size] of Object.entries(cases)) expect(printSize(size)).toBe(printed);
  });

  test("shapes", () => {
    expect(printShape([subtractSizes(n, 1), 4])).toBe("[n - 1, 4]");
    expect(printShape([])).toBe("[]");
  });
});

test("what divides exactly", () => {
  expect(divideSizes(multiplySizes(n, 6), multiplySizes(n, 2))).toBe(3);
  expect(printSize(divideSizes(multiplySizes(multiplySizes(n, m), 6), multiplySizes(n, 2)) as Size)).toBe("3 * m");
  expect(divideSizes(n, 2)).toBeNull();
  expect(divideSizes(n, m)).toBeNull();
  expect(divideSizes(0, 0)).toBeNull();
});

test("renaming adds up what becomes equal", () => {
  expect(printSize(renameInSize(addSizes(n, m), "n", "m"))).toBe("2 * m");
  expect(printSize(renameInSize(addSizes(multiplySizes(n, k), m), "n", "z"))).toBe("k * z + m");
});

const sizes: fc.Arbitrary<Size> = fc.letrec<{ size: Size }>((tie) => ({
  size: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: -3, max: 5 }),
    fc.constantFrom<Size>(n, m, k),
    fc.tuple(tie("size"), tie("size")).map(([a, b]) => addSizes(a, b)),
    fc.tuple(tie("size"), tie("size")).map(([a, b]) => multiplySizes(a, b)),
    fc.tuple(tie("size"), tie("size")).map(([a, b]) => subtractSizes(a, b)),
  ),
})).size;

const bindings = new Map([
  ["n", 3],
  ["m", 5],
  ["k", 7],
]);

/** The value of a printed size, read by its own small calculator. */
function evaluatePrinted(text: string): number {
  const spaced = text.startsWith("-") ? `0 - ${text.slice(1)}` : `0 + ${text}`;
  const [, ...parts] = spaced.split(/ (?=[+-] )/);
  return parts.reduce((sum, part) => {
    const product = part
      .slice(2)
      .split(" * ")
      .reduce((value, factor) => value * (bindings.get(factor) ?? Number(factor)), 1);
    return part.startsWith("-") ? sum - product : sum + product;
  }, 0);
}

test("what is printed has the value of the size", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      expect(evaluatePrinted(printSize(size))).toBe((bindSize(size, bindings) as number) + 0);
    }),
    { numRuns: 500 },
  );
});

test("sizes are the same if they print the same", () => {
  fc.assert(
    fc.property(sizes, sizes, (a, b) => {
      expect(sameSize(a, b)).toBe(printSize(a) === printSize(b));
      expect(sameSize(subtractSizes(addSizes(a, b), b), a)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
