// Softmax, its logarithm and logsumexp: shifted by the largest element so that nothing overflows.
//
// Every step is one scalar operation that rounds: the largest element m (0 in its place where all are -inf), z - m, exp, the sum in
// the order of reduction-order.ts, and the last step of each op.

import type { Attribute, Attributes, NodeId } from "../graph/graph.ts";
import { elementCount, type Shape } from "../graph/size.ts";
import { countElements, type Tensor } from "../graph/tensor.ts";
import { readAxes } from "./axes.ts";
import { sum as emitSum, multiply, shapeOf, subtract } from "./build.ts";
import { evaluateElementwise } from "./evaluate-elementwise.ts";
import { exp, log } from "./kernels/index.ts";
import { functionNotation, operatorName } from "./notation.ts";
import type { Builder, Parameter, PlacedNode, Primitive } from "./op.ts";
import { printPython } from "./python.ts";
import { allocateLike } from "./reduction-order.ts";
import { expandReduced, reduceKeeping, reductionNotation, reductionShape, spellReduction } from "./reductions.ts";
import { spellGroups } from "./spelled-reductions.ts";

const parameters: readonly Parameter[] = [
  { name: "z", kind: "value", doc: "The logits." },
  { name: "axis", kind: "axes", doc: "The axis or axes over which the results add up to 1.", default: -1 },
];

/** The axes of a softmax; the last one if not given. */
function normalizedAxes(shape: Shape, { axis }: Attributes): readonly number[] {
  return shape.length === 0 ? [] : readAxes(axis === undefined ? -1 : axis, shape.length);
}

/** What all three ops compute first: for each group the shift, and the sum of exp(z - shift), kept with size 1. */
interface ShiftedSum {
  readonly shift: Tensor;
  readonly exponentials: Tensor;
  readonly total: Tensor;
}

/** `exponentials` may be computed into `target`, which has the shape of z. */
function sumShifted(z: Tensor, axes: readonly number[], target: Tensor, single: boolean): ShiftedSum {
  const shift = reduceKeeping(target, z, axes, "max");
  for (let i = 0; i < shift.data.length; i++) if (shift.data[i] === -Infinity) shift.data[i] = 0;
  const difference = single ? Math.fround : (value: number) => value;
  evaluateElementwise((element, largest) => exp(difference(element - largest)), target, [z, shift]);
  return { shift, exponentials: target, total: reduceKeeping(target, target, axes, "sum") };
}

/** sum over the axes of the op, repeated to the shape of z. */
function spreadSum(build: Builder, node: PlacedNode, id: NodeId): NodeId {
  const axes = normalizedAxes(node.shape, node.attributes);
  return expandReduced(build, emitSum(build, id, axes), node.shape, axes);
}

/** p = softmax(z): with u either dz or the adjoint of p, the Jacobian is symmetric: p (u - sum(p u)). */
function softmaxDerivative(build: Builder, node: PlacedNode, u: NodeId): NodeId {
  return multiply(build, node.id, subtract(build, u, spreadSum(build, node, multiply(build, node.id, u))));
}

function carryNormalized(
  _input: number,
  axis: number,
  inputs: readonly { shape: Shape }[],
  _output: unknown,
  attributes: Attributes,
): number | null {
  return normalizedAxes(inputs[0].shape, attributes).includes(axis) ? null : axis;
}

function spellSoftmax(name: string, helper: "softmax" | "logSoftmax"): Primitive["spelling"] {
  return {
    typescriptArrays: ([z], attributes, { inputs: [shape] }) => spellGroups(helper, z, shape, normalizedAxes(shape, attributes)),
    torch: ([z], { axis }) => `torch.${name}(${z}, dim=${lastAxis(axis)})`,
    jax: ([z], { axis }) => `jax.nn.${name}(${z}, axis=${lastAxis(axis)})`,
  };
}

function lastAxis(axis: Attribute | undefined): string {
  return axis === undefined ? "-1" : printPython(axis);
}

/** What softmax and log_softmax have in common. */
const normalized = {
  kind: "primitive",
  callable: true,
  parameters,
  infer: ([input], attributes) => {
    normalizedAxes(input.shape, attributes);
    return { dtype: "real", shape: input.shape };
  },
  carry: carryNormalized,
  operations: ([input]) => 5 * Number(elementCount(input.shape)),
  linearIn: [],
} as const satisfies Partial<Primitive>;

