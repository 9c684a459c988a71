// What the tests of array ops share: evaluating one op, its type, and the laws of its adjoint and of `carry`.
import { expect } from "vitest";
import { forward } from "../../src/engine/forward.ts";
import { reverse } from "../../src/engine/reverse.ts";
import type { Attributes, ValueType } from "../../src/graph/graph.ts";
import { printShape, type Shape, type SizeBindings } from "../../src/graph/size.ts";
import { countElements, type Precision, stridesOf, type Tensor } from "../../src/graph/tensor.ts";
import { findOp } from "../../src/ops/index.ts";
import type { Op } from "../../src/ops/op.ts";
import { graphOf, write } from "../support/graphs.ts";
import { addArray, addRandomArray, type LeafSpec } from "../support/leaves.ts";

/** The record of an op that must exist. */
export function opNamed(name: string): Op {
  const op = findOp(name);
  if (!op) throw new Error(`There is no op ${name}.`);
  return op;
}

/** The value of one op. */
export function evaluate(op: string, inputs: readonly LeafSpec[], attributes: Attributes = {}, precision: Precision = "f64"): Tensor {
  const graph = graphOf(inputs, (build, leaves) => write(build, op, leaves, attributes));
  return graph.run([graph.output], new Map(), precision)[0];
}

/** The value of one op as a flat list. */
export function valuesOf(op: string, inputs: readonly LeafSpec[], attributes: Attributes = {}, precision: Precision = "f64"): number[] {
  return Array.from(evaluate(op, inputs, attributes, precision).data);
}

/** The type an op gives, as text: `int[n, 2]`. */
export function typeOf(
  op: string,
  shapes: readonly (Shape | ValueType)[],
  attributes: Attributes = {},
  sizes: SizeBindings = new Map(),
): string {
  const types = shapes.map((shape): ValueType => ("dtype" in shape ? shape : { dtype: "real", shape }));
  const { dtype, shape } = opNamed(op).infer(types, attributes, sizes);
  return `${dtype === "real" ? "" : dtype}${printShape(shape)}`;
}

/** The gradient of sum(weights * op(inputs)) with respect to each real input; weights 1 if not given. */
export function gradientOf(op: string, inputs: readonly LeafSpec[], attributes: Attributes = {}, weights?: readonly number[]): number[][] {
  const graph = graphOf(inputs, (build, leaves) => write(build, op, leaves, attributes));
  const shape = graph.build.nodes[graph.output].shape as readonly number[];
  const values = weights ?? new Array<number>(countElements(shape)).fill(1);
  const adjoints = reverse(graph.build, graph.output, graph.leaves, addArray(graph.build, { shape, values }));
  return graph.leaves.map((_, k) => {
    const adjoint = adjoints[k];
    return adjoint === null || adjoint === undefined ? [] : Array.from(graph.run([adjoint])[0].data);
  });
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((total, value, index) => total + value * b[index], 0);
}

/** Checks <u, J v> = <J' u, v> at the inputs: tangent and adjoint are transposes of each other. */
export function expectTransposed(op: string, inputs: readonly LeafSpec[], attributes: Attributes = {}): void {
  const graph = graphOf(inputs, (build, leaves) => write(build, op, leaves, attributes));
  const { build, leaves, output } = graph;
  const seeded = leaves.filter((_, k) => (inputs[k].dtype ?? "real") === "real");
  const seeds = new Map(seeded.map((id, k) => [id, addRandomArray(build, `${op} seed ${k}`, id)]));
  const weights = addRandomArray(build, `${op} weights`, output);
  const [tangent] = forward(build, seeds, [output]);
  const adjoints = reverse(build, output, seeded, weights);
  if (tangent === null) throw new Error("The tangent is zero.");
  const parts = seeded.map((id, k) => [adjoints[k], seeds.get(id)] as const).filter(([adjoint]) => adjoint !== null);
  const values = graph.run([tangent, weights, ...parts.flatMap(([a, b]) => [a as number, b as number])]).map(({ data }) => data);
  const left = inner(values[0], values[1]);
  const right = parts.reduce((total, _, k) => total + inner(values[2 + 2 * k], values[3 + 2 * k]), 0);
  expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(left)));
}

/** Checks what `carry` promises: changing index i along a carried axis changes the output at index i only. */
export function expectCarry(
  op: string,
  inputs: readonly LeafSpec[],
  attributes: Attributes,
  expected: readonly (readonly (number | null)[])[],
): void {
  const types = inputs.map(({ shape, dtype = "real" }): ValueType => ({ dtype, shape }));
  const output = opNamed(op).infer(types, attributes, new Map());
  const carried = inputs.map(({ shape }, k) => shape.map((_, axis) => opNamed(op).carry(k, axis, types, output, attributes)));
  expect(carried).toEqual(expected);
  const before = valuesOf(op, inputs, attributes);
  for (const [k, input] of inputs.entries()) {
    for (const [axis, to] of carried[k].entries()) {
      if (to === null || (input.dtype ?? "real") !== "real") continue;
      const index = input.shape[axis] - 1;
      const values = Array.from(input.values, (value, at) => (indexAlong(input.shape, axis, at) === index ? value + 0.5 : value));
      const after = valuesOf(op, inputs.with(k, { ...input, values }), attributes);
      const shape = output.shape as readonly number[];
      const changed = after.flatMap((value, at) => (Object.is(value, before[at]) ? [] : [indexAlong(shape, to, at)]));
      expect(changed.filter((at) => at !== index)).toEqual([]);
    }
  }
}

/** The index along `axis` of the element at a flat place. */
export function indexAlong(shape: readonly number[], axis: number, at: number): number {
  return Math.floor(at / stridesOf(shape)[axis]) % shape[axis];
}

/** All indices of a shape in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((known, size) => known.flatMap((index) => Array.from({ length: size }, (_, k) => [...index, k])), [[]]);
}

/** The element of a leaf or tensor at an index. */
export function elementAt({ shape, values }: LeafSpec, index: readonly number[]): number {
  const strides = stridesOf(shape);
  return values[index.reduce((at, k, axis) => at + k * strides[axis], 0)];
}
