// Every derivative against differences, and forward mode against reverse mode.

import { forward } from "../engine/forward.ts";
import { markAncestors, type NodeId } from "../graph/graph.ts";
import { allocateTensor, type Tensor } from "../graph/tensor.ts";
import { filled, sum } from "../ops/build.ts";
import { fillNormal, hashPath } from "../ops/kernels/index.ts";
import { checkReal, gradientNodes, tangentInput } from "./gradient.ts";
import { createProbe, fivePoint, type Probe, pointsAlong, stepFor } from "./numeric.ts";
import { followRules } from "./own-rules.ts";
import { evaluateNodes, prepareEvaluation, type Workspace } from "./workspace.ts";

/** An element of the node (row-major), or the number of a random direction. */
export type Along = { readonly element: number } | { readonly direction: number };

/**
 * One derivative and its difference. `kink`: a branch, tie or floor differs between the points, so differences say nothing. `rule`: it
 * is not the difference, but what the rules of functions that have their own say; all around them agrees.
 */
export interface Comparison {
  readonly of: string;
  readonly wrt: string;
  readonly at: Along;
  readonly exact: number;
  readonly numeric: number;
  readonly status: "ok" | "kink" | "rule" | "failed";
  /** Paths of the calls whose rules a `rule` follows. */
  readonly calls?: readonly string[];
}

/** The dot-product test along one direction v: <adjoint of x, v> by reverse mode against the tangent along v by forward mode. */
export interface DotProduct {
  readonly of: string;
  readonly wrt: string;
  readonly at: Along;
  readonly reverse: number;
  readonly forward: number;
  readonly status: "ok" | "failed";
}

/** What was compared. Differences and dot products are taken along the same directions, the latter along one more where those are elements. */
export interface GradcheckReport {
  readonly comparisons: readonly Comparison[];
  readonly dotProducts: readonly DotProduct[];
}

/** Above this many elements together, nodes are checked along random directions. */
const elementLimit = 500;
const directionCount = 20;
const stream = hashPath("gradcheck");

/** Smaller steps for what a step does not settle: a kink may lie within its reach, or a steep function bend too much. */
const closerSteps = [2 ** -4, 2 ** -8];

/** Differences are good to this, both modes agree to that: relative to the value, absolute below 1. */
const numericTolerance = 1e-6;
const modeTolerance = 1e-12;

/** |a - b| <= tolerance * max(1, |b|); equal infinities and two nan agree. */
export function agrees(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)) || Object.is(a, b);
}

/**
 * Checks the derivatives of `of` with respect to others, nodes as written; of an array, those of a random weighting of its elements. The
 * workspace computes in f64: differences need its digits. Throws ProblemError for int and bool nodes.
 */
export function checkGradients(workspace: Workspace, of: NodeId, wrt: readonly NodeId[]): GradcheckReport {
  const { ids, build, program } = workspace;
  for (const written of [of, ...wrt]) checkReal(workspace, written);
  const y = weighted(workspace, ids[of]);
  const xs = wrt.map((written) => ids[written]);
  const gradients = gradientNodes(workspace, y, xs);
  const discrete = discreteNodes(workspace, [y, ...gradients]);
  const exact = evaluateNodes(workspace, gradients);
  const isFull = exact.reduce((count, { data }) => count + data.length, 0) <= elementLimit;
  const nameOf = (written: NodeId) => program.graph.nodes[written].name ?? String(written);
  const checks = wrt.map((written, k): GradcheckReport => {
    const lines = linesThrough(build.nodes[xs[k]].shape as readonly number[], isFull);
    const subject = { names: { of: nameOf(of), wrt: nameOf(written) }, x: xs[k], y, exact: exact[k], lines };
    return { comparisons: compareDifferences(workspace, subject, discrete), dotProducts: compareModes(workspace, subject) };
  });
  return {
    comparisons: checks.flatMap(({ comparisons }) => comparisons),
    dotProducts: checks.flatMap(({ dotProducts }) => dotProducts),
  };
}

/** A scalar: the node itself, or the sum of its elements with random weights. */
function weighted({ build }: Workspace, y: NodeId): NodeId {
  const shape = build.nodes[y].shape as readonly number[];
  if (shape.length === 0) return y;
  const weights = build.emit("array", [], { values: Array.from(randomDirection(shape, 0).data), shape, dtype: "real" });
  return sum(build, build.emit("mul", [y, weights]));
}

/** A direction in the space of one node. */
interface Line {
  readonly at: Along;
  readonly direction: Tensor;
}

/** Every element and one random direction, or random directions only. */
function linesThrough(shape: readonly number[], isFull: boolean): Line[] {
  const random = (count: number) =>
    Array.from({ length: count }, (_, k): Line => ({ at: { direction: k }, direction: randomDirection(shape, k + 1) }));
  if (!isFull) return random(directionCount);
  const count = shape.reduce((product, size) => product * size, 1);
  return [...Array.from({ length: count }, (_, k): Line => ({ at: { element: k }, direction: oneHot(shape, k) })), ...random(1)];
}

