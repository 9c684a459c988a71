// Preparing columns: rows, missing values, standardization, categories, splits.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyMissing,
  applyStandardize,
  columnMeans,
  columnOf,
  encodeCategories,
  fillMeans,
  fitCategories,
  fitStandardize,
  labelsOf,
  type MissingPolicy,
  readCsv,
  readJson,
  splitRows,
  takeRows,
} from "../../src/data/index.ts";
import { columnIn, contentOf, fileOf, fine, numbersIn, problemIn, tableOf } from "./files.ts";

const table = (text: string) => tableOf(readCsv(fileOf("f.csv", text)));
const gaps = table("a,b,c,d\n1,x,1,\n,y,2,\n3,NA,3,\n8,z,4,\n");

test("columns and rows", () => {
  expect(columnOf(gaps, "a")).toBe(gaps.columns.get("a"));
  expect(problemIn(columnOf(gaps, "A")).message).toBe('f.csv: there is no column "A"; did you mean "a"?');
  expect(problemIn(columnOf(gaps, "q")).message).toBe('f.csv: there is no column "q"; its columns are "a", "b", "c", "d"');
  const array = tableOf(readJson(fileOf("f.json", "[1, 2]")));
  expect(problemIn(columnOf(array, "q")).message).toBe('f.json: there is no column "q"; the file is one array without named columns');
  const taken = takeRows(gaps, Int32Array.of(3, 0));
  expect(taken.rows).toBe(2);
  expect(columnIn(taken, "b")).toMatchObject({ cells: ["z", "x"], lines: Int32Array.of(5, 2) });
});

test("labels", () => {
  expect(labelsOf(columnIn(table("a\n x \ny\n"), "a"))).toEqual(["x", "y"]);
  const matrix = columnIn(tableOf(readJson(fileOf("f.json", "[[1], [2]]"))), "");
  expect(problemIn(labelsOf(matrix)).message).toBe("f.json: labels need one value per row, but its shape is [2, 1]");
});

/** What a policy makes of the gaps, means taken of all rows. */
function changed(used: readonly string[], policy: MissingPolicy) {
  return policy === "mean" ? fillMeans(gaps, used, columnMeans(gaps, used, null), new Set()) : applyMissing(gaps, used, policy);
}

describe("missing cells", () => {
  test("unused columns do not matter", () => expect(applyMissing(gaps, ["c"], "error")).toBe(gaps));

  test("drop", () => {
    expect(contentOf(fine(applyMissing(gaps, ["a", "b"], "drop")))).toEqual({ a: ["1", "8"], b: ["x", "z"], c: ["1", "4"], d: ["", ""] });
  });

  test("mean, of all rows or of some", () => {
    const all = columnMeans(gaps, ["a", "c"], null);
    expect(numbersIn(fine(fillMeans(gaps, ["a", "c"], all, new Set())), "a")).toEqual([1, 4, 3, 8]);
    const means = columnMeans(gaps, ["a", "b", "c", "d"], Int32Array.of(0, 1, 2));
    expect([...means]).toEqual([
      ["a", [2]],
      ["c", [2]],
    ]);
    expect(numbersIn(fine(fillMeans(gaps, ["a"], means, new Set())), "a")).toEqual([1, 2, 3, 8]);
  });

  test("mean per element of a row", () => {
    const arrays = tableOf(readJson(fileOf("f.json", '{"a": [[1, null], [3, 4], [null, 6]]}')));
    expect(numbersIn(fine(fillMeans(arrays, ["a"], columnMeans(arrays, ["a"], null), new Set())), "a")).toEqual([1, 5, 3, 4, 2, 6]);
    expect(contentOf(fine(applyMissing(arrays, ["a"], "drop")))).toEqual({ a: { shape: [1, 2], values: [3, 4] } });
  });

  const advice = `missing: "drop" leaves such rows out, missing: "mean" fills in the column's mean`;
  const wrong: [used: string[], policy: MissingPolicy, message: string][] = [
    [["c", "a"], "error", `f.csv:3: column "a": a value is missing in row 2; ${advice}`],
    [["d", "b"], "error", `f.csv:2: column "d": 4 values are missing, the first in row 1 (and some in 1 more columns); ${advice}`],
    [["b"], "mean", 'f.csv:4: column "b": missing: "mean" needs numbers, but the column holds text; missing: "drop" leaves such rows out'],
    [["d"], "mean", 'f.csv:2: column "d": the training rows have no value to take the mean of'],
    [["d"], "drop", 'f.csv: missing: "drop" leaves no row: each of the 4 has a missing value in a column that is used'],
    [["q"], "drop", 'f.csv: there is no column "q"; its columns are "a", "b", "c", "d"'],
  ];
  for (const [used, policy, message] of wrong) {
    test(`${policy} ${used}`, () => expect(problemIn(changed(used, policy)).message).toBe(message));
  }

  test("labels have no mean", () => {
    const problem = problemIn(fillMeans(gaps, ["a"], columnMeans(gaps, ["a"], null), new Set(["a"])));
    expect(problem.message).toBe(
      'f.csv:3: column "a": missing: "mean" needs numbers, but the column is read as labels; missing: "drop" leaves such rows out',
    );
  });
});

