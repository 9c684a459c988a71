// Counter-based random numbers: every element is a function of (seed, step, stream, index) alone.

import { log } from "./logarithm.ts";
import { cos, sin } from "./trigonometric.ts";

/** A 64-bit number as two unsigned 32-bit words. */
export interface Words64 {
  high: number;
  low: number;
}

/** The two 32-bit key words of the generator. */
export interface RandomKey {
  first: number;
  second: number;
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const TWO_32 = 4294967296;
const TWO_PI = 6.283185307179586;

/** Result of the last call of `philox`: four unsigned 32-bit words. */
const block = new Uint32Array(4);

/** The upper 32 bits of the 64-bit product of two 32-bit numbers, by halves of 16 bits. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  return (aHigh * bHigh + (cross >>> 16) + (middle >>> 16)) >>> 0;
}

/**
 * Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011): ten rounds on the four counter
 * words with two key words. Writes the four result words to `out` (all words taken and returned modulo 2^32).
 */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
): void {
  let a = counter0;
  let b = counter1;
  let c = counter2;
  let d = counter3;
  let first = key0;
  let second = key1;
  for (let round = 0; round < 10; round++) {
    const nextA = multiplyHigh(MULTIPLIER_1, c) ^ b ^ first;
    const nextC = multiplyHigh(MULTIPLIER_0, a) ^ d ^ second;
    b = Math.imul(MULTIPLIER_1, c);
    d = Math.imul(MULTIPLIER_0, a);
    a = nextA;
    c = nextC;
    first = (first + WEYL_0) | 0;
    second = (second + WEYL_1) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** Bijective mixing of a 32-bit word (the finalizer of MurmurHash3). */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * A 64-bit hash of a name path, the same on every machine: two 32-bit FNV-1a style hashes over the bytes of the path's UTF-16 code units
 * (low byte, then high byte) with different starting values, each mixed at the end together with the length.
 */
export function hashPath(path: string): Words64 {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let index = 0; index < path.length; index++) {
    const unit = path.charCodeAt(index);
    high = Math.imul(Math.imul(high ^ (unit & 255), 0x01000193) ^ (unit >>> 8), 0x01000193);
    low = Math.imul(low ^ (unit & 255), 0x5bd1e995);
    low = Math.imul(low ^ (low >>> 15) ^ (unit >>> 8), 0x5bd1e995);
  }
  const mixedHigh = mix(high ^ path.length);
  const mixedLow = mix(low ^ mixedHigh);
  return { high: mixedHigh >>> 0, low: mixedLow >>> 0 };
}

/**
 * The key of (seed, stream): Philox of the seed's two words and the stream's two words as a counter, under a fixed key, of which the first
 * two result words are kept. seed is a safe whole number >= 0.
 */
export function randomKey(seed: number, stream: Words64): RandomKey {
  philox(seed >>> 0, Math.floor(seed / TWO_32) >>> 0, stream.high, stream.low, 0x57656e67, 0x65727421, block);
  return { first: block[0], second: block[1] };
}

/** Fills `block` for counter (index, step) under a key; index and step are safe whole numbers >= 0. */
function fillBlock(index: number, step: number, key: RandomKey): void {
  philox(index >>> 0, Math.floor(index / TWO_32) >>> 0, step >>> 0, Math.floor(step / TWO_32) >>> 0, key.first, key.second, block);
}

/** 53 random bits in [0, 1) from two words. */
function toUnit(high: number, low: number): number {
  return ((high >>> 5) * 67108864 + (low >>> 6)) / 9007199254740992;
}

/**
 * Fills `out` with uniform numbers in [low, high); element i depends only on (seed, step, stream, i). A Float64Array takes multiples of
 * 2^-53, two from a block of the generator, a Float32Array multiples of 2^-24, four from a block, before they are scaled. A result that
 * rounds up to `high` is replaced by `low`.
 */
export function fillUniform(out: Float64Array | Float32Array, seed: number, step: number, stream: Words64, low = 0, high = 1): void {
  const key = randomKey(seed, stream);
  const wide = out instanceof Float64Array;
  const perBlock = wide ? 2 : 4;
  const span = high - low;
  const limit = wide ? high : Math.fround(high);
  for (let index = 0; index < out.length; index++) {
    const slot = index % perBlock;
    if (slot === 0) fillBlock(index / perBlock, step, key);
    const unit = wide ? toUnit(block[2 * slot], block[2 * slot + 1]) : (block[slot] >>> 8) / 16777216;
    out[index] = low + span * unit;
    if (out[index] >= limit) out[index] = low;
  }
}

/**
 * Fills `out` with normal numbers; element i depends only on (seed, step, stream, i). Box and Muller's method: elements 2j and 2j + 1 are
 * the cosine and sine parts of one block, from 53-bit uniforms, rounded to the array's precision at the end.
 */
export function fillNormal(out: Float64Array | Float32Array, seed: number, step: number, stream: Words64, mean = 0, deviation = 1): void {
  const key = randomKey(seed, stream);
  for (let index = 0; index < out.length; index += 2) {
    fillBlock(index / 2, step, key);
    const radius = Math.sqrt(-2 * log(1 - toUnit(block[0], block[1])));
    const angle = TWO_PI * toUnit(block[2], block[3]);
    out[index] = mean + deviation * (radius * cos(angle));
    if (index + 1 < out.length) out[index + 1] = mean + deviation * (radius * sin(angle));
  }
}

/**
 * A random permutation of 0..n-1 (Fisher and Yates), every order equally likely: position i from the end draws a whole number below i + 1
 * from 32 bits, drawing again where the remainder would favour small numbers. n up to 2^31 - 1.
 */
export function permutation(n: number, seed: number, step: number, stream: Words64): Int32Array {
  const order = new Int32Array(n);
  for (let index = 0; index < n; index++) order[index] = index;
  const key = randomKey(seed, stream);
  let next = 0;
  for (let last = n - 1; last > 0; last--) {
    const count = last + 1;
    const limit = Math.floor(TWO_32 / count) * count;
    let word = TWO_32;
    while (word >= limit) {
      if (next % 4 === 0) fillBlock(next / 4, step, key);
      word = block[next % 4];
      next += 1;
    }
    const chosen = word % count;
    const moved = order[last];
    order[last] = order[chosen];
    order[chosen] = moved;
  }
  return order;
}
