// Derivatives of named nodes with respect to others, in each mode and to any order.

import { forward } from "../engine/forward.ts";
import { jacobianByColumns, jacobianByRows } from "../engine/jacobian.ts";
import { reverse } from "../engine/reverse.ts";
import type { NodeId } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { broadcastTo, filled } from "../ops/build.ts";
import { ProblemError } from "../train/problem.ts";
import { numericJacobian } from "./numeric.ts";
import { evaluateNodes, type Workspace, withProblems } from "./workspace.ts";

export type Mode = "reverse" | "forward" | "numeric";

/** The value of a node and its derivative with respect to each x: shape of + wrt, repeated `order` times for wrt. */
export interface Derivatives {
  readonly value: Tensor;
  readonly derivatives: readonly Tensor[];
  /** Their nodes in the workspace's graph; none for differences. */
  readonly nodes: readonly NodeId[];
}

/** Differentiates `of` with respect to each of `wrt` (nodes as written). Throws ProblemError for int and bool nodes. */
export function differentiate(workspace: Workspace, of: NodeId, wrt: readonly NodeId[], mode: Mode, order: number): Derivatives {
  const { ids } = workspace;
  for (const written of [of, ...wrt]) checkReal(workspace, written);
  const y = ids[of];
  const xs = wrt.map((written) => ids[written]);
  if (mode === "numeric") {
    const numeric = xs.map((x) => numericJacobian(workspace, order > 1 ? derivativeNode(workspace, y, x, "reverse", order - 1) : y, x));
    return { value: evaluateNodes(workspace, [y])[0], derivatives: numeric, nodes: [] };
  }
  const nodes = withProblems(() =>
    order === 1 && mode === "reverse" && workspace.build.nodes[y].shape.length === 0
      ? gradientNodes(workspace, y, xs)
      : xs.map((x) => derivativeNode(workspace, y, x, mode, order)),
  );
  const [value, ...derivatives] = evaluateNodes(workspace, [y, ...nodes]);
  return { value, derivatives, nodes };
}

/** Throws ProblemError for an int or bool node. */
export function checkReal({ program }: Workspace, written: NodeId): void {
  const node = program.graph.nodes[written];
  if (node.dtype !== "real")
    throw new ProblemError("not-differentiable", `${node.name ?? "this"} is ${node.dtype}: derivatives need real values`, node.place);
}

/** Gradients of a scalar by one reverse sweep; zeros where there is no path. */
export function gradientNodes({ build }: Workspace, y: NodeId, xs: readonly NodeId[]): NodeId[] {
  const adjoints = reverse(build, y, xs, filled(build, 1, build.nodes[y].shape));
  return adjoints.map((adjoint, k) => adjoint ?? filled(build, 0, build.nodes[xs[k]].shape));
}

/** The node of the k-th derivative in one mode. */
export function derivativeNode({ build }: Workspace, y: NodeId, x: NodeId, mode: "reverse" | "forward", order: number): NodeId {
  let node = y;
  for (let k = 0; k < order; k++) node = (mode === "reverse" ? jacobianByRows : jacobianByColumns)(build, node, x, false);
  return node;
}

/** The tangent of `of` for seeds on nodes as written (values that broadcast to them). */
export function tangentOf(
  workspace: Workspace,
  of: NodeId,
  seeds: ReadonlyMap<NodeId, Tensor>,
): { readonly value: Tensor; readonly tangent: Tensor } {
  const { build, ids } = workspace;
  checkReal(workspace, of);
  const y = ids[of];
  const [tangent] = forward(build, seedNodes(workspace, seeds), [y]);
  const [value, result] = evaluateNodes(workspace, [y, tangent ?? filled(build, 0, build.nodes[y].shape)]);
  return { value, tangent: result };
}

/** Seeds as constant nodes, by node of the workspace's graph. */
export function seedNodes(workspace: Workspace, seeds: ReadonlyMap<NodeId, Tensor>): Map<NodeId, NodeId> {
  const { build, ids } = workspace;
  const placed = new Map<NodeId, NodeId>();
  for (const [written, { shape, data }] of seeds) {
    checkReal(workspace, written);
    const id = ids[written];
    const node =
      shape.length === 0
        ? build.emit("number", [], { value: data[0], dtype: "real" })
        : build.emit("array", [], { values: Array.from(data), shape, dtype: "real" });
    placed.set(id, broadcastTo(build, node, build.nodes[id].shape));
  }
  return placed;
}

/** Adds a leaf of a node's shape: a tangent that is fed when running, and that simplification cannot see through. */
export function tangentInput({ build }: Workspace, x: NodeId): NodeId {
  const { shape } = build.nodes[x];
  const attributes = { shape: shape as readonly number[], dtype: "real" };
  return build.append({ op: "input", inputs: [], attributes, shape, dtype: "real", name: null, owner: "", place: null });
}
