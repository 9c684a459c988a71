// JSON: the three layouts, and messages that name the path of what does not fit.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbersOf, readJson } from "../../src/data/index.ts";
import { columnIn, contentOf, fileOf, messagesOf, problemIn, tableOf } from "./files.ts";

const read = (content: string) => readJson(fileOf("f.json", content));
const numbers = (shape: number[], values: number[]) => ({ shape, values });

describe("readable files", () => {
  const cases: [title: string, content: string, expected: Record<string, unknown>][] = [
    ["records", '[{"a": 1, "b": "x"}, {"b": "y", "a": 2.5}]', { a: numbers([2], [1, 2.5]), b: ["x", "y"] }],
    ["absent and null values", '[{"a": 1}, {"a": null, "b": "y"}]', { a: numbers([2], [1, Number.NaN]), b: ["", "y"] }],
    ["truth values", '[{"a": true}, {"a": false}]', { a: numbers([2], [1, 0]) }],
    ["columns", '{"a": [1, 2], "b": ["x", "y"]}', { a: numbers([2], [1, 2]), b: ["x", "y"] }],
    ["columns with more axes", '{"a": [[1, 2], [3, 4]]}', { a: numbers([2, 2], [1, 2, 3, 4]) }],
    ["records with arrays", '[{"a": [1, 2]}, {"a": [3, null]}]', { a: numbers([2, 2], [1, 2, 3, Number.NaN]) }],
    ["a nested array", "[[[1], [2]], [[3], [4]]]", { "": numbers([2, 2, 1], [1, 2, 3, 4]) }],
    ["a flat array", "[1, -0, 1e-3]", { "": numbers([3], [1, -0, 1e-3]) }],
    ["an array of texts", '["x", "y"]', { "": ["x", "y"] }],
    ["infinities as texts", '[1, "NaN", "Infinity", "-Infinity"]', { "": numbers([4], [1, Number.NaN, Infinity, -Infinity]) }],
    ["infinities as Python writes them", "[NaN, Infinity, -Infinity]", { "": numbers([3], [Number.NaN, Infinity, -Infinity]) }],
    ["numbers and texts", '{"a": [1, "x", null, true, -0]}', { a: ["1", "x", "", "true", "-0"] }],
    ["escapes", '["\\u03b8\\n\\"\\\\\\/", "\\ud83d\\ude00"]', { "": ['θ\n"\\/', "😀"] }],
    ["a byte order mark", "\ufeff[1]", { "": numbers([1], [1]) }],
    [
      "names that objects know",
      '[{"__proto__": 1, "constructor": 2, "toString": 3}]',
      {
        ["__proto__"]: numbers([1], [1]),
        constructor: numbers([1], [2]),
        toString: numbers([1], [3]),
      },
    ],
    ["a prototype that is not one", '{"__proto__": ["polluted"]}', { ["__proto__"]: ["polluted"] }],
  ];
  for (const [title, content, expected] of cases) {
    test(title, () => {
      const table = tableOf(read(content));
      expect([...table.columns.keys()]).toEqual(Object.keys(expected));
      expect(contentOf(table)).toEqual(expected);
      for (const column of table.columns.values()) expect(column.kind === "numeric" ? column.dtype : "real").toBe("real");
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });
  }

  test("rows know their lines", () => {
    expect(columnIn(tableOf(read('[\n{"a": "x"},\n\n{"a":\n"y"}]')), "a")).toMatchObject({ lines: Int32Array.of(2, 4) });
    expect(columnIn(tableOf(read('{"a": ["x", "y",\n"z"]}')), "a")).toMatchObject({ lines: Int32Array.of(1, 1, 2) });
  });

  test("a text among numbers is a problem where numbers are needed", () => {
    const column = columnIn(tableOf(read('[{"a": 1},\n{"a": "x"}]')), "a");
    expect(problemIn(numbersOf(column)).message).toBe('f.json:2: column "a": "x" is not a number');
  });
});

