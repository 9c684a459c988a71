// Derivatives as operations: grad, jvp, vjp, jacobian, hessian, and calls of functions with their own tangent rule.

import type { ValueType } from "../graph/graph.ts";
import { printShape, type SizeBindings } from "../graph/size.ts";
import { broadcastShapes, shapesAgree, sizesAgree } from "./broadcast.ts";
import { type Derivation, type Parameter, TypeProblem } from "./op.ts";

/** `int[n]`, `bool`, `[n, 4]`, `a real number`. */
function printType({ dtype, shape }: ValueType): string {
  if (shape.length === 0) return dtype === "real" ? "a real number" : dtype;
  return `${dtype === "real" ? "" : dtype}${printShape(shape)}`;
}

/** Throws TypeProblem unless what is differentiated is real. */
function requireRealResult(op: string, y: ValueType): void {
  if (y.dtype === "real") return;
  throw new TypeProblem("not-differentiable", `${op}: what is differentiated is ${printType(y)}, but only real values have derivatives`);
}

/** Throws TypeProblem unless what is differentiated with respect to is real. */
function requireRealSource(op: string, x: ValueType): void {
  if (x.dtype === "real") return;
  throw new TypeProblem(
    "not-differentiable",
    `${op}: the derivative is asked with respect to ${printType(x)}, but only real values can be varied`,
  );
}

/** Throws TypeProblem unless y is real and scalar, or with `each` has the rows of x as its only axis. */
function requireScalar(op: string, y: ValueType, x: ValueType, each: boolean, sizes: SizeBindings): void {
  requireRealResult(op, y);
  requireRealSource(op, x);
  if (each) {
    requireSharedRows(op, y, x, sizes);
    if (y.shape.length === 1) return;
    throw new TypeProblem(
      "needs-scalar",
      `${op} with each needs one number a row, but what is differentiated is ${printType(y)}: sum it over its other axes`,
    );
  }
  if (y.shape.length === 0) return;
  const rows = printShape(y.shape.slice(0, 1)).slice(1, -1);
  const separate = y.shape.length === 1 ? `, or each: ${rows} for the derivative of each element with respect to its own row` : "";
  throw new TypeProblem(
    "needs-scalar",
    `${op} needs a scalar, but what is differentiated is ${printType(y)}: take its sum(...)${separate}`,
  );
}

/** Throws TypeProblem unless y and x have the same first axis. */
function requireSharedRows(op: string, y: ValueType, x: ValueType, sizes: SizeBindings): void {
  if (y.shape.length > 0 && x.shape.length > 0 && sizesAgree(y.shape[0], x.shape[0], sizes)) return;
  throw new TypeProblem(
    "shape-mismatch",
    `${op} with each needs a first axis that both share, not shapes ${printShape(y.shape)} and ${printShape(x.shape)}`,
  );
}

const result: Parameter = { name: "y", kind: "value", doc: "The node that is differentiated." };
const scalar: Parameter = { name: "J", kind: "value", doc: "The scalar node that is differentiated." };
const source: Parameter = { name: "x", kind: "value", doc: "The node with respect to which it is; a tuple gives a tuple." };
const eachParameter: Parameter = {
  name: "each",
  kind: "size",
  doc: "The first axis that both share: the derivative is taken separately for each of its indices.",
  default: null,
};

interface DerivativeDescription {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  readonly infer: Derivation["infer"];
  readonly carry: Derivation["carry"];
  readonly glyph: string;
  readonly latex: Derivation["notation"]["latex"];
  readonly callable?: boolean;
}

function derivation({ glyph, latex, ...described }: DerivativeDescription): Derivation {
  return { kind: "derivation", callable: true, spelling: {}, ...described, notation: { glyph, latex } };
}

/** Rows stay apart where each of them is differentiated by itself. */
const carryEach: Derivation["carry"] = (_input, axis, _inputs, _output, { each }) => (each === true && axis === 0 ? 0 : null);

export const grad = derivation({
  name: "grad",
  doc: "The derivative of a scalar with respect to a node, of that node's shape, by reverse mode.",
  parameters: [scalar, source, eachParameter],
  infer: ([y, x], { each }, sizes) => {
    requireScalar("grad", y, x, each === true, sizes);
    return { dtype: "real", shape: x.shape };
  },
  carry: carryEach,
  glyph: "∇",
  latex: ([y, x]) => `\\nabla_{${x}} ${y}`,
});