function randomDirection(shape: readonly number[], number: number): Tensor {
  const direction = allocateTensor("real", shape, "f64");
  fillNormal(direction.data as Float64Array, 0, number, stream);
  return direction;
}

function oneHot(shape: readonly number[], k: number): Tensor {
  const direction = allocateTensor("real", shape, "f64");
  direction.data[k] = 1;
  return direction;
}

/** What is checked for one node. */
interface Subject {
  readonly names: { readonly of: string; readonly wrt: string };
  readonly x: NodeId;
  readonly y: NodeId;
  readonly exact: Tensor;
  readonly lines: readonly Line[];
}

/** Tangents along the lines by forward mode, against the gradient by reverse mode. */
function compareModes(workspace: Workspace, { names, x, y, exact, lines }: Subject): DotProduct[] {
  const { build, leaves } = workspace;
  const seed = tangentInput(workspace, x);
  const [tangent] = forward(build, new Map([[x, seed]]), [y]);
  const evaluation = prepareEvaluation(workspace, [tangent ?? filled(build, 0, [])]);
  return lines.map(({ at, direction }) => {
    evaluation.run(new Map([...leaves, [seed, direction]]));
    const reverse = inner(exact, direction);
    const along = evaluation.value(evaluation.outputs[0]).data[0];
    return { ...names, at, reverse, forward: along, status: agrees(reverse, along, modeTolerance) ? "ok" : "failed" };
  });
}

function inner(a: Tensor, b: Tensor): number {
  let product = 0;
  for (let i = 0; i < a.data.length; i++) if (b.data[i] !== 0) product += a.data[i] * b.data[i];
  return product;
}

const stepped: ReadonlySet<string> = new Set(["floor", "ceil", "round", "sign"]);

/** Nodes in front of the targets that jump: comparisons, choices of an index, floors. */
function discreteNodes({ build }: Workspace, targets: readonly NodeId[]): NodeId[] {
  const needed = markAncestors(build.nodes, targets);
  return build.nodes.flatMap(({ inputs, dtype, op }, id) => {
    const jumps = inputs.length > 0 && (dtype !== "real" || stepped.has(op));
    return needed[id] && jumps ? [id] : [];
  });
}

/** Differences along the lines, against the gradient. A random direction beside elements says nothing new. */
function compareDifferences(workspace: Workspace, subject: Subject, discrete: readonly NodeId[]): Comparison[] {
  const { names, x, y, exact, lines } = subject;
  const { probe, value } = createProbe(workspace, x, [y, ...discrete]);
  const base = probe(value).slice(1);
  const byRules = differenceByRules(workspace, x, y);
  const compare = (at: Along, direction: Tensor, step: number): Comparison => {
    const product = inner(exact, direction);
    const around = pointsAlong(value, direction.data, step).map(probe);
    const numeric = fivePoint(
      around.map(([result]) => result.data[0]),
      step,
    );
    const common = { ...names, at, exact: product, numeric };
    if (around.some((values) => values.slice(1).some((d, k) => differs(d, base[k])))) return { ...common, status: "kink" };
    if (agrees(product, numeric, numericTolerance)) return { ...common, status: "ok" };
    const ruled = byRules(value, direction, step);
    if (ruled && agrees(product, ruled.numeric, numericTolerance)) return { ...common, status: "rule", calls: ruled.calls };
    return { ...common, status: "failed" };
  };
  const elements = lines.filter(({ at }) => "element" in at);
  return (elements.length > 0 ? elements : lines).map(({ at, direction }): Comparison => {
    const step = "element" in at ? stepFor(value.data[at.element]) : stepFor(0) / 16;
    const first = compare(at, direction, step);
    const isSettled = ({ status }: Comparison) => status === "ok" || status === "rule";
    if (isSettled(first)) return first;
    for (const closer of closerSteps) {
      const again = compare(at, direction, step * closer);
      if (isSettled(again)) return again;
    }
    return first;
  });
}

/** Differences where every function with a rule of its own changes as that says; null without one. Prepared when first needed. */
function differenceByRules(workspace: Workspace, x: NodeId, y: NodeId) {
  let prepared: { readonly probe: Probe; readonly calls: readonly string[] } | null | undefined;
  return (value: Tensor, direction: Tensor, step: number) => {
    if (prepared === undefined) {
      const ruled = followRules(workspace, x, y);
      prepared = ruled && { probe: createProbe(ruled.workspace, x, [ruled.y]).probe, calls: ruled.calls };
    }
    if (prepared === null) return null;
    const { probe, calls } = prepared;
    const around = pointsAlong(value, direction.data, step).map((point) => probe(point)[0].data[0]);
    return { numeric: fivePoint(around, step), calls };
  };
}

function differs(a: Tensor, b: Tensor): boolean {
  for (let i = 0; i < a.data.length; i++) if (!Object.is(a.data[i], b.data[i])) return true;
  return false;
}
