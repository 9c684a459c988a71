// Reductions: sum, mean, max, min, var, std and norm over one axis, several or all. The order of summation is reduction-order.ts's.

import type { Attributes, Dtype, NodeId, ValueType } from "../graph/graph.ts";
import { elementCount, printShape, type Shape, type Size, sameSize } from "../graph/size.ts";
import { countElements, type Tensor } from "../graph/tensor.ts";
import { countingDtype, keptAxis, readAxes, reduceShape } from "./axes.ts";
import { broadcastTo, constant, divide, multiply, reshape, shapeOf, subtract, where } from "./build.ts";
import { evaluateElementwise } from "./evaluate-elementwise.ts";
import { linear } from "./linear.ts";
import { operatorName, parenthesize } from "./notation.ts";
import {
  type ArrayCall,
  type Builder,
  type CallShapes,
  type Composed,
  type Notation,
  type Parameter,
  type PlacedNode,
  type Primitive,
  type Spelling,
  TypeProblem,
} from "./op.ts";
import { printPython } from "./python.ts";
import { allocateLike, type Combination, reduceInto } from "./reduction-order.ts";
import { quotient } from "./rules.ts";
import { spellGroups, spellReduce } from "./spelled-reductions.ts";

/** The arguments of every reduction. */
const reductionParameters: readonly Parameter[] = [
  { name: "x", kind: "value", doc: "The array." },
  { name: "axis", kind: "axes", doc: "The axis or axes to reduce; all if left out.", default: null },
  { name: "keepdims", kind: "boolean", doc: "Whether reduced axes stay, with size 1.", default: false },
];

/** The axes that a reduction of an input of this shape reduces. */
function reducedAxes(shape: Shape, attributes: Attributes): readonly number[] {
  return readAxes(attributes.axis, shape.length);
}

function reducedType(input: ValueType, attributes: Attributes, dtype: Dtype): ValueType {
  return { dtype, shape: reduceShape(input.shape, reducedAxes(input.shape, attributes), attributes.keepdims === true) };
}

/** What all reductions have in common: parameters, the shape rule given the dtype's, and the axes that survive. */
export function reductionShape(dtypeOf: (dtype: Dtype) => Dtype): Pick<Primitive, "parameters" | "infer" | "carry"> {
  return {
    parameters: reductionParameters,
    infer: ([input], attributes) => reducedType(input, attributes, dtypeOf(input.dtype)),
    carry: (_input, axis, [input], _output, attributes) =>
      keptAxis(axis, reducedAxes(input.shape, attributes), attributes.keepdims === true),
  };
}

/** `\sum_{1} x`: the reduced axes, where not all, stand below the symbol. */
export function reductionNotation(glyph: string, command: string, strength?: Notation["strength"]): Notation {
  return {
    glyph,
    ...(strength !== undefined && { strength }),
    latex: ([x], { axis }) => {
      const axes = axis === null || axis === undefined ? "" : `_{${Array.isArray(axis) ? axis.join(", ") : String(axis)}}`;
      return strength === undefined ? `${command}${axes}${parenthesize(x)}` : `${command}${axes} ${x}`;
    },
  };
}

/** The calls of the reduction `torch` and `jax` with axis and keepdims; `typescript`, where there is a helper, gets the reduced axes. */
export function spellReduction(
  torch: string,
  jax: string,
  extra = "",
  typescript?: (x: string, shape: readonly number[], axes: readonly number[]) => ArrayCall,
): Spelling {
  return {
    ...(typescript && {
      typescriptArrays: ([x]: readonly string[], attributes: Attributes, { inputs: [shape] }: CallShapes) =>
        typescript(x, shape, reducedAxes(shape, attributes)),
    }),
    torch: ([x], { axis, keepdims }) => `${torch}(${x}, dim=${printPython(axis)}, keepdim=${printPython(keepdims ?? false)}${extra})`,
    jax: ([x], { axis, keepdims }) => `${jax}(${x}, axis=${printPython(axis)}, keepdims=${printPython(keepdims ?? false)})`,
  };
}

/** A reduced value (with or without keepdims) repeated along the reduced axes, back to the shape of the input. */
export function expandReduced(build: Builder, id: NodeId, shape: Shape, axes: readonly number[]): NodeId {
  const leading = axes.every((axis, k) => axis === k);
  const aligned = leading ? id : reshape(build, id, reduceShape(shape, axes, true));
  return broadcastTo(build, aligned, shape);
}

/** The node repeated back to the shape of its only input. */
function expandNode(build: Builder, node: PlacedNode, id: NodeId): NodeId {
  const shape = shapeOf(build, node.inputs[0]);
  return expandReduced(build, id, shape, reducedAxes(shape, node.attributes));
}

