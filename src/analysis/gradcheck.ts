// Every derivative against differences, and forward mode against reverse mode by the dot-product identity.

import { forward } from "../engine/forward.ts";
import type { NodeId } from "../graph/graph.ts";
import { allocateTensor, type Tensor } from "../graph/tensor.ts";
import { filled } from "../ops/build.ts";
import { fillNormal, hashPath } from "../ops/kernels/index.ts";
import { gradientNodes } from "./gradient.ts";
import { createProbe, fivePoint, pointsAlong, stepFor } from "./numeric.ts";
import { evaluateNodes, type Workspace } from "./workspace.ts";

/** One comparison. `kink`: a branch, tie or floor differs between the points, so differences say nothing. */
export interface Comparison {
  readonly wrt: string;
  /** Element of the node (row-major), or the number of a random direction. */
  readonly at: { readonly element: number } | { readonly direction: number };
  readonly exact: number;
  readonly numeric: number;
  readonly status: "ok" | "kink" | "failed";
}

/** The dot-product test for one node and one random direction: <adjoint of x, v> against the tangent along v. */
export interface DotProduct {
  readonly wrt: string;
  readonly reverse: number;
  readonly forward: number;
  readonly status: "ok" | "failed";
}

export interface GradcheckReport {
  readonly comparisons: readonly Comparison[];
  readonly dotProducts: readonly DotProduct[];
}

/** Nodes with more elements are checked along random directions. */
const elementLimit = 500;
const directionCount = 20;
const stream = hashPath("gradcheck");

/** |a - b| <= tolerance * max(1, |b|); both not a number agree. */
export function agrees(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)) || Object.is(a, b);
}

/** Checks the derivatives of `of` (a scalar as written) with respect to nodes as written. */
export function checkGradients(workspace: Workspace, of: NodeId, wrt: readonly NodeId[]): GradcheckReport {
  const { ids, build, program } = workspace;
  const y = ids[of];
  const xs = wrt.map((written) => ids[written]);
  const gradients = gradientNodes(workspace, y, xs);
  const discrete = discreteNodes(workspace, [y, ...gradients]);
  const exact = evaluateNodes(workspace, gradients);
  const nameOf = (written: NodeId) => program.graph.nodes[written].name ?? String(written);
  const comparisons = wrt.flatMap((written, k) => compareOne(workspace, nameOf(written), xs[k], y, exact[k], discrete));
  const dotProducts = wrt.map((written, k): DotProduct => {
    const direction = randomDirection(build.nodes[xs[k]].shape as readonly number[], 0);
    const seed = build.emit("array", [], { values: Array.from(direction.data), shape: direction.shape, dtype: "real" });
    const [node] = forward(build, new Map([[xs[k], seed]]), [y]);
    const tangent = evaluateNodes(workspace, [node ?? filled(build, 0, [])])[0].data[0];
    const [product, size] = inner(exact[k], direction);
    return {
      wrt: nameOf(written),
      reverse: product,
      forward: tangent,
      status: Math.abs(product - tangent) <= 1e-11 * (1 + size) ? "ok" : "failed",
    };
  });
  return { comparisons, dotProducts };
}

/** The inner product, and the sum of the magnitudes of its terms. */
function inner(a: Tensor, b: Tensor): readonly [number, number] {
  let product = 0;
  let size = 0;
  for (let i = 0; i < a.data.length; i++) {
    product += a.data[i] * b.data[i];
    size += Math.abs(a.data[i] * b.data[i]);
  }
  return [product, size];
}

function randomDirection(shape: readonly number[], number: number): Tensor {
  const direction = allocateTensor("real", shape, "f64");
  fillNormal(direction.data as Float64Array, 0, number, stream);
  return direction;
}

const stepped: ReadonlySet<string> = new Set(["floor", "ceil", "round", "sign"]);

/** Nodes in front of the targets that jump: comparisons, choices of an index, floors. */
function discreteNodes({ build }: Workspace, targets: readonly NodeId[]): NodeId[] {
  const needed = new Set(targets);
  const found: NodeId[] = [];
  for (let id = Math.max(...targets); id >= 0; id--) {
    if (!needed.has(id)) continue;
    const node = build.nodes[id];
    for (const input of node.inputs) needed.add(input);
    if (node.inputs.length > 0 && (node.dtype !== "real" || stepped.has(node.op))) found.push(id);
  }
  return found;
}

function compareOne(workspace: Workspace, name: string, x: NodeId, y: NodeId, exact: Tensor, discrete: readonly NodeId[]): Comparison[] {
  const { probe, value } = createProbe(workspace, x, [y, ...discrete]);
  const count = value.data.length;
  const full = count <= elementLimit;
  const base = probe(value).slice(1);
  return Array.from({ length: full ? count : directionCount }, (_, k): Comparison => {
    const direction = full ? oneHot(value.shape, k) : randomDirection(value.shape, k + 1);
    const step = full ? stepFor(value.data[k]) : stepFor(0) / 16;
    const around = pointsAlong(value, direction.data, step).map(probe);
    const numeric = fivePoint(
      around.map(([result]) => result.data[0]),
      step,
    );
    const [product] = inner(exact, direction);
    const kink = around.some((values) => values.slice(1).some((tensor, d) => differs(tensor, base[d])));
    const status = kink ? "kink" : agrees(product, numeric, 1e-6) ? "ok" : "failed";
    return { wrt: name, at: full ? { element: k } : { direction: k }, exact: product, numeric, status };
  });
}

function oneHot(shape: readonly number[], k: number): Tensor {
  const direction = allocateTensor("real", shape, "f64");
  direction.data[k] = 1;
  return direction;
}

function differs(a: Tensor, b: Tensor): boolean {
  for (let i = 0; i < a.data.length; i++) if (!Object.is(a.data[i], b.data[i])) return true;
  return false;
}
