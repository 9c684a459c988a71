// Reverse mode as a graph transformation: adds the adjoints of nodes, from one node back to those that are asked for.

import { markAncestors, type NodeId } from "../graph/graph.ts";
import { addTerms } from "../ops/build.ts";
import type { PlacedNode } from "../ops/op.ts";
import { markActive } from "./active.ts";
import { type Adjoints, createAdjoints } from "./adjoints.ts";
import { type GraphBuilder, opOf } from "./builder.ts";
import { placeRule, ruledArguments } from "./ruled.ts";

/**
 * The adjoint of every x: the derivative of `y`, weighted by `seed` (of y's shape), with respect to x along the paths from x to y.
 * Null: no path, structurally zero.
 *
 * Linearisation backwards: adjoint(input) = sum over its uses of adjoint(use) * d use / d input (Griewank & Walther 2008, section 3.2).
 */
export function reverse(build: GraphBuilder, y: NodeId, xs: readonly NodeId[], seed: NodeId): (NodeId | null)[] {
  const requested = new Set(xs);
  const active = markActive(build.nodes, xs, y + 1);
  const needed = markAncestors(build.nodes.slice(0, y + 1), [y]);
  const adjoints = createAdjoints(build);
  adjoints.add(y, seed);
  const extra = createAdjoints(build);
  const lowest = xs.reduce((least, x) => Math.min(least, x), y);
  for (let id = y; id >= lowest; id--) {
    if (!active[id] || !needed[id]) continue;
    const node: PlacedNode = { ...build.nodes[id], id };
    build.from(node.place, node.owner);
    const adjoint = adjoints.get(id);
    if (adjoint === null) continue;
    addAdjoints(build, node, adjoint, adjoints, (input) => active[input] === 1);
    if (node.written?.bypassed.some((inner) => requested.has(inner))) addBypassed(build, node, adjoint, extra);
  }
  return xs.map((x) => addTerms(build, [adjoints.get(x), extra.get(x)]));
}

function addAdjoints(
  build: GraphBuilder,
  node: PlacedNode,
  adjoint: NodeId,
  adjoints: Adjoints,
  reaches: (input: NodeId) => boolean,
): void {
  const wanted = node.inputs.map((input) => build.nodes[input].dtype === "real" && reaches(input));
  if (!wanted.includes(true)) return;
  const contributions = applyAdjoint(build, node, adjoint, wanted);
  for (const [k, contribution] of contributions.entries()) {
    if (contribution !== null && wanted[k]) adjoints.add(node.inputs[k], contribution);
  }
}

function applyAdjoint(build: GraphBuilder, node: PlacedNode, adjoint: NodeId, wanted: readonly boolean[]): readonly (NodeId | null)[] {
  if (node.op === "ruled") return ruledAdjoint(build, node, adjoint, wanted);
  const op = opOf(node.op);
  if (op.kind !== "primitive") throw new Error(`${node.op} was not replaced before its derivative.`);
  return op.adjoint(build, node, adjoint, wanted);
}

/** Adjoints of the nodes that a stable form bypasses, along the form as written, from its root only. */
function addBypassed(build: GraphBuilder, root: PlacedNode, adjoint: NodeId, extra: Adjoints): void {
  if (!root.written) return;
  const inside = new Set(root.written.bypassed);
  const local = createAdjoints(build);
  addAdjoints(build, { ...root, ...root.written }, adjoint, local, (input) => inside.has(input));
  for (const id of [...inside].sort((a, b) => b - a)) {
    const inner = local.get(id);
    if (inner === null) continue;
    const node = build.nodes[id];
    addAdjoints(build, { ...node, ...node.written, id }, inner, local, (input) => inside.has(input));
    extra.add(id, inner);
  }
}

/** Transpose of a function's own tangent rule: it is linear in the tangents, so its reverse sweep does not depend on their values. */
function ruledAdjoint(build: GraphBuilder, node: PlacedNode, adjoint: NodeId, wanted: readonly boolean[]): (NodeId | null)[] {
  const zero = build.emit("number", [], { value: 0, dtype: "real" });
  const tangents = ruledArguments(node).map((value) => {
    const { shape, owner, place } = build.nodes[value];
    return build.append({ op: "broadcast_to", inputs: [zero], attributes: { shape }, shape, dtype: "real", name: null, owner, place });
  });
  const result = placeRule(build, node, tangents);
  const adjoints = reverse(build, result, tangents, adjoint);
  return wanted.map((want, k) => (want && k >= 1 && k <= tangents.length ? adjoints[k - 1] : null));
}
