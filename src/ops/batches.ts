// Stacks of matrices: which matrix of a broadcast stack belongs to each matrix of the result.

import { countElements, stridesOf } from "../graph/tensor.ts";

/** For each index of `batch` in row-major order, the number of the matrix in a stack of shape `own` that broadcasts to it. */
export function batchOffsets(own: readonly number[], batch: readonly number[]): Int32Array {
  const offsets = new Int32Array(countElements(batch));
  const missing = batch.length - own.length;
  const ownStrides = stridesOf(own);
  const strides = stridesOf(batch);
  for (let axis = missing; axis < batch.length; axis++) {
    if (own[axis - missing] === 1) continue;
    for (let at = 0; at < offsets.length; at++) offsets[at] += (Math.floor(at / strides[axis]) % batch[axis]) * ownStrides[axis - missing];
  }
  return offsets;
}