/** The tensor that a reduction with keepdims gives, with the element type of `like`. */
export function reduceKeeping(like: Tensor, source: Tensor, axes: readonly number[], combination: Combination): Tensor {
  const shape = source.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const data = allocateLike(like.data, countElements(shape));
  reduceInto(data, source, axes, combination);
  return { dtype: like.dtype, shape, data };
}

/** y = sum x: dy = sum dx; x' is y' repeated. */
export const sum: Primitive = linear({
  name: "sum",
  doc: "The sum of the elements.",
  ...reductionShape(countingDtype),
  example: { source: "sum([1, 2, 3])", result: "6" },
  notation: reductionNotation("Σ", "\\sum", 0),
  spelling: spellReduction("torch.sum", "jnp.sum", "", (x, shape, axes) => spellReduce(x, shape, axes, "sum")),
  evaluate: (out, [x], attributes) => reduceInto(out.data, x, reducedAxes(x.shape, attributes), "sum"),
  operations: ([input]) => Number(elementCount(input.shape)),
  transpose: expandNode,
});

/** Number of elements that each result of the reduction combines. */
function reducedCount(shape: Shape, attributes: Attributes): Size {
  return elementCount(reducedAxes(shape, attributes).map((axis) => shape[axis]));
}

function emitMean(build: Builder, x: NodeId, attributes: Attributes): NodeId {
  const count = reducedCount(shapeOf(build, x), attributes);
  const total = build.emit("sum", [x], attributes);
  return divide(build, total, constant(build, count));
}

/** The record of a reduction that is composed from others and always real. */
function composedReduction(described: Pick<Composed, "name" | "doc" | "example" | "notation" | "spelling" | "compose">): Composed {
  return { kind: "composed", callable: true, ...reductionShape(() => "real"), ...described };
}

export const mean: Composed = composedReduction({
  name: "mean",
  doc: "The mean of the elements.",
  example: { source: "mean([1, 2, 6])", result: "3" },
  notation: reductionNotation("μ", operatorName("mean")),
  spelling: spellReduction("torch.mean", "jnp.mean"),
  compose: (build, [x], attributes) => emitMean(build, x, attributes),
});

/** var x = mean (x - mean x)^2 */
function emitVariance(build: Builder, x: NodeId, attributes: Attributes): NodeId {
  const centre = emitMean(build, x, { ...attributes, keepdims: true });
  return emitMean(build, build.emit("square", [subtract(build, x, centre)]), attributes);
}

export const variance: Composed = composedReduction({
  name: "var",
  doc: "The variance of the elements: the mean of the squared distances from their mean (divides by n).",
  example: { source: "var([1, 2, 3, 6])", result: "3.5" },
  notation: reductionNotation("σ²", operatorName("var")),
  spelling: spellReduction("torch.var", "jnp.var", ", unbiased=False"),
  compose: (build, [x], attributes) => emitVariance(build, x, attributes),
});

export const standardDeviation: Composed = composedReduction({
  name: "std",
  doc: "The standard deviation of the elements: the square root of their variance (divides by n).",
  example: { source: "std([1, 3])", result: "1" },
  notation: reductionNotation("σ", operatorName("std")),
  spelling: spellReduction("torch.std", "jnp.std", ", unbiased=False"),
  compose: (build, [x], attributes) => build.emit("sqrt", [emitVariance(build, x, attributes)]),
});

/** Which elements attain the extreme, and how many of them each result has. */
function findAttaining(build: Builder, node: PlacedNode): readonly [attained: NodeId, count: NodeId] {
  const attained = build.emit("equal", [node.inputs[0], expandNode(build, node, node.id)]);
  return [attained, build.emit("sum", [attained], node.attributes)];
}

