// Reads numbers of every storage type and byte order from bytes.

import type { NumericValues } from "./table.ts";

/** How numbers are stored: f float, i signed, u unsigned, with their size in bytes; b1 is one byte per truth value. */
export type Storage = "f2" | "f4" | "f8" | "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4" | "u8" | "b1";

/** The size of one element in bytes. */
export function storageSize(storage: Storage): number {
  return Number(storage.slice(1));
}

/** Float64Array and Float32Array hold reals, all others integers. */
export function dtypeOf(values: NumericValues): "real" | "int" {
  return values instanceof Float64Array || values instanceof Float32Array ? "real" : "int";
}

/** The byte order of this machine. */
export const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The numbers in `bytes`, whose length is a multiple of the element's size, copied into an array of their own. f2 becomes float32;
 * i8 and u8 become int32, or the index of the first element outside of int32 is returned; truth values become 0 or 1.
 */
export function numbersFromBytes(bytes: Uint8Array, storage: Storage, littleEndian: boolean): NumericValues | number {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  const size = storageSize(storage);
  if (size > 1 && littleEndian !== LITTLE_ENDIAN) reverseEach(own, size);
  const { buffer } = own;
  switch (storage) {
    case "f2":
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case "f4":
      return new Float32Array(buffer);
    case "f8":
      return new Float64Array(buffer);
    case "i1":
      return new Int8Array(buffer);
    case "i2":
      return new Int16Array(buffer);
    case "i4":
      return new Int32Array(buffer);
    case "u1":
      return own;
    case "u2":
      return new Uint16Array(buffer);
    case "u4":
      return new Uint32Array(buffer);
    case "b1":
      return own.map((byte) => (byte === 0 ? 0 : 1));
    case "i8":
      return narrow(new BigInt64Array(buffer));
    case "u8":
      return narrow(new BigUint64Array(buffer));
  }
}

function reverseEach(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

function narrow(values: BigInt64Array | BigUint64Array): Int32Array | number {
  const result = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = Number(values[index]);
    if (value < -(2 ** 31) || value >= 2 ** 31) return index;
    result[index] = value;
  }
  return result;
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. Every value is exact in float32. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