describe("standardize", () => {
  test("each trailing column, fitted on chosen rows", () => {
    const values = [1, 10, 3, 30, 100, 1000];
    const fit = fitStandardize(values, [3, 2], Int32Array.of(0, 1));
    expect(fit).toEqual({ mean: [2, 20], std: [1, 10] });
    expect(Array.from(applyStandardize(values, [3, 2], fit))).toEqual([-1, -1, 1, 1, 98, 98]);
    expect(fitStandardize([1, 3], [2], null)).toEqual({ mean: [2], std: [1] });
    expect(fitStandardize(new Uint8Array(12), [3, 2, 2], null)).toEqual({ mean: [0, 0, 0, 0], std: [1, 1, 1, 1] });
    expect(() => applyStandardize(values, [2, 3], fit)).toThrow(RangeError);
  });

  test("constant columns become zeros, whatever their value", () => {
    const values = new Float64Array(1000).fill(0.1);
    const fit = fitStandardize(values, [1000], null);
    expect(fit).toEqual({ mean: [0.1], std: [1] });
    expect(applyStandardize(values, [1000], fit).every((value) => value === 0)).toBe(true);
  });

  const accurate: [title: string, values: number[], mean: number, std: number][] = [
    ["a large offset", [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], 1e9 + 10, Math.sqrt(22.5)],
    ["an offset at the edge of the digits", [1e15, 1e15 + 1, 1e15 + 2], 1e15 + 1, Math.sqrt(2 / 3)],
    ["cancelling sums", [1e100, 1, -1e100, 1], 0.5, Math.sqrt(0.5) * 1e100],
    ["squares that overflow", [-1.5e308, 1.5e308], 0, 1.5e308],
    ["sums that overflow", [1.5e308, 1.6e308, 1.7e308], 1.6e308, Math.sqrt(2 / 3) * 1e307],
    ["squares that underflow", [1e-200, 3e-200], 2e-200, 1e-200],
    ["the smallest numbers", [0, 1e-320], 5e-321, 5e-321],
  ];
  for (const [title, values, mean, std] of accurate) {
    test(title, () => {
      const fit = fitStandardize(values, [values.length], null);
      expect(Math.abs((fit.mean[0] as number) - mean)).toBeLessThanOrEqual(Math.abs(mean) * 2 ** -52);
      expect(Math.abs((fit.std[0] as number) - std)).toBeLessThanOrEqual(std * 1e-15 + 5e-324);
    });
  }

  test("many small numbers beside a large offset keep their digits", () => {
    const values = Float64Array.from({ length: 100_000 }, (_, row) => 1e8 + (row % 2 === 0 ? 0.25 : 0.75));
    expect(fitStandardize(values, [values.length], null)).toEqual({ mean: [1e8 + 0.5], std: [0.25] });
  });

  test("standardized columns have mean 0 and deviation 1; not-a-number stays visible", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const result = applyStandardize(values, [values.length], fitStandardize(values, [values.length], null));
        const again = fitStandardize(result, [values.length], null);
        expect(again.mean[0]).toBeCloseTo(0, 12);
        expect(again.std[0]).toBeCloseTo(1, 12);
      }),
      { numRuns: 200 },
    );
    expect(fitStandardize([1, Number.NaN], [2], null)).toEqual({ mean: [Number.NaN], std: [Number.NaN] });
  });
});

