// Fixed arrays: the identity matrix, whole numbers in steps, and real numbers at equal distances.

import type { Attribute, Attributes } from "../graph/graph.ts";
import { addSizes, divideSizes, elementCount, printSize, type Size, subtractSizes } from "../graph/size.ts";
import { operatorName } from "./notation.ts";
import { type Primitive, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { withoutInputs } from "./sources.ts";
import { spellPlaced } from "./spelled-moves.ts";

function readSize(name: string, setting: Attribute): Size {
  const size = setting as Size;
  if (typeof size !== "number" || (Number.isInteger(size) && size >= 0)) return size;
  throw new TypeProblem("wrong-value", `${name} must be a whole number, at least 0, not ${size}`);
}

export const eye: Primitive = {
  ...withoutInputs,
  name: "eye",
  doc: "The matrix with ones on its diagonal and zeros elsewhere.",
  parameters: [
    { name: "n", kind: "size", doc: "The number of rows." },
    { name: "m", kind: "size", doc: "The number of columns; the number of rows if left out.", default: null },
  ],
  callable: true,
  infer: (_inputs, { n, m }) => ({ dtype: "real", shape: [readSize("n", n), readSize("m", m ?? n)] }),
  evaluate: (out) => {
    const [rows, columns] = out.shape;
    out.data.fill(0);
    for (let i = 0; i < Math.min(rows, columns); i++) out.data[i * columns + i] = 1;
  },
  operations: () => 0,
  notation: { glyph: "I", latex: (_inputs, { n }) => `I_{${printSize(n as Size)}}` },
  spelling: {
    typescriptArrays: (_inputs, _attributes, { output: [rows, columns] }) => {
      const diagonal = Math.min(rows, columns);
      const to = { offset: 0, strides: [columns + 1] };
      return spellPlaced(rows * columns, [{ x: `new Float64Array(${diagonal}).fill(1)`, shape: [diagonal], to }]);
    },
    torch: (_inputs, { n, m }) => `torch.eye(${printPython(n)}, ${printPython(m ?? n)})`,
    jax: (_inputs, { n, m }) => `jnp.eye(${printPython(n)}, ${printPython(m)})`,
  },
  example: { source: "eye(2)", result: "[[1,0],[0,1]]" },
};

interface Bounds {
  readonly start: Size;
  readonly stop: Size;
  readonly step: number;
}

/** range(stop) counts from 0. */
function readBounds({ start, stop, step }: Attributes): Bounds {
  if (typeof step !== "number" || step === 0)
    throw new TypeProblem("wrong-value", "range needs a step that is a whole number other than 0");
  return stop === null || stop === undefined ? { start: 0, stop: start as Size, step } : { start: start as Size, stop: stop as Size, step };
}

/** How many numbers start, start + step, ... lie before stop. Throws TypeProblem if that depends on how a size divides. */
function countRange({ start, stop, step }: Bounds): Size {
  const distance = subtractSizes(stop, start);
  if (typeof distance === "number") return Math.max(0, Math.ceil(distance / step));
  const count = divideSizes(distance, step);
  if (count !== null) return count;
  throw new TypeProblem("wrong-value", `the step ${step} of range must divide ${printSize(distance)}`);
}

export const range: Primitive = {
  ...withoutInputs,
  name: "range",
  doc: "The whole numbers from start up to, not including, stop: an int array that can serve as an index.",
  parameters: [
    { name: "start", kind: "size", doc: "The first number; given alone, it is the stop and the first number is 0." },
    { name: "stop", kind: "size", doc: "The end, not included.", default: null },
    { name: "step", kind: "size", doc: "The distance of neighbours, not 0.", default: 1 },
  ],
  callable: true,
  infer: (_inputs, attributes) => ({ dtype: "int", shape: [countRange(readBounds(attributes))] }),
  evaluate: (out, _inputs, attributes) => {
    const { start, step } = readBounds(attributes);
    for (let i = 0; i < out.data.length; i++) out.data[i] = (start as number) + i * step;
  },
  operations: () => 0,
  notation: {
    glyph: "0..",
    latex: (_inputs, attributes) => {
      const { start, stop, step } = readBounds(attributes);
      return `\\left(${printSize(start)}, ${printSize(addSizes(start, step))}, \\ldots < ${printSize(stop)}\\right)`;
    },
  },
  spelling: {
    typescriptArrays: (_inputs, attributes, { output: [length] }) => {
      const { start, step } = readBounds(attributes);
      return { code: `Float64Array.from({ length: ${length} }, (_, i) => ${printSize(start)} + i * ${step})`, helpers: [] };
    },
    torch: (_inputs, attributes) => `torch.arange(${printBounds(attributes)})`,
    jax: (_inputs, attributes) => `jnp.arange(${printBounds(attributes)})`,
  },
  example: { source: "range(2, 8, 3)", result: "[2,5]" },
};

function printBounds(attributes: Attributes): string {
  const { start, stop, step } = readBounds(attributes);
  return `${printSize(start)}, ${printSize(stop)}, ${step}`;
}

export const linspace: Primitive = {
  ...withoutInputs,
  name: "linspace",
  doc: "Real numbers at equal distances from start to stop, both included.",
  parameters: [
    { name: "start", kind: "number", doc: "The first number." },
    { name: "stop", kind: "number", doc: "The last number." },
    { name: "count", kind: "size", doc: "How many numbers." },
  ],
  callable: true,
  infer: (_inputs, { count }) => ({ dtype: "real", shape: [readSize("count", count)] }),
  evaluate: (out, _inputs, { start, stop }) => fillLine(out.data, start as number, stop as number),
  operations: (_inputs, output) => Number(elementCount(output.shape)),
  notation: {
    glyph: "a…b",
    latex: (_inputs, { start, stop, count }) => `${operatorName("linspace")}\\left(${start}, ${stop}, ${printSize(count as Size)}\\right)`,
  },
  spelling: {
    typescriptArrays: (_inputs, { start, stop }, { output: [length] }) => {
      const { last, distance } = lineOf(length, start as number, stop as number);
      const element = last > 0 ? `i === ${last} ? ${stop} : ${start} + i * ${distance}` : `${start}`;
      return { code: `Float64Array.from({ length: ${length} }, (_, i) => ${element})`, helpers: [] };
    },
    torch: (_inputs, { start, stop, count }) => `torch.linspace(${start}, ${stop}, ${printPython(count)})`,
    jax: (_inputs, { start, stop, count }) => `jnp.linspace(${start}, ${stop}, ${printPython(count)})`,
  },
  example: { source: "linspace(0, 1, 3)", result: "[0,0.5,1]" },
};

/** start + i (stop - start) / (count - 1), the last one exactly stop. */
function fillLine(data: { [index: number]: number; readonly length: number }, start: number, stop: number): void {
  const { last, distance } = lineOf(data.length, start, stop);
  for (let i = 0; i <= last; i++) data[i] = i === last && last > 0 ? stop : start + i * distance;
}

/** Index of the last of `count` numbers, and the distance of neighbours. */
function lineOf(count: number, start: number, stop: number): { readonly last: number; readonly distance: number } {
  const last = count - 1;
  return { last, distance: last > 0 ? (stop - start) / last : 0 };
}
