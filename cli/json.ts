// JSON as the commands print it: -0 kept, numbers that JSON lacks as strings, tensors as nested lists.

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

/** A value for a person: a scalar in full, an array with its shape and at most `limit` elements. */
export function describeTensor(tensor: Tensor, limit = 64): string {
  if (tensor.data.length <= limit) return writeJson(toLists(tensor)).replaceAll(",", ", ").replaceAll('"', "");
  const first = Array.from(tensor.data.subarray(0, 6), (value) => writeJson(value)).join(", ");
  return `[${first}, ...] of shape [${tensor.shape.join(", ")}]`;
}
