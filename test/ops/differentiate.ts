// Values and derivatives of single ops at given numbers, for tests.
import type { Attributes, Dtype, ValueType } from "../../src/graph/graph.ts";
import type { Size, SizeBindings } from "../../src/graph/size.ts";
import type { Precision } from "../../src/graph/tensor.ts";
import { findOp } from "../../src/ops/index.ts";
import { graphOf, type TestGraph, write } from "../support/graphs.ts";
import { gradientsOf, leaf } from "../support/leaves.ts";

interface Point {
  readonly value: number;
  readonly partials: readonly number[];
}

function scalarGraph(op: string, inputs: readonly number[], attributes: Attributes): TestGraph {
  return graphOf(
    inputs.map((value) => leaf([], [value])),
    (build, leaves) => write(build, op, leaves, attributes),
  );
}

/** Value and partials (reverse mode) of an op of scalars. */
export function at(op: string, inputs: readonly number[], attributes: Attributes = {}, precision: Precision = "f64"): Point {
  const graph = scalarGraph(op, inputs, attributes);
  const nodes = gradientsOf(graph.build, graph.output, graph.leaves);
  const [value, ...partials] = graph.run([graph.output, ...nodes], new Map(), precision).map(({ data }) => data[0]);
  return { value, partials };
}

/** Value and derivatives up to `order` with respect to the first input, the others held as constants in the graph. */
export function derivativesAt(op: string, x: number, constants: readonly number[], order: number, attributes: Attributes = {}): number[] {
  const graph = graphOf([leaf([], [x])], (build, leaves) => {
    const others = constants.map((value) => write(build, "number", [], { value, dtype: "real" }));
    return write(build, op, [...leaves, ...others], attributes);
  });
  const nodes = [graph.output];
  for (let k = 0; k < order; k++) nodes.push(...gradientsOf(graph.build, nodes[k], graph.leaves));
  return graph.run(nodes).map(({ data }) => data[0]);
}

/** The type that an op gives. */
export function typeOf(op: string, inputs: readonly ValueType[], attributes: Attributes = {}, sizes: SizeBindings = new Map()): ValueType {
  const record = findOp(op);
  if (!record) throw new Error(`There is no op ${op}.`);
  return record.infer(inputs, attributes, sizes);
}

export function type(shape: readonly Size[], dtype: Dtype = "real"): ValueType {
  return { dtype, shape };
}

/** The values that a primitive computes from inputs of one axis each (a number: a scalar), as plain numbers. */
export function valuesOf(
  op: string,
  inputs: readonly (number | readonly number[])[],
  attributes: Attributes = {},
  dtype: Dtype = "real",
): number[] {
  const graph = graphOf(
    inputs.map((values) => (typeof values === "number" ? leaf([], [values], dtype) : leaf([values.length], values, dtype))),
    (build, leaves) => write(build, op, leaves, attributes),
  );
  return Array.from(graph.run([graph.output])[0].data);
}