describe("categories", () => {
  const orders: [cells: string[], labels: string[]][] = [
    [
      ["b", "a", "b"],
      ["a", "b"],
    ],
    [
      ["10", "9", "-1"],
      ["-1", "9", "10"],
    ],
    [
      ["10", "9", "x"],
      ["10", "9", "x"],
    ],
    [
      ["1.0", "1", "0.5"],
      ["0.5", "1", "1.0"],
    ],
    [
      ["inf", "3", "-inf"],
      ["-inf", "3", "inf"],
    ],
    [
      ["b", "B", "é", "a"],
      ["B", "a", "b", "é"],
    ],
    [
      ["\uffee", "😀", "z"],
      ["z", "\uffee", "😀"],
    ],
    [
      ["ab", "a", ""],
      ["", "a", "ab"],
    ],
  ];
  for (const [cells, labels] of orders) test(cells.join(" "), () => expect(fitCategories(cells)).toEqual(labels));

  test("codes", () => {
    expect(encodeCategories(["b", "a", "b"], ["a", "b"], null)).toEqual(Int32Array.of(1, 0, 1));
    expect(encodeCategories(["__proto__"], ["constructor", "__proto__"], null)).toEqual(Int32Array.of(1));
  });

  test("an unknown label", () => {
    const place = { file: "f.csv", column: "species" };
    const problem = problemIn(encodeCategories(["b", "x"], ["a", "b"], Int32Array.of(2, 3), place));
    expect(problem).toMatchObject({ file: "f.csv", line: 3, column: "species" });
    expect(problem.message).toBe('f.csv:3: column "species": row 2 has the label "x", which is unknown; the labels are "a", "b"');
    const many = Array.from({ length: 30 }, (_, label) => `l${label}`);
    expect(problemIn(encodeCategories(["x"], many, null)).message).toMatch(/^data: row 1 .* "l11" and 18 more$/);
  });

  test("every cell is the label of its code, and labels are in the order of code points", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (cells) => {
        const labels = fitCategories(cells);
        const codes = fine(encodeCategories(cells, labels, null));
        expect(Array.from(codes, (code) => labels[code])).toEqual(cells);
        expect(new Set(labels).size).toBe(labels.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe("splitRows", () => {
  const cases: [rows: number, share: number, train: number[], test: number[]][] = [
    [5, 0.8, [0, 2, 3, 4], [1]],
    [5, 0.5, [2, 3, 4], [0, 1]],
    [5, 1, [0, 2, 3, 4], [1]],
    [5, 0, [4], [0, 1, 2, 3]],
    [1, 0.5, [0], []],
    [0, 0.5, [], []],
  ];
  for (const [rows, share, train, part] of cases) {
    test(`${rows} rows, ${share}`, () => {
      const permutation = Int32Array.from([4, 2, 3, 0, 1].filter((row) => row < rows));
      const split = splitRows(rows, share, permutation);
      expect([Array.from(split.train), Array.from(split.test)]).toEqual([train, part]);
    });
  }

  test("the parts are all rows, each once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
        const split = splitRows(
          rows,
          share,
          Int32Array.from({ length: rows }, (_, row) => rows - 1 - row),
        );
        expect([...split.train, ...split.test].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
        expect(Math.min(split.train.length, split.test.length)).toBeGreaterThan(0);
      }),
    );
    expect(() => splitRows(3, 0.5, Int32Array.of(0))).toThrow(RangeError);
  });
});
