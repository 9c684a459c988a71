// Values and derivatives of single ops at given numbers, for tests.
import { reverse } from "../../src/engine/reverse.ts";
import type { Attributes, Dtype, NodeId, ValueType } from "../../src/graph/graph.ts";
import type { Size, SizeBindings } from "../../src/graph/size.ts";
import type { Precision } from "../../src/graph/tensor.ts";
import { filled } from "../../src/ops/build.ts";
import { findOp } from "../../src/ops/index.ts";
import { graphOf, type TestGraph, write } from "../support/graphs.ts";

interface Point {
  readonly value: number;
  readonly partials: readonly number[];
}

function scalarGraph(op: string, inputs: readonly number[], attributes: Attributes): TestGraph {
  return graphOf(
    inputs.map((value) => ({ shape: [], values: [value] })),
    (build, leaves) => write(build, op, leaves, attributes),
  );
}

/** The derivative of y with respect to x as a node; a zero where there is none. */
function derivativeNode({ build }: TestGraph, y: NodeId, x: NodeId): NodeId {
  return reverse(build, y, [x], filled(build, 1, []))[0] ?? filled(build, 0, []);
}

/** Value and partials (reverse mode) of an op of scalars. */
export function at(op: string, inputs: readonly number[], attributes: Attributes = {}, precision: Precision = "f64"): Point {
  const graph = scalarGraph(op, inputs, attributes);
  const nodes = graph.leaves.map((leaf) => derivativeNode(graph, graph.output, leaf));
  const [value, ...partials] = graph.run([graph.output, ...nodes], new Map(), precision).map(({ data }) => data[0]);
  return { value, partials };
}

/** Value and derivatives up to `order` with respect to the first input, the others held as constants in the graph. */
export function derivativesAt(op: string, x: number, constants: readonly number[], order: number, attributes: Attributes = {}): number[] {
  const graph = graphOf([{ shape: [], values: [x] }], (build, leaves) => {
    const others = constants.map((value) => write(build, "number", [], { value, dtype: "real" }));
    return write(build, op, [...leaves, ...others], attributes);
  });
  const nodes = [graph.output];
  for (let k = 0; k < order; k++) nodes.push(derivativeNode(graph, nodes[k], graph.leaves[0]));
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
    inputs.map((values) =>
      typeof values === "number" ? { shape: [], values: [values], dtype } : { shape: [values.length], values, dtype },
    ),
    (build, leaves) => write(build, op, leaves, attributes),
  );
  return Array.from(graph.run([graph.output])[0].data);
}
