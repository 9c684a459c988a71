// Listed values of the scalar kernels: zeros with signs, infinities, nan, subnormal numbers, thresholds and exact results.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as k from "../../../src/ops/kernels/index.ts";

const functions = k as unknown as Readonly<Record<string, (...values: readonly number[]) => number>>;

const cases = readFileSync(new URL("special-values.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

describe("listed values", () => {
  it.each(cases)("%s", (line) => {
    const [call, value] = line.split(" = ");
    const [name, ...values] = call.split(" ");
    expect(functions[name](...values.map(Number))).toBe(Number(value));
  });
});

describe("exact results", () => {
  it("log2 of every power of 2 and exp2 of every whole number", () => {
    for (let exponent = -1074; exponent < 1024; exponent++) {
      const power = 2 ** exponent;
      expect(k.log2(power)).toBe(exponent);
      expect(k.exp2(exponent)).toBe(power);
      expect(k.pow(2, exponent)).toBe(power);
    }
  });

  it("log10 of every power of 10 that is a number, and 10^n, exact where it is a number", () => {
    for (let exponent = -300; exponent <= 308; exponent++) {
      const power = Number(`1e${exponent}`);
      expect(k.log10(power)).toBe(exponent);
      expect(Math.abs(k.pow(10, exponent) - power)).toBeLessThanOrEqual(power * 2 ** -52);
      if (exponent >= 0 && exponent <= 22) expect(k.pow(10, exponent)).toBe(power);
    }
  });

  it("whole powers, square roots and cube roots that are whole", () => {
    for (let base = 1; base <= 60; base++) {
      for (let exponent = 0, power = 1; power < 2 ** 53; exponent++, power *= base) {
        if (base === 1 && exponent > 5) break;
        expect(k.pow(base, exponent)).toBe(power);
        expect(k.pow(-base, exponent)).toBe(exponent % 2 === 0 ? power : -power);
      }
      expect(k.cbrt(base ** 3)).toBe(base);
      expect(k.pow(base * base, 0.5)).toBe(base);
      expect(k.pow(base * base, 1.5)).toBe(base ** 3);
    }
  });

  it("lgamma of whole numbers is the logarithm of the factorial", () => {
    for (let n = 3, factorial = 2; n <= 22; factorial *= n, n++) {
      expect(Math.abs(k.lgamma(n) - k.log(factorial))).toBeLessThanOrEqual(2 ** -52 * k.lgamma(n));
    }
  });
});
