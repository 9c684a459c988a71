// Values of nodes: row-major typed arrays with a shape of numbers.

import type { Dtype } from "./graph.ts";

/** Scalar arithmetic that a run uses for real values. */
export type Precision = "f64" | "f32";

export type TensorData = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A value: real as Float64Array (f64) or Float32Array (f32), int as Int32Array, bool as Uint8Array of 0 and 1; row-major. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Number of elements of a shape of numbers. */
export function countElements(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** A tensor of zeros. */
export function allocateTensor(dtype: Dtype, shape: readonly number[], precision: Precision): Tensor {
  const count = countElements(shape);
  return { dtype, shape, data: allocateData(dtype, count, precision) };
}

function allocateData(dtype: Dtype, count: number, precision: Precision): TensorData {
  if (dtype === "int") return new Int32Array(count);
  if (dtype === "bool") return new Uint8Array(count);
  return precision === "f32" ? new Float32Array(count) : new Float64Array(count);
}

/** A real tensor that holds the given numbers. */
export function realTensor(values: ArrayLike<number>, shape: readonly number[], precision: Precision = "f64"): Tensor {
  return { dtype: "real", shape, data: precision === "f32" ? Float32Array.from(values) : Float64Array.from(values) };
}

/** Elements between neighbours along each axis of a row-major array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}
