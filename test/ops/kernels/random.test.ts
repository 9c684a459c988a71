// The counter-based generator: published answers, independence of the array's length, distribution, permutations.
import { describe, expect, it } from "vitest";
import { erf, fillNormal, fillUniform, hashPath, permutation, philox, randomKey } from "../../../src/ops/kernels/index.ts";

const stream = hashPath("layer.W");

describe("philox", () => {
  const answers: readonly (readonly [counter: readonly number[], key: readonly number[], result: readonly number[]])[] = [
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  it.each(answers)("gives the published answer for counter %j and key %j", (counter, key, result) => {
    const out = new Uint32Array(4);
    philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
    expect([...out]).toEqual(result);
  });
});

describe("keys", () => {
  it("hash paths to fixed words without collisions among 100,000 names", () => {
    expect(hashPath("")).toMatchInlineSnapshot(`
      {
        "high": 2872998923,
        "low": 2303284360,
      }
    `);
    expect(hashPath("layer.W")).toMatchInlineSnapshot(`
      {
        "high": 1756120665,
        "low": 1494477857,
      }
    `);
    const seen = new Set<string>();
    for (let index = 0; index < 50000; index++) {
      for (const path of [`net.linear_${index}.W`, `θ${index}`]) {
        const { high, low } = hashPath(path);
        expect(high >>> 0 === high && low >>> 0 === low).toBe(true);
        seen.add(`${high},${low}`);
      }
    }
    expect(seen.size).toBe(100000);
  });

  it("tell apart letters, their order and characters that share a byte", () => {
    const paths = ["ab", "ba", "a", "aa", "b", "\u0161", "a\u0001", "\u0100", "\u0001"];
    expect(new Set(paths.map((path) => JSON.stringify(hashPath(path)))).size).toBe(paths.length);
  });

  it("depend on all 53 bits of the seed and on the stream", () => {
    const keys = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER].map((seed) =>
      JSON.stringify(randomKey(seed, stream)),
    );
    expect(new Set([...keys, JSON.stringify(randomKey(0, hashPath("layer.b")))]).size).toBe(8);
  });
});

/** Mean, variance, skewness and excess kurtosis. */
function moments(values: ArrayLike<number>): number[] {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const central = (power: number) => list.reduce((sum, value) => sum + (value - mean) ** power, 0) / list.length;
  const variance = central(2);
  return [mean, variance, central(3) / variance ** 1.5, central(4) / variance ** 2 - 3];
}

/** Chi-square of counts against equal shares. */
function chiSquare(counts: readonly number[]): number {
  const share = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - share) ** 2 / share, 0);
}

/** How many of the values fall into each of `bins` equal parts of [0, 1). */
function histogram(values: ArrayLike<number>, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of Array.from(values)) counts[Math.floor(value * bins)] += 1;
  return counts;
}

const arrays: readonly (readonly [name: string, make: (n: number) => Float64Array | Float32Array])[] = [
  ["Float64Array", (n) => new Float64Array(n)],
  ["Float32Array", (n) => new Float32Array(n)],
];

