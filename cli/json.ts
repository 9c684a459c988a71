// Values as the commands print them, as JSON or for a person: -0 kept, numbers that JSON lacks as strings, tensors as nested lists.

import type { Tensor } from "../src/graph/tensor.ts";

/** A tensor as nested lists in row-major order; a scalar is a number; bool as true and false. */
export function toLists(tensor: Tensor): unknown {
  const read = tensor.dtype === "bool" ? (index: number) => tensor.data[index] === 1 : (index: number) => tensor.data[index];
  let next = 0;
  const level = (axis: number): unknown => {
    if (axis === tensor.shape.length) return read(next++);
    return Array.from({ length: tensor.shape[axis] }, () => level(axis + 1));
  };
  return level(0);
}

/** The text of a value: like JSON.stringify, but -0 is written `-0` and NaN, Infinity and -Infinity as strings. */
export function writeJson(value: unknown): string {
  if (typeof value === "number") return writeNumber(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${writeJson(entry)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  return Object.is(value, -0) ? "-0" : String(value);
}

/** How a value is shown to a person. */
interface Show {
  /** The most elements that are shown in full. */
  readonly limit?: number;
  /** Significant digits; null: as many as read back to the same number. */
  readonly digits?: number | null;
}

/** How many elements stand for an array that is not shown in full. */
const elementsShown = 6;

/** A value for a person: a scalar or a small array in full, of a larger one its first elements and its shape. */
export function describeTensor(tensor: Tensor, { limit = 64, digits = null }: Show = {}): string {
  const rounded = digits === null ? tensor : roundTensor(tensor, digits);
  if (tensor.data.length <= limit) return writeJson(toLists(rounded)).replaceAll(",", ", ").replaceAll('"', "");
  const first = Array.from(rounded.data.subarray(0, Math.min(elementsShown, limit)), (value) => writeJson(value)).join(", ");
  return `[${first}, ...] of shape [${tensor.shape.join(", ")}]`;
}

/** Rounds real values to significant digits. */
export function roundTensor(tensor: Tensor, digits: number): Tensor {
  if (tensor.dtype !== "real") return tensor;
  return { ...tensor, data: Float64Array.from(tensor.data, (value) => Number(value.toPrecision(digits))) };
}
