// Cells as numbers: what counts as a number, as missing, and as wrong.
import { describe, expect, test } from "vitest";
import {
  type DecimalMark,
  guessColumn,
  isMissing,
  type NumericColumn,
  numbersOf,
  parseNumber,
  type TextColumn,
} from "../../src/data/index.ts";
import { fine, problemIn } from "./files.ts";

const column = (cells: readonly string[], decimal?: DecimalMark): TextColumn => ({
  kind: "text",
  name: "mpg",
  cells,
  lines: Int32Array.from(cells, (_, row) => row + 2),
  file: "cars.csv",
  ...(decimal === undefined ? {} : { decimal }),
});
const numeric = (values: NumericColumn["values"], shape: readonly number[] = [values.length]): NumericColumn => ({
  kind: "numeric",
  name: "x",
  dtype: "real",
  shape,
  values,
});

describe("parseNumber", () => {
  const cases: [cell: string, point: number | null, comma: number | null][] = [
    ["1", 1, 1],
    [" 1\u00a0", 1, 1],
    ["-0", -0, -0],
    ["+1.5", 1.5, null],
    ["1.", 1, null],
    [".5", 0.5, null],
    ["1e-3", 1e-3, 1e-3],
    ["1,5", null, 1.5],
    ["1,5E+2", null, 150],
    ["1e999", Infinity, Infinity],
    ["inf", Infinity, Infinity],
    ["-Infinity", -Infinity, -Infinity],
    ["1.234,5", null, null],
    ["", null, null],
    [".", null, null],
    ["+", null, null],
    ["0x10", null, null],
    ["1e", null, null],
    ["1 2", null, null],
    ["1_000", null, null],
    ["true", null, null],
    ["١", null, null],
  ];
  for (const [cell, point, comma] of cases) {
    test(JSON.stringify(cell), () => expect([parseNumber(cell), parseNumber(cell, ",")]).toEqual([point, comma]));
  }

  test("a million digits that are no number are refused at once", () => {
    const start = performance.now();
    expect(parseNumber(`${"1".repeat(1_000_000)}x`)).toBeNull();
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

test("missing cells", () => {
  for (const cell of ["", "  ", " ".repeat(40), "NA", "na", "N/A", "nan", "NaN", "null", "NULL", "?", " ? "])
    expect(isMissing(cell), cell).toBe(true);
  for (const cell of ["0", "none", "-", "nano", "n a", "??"]) expect(isMissing(cell), cell).toBe(false);
});

describe("numbersOf", () => {
  test("numbers and gaps", () => {
    expect(numbersOf(column(["1", "NA", "2.5", ""]))).toEqual({
      values: Float64Array.of(1, Number.NaN, 2.5, Number.NaN),
      missing: Int32Array.of(1, 3),
    });
  });

  test("the decimal mark of the column, and that of the options before it", () => {
    expect(fine(numbersOf(column(["1,5"], ","))).values).toEqual(Float64Array.of(1.5));
    expect(fine(numbersOf(column(["1.5"], ","), { decimal: "." })).values).toEqual(Float64Array.of(1.5));
  });

  test("numeric columns of compact storage", () => {
    expect(numbersOf(numeric(Uint8Array.of(1, 255)))).toEqual({ values: Float64Array.of(1, 255), missing: new Int32Array(0) });
    const gaps = numeric(Float32Array.of(1, 2, Number.NaN, Number.NaN, 5, 6), [3, 2]);
    expect(fine(numbersOf(gaps)).missing).toEqual(Int32Array.of(1));
  });

  const wrong: [cells: string[], decimal: DecimalMark, message: string][] = [
    [["1", "abc"], ".", 'cars.csv:3: column "mpg": "abc" is not a number'],
    [["1", "a", "b", "c", "d", "e"], ".", 'cars.csv:3: column "mpg": "a" is not a number (and 4 more, the next in line 4, 5, 6)'],
    [["1", "1,5"], ".", 'cars.csv:3: column "mpg": "1,5" is not a number; if "," is the decimal mark, write decimal: ","'],
    [["1", "1.5"], ",", 'cars.csv:3: column "mpg": "1.5" is not a number; if "." is the decimal mark, write decimal: "."'],
    [["red"], ".", 'cars.csv:2: column "mpg": "red" is not a number; text can be used by category(...)'],
    [["1", "-1e999"], ".", 'cars.csv:3: column "mpg": "-1e999" is too large for a 64-bit number'],
    [["1", "\u001b[31m"], ".", 'cars.csv:3: column "mpg": "\\u001b[31m" is not a number'],
    [["1", "x".repeat(100)], ".", `cars.csv:3: column "mpg": "${"x".repeat(40)}…" is not a number`],
  ];
  for (const [cells, decimal, message] of wrong) {
    test(message.slice(0, 60), () => {
      const problem = problemIn(numbersOf(column(cells, decimal)));
      expect(problem).toMatchObject({ message, file: "cars.csv", column: "mpg", line: cells.length === 1 ? 2 : 3 });
    });
  }
});

describe("guessColumn", () => {
  const cases: [cells: string[], kind: string, share: number, distinct: number, missing: number][] = [
    [["1", "2", "NA"], "number", 1, 2, 1],
    [[..."123456789", "x"], "number", 0.9, 10, 0],
    [[..."12345", "x", "y"], "text", 5 / 7, 7, 0],
    [["a", "b", "a", "b"], "category", 0, 2, 0],
    [["a", "b", "c", "d"], "text", 0, 4, 0],
    [["", "?"], "text", 0, 0, 2],
    [["1e999"], "category", 0, 1, 0],
  ];
  for (const [cells, kind, share, distinct, missing] of cases) {
    test(cells.join(" "), () => expect(guessColumn(column(cells))).toEqual({ kind, share, distinct, missing }));
  }

  test("decimal commas, numeric columns", () => {
    expect(guessColumn(column(["1,5", "2"], ",")).kind).toBe("number");
    expect(guessColumn(numeric(Float64Array.of(1, 1, Number.NaN)))).toEqual({ kind: "number", share: 1, distinct: 1, missing: 1 });
  });
});