describe("wrong files", () => {
  const cases: [content: string, message: string][] = [
    ["", "f.json:1: expected a value, found the end of the file"],
    ["[1,\n2", 'f.json:2: expected "," or "]", found the end of the file'],
    ["[1, 2,]", 'f.json:1: expected a value, found "]"'],
    ["[1 2]", 'f.json:1: expected "," or "]", found "2]"'],
    ["{'a': [1]}", "f.json:1: expected a key in double quotes, found \"'a': [1]}\""],
    ['{"a" [1]}', 'f.json:1: expected ":", found "[1]}"'],
    ['{"a": [1], "a": [2]}', 'f.json:1: the key "a" appears twice in one object'],
    [
      '{"a": [1]} {"a": [2]}',
      'f.json:1: expected the end of the file after its one value (put several records into [ ]), found "{\\"a\\": [2]}"',
    ],
    ["[01]", 'f.json:1: expected "," or "]", found "1]"'],
    ["[+1]", 'f.json:1: expected a value, found "+1]"'],
    ["[1e999]", 'f.json:1: "1e999" is too large for a 64-bit number'],
    ["[undefined]", 'f.json:1: expected a value, found "undefined]"'],
    ['["\\x"]', 'f.json:1: "\\\\x" is not an escape of JSON'],
    ['["\\u12g4"]', 'f.json:1: "\\\\u" is not an escape of JSON'],
    ['["a\nb"]', 'f.json:1: expected the closing quote of a text, found "\\nb\\"]"'],
    ['["a', "f.json:1: expected the closing quote of a text, found the end of the file"],
    ["1", "f.json: expected an array of records, an object of arrays or a nested array, found 1"],
    ['"x"', 'f.json: expected an array of records, an object of arrays or a nested array, found the text "x"'],
    ["[]", "f.json: the array is empty"],
    ["{}", "f.json: the file has no rows"],
    ['{"a": []}', "f.json: the file has no rows"],
    ["[{}]", "f.json: the records have no keys"],
    ['{"a": 1}', 'f.json:1: column "a": expected an array with one value per row, found 1'],
    ['{"a": [1, 2],\n"b": [1]}', 'f.json:2: column "b": it has 1 rows, but column "a" has 2'],
    ['[{"a": 1},\n3]', "f.json:2: [1] should be a record as [0] is, but is 3"],
    ['[{"a": 1}, {"a": {"b": 2}}]', "f.json:1: [1].a is an object; a column holds numbers, texts or arrays of numbers"],
    ["[[1, 2],\n[3]]", "f.json:2: [1] has 1 entries, not 2, where [0] has the shape [2]"],
    ["[[[1], [2]], [[3], [4, 5]]]", "f.json:1: [1][1] has 2 entries, not 1, where [0] has the shape [2, 1]"],
    ["[[1], 2]", "f.json:1: [1] is 2, not an array of 1, where [0] has the shape [1]"],
    ['[[1], ["x"]]', 'f.json:1: [1][0] is the text "x", not a number, where [0] has the shape [1]'],
    ["[[1], [[2]]]", "f.json:1: [1][0] is an array, not a number, where [0] has the shape [1]"],
    ['[{"a b": [1]}, {"a b": [{}]}]', 'f.json:1: [1]["a b"][0] is an object, not a number, where [0]["a b"] has the shape [1]'],
    ["[[]]", "f.json:1: [0] holds an empty array or one of more than 32 axes"],
    [`${"[".repeat(40)}1${"]".repeat(40)}`, "f.json:1: [0] holds an empty array or one of more than 32 axes"],
    ["[".repeat(1_000_000), 'f.json:1: brackets may be nested 64 deep, found "[[[[[[[[[[[["'],
    ['{"a":'.repeat(1_000_000), 'f.json:1: brackets may be nested 64 deep, found "{\\"a\\":{\\"a\\":{\\""'],
  ];
  for (const [content, message] of cases) {
    test(message.slice(0, 90), () => expect(messagesOf(read(content))).toEqual([message]));
  }

  test("records whose keys all differ do not fill the memory", () => {
    const records = Array.from({ length: 20_000 }, (_, row) => `{"k${row}": 1}`);
    expect(messagesOf(read(`[${records.join(",")}]`))).toEqual(["f.json: 20000 records with 20000 different keys make too large a table"]);
  });
});

test("what JSON.stringify writes reads back", () => {
  const name = fc.string({ unit: "grapheme" });
  const rows = fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), name), { minLength: 1 });
  fc.assert(
    fc.property(rows, (values) => {
      const records = values.map(([x, t]) => ({ x, t: `t${t}` }));
      const expected = {
        x: numbers(
          [values.length],
          values.map(([x]) => x + 0),
        ),
        t: values.map(([, t]) => `t${t}`),
      };
      for (const indent of [0, 1]) expect(contentOf(tableOf(read(JSON.stringify(records, null, indent))))).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("the same texts are JSON to this reader and to JSON.parse, apart from NaN, duplicates and depth", () => {
  const pieces = fc.constantFrom("[", "]", "{", "}", ",", ":", '"a"', '"b"', "1", "-0.5e1", "null", "true", " ", "\n", '"', "\\");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      const text = parts.join("");
      const result = read(text);
      const refused = result.problems.some((problem) => problem.code === "json-syntax" && !problem.message.includes("appears twice"));
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(!refused, text).toBe(valid || result.problems.some((problem) => problem.message.includes("appears twice")));
    }),
    { numRuns: 3000 },
  );
});
