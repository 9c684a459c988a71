// Elementwise operations on arrays as TypeScript loops, with as few nested loops as broadcasting allows.

import { stridesOf } from "../graph/tensor.ts";

/** One input of an elementwise operation: a scalar, or an array with its shape. */
export interface Operand {
  readonly text: string;
  /** Null for a scalar. */
  readonly shape: readonly number[] | null;
}

interface Axis {
  readonly size: number;
  /** Elements from one index to the next, in the result and in each operand. */
  readonly strides: readonly number[];
}

/** Axes of the result with the strides of all operands; neighbours that every array passes through in one go are one axis. */
function mergeAxes(shape: readonly number[], operands: readonly Operand[]): Axis[] {
  const own = stridesOf(shape);
  const others = operands.map((operand) => alignedStrides(operand.shape ?? [], shape));
  const merged: Axis[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    const next: Axis = { size: shape[axis], strides: [own[axis], ...others.map((strides) => strides[axis])] };
    const inner = merged[0];
    const continues = inner?.strides.every((stride, k) => next.strides[k] === stride * inner.size);
    if (inner && continues) merged[0] = { size: next.size * inner.size, strides: inner.strides };
    else merged.unshift(next);
  }
  return merged;
}

function alignedStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

const counters = ["i", "j", "k"];

function counterOf(level: number): string {
  return counters[level] ?? `i${level}`;
}

/** `i * 12 + j`; 0 where nothing moves. */
function writeIndex(axes: readonly Axis[], array: number): string {
  const terms = axes.flatMap(({ strides }, level) => {
    const stride = strides[array];
    return stride === 0 ? [] : [stride === 1 ? counterOf(level) : `${counterOf(level)} * ${stride}`];
  });
  return terms.length === 0 ? "0" : terms.join(" + ");
}

/**
 * Statements that fill `target`, an array of the given shape. `spell` makes the expression of one element from those of the
 * operands; an operand it uses more than once is read once.
 */
export function writeLoops(
  target: string,
  shape: readonly number[],
  operands: readonly Operand[],
  spell: (inputs: readonly string[]) => string,
): string[] {
  const axes = mergeAxes(shape, operands);
  const elements = operands.map(({ text, shape: own }, k) => (own === null ? text : `${text}[${writeIndex(axes, k + 1)}]`));
  const direct = spell(elements);
  const repeated = elements.map((element, k) => operands[k].shape !== null && direct.split(element).length > 2);
  const local = elements.map((element, k) => (repeated[k] ? `x${k}` : element));
  const body = [
    ...elements.flatMap((element, k) => (repeated[k] ? [`const x${k} = ${element};`] : [])),
    `${target}[${writeIndex(axes, 0)}] = ${repeated.includes(true) ? spell(local) : direct};`,
  ];
  return nestLoops(axes, body);
}

/** The body for each index; names that it declares stay inside. */
function nestLoops(axes: readonly Axis[], body: readonly string[]): string[] {
  if (axes.length === 0) return body.length === 1 ? [...body] : ["{", ...body.map((line) => `  ${line}`), "}"];
  return axes.reduceRight<readonly string[]>((inner, { size }, level) => {
    const counter = counterOf(level);
    return [`for (let ${counter} = 0; ${counter} < ${size}; ${counter}++) {`, ...inner.map((line) => `  ${line}`), "}"];
  }, body) as string[];
}