export const jvp = derivation({
  name: "jvp",
  doc: "The tangent of a node for given tangents of others, by forward mode: jvp(y, x: v).",
  parameters: [result, { name: "seeds", kind: "values", doc: "Tangents by the name of their node, x: v; each is broadcast to its node." }],
  infer: ([y, ...seeds], _attributes, sizes) => {
    requireRealResult("jvp", y);
    for (let k = 0; k + 1 < seeds.length; k += 2) requireSeed(seeds[k], seeds[k + 1], sizes);
    return { dtype: "real", shape: y.shape };
  },
  carry: () => null,
  glyph: "J·v",
  latex: ([y, ...seeds]) => `\\mathrm{D} ${y} \\left[${printSeeds(seeds)}\\right]`,
});

function printSeeds(seeds: readonly string[]): string {
  return seeds.flatMap((x, k) => (k % 2 === 0 && k + 1 < seeds.length ? [`\\dot{${x}} = ${seeds[k + 1]}`] : [])).join(", ");
}

/** Throws TypeProblem unless x is real and v broadcasts to it. */
function requireSeed(x: ValueType, v: ValueType, sizes: SizeBindings): void {
  requireRealSource("jvp", x);
  if (shapesAgree(broadcastShapes([x.shape, v.shape], sizes), x.shape, sizes)) return;
  throw new TypeProblem(
    "shape-mismatch",
    `jvp: a tangent of shape ${printShape(v.shape)} does not fit a node of shape ${printShape(x.shape)}`,
  );
}

export const vjp = derivation({
  name: "vjp",
  doc: "The adjoint of x for the adjoint u of y, by reverse mode: the transposed Jacobian times u.",
  parameters: [result, source, { name: "u", kind: "value", doc: "The adjoint of y, of its shape." }],
  infer: ([y, x, u], _attributes, sizes) => {
    requireRealResult("vjp", y);
    requireRealSource("vjp", x);
    if (shapesAgree(u.shape, y.shape, sizes)) return { dtype: "real", shape: x.shape };
    throw new TypeProblem(
      "shape-mismatch",
      `vjp: the adjoint has shape ${printShape(u.shape)}, but must have that of y, ${printShape(y.shape)}`,
    );
  },
  carry: () => null,
  glyph: "Jᵀu",
  latex: ([y, x, u]) => `\\left(\\frac{\\partial ${y}}{\\partial ${x}}\\right)^{\\top} ${u}`,
});

export const jacobian = derivation({
  name: "jacobian",
  doc: "The derivatives of all elements of y with respect to all elements of x: the shape of y, then that of x.",
  parameters: [result, source, eachParameter],
  infer: ([y, x], { each }, sizes) => {
    requireRealResult("jacobian", y);
    requireRealSource("jacobian", x);
    if (each !== true) return { dtype: "real", shape: [...y.shape, ...x.shape] };
    requireSharedRows("jacobian", y, x, sizes);
    return { dtype: "real", shape: [...y.shape, ...x.shape.slice(1)] };
  },
  carry: carryEach,
  glyph: "∂",
  latex: ([y, x]) => `\\frac{\\partial ${y}}{\\partial ${x}}`,
});

export const hessian = derivation({
  name: "hessian",
  doc: "The second derivatives of a scalar with respect to a node: the shape of x twice.",
  parameters: [scalar, source, eachParameter],
  infer: ([y, x], { each }, sizes) => {
    requireScalar("hessian", y, x, each === true, sizes);
    return { dtype: "real", shape: [...x.shape, ...(each === true ? x.shape.slice(1) : x.shape)] };
  },
  carry: carryEach,
  glyph: "∇²",
  latex: ([y, x]) => `\\nabla^{2}_{${x}} ${y}`,
});

/** Inputs: the body's value, `arguments` argument values, captured values; the graph `rule` gives the tangent. */
export const ruled = derivation({
  name: "ruled",
  doc: "A call of a function with its own tangent rule.",
  parameters: [{ name: "values", kind: "values", doc: "The value, the arguments of the call, and what its rule captures." }],
  callable: false,
  infer: ([body]) => ({ dtype: body.dtype, shape: body.shape }),
  carry: (input, axis) => (input === 0 ? axis : null),
  glyph: "fn",
  latex: ([body]) => body,
});
