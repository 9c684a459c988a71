// Initial values: filled, random, and random with a spread that fits the sizes of a layer.

import type { Attribute, Attributes } from "../graph/graph.ts";
import { elementCount, printShape, type Shape } from "../graph/size.ts";
import { countElements } from "../graph/tensor.ts";
import { readShape } from "./axes.ts";
import { fillNormal, fillUniform, hashPath } from "./kernels/index.ts";
import { operatorName } from "./notation.ts";
import { type Example, type Parameter, type Primitive, type Spelling, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { withoutInputs } from "./sources.ts";

const shapeParameter: Parameter = {
  name: "shape",
  kind: "shape",
  doc: "The shape; in the value of an input, parameter or state it may be left out and is then the declared one.",
  default: null,
};

function numberParameter(name: string, doc: string, fallback?: number): Parameter {
  return { name, kind: "number", doc, ...(fallback !== undefined && { default: fallback }) };
}

/** The shape that was given. Throws TypeProblem if there is none or it is not one. */
function givenShape(name: string, setting: Attribute): Shape {
  if (setting === null || setting === undefined) {
    throw new TypeProblem("missing-shape", `${name} needs a shape here, as in ${name}(${name === "constant" ? "1, " : ""}[3, 4])`);
  }
  const shape = readShape(setting);
  if (shape.every((size) => typeof size !== "number" || (Number.isInteger(size) && size >= 0))) return shape;
  throw new TypeProblem("wrong-value", `${printShape(shape)} is not a shape: each size must be a whole number, at least 0`);
}

interface InitialiserDescription {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  readonly glyph: string;
  readonly spelling: Spelling;
  readonly example?: Example;
  /** Scalar operations for one element. */
  readonly cost: number;
  readonly evaluate: Primitive["evaluate"];
  /** Throws TypeProblem where settings do not make sense. */
  check?(attributes: Attributes): void;
}

/** The record of an op that fills a shape, whatever with; its derivative is 0. */
function initialiser({ name, glyph, check, cost, ...described }: InitialiserDescription): Primitive {
  return {
    ...withoutInputs,
    ...described,
    name,
    callable: true,
    infer: (_inputs, attributes) => {
      check?.(attributes);
      return { dtype: "real", shape: givenShape(name, attributes.shape) };
    },
    operations: (_inputs, output) => cost * Number(elementCount(output.shape)),
    notation: { glyph, latex: (_inputs, { shape }) => `${operatorName(name)}\\left(${shape ? printShape(readShape(shape)) : ""}\\right)` },
  };
}

/** An array with one number everywhere. */
function spellFilled(number: (attributes: Attributes) => number): Spelling {
  return {
    typescriptArrays: (_inputs, attributes, { output }) => {
      const value = number(attributes);
      const filled = value === 0 && !Object.is(value, -0) ? "" : `.fill(${Object.is(value, -0) ? "-0" : value})`;
      return { code: `new Float64Array(${countElements(output)})${filled}`, helpers: [] };
    },
  };
}

export const zeros = initialiser({
  name: "zeros",
  doc: "Zeros.",
  parameters: [shapeParameter],
  glyph: "0",
  cost: 0,
  evaluate: (out) => out.data.fill(0),
  spelling: {
    ...spellFilled(() => 0),
    torch: (_inputs, { shape }) => `torch.zeros(${printPython(shape)})`,
    jax: (_inputs, { shape }) => `jnp.zeros(${printPython(shape)})`,
  },
  example: { source: "zeros([2])", result: "[0,0]" },
});

export const ones = initialiser({
  name: "ones",
  doc: "Ones.",
  parameters: [shapeParameter],
  glyph: "1",
  cost: 0,
  evaluate: (out) => out.data.fill(1),
  spelling: {
    ...spellFilled(() => 1),
    torch: (_inputs, { shape }) => `torch.ones(${printPython(shape)})`,
    jax: (_inputs, { shape }) => `jnp.ones(${printPython(shape)})`,
  },
  example: { source: "ones([2])", result: "[1,1]" },
});

export const constant = initialiser({
  name: "constant",
  doc: "One number everywhere.",
  parameters: [numberParameter("value", "The number."), shapeParameter],
  glyph: "c",
  cost: 0,
  evaluate: (out, _inputs, { value }) => out.data.fill(value as number),
  spelling: {
    ...spellFilled(({ value }) => value as number),
    torch: (_inputs, { value, shape }) => `torch.full(${printPython(shape)}, ${printPython(value)})`,
    jax: (_inputs, { value, shape }) => `jnp.full(${printPython(shape)}, ${printPython(value)})`,
  },
  example: { source: "constant(5, [2])", result: "[5,5]" },
});

type RealData = Float64Array | Float32Array;

export const uniform = initialiser({
  name: "uniform",
  doc: "Random numbers, equally likely between two bounds; drawn anew in each training step, in an initial value once.",
  parameters: [
    shapeParameter,
    numberParameter("low", "The lower bound, included.", 0),
    numberParameter("high", "The upper bound, excluded.", 1),
  ],
  glyph: "U",
  cost: 1,
  check: ({ low, high }) => {
    if ((low as number) > (high as number)) throw new TypeProblem("wrong-value", `uniform needs low <= high, not ${low} and ${high}`);
  },
  evaluate: (out, _inputs, { path, low, high }, { seed, step }) =>
    fillUniform(out.data as RealData, seed, step, hashPath(path as string), low as number, high as number),
  spelling: {
    torch: (_inputs, { shape, low, high }) => `torch.empty(${printPython(shape)}).uniform_(${low}, ${high})`,
    jax: (_inputs, { shape, low, high }) => `jax.random.uniform(key, ${printPython(shape)}, minval=${low}, maxval=${high})`,
  },
});

export const normal = initialiser({
  name: "normal",
  doc: "Random numbers of a normal distribution; drawn anew in each training step, in an initial value once.",
  parameters: [
    shapeParameter,
    numberParameter("mean", "The mean.", 0),
    numberParameter("deviation", "The standard deviation, at least 0.", 1),
  ],
  glyph: "N",
  cost: 1,
  check: ({ deviation }) => {
    if ((deviation as number) < 0) throw new TypeProblem("wrong-value", `normal needs a deviation of at least 0, not ${deviation}`);
  },
  evaluate: (out, _inputs, { path, mean, deviation }, { seed, step }) =>
    fillNormal(out.data as RealData, seed, step, hashPath(path as string), mean as number, deviation as number),
  spelling: {
    torch: (_inputs, { shape, mean, deviation }) => `torch.normal(${mean}, ${deviation}, ${printPython(shape)})`,
    jax: (_inputs, { shape, mean, deviation }) => `${mean} + ${deviation} * jax.random.normal(key, ${printPython(shape)})`,
  },
});

/**
 * Sizes of a layer's weights: fan in is the product of all axes but the last; fan out the last axis, times the receptive field (all
 * axes but the last two) of a convolution. An array of one axis has its size as both.
 */
export function fansOf(shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } {
  const last = shape.at(-1) ?? 1;
  if (shape.length < 2) return { fanIn: last, fanOut: last };
  return { fanIn: countElements(shape.slice(0, -1)), fanOut: countElements(shape.slice(0, -2)) * last };
}

interface ScaledDescription {
  readonly name: string;
  readonly doc: string;
  readonly glyph: string;
  readonly distribution: "uniform" | "normal";
  /** The variance of an element from fan in and fan out. */
  readonly variance: (fanIn: number, fanOut: number) => number;
  readonly spelling: Spelling;
}

/** Random numbers with mean 0 and a variance that fits the sizes of a layer; a uniform one lies within sqrt(3 variance). */
function scaled({ variance, distribution, ...described }: ScaledDescription): Primitive {
  return initialiser({
    ...described,
    parameters: [shapeParameter],
    cost: 1,
    evaluate: (out, _inputs, { path }, { seed, step }) => {
      const { fanIn, fanOut } = fansOf(out.shape);
      const deviation = Math.sqrt(variance(fanIn, fanOut));
      const stream = hashPath(path as string);
      const limit = Math.sqrt(3) * deviation;
      if (distribution === "normal") fillNormal(out.data as RealData, seed, step, stream, 0, deviation);
      else fillUniform(out.data as RealData, seed, step, stream, -limit, limit);
    },
  });
}

function spellInitialiser(torch: string, jax: string): Spelling {
  return {
    torch: (_inputs, { shape }) => `torch.nn.init.${torch}(torch.empty(${printPython(shape)}))`,
    jax: (_inputs, { shape }) => `jax.nn.initializers.${jax}()(key, ${printPython(shape)})`,
  };
}

/** Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010). */
const glorotVariance = (fanIn: number, fanOut: number): number => 2 / (fanIn + fanOut);
/** He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015). */
const heVariance = (fanIn: number): number => 2 / fanIn;

export const glorotUniform = scaled({
  name: "glorot_uniform",
  doc: "Random weights, uniform within sqrt(6 / (fan in + fan out)): for layers followed by tanh, sigmoid or softmax.",
  glyph: "GU",
  distribution: "uniform",
  variance: glorotVariance,
  spelling: spellInitialiser("xavier_uniform_", "glorot_uniform"),
});

export const glorotNormal = scaled({
  name: "glorot_normal",
  doc: "Random weights, normal with variance 2 / (fan in + fan out): for layers followed by tanh, sigmoid or softmax.",
  glyph: "GN",
  distribution: "normal",
  variance: glorotVariance,
  spelling: spellInitialiser("xavier_normal_", "glorot_normal"),
});

export const heUniform = scaled({
  name: "he_uniform",
  doc: "Random weights, uniform within sqrt(6 / fan in): for layers followed by relu.",
  glyph: "HU",
  distribution: "uniform",
  variance: heVariance,
  spelling: spellInitialiser("kaiming_uniform_", "he_uniform"),
});

export const heNormal = scaled({
  name: "he_normal",
  doc: "Random weights, normal with variance 2 / fan in: for layers followed by relu.",
  glyph: "HN",
  distribution: "normal",
  variance: heVariance,
  spelling: spellInitialiser("kaiming_normal_", "he_normal"),
});
