// Copies between row-major arrays along arbitrary strides: what every operation that only moves elements comes down to.

import { countElements, stridesOf, type Tensor, type TensorData } from "../graph/tensor.ts";

/** Where the elements of an array with some shape lie in a data array: element (i, j, ..) at offset + i * strides[0] + j * strides[1] .. */
export interface Layout {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The layout of a whole tensor. */
export function layoutOf(tensor: Tensor): Layout {
  return { offset: 0, strides: stridesOf(tensor.shape) };
}

/** Copies the elements of an array of the given shape from one layout to another. A stride may be 0 (repeats) or negative. */
export function copyStrided(shape: readonly number[], target: TensorData, to: Layout, source: TensorData, from: Layout): void {
  moveStrided(shape, target, to, source, from, false);
}

/** Adds the elements of an array of the given shape in one layout to those in another. */
export function addStrided(shape: readonly number[], target: TensorData, to: Layout, source: TensorData, from: Layout): void {
  moveStrided(shape, target, to, source, from, true);
}

function moveStrided(shape: readonly number[], target: TensorData, to: Layout, source: TensorData, from: Layout, adds: boolean): void {
  const count = countElements(shape);
  const last = shape.length - 1;
  const inner = last < 0 ? 1 : shape[last];
  const [toStep, fromStep] = [to.strides[last] ?? 0, from.strides[last] ?? 0];
  const index = new Array<number>(shape.length).fill(0);
  let [t, s] = [to.offset, from.offset];
  for (let done = 0; done < count; done += inner) {
    if (adds) for (let j = 0; j < inner; j++) target[t + j * toStep] += source[s + j * fromStep];
    else for (let j = 0; j < inner; j++) target[t + j * toStep] = source[s + j * fromStep];
    for (let axis = last - 1; axis >= 0; axis--) {
      t += to.strides[axis];
      s += from.strides[axis];
      if (++index[axis] < shape[axis]) break;
      t -= to.strides[axis] * shape[axis];
      s -= from.strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
