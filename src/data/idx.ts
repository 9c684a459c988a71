// Reads idx files, the format of the MNIST digits: one array, or images with their labels.

import { dtypeOf, numbersFromBytes, type Storage, storageSize } from "./binary.ts";
import {
  arrayTable,
  type DataFile,
  type DataProblem,
  dataProblem,
  elementCount,
  failed,
  isProblem,
  type NumericColumn,
  type Read,
} from "./table.ts";

/** The third byte of the file: how its numbers are stored. */
const STORAGES: ReadonlyMap<number, Storage> = new Map<number, Storage>([
  [0x08, "u1"],
  [0x09, "i1"],
  [0x0b, "i2"],
  [0x0c, "i4"],
  [0x0d, "f4"],
  [0x0e, "f8"],
]);
const MAXIMUM_AXES = 32;

/**
 * One file gives a table with the single column ""; two give the columns "images" and "labels", whose first axes must be equal.
 * Numbers stay in the file's compact storage (bytes for images), whose dtype is "int" unless they are float or double.
 */
export function readIdx(files: readonly DataFile[]): Read {
  const [first, second] = files;
  if (first === undefined || files.length > 2) {
    const text = `idx takes one file, or images and labels, not ${files.length} files`;
    return failed(dataProblem("data-files", { file: first?.name ?? "idx" }, text));
  }
  const images = readArray(first, second === undefined ? "" : "images");
  if (isProblem(images)) return failed(images);
  if (second === undefined) return { table: arrayTable(first.name, images), problems: [] };
  const labels = readArray(second, "labels");
  if (isProblem(labels)) return failed(labels);
  if (images.shape[0] !== labels.shape[0]) {
    const text = `it holds ${labels.shape[0]} labels, but ${first.name} holds ${images.shape[0]} images`;
    return failed(dataProblem("idx-unequal", { file: second.name }, text));
  }
  const columns = new Map([images, labels].map((column) => [column.name, column]));
  return { table: { file: first.name, rows: images.shape[0] as number, columns }, problems: [] };
}

function readArray(file: DataFile, name: string): NumericColumn | DataProblem {
  const { bytes } = file;
  const wrong = (code: string, text: string): DataProblem => dataProblem(code, { file: file.name }, text);
  if (bytes.length < 4) return wrong("idx-truncated", `the file ends inside its header, after ${bytes.length} bytes`);
  const [zero, zeroToo, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero !== 0 || zeroToo !== 0) return wrong("idx-magic", "this is not an idx file: its first two bytes are not zero");
  const storage = STORAGES.get(type);
  if (storage === undefined)
    return wrong("idx-type", `0x${type.toString(16).padStart(2, "0")} is not a type of idx (08, 09, 0b, 0c, 0d, 0e)`);
  if (rank === 0 || rank > MAXIMUM_AXES) return wrong("idx-rank", `it has ${rank} axes; 1 to ${MAXIMUM_AXES} can be read`);
  const start = 4 + 4 * rank;
  if (bytes.length < start) return wrong("idx-truncated", `the file ends inside its header, after ${bytes.length} of ${start} bytes`);

  const shape = Array.from({ length: rank }, (_, axis) => sizeAt(bytes, 4 + 4 * axis));
  const shown = `[${shape.join(", ")}]`;
  if (shape.includes(0)) return wrong("idx-empty", `its shape ${shown} has no elements`);
  const count = elementCount(shape);
  if (count === null) return wrong("data-too-large", `its shape ${shown} has more than 2^31 elements`);
  const size = count * storageSize(storage);
  const found = bytes.length - start;
  if (found !== size) {
    return wrong(
      found < size ? "idx-truncated" : "idx-length",
      `its shape ${shown} takes ${size} bytes of data, but the file has ${found}`,
    );
  }
  const values = numbersFromBytes(bytes.subarray(start), storage, false) as NumericColumn["values"];
  return { kind: "numeric", name, dtype: dtypeOf(values), shape, values, file: file.name };
}

function sizeAt(bytes: Uint8Array, at: number): number {
  return [0, 1, 2, 3].reduce((size, index) => size * 256 + (bytes[at + index] as number), 0);
}