/** p = exp(z) / sum(exp(z)): dp = p (dz - sum(p dz)), z' = p (p' - sum(p p')). */
export const softmax: Primitive = {
  ...normalized,
  name: "softmax",
  doc: "Exponentials scaled to add up to 1: probabilities from logits. A group of nothing but -inf gives zeros.",
  example: { source: "softmax([0, 0])", result: "[0.5,0.5]" },
  notation: functionNotation("σ", operatorName("softmax")),
  spelling: spellSoftmax("softmax", "softmax"),
  evaluate: (out, [z], attributes, { single }) => {
    const { total } = sumShifted(z, normalizedAxes(z.shape, attributes), out, single);
    evaluateElementwise((part, whole) => (whole === 0 ? 0 : part / whole), out, [out, total]);
  },
  tangent: (build, node, [tangent]) => (tangent === null ? null : softmaxDerivative(build, node, tangent)),
  adjoint: (build, node, adjoint, [wanted]) => [wanted ? softmaxDerivative(build, node, adjoint) : null],
};

/** y = z - log(sum(exp(z))), p = exp(y): dy = dz - sum(p dz), z' = y' - p sum(y'). */
export const logSoftmax: Primitive = {
  ...normalized,
  name: "log_softmax",
  doc: "The logarithm of softmax, exact where a probability is too small to be told from 0.",
  example: { source: "log_softmax([1000, 0])", result: "[0,-1000]" },
  notation: functionNotation("lσ", operatorName("log_softmax")),
  spelling: spellSoftmax("log_softmax", "logSoftmax"),
  evaluate: (out, [z], attributes, { single }) => {
    const { shift, total } = sumShifted(z, normalizedAxes(z.shape, attributes), out, single);
    for (let i = 0; i < total.data.length; i++) total.data[i] = total.data[i] === 0 ? 0 : log(total.data[i]);
    const difference = single ? Math.fround : (value: number) => value;
    evaluateElementwise((element, largest, logarithm) => difference(element - largest) - logarithm, out, [z, shift, total]);
  },
  tangent: (build, node, [tangent]) => {
    if (tangent === null) return null;
    const probabilities = build.emit("exp", [node.id]);
    return subtract(build, tangent, spreadSum(build, node, multiply(build, probabilities, tangent)));
  },
  adjoint: (build, node, adjoint, [wanted]) => {
    if (!wanted) return [null];
    const probabilities = build.emit("exp", [node.id]);
    return [subtract(build, adjoint, multiply(build, probabilities, spreadSum(build, node, adjoint)))];
  },
};

/** softmax(z) over the axes that the node reduces. */
function emitSoftmax(build: Builder, node: PlacedNode): NodeId {
  return build.emit("softmax", [node.inputs[0]], { axis: readAxes(node.attributes.axis, shapeOf(build, node.inputs[0]).length) });
}

/** y = log(sum(exp(z))), p = softmax(z): dy = sum(p dz), z' = p y'. */
export const logsumexp: Primitive = {
  kind: "primitive",
  name: "logsumexp",
  doc: "The logarithm of the sum of exponentials, without overflow.",
  callable: true,
  ...reductionShape(() => "real"),
  example: { source: "logsumexp([1000, -inf])", result: "1000" },
  notation: reductionNotation("LSE", operatorName("logsumexp")),
  spelling: spellReduction("torch.logsumexp", "jax.nn.logsumexp", "", (z, shape, axes) => spellGroups("logsumexp", z, shape, axes)),
  evaluate: (out, [z], attributes, { single }) => evaluateLogarithmOfSum(out, z, readAxes(attributes.axis, z.shape.length), single),
  tangent: (build, node, [tangent]) =>
    tangent === null ? null : build.emit("sum", [multiply(build, tangent, emitSoftmax(build, node))], node.attributes),
  adjoint: (build, node, adjoint, [wanted]) => {
    if (!wanted) return [null];
    const shape = shapeOf(build, node.inputs[0]);
    return [multiply(build, expandReduced(build, adjoint, shape, readAxes(node.attributes.axis, shape.length)), emitSoftmax(build, node))];
  },
  operations: ([input], output) => 4 * Number(elementCount(input.shape)) + 2 * Number(elementCount(output.shape)),
  linearIn: [],
};

function evaluateLogarithmOfSum(out: Tensor, z: Tensor, axes: readonly number[], single: boolean): void {
  const exponentials: Tensor = { dtype: "real", shape: z.shape, data: allocateLike(out.data, countElements(z.shape)) };
  const { shift, total } = sumShifted(z, axes, exponentials, single);
  const round = single ? Math.fround : (value: number) => value;
  for (let i = 0; i < out.data.length; i++) {
    const largest = shift.data[i];
    out.data[i] = largest === Infinity ? Infinity : largest + round(log(total.data[i]));
  }
}
