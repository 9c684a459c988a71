// NumPy files: what NumPy wrote, what we write, and files that are wrong or cut off.
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NumericValues, readNpy, writeNpy } from "../../src/data/index.ts";
import { columnIn, fileOf, messagesOf, tableOf } from "./files.ts";

const read = (bytes: Uint8Array) => readNpy({ name: "f.npy", bytes });
const arrayIn = (bytes: Uint8Array) => columnIn(tableOf(read(bytes)), "");

/** A version 1 file with this header and this many zero bytes of data. */
function npy(header: string, size = 0, version = 1): Uint8Array {
  const text = `\x93NUMPY${String.fromCharCode(version, 0, header.length & 255, header.length >> 8)}${header}`;
  const bytes = new Uint8Array(text.length + size);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
const header = (descr: string, shape: string, order = "False") => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe("files written by NumPy (zlib, base64)", () => {
  const cases: [title: string, packed: string, storage: unknown, shape: number[], values: number[]][] = [
    [
      "f8 big endian",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBul2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4GKLC/AKUfQOkXUPoDlP4CoQEAkSEp",
      Float64Array,
      [2, 3],
      [0, 0.25, 0.5, 0.75, 1, 1.25],
    ],
    [
      "f4 Fortran order",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GkY6CsaaOgq1CuQDLgYwcLBnYGiwA2IgzQDEC+wB9rweWw==",
      Float32Array,
      [2, 3],
      [0, 0.25, 0.5, 0.75, 1, 1.25],
    ],
    [
      "f2",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2akrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpmOpo6CrUKFAAuBjuGhv/MjAz/qxlqALBIHxI=",
      Float32Array,
      [6],
      [1.5, -0, 6.097555160522461e-5, 5.960464477539063e-8, 65504, Infinity],
    ],
    [
      "i8 Fortran order, three axes",
      "eNqdyDsOAVEYQOE73sYm/u6S3AqFiC0QBYVKJjNXaIzcQSNWYaverzHirMDpvnMYjPvDiae2aqcjm4ROd0X3Fh1tRM9it3bBchq7yH7/yG1stpN5sLIZ600jLSPthpG9/Jl/TH8puuICfuIKPmEP33ARv3AVn3EO33EJv7GPLziPH7iMYVrDH2Uqewg=",
      Int32Array,
      [2, 3, 4],
      [-12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ],
    [
      "i2 big endian, version 2",
      "eNqb7BfqGxDJxFDCwMBQrZ6SWpxcpG6loG6XaaSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQCrv9////7/x9oOSMDEwCkfyEo",
      Int16Array,
      [2, 3],
      [-3, -2, -1, 0, 1, 2],
    ],
    [
      "i1",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBek2morqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkA66///4zMDIBACYvHqk=",
      Int8Array,
      [2, 3],
      [-3, -2, -1, 0, 1, 2],
    ],
    [
      "u8",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuU2qhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4GKGCE0kxQmhlKs0BpVigNAId+G44=",
      Int32Array,
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ],
    [
      "u4 version 3",
      "eNqb7BfqGxDJzFDCwMBQrZ6SWpxcpG6loG5TaqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQCrq//////BsTfgfgHEP8E4l9ADADgvjL2",
      Uint32Array,
      [2, 3],
      [4294967285, 4294967286, 4294967287, 4294967288, 4294967289, 4294967290],
    ],
    [
      "u2 big endian",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuV2qkrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkA67/v/7//v/n/9////7/BwDzsydg",
      Uint16Array,
      [2, 3],
      [65530, 65531, 65532, 65533, 65534, 65535],
    ],
    [
      "bool",
      "eNqb7BfqGxDJyFDGUK2eklqcXKRupaBek2SorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuRgZGAL1yG5U=",
      Uint8Array,
      [3],
      [1, 0, 1],
    ],
  ];
  for (const [title, packed, storage, shape, values] of cases) {
    test(title, () => {
      const column = arrayIn(Uint8Array.from(inflateSync(Buffer.from(packed, "base64"))));
      if (column.kind !== "numeric") throw new Error("not numeric");
      expect(column.values.constructor).toBe(storage);
      expect(column.shape).toEqual(shape);
      expect(Array.from(column.values)).toEqual(values);
      expect(column.dtype).toBe(title.startsWith("f") ? "real" : "int");
    });
  }
});

describe("writeNpy", () => {
  const values = fc.oneof<fc.Arbitrary<NumericValues>[]>(
    fc.float64Array({ minLength: 1, noNaN: true }),
    fc.float32Array({ minLength: 1, noNaN: true }),
    fc.int32Array({ minLength: 1 }),
    fc.int16Array({ minLength: 1 }),
    fc.int8Array({ minLength: 1 }),
    fc.uint32Array({ minLength: 1 }),
    fc.uint16Array({ minLength: 1 }),
    fc.uint8Array({ minLength: 1 }),
  );
  test("every storage reads back as it was", () => {
    fc.assert(
      fc.property(values, fc.nat({ max: 3 }), (array, ones) => {
        const shape = [array.length, ...new Array<number>(ones).fill(1)];
        expect(arrayIn(writeNpy(array, shape))).toMatchObject({ shape, values: array });
      }),
      { numRuns: 500 },
    );
  });

  test("the header is NumPy's, byte for byte, and the data starts at a multiple of 64", () => {
    const bytes = writeNpy(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    expect(Buffer.from(bytes.subarray(0, 128)).toString("latin1")).toBe(
      `\x93NUMPY\x01\0v\0${"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117)}\n`,
    );
    expect(bytes.length).toBe(128 + 48);
  });

  test("a shape that does not fit is refused", () => expect(() => writeNpy(Float64Array.of(1), [2])).toThrow(RangeError));
});

describe("headers", () => {
  const readable: [title: string, text: string][] = [
    ["double quotes, other order, no last comma", '{"shape": (2, 1), "fortran_order": True, "descr": "<f8"}'],
    ["Python 2", header("'<f8'", "(2L, 1L)")],
    ["blanks", "  { 'descr' :'<f8' , 'fortran_order':False,'shape':( 2,1 ,) }   \n"],
    ["native order", header("'=f8'", "(2, 1)")],
  ];
  for (const [title, text] of readable) test(title, () => expect(arrayIn(npy(text, 16))).toMatchObject({ shape: [2, 1] }));

  const wrong: [bytes: Uint8Array, message: string][] = [
    [npy("garbage"), "f.npy: its header is not a dictionary"],
    [npy(""), "f.npy: its header is not a dictionary"],
    [npy("{'descr': '<f8'"), "f.npy: its header is not a dictionary"],
    [npy("{'descr'; '<f8'}"), "f.npy: its header is not a dictionary"],
    [npy("{}"), "f.npy: its header needs descr (a text), fortran_order (True or False) and shape (a tuple), and nothing else"],
    [
      npy(header("True", "(2,)"), 16),
      "f.npy: its header needs descr (a text), fortran_order (True or False) and shape (a tuple), and nothing else",
    ],
    [npy(`${header("'<f8'", "(2,)").trim()}x`, 16), "f.npy: its header goes on after the dictionary"],
    [npy("{'descr': '<f8', 'descr': '<f4', }"), "f.npy: its header has the key descr twice"],
    [npy(header("[('a', '<f8')]", "(2,)")), "f.npy: it holds records of several fields; save each field as an array of its own"],
    [npy(header("None", "(2,)")), "f.npy: its header has a value that is neither text, True, False nor a tuple"],
    [npy(header("'<f8'", "(-2,)")), "f.npy: its header is not a dictionary"],
    [npy(header("'<f8'", "(2.0,)")), "f.npy: its header is not a dictionary"],
    [npy(header("'<f8'", "(2, x)")), "f.npy: its shape is not a tuple of whole numbers"],
    [npy(header("'<f8'", "(2")), "f.npy: its shape is not a tuple of whole numbers"],
    [npy(header("'<f8'", "(2 3)")), "f.npy: its shape is not a tuple of whole numbers"],
    [npy(header("'<f8'", `(${"1, ".repeat(40)})`)), "f.npy: its shape has more than 32 axes"],
    [npy(header("'<f8'", "()"), 8), "f.npy: it holds a single number; data needs a first axis of rows"],
    [npy(header("'<f8'", "(0, 3)")), "f.npy: its shape [0, 3] has no elements"],
    [npy(header("'<f8'", "(99999999, 99999999)")), "f.npy: its shape [99999999, 99999999] has more than 2^31 elements"],
    [npy(header("'<f8'", "(1000000,)"), 16), "f.npy: its shape [1000000] takes 8000000 bytes of data, but the file has 16"],
    [npy(header("'<f8'", "(2,)"), 17), "f.npy: its shape [2] takes 16 bytes of data, but the file has 17"],
    [npy(header("'<c16'", "(2,)"), 32), 'f.npy: its dtype is "<c16"; f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and bool can be read'],
    [npy(header("'<U5'", "(2,)"), 40), 'f.npy: its dtype is "<U5"; f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and bool can be read'],
    [npy(header("'<f8'", "(2,)"), 16, 4), "f.npy: its format is version 4.0; versions 1 to 3 can be read"],
    [fileOf("", "hello, world").bytes, "f.npy: this is not an .npy file: it does not start with \\x93NUMPY"],
    [fileOf("", "").bytes, "f.npy: this is not an .npy file: it does not start with \\x93NUMPY"],
    [fileOf("", [0x50, 0x4b, 3, 4]).bytes, "f.npy: this is a ZIP archive (.npz); save each array as an .npy file"],
  ];
  for (const [bytes, message] of wrong) test(message.slice(0, 90), () => expect(messagesOf(read(bytes))).toEqual([message]));
});

test("64-bit integers that do not fit are named", () => {
  const bytes = npy(header("'<i8'", "(3,)"), 24);
  bytes.set([0, 0, 0, 128, 255, 255, 255, 255], bytes.length - 24); // -2^31 fits
  bytes.set([0, 0, 0, 128, 0, 0, 0, 0], bytes.length - 8); // 2^31 does not
  expect(messagesOf(read(bytes))).toEqual(["f.npy: element 2 (counted from 0 in the file's order) does not fit into a 32-bit integer"]);
  bytes.fill(0, bytes.length - 8);
  expect(arrayIn(bytes)).toMatchObject({ values: Int32Array.of(-(2 ** 31), 0, 0) });
});

test("a file cut off anywhere, or with any byte changed, is a table or a problem", () => {
  const whole = writeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
  for (let length = 0; length < whole.length; length++) messagesOf(read(whole.subarray(0, length)));
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0, 0x27, 0x29, 0x39, 0x7b, 0xff]) {
      const changed = whole.slice();
      changed[at] = byte;
      const result = read(changed);
      expect(result.table === null).toBe(result.problems.length > 0);
    }
  }
});

test("the data may start at any offset of its buffer", () => {
  const whole = writeNpy(Float64Array.of(1, 2), [2]);
  const shifted = new Uint8Array(whole.length + 3);
  shifted.set(whole, 3);
  expect(arrayIn(shifted.subarray(3))).toMatchObject({ values: Float64Array.of(1, 2) });
});
