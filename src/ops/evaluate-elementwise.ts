// Computes elementwise ops over broadcast tensors, row by row.

import { sameShape } from "../graph/size.ts";
import { stridesOf, type Tensor, type TensorData } from "../graph/tensor.ts";

/** The value of one element from one element of each input; inputs that an op does not have are 0. */
export type Scalar = (a: number, b: number, c: number) => number;

/** Where a loop reads an input: element k of a row is `data[start + k * step]`. */
export interface Operand {
  readonly data: TensorData;
  start: number;
  readonly step: number;
}

/** Computes `target[start]` to `target[end - 1]` from one element of each operand. */
export type Loop = (target: TensorData, start: number, end: number, operands: readonly Operand[]) => void;

/** The loop that calls a scalar function of one to three numbers for every element. */
export function loopOf(value: Scalar): Loop {
  return (target, start, end, operands) => {
    const [a, b, c] = operands;
    if (operands.length === 1) applyToOne(value, target, start, end, a);
    else if (operands.length === 2) applyToTwo(value, target, start, end, a, b);
    else applyToThree(value, target, start, end, [a, b, c]);
  };
}

function applyToOne(value: Scalar, target: TensorData, start: number, end: number, a: Operand): void {
  let i = a.start;
  for (let k = start; k < end; k++, i += a.step) target[k] = value(a.data[i], 0, 0);
}

function applyToTwo(value: Scalar, target: TensorData, start: number, end: number, a: Operand, b: Operand): void {
  let [i, j] = [a.start, b.start];
  for (let k = start; k < end; k++, i += a.step, j += b.step) target[k] = value(a.data[i], b.data[j], 0);
}

function applyToThree(value: Scalar, target: TensorData, start: number, end: number, [a, b, c]: readonly Operand[]): void {
  let [i, j, l] = [a.start, b.start, c.start];
  for (let k = start; k < end; k++, i += a.step, j += b.step, l += c.step) target[k] = value(a.data[i], b.data[j], c.data[l]);
}

/** Fills `out` with `value` of the elements of one to three inputs, which broadcast to its shape. */
export function evaluateElementwise(value: Scalar, out: Tensor, inputs: readonly Tensor[]): void {
  evaluateLoop(loopOf(value), out, inputs);
}

/** Fills `out` by a loop over the elements of inputs that broadcast to its shape. */
export function evaluateLoop(loop: Loop, out: Tensor, inputs: readonly Tensor[]): void {
  const steps = inputs.map((input) => flatStep(input, out));
  if (steps.every((step) => step !== null)) {
    const operands = inputs.map(({ data }, k) => ({ data, start: 0, step: steps[k] }));
    loop(out.data, 0, out.data.length, operands);
  } else evaluateRows(loop, out, inputs);
}

/** 1 where the input has the output's shape, 0 where it is one element, else null. */
function flatStep(input: Tensor, out: Tensor): number | null {
  if (sameShape(input.shape, out.shape)) return 1;
  return input.data.length === 1 ? 0 : null;
}

/** Distance of neighbours of an input along each axis of the output; 0 where the input is repeated. */
function stepsAlong(input: Tensor, shape: readonly number[]): number[] {
  const strides = stridesOf(input.shape);
  const missing = shape.length - input.shape.length;
  return shape.map((_, axis) => (axis < missing || input.shape[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

/** One loop for each row along the last axis of the output, which has at least one axis. */
function evaluateRows(loop: Loop, out: Tensor, inputs: readonly Tensor[]): void {
  const { shape } = out;
  const last = shape.length - 1;
  const steps = inputs.map((input) => stepsAlong(input, shape));
  const operands = inputs.map(({ data }, k): Operand => ({ data, start: 0, step: steps[k][last] }));
  const index = new Array<number>(last).fill(0);
  for (let row = 0; row < out.data.length; row += shape[last]) {
    loop(out.data, row, row + shape[last], operands);
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis]++;
      for (let k = 0; k < operands.length; k++) operands[k].start += steps[k][axis];
      if (index[axis] < shape[axis]) break;
      for (let k = 0; k < operands.length; k++) operands[k].start -= steps[k][axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
