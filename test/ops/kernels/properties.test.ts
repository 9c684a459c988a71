// Properties of the scalar kernels: symmetry, monotony, identities, fixed bits, and that they use no function of the engine.
import { readdirSync, readFileSync } from "node:fs";
import { assert, constantFrom, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import * as k from "../../../src/ops/kernels/index.ts";

const anyNumber = double({ noNaN: true });

type Unary = (x: number) => number;

describe("symmetry", () => {
  const odd: Readonly<Record<string, Unary>> = {
    sin: k.sin,
    tan: k.tan,
    asin: k.asin,
    atan: k.atan,
    sinh: k.sinh,
    tanh: k.tanh,
    asinh: k.asinh,
    atanh: k.atanh,
    erf: k.erf,
    cbrt: k.cbrt,
  };
  it.each(Object.entries(odd))("%s is odd", (_name, kernel) => {
    assert(
      property(anyNumber, (x) => Object.is(kernel(-x), -kernel(x))),
      { numRuns: 500, seed: 1 },
    );
  });

  it.each(Object.entries({ cos: k.cos, cosh: k.cosh }))("%s is even", (_name, kernel) => {
    assert(
      property(anyNumber, (x) => Object.is(kernel(-x), kernel(x))),
      { numRuns: 500, seed: 2 },
    );
  });

  it("hypot and logaddexp do not mind the order", () => {
    assert(
      property(anyNumber, anyNumber, (x, y) => Object.is(k.hypot(x, y), k.hypot(y, x)) && Object.is(k.logaddexp(x, y), k.logaddexp(y, x))),
      { numRuns: 500, seed: 3 },
    );
  });
});

/** The next number above x. */
function nextUp(x: number): number {
  const value = new Float64Array([x]);
  const bits = new BigInt64Array(value.buffer);
  if (x === 0) return Number.MIN_VALUE;
  bits[0] += x > 0 ? 1n : -1n;
  return value[0];
}

describe("monotony", () => {
  const rising: Readonly<Record<string, readonly [kernel: Unary, low: number, high: number]>> = {
    exp: [k.exp, -745, 709],
    exp2: [k.exp2, -1074, 1023],
    expm1: [k.expm1, -40, 700],
    log: [k.log, 0, 1e300],
    log1p: [k.log1p, -0.999, 1e10],
    log2: [k.log2, 0, 1e10],
    log10: [k.log10, 0, 1e10],
    sinh: [k.sinh, -700, 700],
    tanh: [k.tanh, -22, 22],
    sigmoid: [k.sigmoid, -745, 40],
    softplus: [k.softplus, -745, 800],
    erf: [k.erf, -6, 6],
    asin: [k.asin, -1, 1],
    atan: [k.atan, -1e3, 1e3],
    asinh: [k.asinh, -1e3, 1e3],
    acosh: [k.acosh, 1, 1e3],
    atanh: [k.atanh, -0.999, 0.999],
    cbrt: [k.cbrt, -1e3, 1e3],
    lgamma: [k.lgamma, 1.5, 1e3],
    digamma: [k.digamma, 1e-3, 1e3],
  };
  it.each(Object.entries(rising))("%s rises from grid point to grid point", (_name, [kernel, low, high]) => {
    let before = kernel(low);
    for (let index = 1; index <= 5000; index++) {
      const value = kernel(low + ((high - low) * index) / 5000);
      expect(value).toBeGreaterThanOrEqual(before);
      before = value;
    }
  });

  it.each(Object.entries(rising))("%s falls by at most a unit in the last place between neighbours", (_name, [kernel, low, high]) => {
    for (let index = 1; index < 2000; index++) {
      const x = low + ((high - low) * (index + 0.37)) / 2001;
      const value = kernel(x);
      expect(kernel(nextUp(x)) - value).toBeGreaterThanOrEqual(-Math.abs(value) * 2 ** -52 - Number.MIN_VALUE);
    }
  });
});

describe("identities", () => {
  const near = (value: number, expected: number, units: number) =>
    Math.abs(value - expected) <= units * 2 ** -53 * Math.max(Math.abs(expected), 2 ** -1000);
  const range = (min: number, max: number) => double({ min, max, noNaN: true });
  const cases: Readonly<Record<string, (x: number) => boolean>> = {
    "sin^2 + cos^2 = 1": (x) => near(k.sin(x) ** 2 + k.cos(x) ** 2, 1, 6),
    "exp(x) exp(-x) = 1": (x) => Math.abs(x) > 700 || near(k.exp(x) * k.exp(-x), 1, 6),
    "erf + erfc = 1": (x) => near(k.erf(x) + k.erfc(x), 1, 4),
    "sigmoid(x) + sigmoid(-x) = 1": (x) => near(k.sigmoid(x) + k.sigmoid(-x), 1, 4),
    "softplus(x) - softplus(-x) = x": (x) => Math.abs(k.softplus(x) - k.softplus(-x) - x) <= 2 ** -52 * Math.max(1, Math.abs(x)),
    "cbrt(x)^3 = x": (x) => near(k.cbrt(x) ** 3, x, 6),
    "x^3 = x x x": (x) => near(k.pow(x, 3), x * x * x, 5),
    "cosh^2 - sinh^2 = 1": (x) => Math.abs(x) > 3 || Math.abs(k.cosh(x) ** 2 - k.sinh(x) ** 2 - 1) <= 2 ** -42,
    "asinh(sinh(x)) = x": (x) => Math.abs(x) > 300 || near(k.asinh(k.sinh(x)), x, 8),
    "digamma(x + 1) - digamma(x) = 1/x": (x) =>
      !(x > 0.01) ||
      Math.abs(k.digamma(x + 1) - k.digamma(x) - 1 / x) <=
        2 ** -50 * Math.max(Math.abs(k.digamma(x)), Math.abs(k.digamma(x + 1)), 1 / x, 1),
  };
  it.each(Object.entries(cases))("%s", (_name, holds) => {
    assert(
      property(constantFrom(1, 30, 700), range(-1, 1), (scale, x) => holds(scale * x)),
      { numRuns: 1000, seed: 4 },
    );
  });

  it("an angle beyond 1e5 agrees with the exact reduction of its multiples", () => {
    for (let power = 17; power < 1020; power += 7) {
      const x = 1.234567 * 2 ** power;
      const doubled = 2 * k.sin(x) * k.cos(x);
      expect(Math.abs(k.sin(2 * x) - doubled)).toBeLessThanOrEqual(4 * 2 ** -53);
    }
  });
});

/** A hash of the bits of numbers. */
function hashBits(values: Float64Array): string {
  const words = new Uint32Array(values.buffer);
  let hash = 0x811c9dc5;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x01000193);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

describe("same bits everywhere", () => {
  const unary: Readonly<Record<string, Unary>> = {
    exp: k.exp,
    exp2: k.exp2,
    expm1: k.expm1,
    log: k.log,
    log1p: k.log1p,
    log2: k.log2,
    log10: k.log10,
    sin: k.sin,
    cos: k.cos,
    tan: k.tan,
    asin: k.asin,
    acos: k.acos,
    atan: k.atan,
    sinh: k.sinh,
    cosh: k.cosh,
    tanh: k.tanh,
    asinh: k.asinh,
    acosh: k.acosh,
    atanh: k.atanh,
    sigmoid: k.sigmoid,
    softplus: k.softplus,
    logSigmoid: k.logSigmoid,
    erf: k.erf,
    erfc: k.erfc,
    lgamma: k.lgamma,
    digamma: k.digamma,
    cbrt: k.cbrt,
  };
  const stream = k.hashPath("same bits");

  it("fixed hashes of the results at 4096 random arguments", () => {
    const uniform = new Float64Array(4096);
    k.fillUniform(uniform, 1, 0, stream);
    const results: Record<string, string> = {};
    for (const [name, kernel] of Object.entries(unary)) {
      const values = uniform.map((u, index) => {
        const scaled = (u - 0.5) * [2, 20, 1e3, 1e7][index % 4];
        const value = kernel(name.startsWith("log") || name === "acosh" ? Math.abs(scaled) : scaled);
        return Number.isNaN(value) ? 0 : value;
      });
      results[name] = hashBits(values);
    }
    const pairs = uniform.map((u, index) => k.pow(4 * u, 40 * (uniform[4095 - index] - 0.5)));
    results.pow = hashBits(pairs);
    results.atan2 = hashBits(uniform.map((u, index) => k.atan2(u - 0.5, uniform[4095 - index] - 0.5)));
    results.polygamma = hashBits(uniform.map((u, index) => k.polygamma(1 + (index % 4), 20 * u)));
    expect(results).toMatchInlineSnapshot(`
      {
        "acos": "8bcf2311",
        "acosh": "793c3680",
        "asin": "49c581c0",
        "asinh": "ad474415",
        "atan": "3677dfbb",
        "atan2": "2a1de2eb",
        "atanh": "222f0f52",
        "cbrt": "4d54778e",
        "cos": "4147321f",
        "cosh": "988b4908",
        "digamma": "4679214f",
        "erf": "68170311",
        "erfc": "ba591240",
        "exp": "3b117ff2",
        "exp2": "c55073cd",
        "expm1": "f560bee5",
        "lgamma": "36cfb7d4",
        "log": "885cf93d",
        "log10": "6cf0e0fd",
        "log1p": "28f3a2fc",
        "log2": "057dc46d",
        "logSigmoid": "cbdafb23",
        "polygamma": "93a4c83b",
        "pow": "a7cb2eac",
        "sigmoid": "6aa6ccc2",
        "sin": "cebb5b91",
        "sinh": "12131787",
        "softplus": "3de68a54",
        "tan": "4873c42d",
        "tanh": "3102c671",
      }
    `);
  });

  it("no kernel calls a function whose bits the engine chooses", () => {
    const folder = new URL("../../../src/ops/kernels/", import.meta.url);
    const allowed = new Set(["abs", "sqrt", "floor", "ceil", "fround", "imul", "max", "min"]);
    for (const file of readdirSync(folder)) {
      const source = readFileSync(new URL(file, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      for (const [, name] of source.matchAll(/Math\.(\w+)/g)) expect(allowed, `Math.${name} in ${file}`).toContain(name);
      expect(source, file).not.toMatch(/\*\*|BigInt|\bNumber\.parse/);
    }
  });
});