/** At the k elements that attain the extreme: dy = (sum dx) / k and x' = y' / k; elsewhere nothing. */
function extreme(name: "max" | "min", what: string): Primitive {
  const shape = reductionShape((dtype) => dtype);
  return {
    kind: "primitive",
    name,
    doc: `The ${what} of the elements; equal ones share the derivative.`,
    callable: true,
    ...shape,
    infer: (inputs, attributes, sizes) => {
      const [input] = inputs;
      const empty = reducedAxes(input.shape, attributes).some((axis) => sameSize(input.shape[axis], 0));
      if (empty) throw new TypeProblem("wrong-value", `${name} of nothing: shape ${printShape(input.shape)} has no element to choose`);
      return shape.infer(inputs, attributes, sizes);
    },
    example: { source: `${name}([2, 3, 1])`, result: name === "max" ? "3" : "1" },
    notation: reductionNotation(name === "max" ? "↑" : "↓", `\\${name}`),
    spelling: spellReduction(`torch.a${name}`, `jnp.${name}`, "", (x, shape, axes) => spellReduce(x, shape, axes, name)),
    evaluate: (out, [x], attributes) => reduceInto(out.data, x, reducedAxes(x.shape, attributes), name),
    tangent: (build, node, [tangent]) => {
      if (tangent === null) return null;
      const [attained, count] = findAttaining(build, node);
      return quotient(build, build.emit("sum", [where(build, attained, tangent, constant(build, 0))], node.attributes), count);
    },
    adjoint: (build, node, adjoint, [wanted]) => {
      if (!wanted) return [null];
      const [attained, count] = findAttaining(build, node);
      return [where(build, attained, expandNode(build, node, quotient(build, adjoint, count)), constant(build, 0))];
    },
    operations: ([input]) => Number(elementCount(input.shape)),
    linearIn: [],
  };
}

export const max: Primitive = extreme("max", "largest");
export const min: Primitive = extreme("min", "smallest");

/** x / |x|, 0 where the norm is 0: an infinite divisor gives 0, and so do its derivatives. */
function direction(build: Builder, node: PlacedNode): NodeId {
  const zero = build.emit("equal", [node.id, constant(build, 0)]);
  return quotient(build, node.inputs[0], expandNode(build, node, where(build, zero, constant(build, Infinity), node.id)));
}

/** y = |x|: dy = sum (x/y) dx, x' = (x/y) y', with x/y = 0 where y = 0. */
export const norm: Primitive = {
  kind: "primitive",
  name: "norm",
  doc: "The length of a vector: the square root of the sum of squares, scaled so that it neither overflows nor vanishes.",
  callable: true,
  ...reductionShape(() => "real"),
  example: { source: "norm([3, 4])", result: "5" },
  notation: {
    glyph: "‖x‖",
    latex: ([x], { axis }) =>
      `\\left\\|${x}\\right\\|${axis === null || axis === undefined ? "" : `_{${Array.isArray(axis) ? axis.join(", ") : String(axis)}}`}`,
  },
  spelling: spellReduction("torch.linalg.vector_norm", "jnp.linalg.norm", "", (x, shape, axes) => spellGroups("norm", x, shape, axes)),
  evaluate: (out, [x], attributes, { single }) => evaluateNorm(out, x, reducedAxes(x.shape, attributes), single),
  tangent: (build, node, [tangent]) =>
    tangent === null ? null : build.emit("sum", [multiply(build, tangent, direction(build, node))], node.attributes),
  adjoint: (build, node, adjoint, [wanted]) => [wanted ? multiply(build, expandNode(build, node, adjoint), direction(build, node)) : null],
  operations: ([input], output) => 4 * Number(elementCount(input.shape)) + 2 * Number(elementCount(output.shape)),
  linearIn: [],
};

/** Powers of two that bring elements with squares out of range into it: magnitude beyond `large` or below `small`, down or up. */
const scaling = {
  f64: { large: 2 ** 490, small: 2 ** -490, down: 2 ** -600, up: 2 ** 600 },
  f32: { large: 2 ** 50, small: 2 ** -50, down: 2 ** -80, up: 2 ** 100 },
};

/** The factor by which elements are multiplied before they are squared, from the largest magnitude. */
function normScale(largest: number, single: boolean): number {
  const { large, small, down, up } = single ? scaling.f32 : scaling.f64;
  if (largest > large) return down;
  return largest < small ? up : 1;
}

function evaluateNorm(out: Tensor, x: Tensor, axes: readonly number[], single: boolean): void {
  const magnitudes: Tensor = { dtype: "real", shape: x.shape, data: allocateLike(out.data, x.data.length) };
  evaluateElementwise((element) => Math.abs(element), magnitudes, [x]);
  const largest = reduceKeeping(out, magnitudes, axes, "max");
  const round = single ? Math.fround : (value: number) => value;
  const square = (element: number, extreme: number) => {
    const scaled = round(element * normScale(extreme, single));
    return scaled * scaled;
  };
  evaluateElementwise(square, magnitudes, [magnitudes, largest]);
  const squares = reduceKeeping(out, magnitudes, axes, "sum");
  for (let i = 0; i < out.data.length; i++) {
    const extreme = largest.data[i];
    out.data[i] = extreme === Infinity ? Infinity : round(Math.sqrt(squares.data[i])) / normScale(extreme, single);
  }
}
