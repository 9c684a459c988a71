// Where values come from: constants, what is fed from outside, and the identity.

import type { Attributes, Dtype } from "../graph/graph.ts";
import { printSize, type Size } from "../graph/size.ts";
import { readShape } from "./axes.ts";
import { operatorName } from "./notation.ts";
import type { Builder, Notation, PlacedNode, Primitive, Spelling } from "./op.ts";

/** What every op without inputs has: nothing to differentiate and no rows to keep apart. */
export const withoutInputs = {
  kind: "primitive",
  carry: () => null,
  tangent: () => null,
  adjoint: () => [],
  linearIn: [],
} as const satisfies Partial<Primitive>;

function printNumber({ value }: Attributes): string {
  if (typeof value === "number") return String(value);
  return printSize(value as Size);
}

function printPythonNumber(attributes: Attributes): string {
  if (attributes.dtype === "bool") return attributes.value === 0 ? "False" : "True";
  const text = printNumber(attributes);
  return /^-?(?:Infinity|NaN)$/.test(text) ? `float("${text}")` : text;
}

/** `6.02 \cdot 10^{23}`, `\infty`, a name for a size. */
function latexNumber({ value }: Attributes): string {
  if (typeof value !== "number") return printSize(value as Size).replaceAll(" * ", " ");
  if (value === Math.PI) return "\\pi";
  const [digits, exponent] = String(value).replace("Infinity", "\\infty").replace("NaN", "\\mathrm{NaN}").split("e");
  return exponent === undefined ? digits : `${digits} \\cdot 10^{${Number(exponent)}}`;
}

/** A scalar constant: attributes `value` (a number or size) and `dtype`. */
export const number: Primitive = {
  ...withoutInputs,
  name: "number",
  doc: "A constant number.",
  parameters: [],
  callable: false,
  infer: (_inputs, { dtype }) => ({ dtype: dtype as Dtype, shape: [] }),
  evaluate: (out, _inputs, { value }) => {
    out.data[0] = value as number;
  },
  operations: () => 0,
  notation: { glyph: "1", latex: (_inputs, attributes) => latexNumber(attributes) },
  spelling: {
    typescript: (_inputs, attributes) => printNumber(attributes),
    torch: (_inputs, attributes) => printPythonNumber(attributes),
    jax: (_inputs, attributes) => printPythonNumber(attributes),
  },
};

/** A constant array: attributes `values` (flat, row-major), `shape` and `dtype`. */
export const array: Primitive = {
  ...withoutInputs,
  name: "array",
  doc: "A constant array.",
  parameters: [],
  callable: false,
  infer: (_inputs, { dtype, shape }) => ({ dtype: dtype as Dtype, shape: readShape(shape) }),
  evaluate: (out, _inputs, { values }) => out.data.set(values as number[]),
  operations: () => 0,
  notation: { glyph: "[ ]", latex: (_inputs, { values, shape }) => latexArray(values as number[], shape as number[]) },
  spelling: {
    torch: (_inputs, attributes) => `torch.tensor(${printPythonArray(attributes)})`,
    jax: (_inputs, attributes) => `jnp.array(${printPythonArray(attributes)})`,
  },
};

const latexLimit = 8;

/** `[1, 2]`, a small matrix as one, the first numbers of others. */
function latexArray(values: readonly number[], shape: readonly number[]): string {
  if (shape.length === 2 && values.length > 0 && values.length <= 2 * latexLimit) {
    const rows = Array.from({ length: shape[0] }, (_, row) => values.slice(row * shape[1], (row + 1) * shape[1]));
    return `\\begin{bmatrix}${rows.map((row) => row.map((value) => latexNumber({ value })).join(" & ")).join("\\\\")}\\end{bmatrix}`;
  }
  const shown = values.slice(0, latexLimit).map((value) => latexNumber({ value }));
  return `\\left[${shown.join(", ")}${values.length > latexLimit ? ", \\ldots" : ""}\\right]`;
}

function printPythonArray({ values, shape, dtype }: Attributes): string {
  const items = (values as number[]).map((value) => printPythonNumber({ value }));
  const nest = (axis: number, from: number, count: number): string => {
    const sizes = shape as number[];
    if (axis === sizes.length) return items[from];
    const inner = count / sizes[axis];
    return `[${Array.from({ length: sizes[axis] }, (_, k) => nest(axis + 1, from + k * inner, inner)).join(", ")}]`;
  };
  return `${nest(0, 0, items.length)}${dtype === "bool" ? ", dtype=bool" : ""}`;
}

/** A leaf: its type is in its attributes `dtype` and `shape`, its value comes from the run. */
function leaf(name: string, doc: string, glyph: string): Primitive {
  return {
    ...withoutInputs,
    name,
    doc,
    parameters: [],
    callable: false,
    infer: (_inputs, { dtype, shape }) => ({ dtype: dtype as Dtype, shape: readShape(shape) }),
    evaluate: () => {
      throw new Error(`The value of an ${name} node is given by the run.`);
    },
    operations: () => 0,
    notation: { glyph, latex: (_inputs, attributes) => operatorName(String(attributes.name ?? name)) },
    spelling: {},
  };
}

export const input = leaf("input", "A value fed from outside.", "in");
export const param = leaf("param", "A trainable value.", "θ");
export const state = leaf("state", "A value kept from one training step to the next.", "s");
export const column = leaf("column", "Columns of a data file.", "▥");
export const argument = leaf(
  "argument",
  "The argument at position `index` of the graph of a rule, or a value that cannot be given; `problem` says why.",
  "x",
);

const sameType = {
  kind: "primitive",
  parameters: [{ name: "x", kind: "value", doc: "Any value." }],
  infer: ([x]) => ({ dtype: x.dtype, shape: x.shape }),
  carry: (_input, axis) => axis,
  evaluate: (out, [x]) => out.data.set(x.data),
  operations: () => 0,
} as const satisfies Partial<Primitive>;

const unchangedNotation: Notation = { glyph: "=", latex: ([x]) => x };

/** d identity(x) = dx */
export const identity: Primitive = {
  ...sameType,
  name: "identity",
  doc: "The value itself, as a node of its own.",
  callable: false,
  tangent: (_build: Builder, _node: PlacedNode, [tangent]) => tangent,
  adjoint: (_build: Builder, _node: PlacedNode, adjoint, [wanted]) => [wanted ? adjoint : null],
  linearIn: [[0]],
  notation: unchangedNotation,
  spelling: { typescript: ([x]) => x, torch: ([x]) => x, jax: ([x]) => x },
};

const spellStop: Spelling = {
  typescript: ([x]) => x,
  torch: ([x]) => `${x}.detach()`,
  jax: ([x]) => `jax.lax.stop_gradient(${x})`,
};

/** d stop_gradient(x) = 0 */
export const stopGradient: Primitive = {
  ...sameType,
  name: "stop_gradient",
  doc: "The value itself, through which nothing is differentiated.",
  callable: true,
  tangent: () => null,
  adjoint: () => [null],
  linearIn: [],
  example: { source: "stop_gradient(3)", result: "3" },
  notation: { glyph: "⊣", latex: ([x]) => `\\operatorname{stop}\\left(${x}\\right)` },
  spelling: spellStop,
};
