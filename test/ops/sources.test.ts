// Sources: constants, random numbers and initial values, fixed arrays, stopped gradients.
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../src/graph/graph.ts";
import { concreteShape } from "../../src/graph/graph.ts";
import { allocateTensor, type Precision, type Tensor } from "../../src/graph/tensor.ts";
import { findOp } from "../../src/ops/index.ts";
import { fansOf } from "../../src/ops/initialisers.ts";
import { n } from "../support/leaves.ts";
import { at, type, typeOf } from "./differentiate.ts";

function fill(name: string, attributes: Attributes, { seed = 1, step = 0, precision = "f64" as Precision } = {}): Tensor {
  const op = findOp(name);
  if (op?.kind !== "primitive") throw new Error(`${name} is not a primitive.`);
  const { dtype, shape } = op.infer([], attributes, new Map());
  const out = allocateTensor(dtype, concreteShape(shape), precision);
  op.evaluate(out, [], attributes, { single: precision === "f32", seed, step });
  return out;
}

function spread(values: ArrayLike<number>): { mean: number; variance: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
  return { mean, variance: list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / list.length };
}

describe("constants", () => {
  it("hold their values", () => {
    expect(fill("number", { value: 2.5, dtype: "real" }).data[0]).toBe(2.5);
    expect(Array.from(fill("array", { values: [1, 2, 3, 4], shape: [2, 2], dtype: "int" }).data)).toEqual([1, 2, 3, 4]);
    expect(Array.from(fill("constant", { value: 7, shape: [3] }).data)).toEqual([7, 7, 7]);
    expect(Array.from(fill("ones", { shape: [2] }).data)).toEqual([1, 1]);
    expect(Array.from(fill("eye", { n: 2, m: 3 }).data)).toEqual([1, 0, 0, 0, 1, 0]);
  });

  it("name what is missing", () => {
    for (const name of ["zeros", "uniform", "he_normal"]) {
      expect(() => typeOf(name, [], { shape: null, low: 0, high: 1 })).toThrow(`${name} needs a shape here, as in ${name}([3, 4])`);
    }
    expect(() => typeOf("zeros", [], { shape: [2.5] })).toThrow(/not a shape/);
    expect(() => typeOf("eye", [], { n: -1, m: null })).toThrow(/n must be a whole number/);
  });

  it("take symbolic sizes", () => {
    expect(typeOf("zeros", [], { shape: [n, 2] })).toEqual(type([n, 2]));
    expect(typeOf("eye", [], { n, m: null })).toEqual(type([n, n]));
    expect(typeOf("range", [], { start: n, stop: null, step: 1 })).toEqual(type([n], "int"));
  });
});

describe("range and linspace", () => {
  it.each([
    [{ start: 4, stop: null, step: 1 }, [0, 1, 2, 3]],
    [{ start: 2, stop: 8, step: 3 }, [2, 5]],
    [{ start: 5, stop: 0, step: -2 }, [5, 3, 1]],
    [{ start: 3, stop: 3, step: 1 }, []],
    [{ start: 0, stop: -5, step: 1 }, []],
  ])("range %j", (attributes, expected) => {
    const { dtype, data } = fill("range", attributes);
    expect(dtype).toBe("int");
    expect(Array.from(data)).toEqual(expected);
  });

  it("range refuses a step of 0 and one that may not divide a size", () => {
    expect(() => typeOf("range", [], { start: 4, stop: null, step: 0 })).toThrow(/other than 0/);
    expect(() => typeOf("range", [], { start: n, stop: null, step: 2 })).toThrow(/must divide n/);
  });

  it("linspace ends exactly", () => {
    const { data } = fill("linspace", { start: 0.1, stop: 0.7, count: 8 });
    expect([data[0], data[7]]).toEqual([0.1, 0.7]);
    expect(Array.from(fill("linspace", { start: 3, stop: 9, count: 1 }).data)).toEqual([3]);
  });
});

describe("random sources", () => {
  const attributes = { shape: [4000], low: -1, high: 3, path: "a.W" };

  it("depend on seed, step and path alone", () => {
    const same = fill("uniform", attributes).data;
    expect(fill("uniform", attributes).data).toEqual(same);
    expect(fill("uniform", attributes, { seed: 2 }).data).not.toEqual(same);
    expect(fill("uniform", attributes, { step: 1 }).data).not.toEqual(same);
    expect(fill("uniform", { ...attributes, path: "b.W" }).data).not.toEqual(same);
  });

  it("have the wanted spread in both precisions", () => {
    for (const precision of ["f64", "f32"] as const) {
      const uniform = spread(fill("uniform", attributes, { precision }).data);
      expect(uniform.mean).toBeCloseTo(1, 0);
      expect(uniform.variance).toBeCloseTo(16 / 12, 0);
      const normal = spread(fill("normal", { shape: [4000], mean: 5, deviation: 0.1, path: "n" }, { precision }).data);
      expect(normal.mean).toBeCloseTo(5, 1);
      expect(normal.variance).toBeCloseTo(0.01, 2);
    }
  });

  it("refuse bounds in the wrong order and a negative deviation", () => {
    expect(() => typeOf("uniform", [], { shape: [2], low: 1, high: 0 })).toThrow(/low <= high/);
    expect(() => typeOf("normal", [], { shape: [2], mean: 0, deviation: -1 })).toThrow(/at least 0/);
  });

  it("fit the sizes of a layer", () => {
    expect(fansOf([30, 50])).toEqual({ fanIn: 30, fanOut: 50 });
    expect(fansOf([3, 3, 8, 16])).toEqual({ fanIn: 72, fanOut: 144 });
    expect(fansOf([7])).toEqual({ fanIn: 7, fanOut: 7 });
    expect(fansOf([])).toEqual({ fanIn: 1, fanOut: 1 });
    const shape = [60, 100];
    for (const [name, variance] of [
      ["glorot_uniform", 2 / 160],
      ["glorot_normal", 2 / 160],
      ["he_uniform", 2 / 60],
      ["he_normal", 2 / 60],
    ] as const) {
      const { data } = fill(name, { shape, path: "W" });
      expect(spread(data).variance / variance).toBeCloseTo(1, 1);
      if (name.endsWith("uniform")) expect(Math.max(...data)).toBeLessThanOrEqual(Math.sqrt(3) * Math.sqrt(variance));
    }
  });
});

describe("identity and stop_gradient", () => {
  it("pass the value, and the derivative or none", () => {
    expect(at("identity", [3])).toEqual({ value: 3, partials: [1] });
    expect(at("stop_gradient", [3])).toEqual({ value: 3, partials: [0] });
  });

  it("keep the type", () => {
    expect(typeOf("identity", [type([n], "int")])).toEqual(type([n], "int"));
  });
});