describe.each(arrays)("%s", (_name, make) => {
  it.each([
    ["uniform", fillUniform],
    ["normal", fillNormal],
  ] as const)("%s element i depends only on seed, step, stream and i", (_kind, fill) => {
    const long = make(1001);
    fill(long, 42, 7, stream);
    for (const length of [0, 1, 2, 3, 5, 64, 1000]) {
      const short = make(length);
      fill(short, 42, 7, stream);
      expect([...short]).toEqual([...long.subarray(0, length)]);
    }
    for (const [seed, step, other] of [
      [43, 7, stream],
      [42, 8, stream],
      [42, 7, hashPath("layer.b")],
      [42, 7 + 2 ** 32, stream],
    ] as const) {
      const changed = make(1001);
      fill(changed, seed, step, other);
      expect([...changed].filter((value, index) => value === long[index]).length).toBeLessThan(3);
    }
  });

  it("uniform numbers lie in [low, high) and are spread evenly", () => {
    const values = make(200000);
    fillUniform(values, 5, 0, stream);
    expect(Math.min(...values.subarray(0, 100000))).toBeGreaterThanOrEqual(0);
    expect(values.every((value) => value < 1)).toBe(true);
    const [mean, variance] = moments(values);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.002);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001);
    const chi = chiSquare(histogram(values, 100));
    expect(chi).toBeGreaterThan(60);
    expect(chi).toBeLessThan(150);
    const pairs = new Array<number>(100).fill(0);
    for (let index = 0; index < values.length; index += 2)
      pairs[Math.floor(values[index] * 10) * 10 + Math.floor(values[index + 1] * 10)] += 1;
    expect(chiSquare(pairs)).toBeLessThan(150);
  });

  it("uniform numbers of a range stay inside it, even a range of one step", () => {
    const values = make(10000);
    fillUniform(values, 5, 0, stream, -3, 2);
    expect(values.every((value) => value >= -3 && value < 2)).toBe(true);
    fillUniform(values, 5, 0, stream, 1, 1 + 2 ** -22);
    expect(values.every((value) => value >= 1 && value < 1 + 2 ** -22)).toBe(true);
    fillUniform(values, 5, 0, stream, 4, 4);
    expect(values.every((value) => value === 4)).toBe(true);
  });

  it("normal numbers have the moments and the distribution of the normal distribution", () => {
    const values = make(200000);
    fillNormal(values, 6, 0, stream);
    const [mean, variance, skewness, kurtosis] = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.008);
    expect(Math.abs(variance - 1)).toBeLessThan(0.012);
    expect(Math.abs(skewness)).toBeLessThan(0.02);
    expect(Math.abs(kurtosis)).toBeLessThan(0.04);
    const ranks = Array.from(values, (value) => 0.5 + 0.5 * erf(value / Math.SQRT2));
    expect(chiSquare(histogram(ranks, 100))).toBeLessThan(150);
    let product = 0;
    for (let index = 0; index < values.length; index += 2) product += values[index] * values[index + 1];
    expect(Math.abs(product / 100000)).toBeLessThan(0.01);
  });

  it("normal numbers take mean and deviation", () => {
    const plain = make(100);
    const moved = make(100);
    fillNormal(plain, 6, 0, stream);
    fillNormal(moved, 6, 0, stream, 3, 0.5);
    moved.forEach((value, index) => void expect(value).toBeCloseTo(3 + 0.5 * plain[index], 5));
  });
});

describe("fixed numbers", () => {
  it("never change: saved runs and examples depend on them", () => {
    const uniform = new Float64Array(3);
    fillUniform(uniform, 1, 2, stream);
    expect([...uniform]).toMatchInlineSnapshot(`
      [
        0.4654805830816737,
        0.7656223755390401,
        0.3198338559661108,
      ]
    `);
    const narrow = new Float32Array(3);
    fillUniform(narrow, 1, 2, stream);
    expect([...narrow]).toMatchInlineSnapshot(`
      [
        0.4654805660247803,
        0.2893374562263489,
        0.7656223177909851,
      ]
    `);
    const normal = new Float64Array(3);
    fillNormal(normal, 1, 2, stream);
    expect([...normal]).toMatchInlineSnapshot(`
      [
        0.10968967564808317,
        -1.1138862683855797,
        -0.27008551814441034,
      ]
    `);
    expect([...permutation(12, 1, 2, stream)]).toMatchInlineSnapshot(`
      [
        9,
        10,
        7,
        4,
        2,
        5,
        3,
        1,
        11,
        0,
        6,
        8,
      ]
    `);
  });
});

describe("permutation", () => {
  it.each([0, 1, 2, 3, 17, 1000, 60000])("of %i numbers holds each once", (n) => {
    const order = permutation(n, 3, 0, stream);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, index) => index));
  });

  it("repeats for the same key and changes with seed, step and stream", () => {
    const list = (seed: number, step: number, path: string) => permutation(100, seed, step, hashPath(path)).join();
    expect(list(1, 2, "a")).toBe(list(1, 2, "a"));
    expect(new Set([list(1, 2, "a"), list(2, 2, "a"), list(1, 3, "a"), list(1, 2, "b")]).size).toBe(4);
  });

  it("takes every order of four numbers equally often", () => {
    const counts = new Map<string, number>();
    for (let step = 0; step < 24000; step++) {
      const order = permutation(4, 9, step, stream).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(50);
  });
});
