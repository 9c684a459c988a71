// Reads and writes NumPy .npy files: one array of numbers.

import { dtypeOf, LITTLE_ENDIAN, numbersFromBytes, type Storage, storageSize } from "./binary.ts";
import { type NpyHeader, parseNpyHeader } from "./npy-header.ts";
import {
  arrayTable,
  type DataFile,
  type DataProblem,
  dataProblem,
  elementCount,
  failed,
  isProblem,
  type NumericValues,
  quoted,
  type Read,
} from "./table.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const DTYPE = /^([<>|=]?)(f2|f4|f8|i1|i2|i4|i8|u1|u2|u4|u8|b1)$/;
const KNOWN = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and bool";
const WRITTEN: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Float64Array, "f8"],
  [Float32Array, "f4"],
  [Int32Array, "i4"],
  [Int16Array, "i2"],
  [Int8Array, "i1"],
  [Uint32Array, "u4"],
  [Uint16Array, "u2"],
  [Uint8Array, "u1"],
]);

/**
 * Reads an .npy file of version 1, 2 or 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), either byte
 * order, C or Fortran order, as a table with the single column "" in C order. Float16 becomes float32, bool 0 and 1; 64-bit integers
 * become int32, and one that does not fit is a problem.
 */
export function readNpy(file: DataFile): Read {
  const located = locateHeader(file);
  if (isProblem(located)) return failed(located);
  const header = parseNpyHeader(located.text);
  const wrong = (code: string, text: string): Read => failed(dataProblem(code, { file: file.name }, text));
  if (typeof header === "string") return wrong("npy-header", header);
  const dtype = DTYPE.exec(header.descr);
  if (dtype === null) return wrong("npy-dtype", `its dtype is ${quoted(header.descr)}; ${KNOWN} can be read`);
  const storage = dtype[2] as Storage;
  const data = dataBytes(file, header, located.end, storageSize(storage));
  if (isProblem(data)) return failed(data);
  const littleEndian = dtype[1] === "<" || (dtype[1] !== ">" && LITTLE_ENDIAN);
  const values = numbersFromBytes(data, storage, littleEndian);
  if (typeof values === "number") {
    return wrong("npy-too-large", `element ${values} (counted from 0 in the file's order) does not fit into a 32-bit integer`);
  }
  const shaped = header.fortranOrder ? toRowMajor(values, header.shape) : values;
  const column = { kind: "numeric", name: "", dtype: dtypeOf(values), shape: header.shape, values: shaped, file: file.name } as const;
  return { table: arrayTable(file.name, column), problems: [] };
}

/** The text of the header and the offset of the data after it. */
function locateHeader(file: DataFile): { readonly text: string; readonly end: number } | DataProblem {
  const { name, bytes } = file;
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    return dataProblem("npy-magic", { file: name }, "this is a ZIP archive (.npz); save each array as an .npy file");
  }
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    return dataProblem("npy-magic", { file: name }, "this is not an .npy file: it does not start with \\x93NUMPY");
  }
  const version = bytes[6] ?? 0;
  if (bytes.length > 7 && (version < 1 || version > 3)) {
    return dataProblem("npy-version", { file: name }, `its format is version ${version}.${bytes[7]}; versions 1 to 3 can be read`);
  }
  const start = version === 1 ? 10 : 12;
  const size =
    version === 1 ? byteAt(bytes, 8) + byteAt(bytes, 9) * 256 : [11, 10, 9, 8].reduce((sum, at) => sum * 256 + byteAt(bytes, at), 0);
  const end = start + size;
  if (bytes.length < start || bytes.length < end) {
    return dataProblem("npy-truncated", { file: name }, `the file ends inside its header, after ${bytes.length} bytes`);
  }
  if (size > 65536) return dataProblem("npy-header", { file: name }, `its header of ${size} bytes is too long`);
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(byteAt(bytes, at));
  return { text, end };
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function dataBytes(file: DataFile, header: NpyHeader, start: number, size: number): Uint8Array | DataProblem {
  const { shape } = header;
  const shown = `[${shape.join(", ")}]`;
  const place = { file: file.name };
  if (shape.length === 0) return dataProblem("npy-scalar", place, "it holds a single number; data needs a first axis of rows");
  if (shape.includes(0)) return dataProblem("npy-empty", place, `its shape ${shown} has no elements`);
  const count = elementCount(shape);
  if (count === null) return dataProblem("data-too-large", place, `its shape ${shown} has more than 2^31 elements`);
  const found = file.bytes.length - start;
  if (found === count * size) return file.bytes.subarray(start);
  const text = `its shape ${shown} takes ${count * size} bytes of data, but the file has ${found}`;
  return dataProblem(found < count * size ? "npy-truncated" : "npy-length", place, text);
}

/** Column-major values in row-major order. */
function toRowMajor(values: NumericValues, shape: readonly number[]): NumericValues {
  const strides: number[] = [];
  shape.reduce((stride, size) => {
    strides.push(stride);
    return stride * size;
  }, 1);
  const result = values.slice();
  const index = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let target = 0; target < values.length; target++) {
    result[target] = values[source] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      source += strides[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      source -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

/** The bytes of an .npy file (version 1, C order) with row-major values of that shape; the dtype is that of the storage. */
export function writeNpy(values: NumericValues, shape: readonly number[]): Uint8Array {
  if (elementCount(shape) !== values.length) throw new RangeError(`${values.length} values do not have the shape [${shape.join(", ")}]`);
  const type = WRITTEN.get(values.constructor) ?? "u1";
  const order = type.endsWith("1") ? "|" : LITTLE_ENDIAN ? "<" : ">";
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Padded so that the data starts at a multiple of 64 bytes, as NumPy does.
  const size = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = new Uint8Array(size + values.byteLength);
  bytes.set([...MAGIC, 1, 0, (size - 10) & 255, (size - 10) >> 8]);
  const padded = `${header.padEnd(size - 11)}\n`;
  for (let at = 0; at < padded.length; at++) bytes[10 + at] = padded.charCodeAt(at);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), size);
  return bytes;
}
