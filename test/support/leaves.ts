// Leaves of small graphs for tests: their values, constants in a graph, and gradients with respect to them.
import type { GraphBuilder } from "../../src/engine/builder.ts";
import { reverse } from "../../src/engine/reverse.ts";
import type { Dtype, NodeId } from "../../src/graph/graph.ts";
import { namedSize, type Shape } from "../../src/graph/size.ts";
import { allocateTensor, countElements, type Precision, type Tensor } from "../../src/graph/tensor.ts";
import { filled } from "../../src/ops/build.ts";
import { numbersFrom } from "./random.ts";

/** Two dimensions that are not bound. */
export const n = namedSize("n");
export const m = namedSize("m");

/** A leaf with a value. */
export interface LeafSpec {
  readonly shape: readonly number[];
  readonly dtype?: Dtype;
  readonly values: ArrayLike<number>;
}

/** A leaf with the values 1, 2, 3, .. or those given. */
export function leaf(shape: readonly number[], values?: ArrayLike<number>, dtype: Dtype = "real"): LeafSpec {
  return { shape, dtype, values: values ?? Array.from({ length: countElements(shape) }, (_, index) => index + 1) };
}

/** A leaf with numbers that look random, fixed by the name. */
export function randomLeaf(name: string, shape: readonly number[], low?: number, high?: number): LeafSpec {
  return { shape, values: numbersFrom(name, countElements(shape), low, high) };
}

export function tensorOf({ shape, dtype = "real", values }: LeafSpec, precision: Precision = "f64"): Tensor {
  const tensor = allocateTensor(dtype, shape, precision);
  tensor.data.set(values);
  return tensor;
}

/** Adds an input, to be fed. */
export function addInput(build: GraphBuilder, name: string, shape: Shape = [], dtype: Dtype = "real"): NodeId {
  return build.append({ op: "input", inputs: [], attributes: { shape, dtype }, shape, dtype, name, owner: name, place: null });
}

/** Adds a constant array with the values of a leaf. */
export function addArray(build: GraphBuilder, { shape, values, dtype = "real" }: LeafSpec): NodeId {
  return build.emit("array", [], { values: Array.from(values), shape, dtype });
}

/** Adds a constant array of a node's shape with numbers fixed by the name. */
export function addRandomArray(build: GraphBuilder, name: string, like: NodeId): NodeId {
  return addArray(build, randomLeaf(name, build.nodes[like].shape as readonly number[]));
}

/** The gradients of a scalar by reverse mode; zeros where there is no path. */
export function gradientsOf(build: GraphBuilder, y: NodeId, xs: readonly NodeId[]): NodeId[] {
  const adjoints = reverse(build, y, xs, filled(build, 1, []));
  return adjoints.map((adjoint, k) => adjoint ?? filled(build, 0, build.nodes[xs[k]].shape));
}
