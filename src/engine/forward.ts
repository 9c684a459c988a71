// Forward mode as a graph transformation: adds the tangents of nodes, from seeded nodes on to those that are asked for.

import { markAncestors, type NodeId } from "../graph/graph.ts";
import { addTerms, broadcastTo, filled } from "../ops/build.ts";
import type { PlacedNode } from "../ops/op.ts";
import { markActive } from "./active.ts";
import { type GraphBuilder, opOf } from "./builder.ts";
import { placeRule, ruledArguments } from "./ruled.ts";

type Seeds = ReadonlyMap<NodeId, NodeId>;

/**
 * The tangents of `targets` (of their shapes; null: structurally zero) when each seeded node gets its seed as tangent in addition to
 * what reaches it from other seeds.
 *
 * Tangent(node) = sum over inputs of d node / d input * tangent(input) (Griewank & Walther 2008, section 3.1).
 */
export function forward(build: GraphBuilder, seeds: Seeds, targets: readonly NodeId[]): (NodeId | null)[] {
  const end = targets.reduce((most, target) => Math.max(most, target), -1) + 1;
  const active = markActive(build.nodes, seeds.keys(), end);
  const needed = markAncestors(build.nodes.slice(0, end), targets);
  const tangents = new Map<NodeId, NodeId>();
  for (let id = 0; id < end; id++) {
    if (!active[id] || !needed[id]) continue;
    const node: PlacedNode = { ...build.nodes[id], id };
    build.from(node.place, node.owner);
    const terms = [applyTangent(build, node, tangents), seedOf(build, seeds, id), bypassedTangent(build, node, seeds)];
    const tangent = addTerms(build, terms);
    if (tangent !== null) tangents.set(id, tangent);
  }
  return targets.map((target) => tangents.get(target) ?? null);
}

function seedOf(build: GraphBuilder, seeds: Seeds, id: NodeId): NodeId | null {
  const seed = seeds.get(id);
  return seed === undefined ? null : broadcastTo(build, seed, build.nodes[id].shape);
}

function applyTangent(build: GraphBuilder, node: PlacedNode, tangents: ReadonlyMap<NodeId, NodeId>): NodeId | null {
  const inputs = node.inputs.map((input) => tangents.get(input) ?? null);
  if (node.op === "stop_gradient" || inputs.every((tangent) => tangent === null)) return null;
  if (node.op === "ruled") return ruledTangent(build, node, inputs);
  const op = opOf(node.op);
  if (op.kind !== "primitive") throw new Error(`${node.op} was not replaced before its derivative.`);
  return op.tangent(build, node, inputs);
}

/** What seeds on bypassed nodes add to the root of a stable form, along the form as written. */
function bypassedTangent(build: GraphBuilder, root: PlacedNode, seeds: Seeds): NodeId | null {
  if (!root.written?.bypassed.some((inner) => seeds.has(inner))) return null;
  const local = new Map<NodeId, NodeId>();
  for (const id of [...root.written.bypassed].sort((a, b) => a - b)) {
    const node = build.nodes[id];
    const tangent = addTerms(build, [applyTangent(build, { ...node, ...node.written, id }, local), seedOf(build, seeds, id)]);
    if (tangent !== null) local.set(id, tangent);
  }
  return applyTangent(build, { ...root, ...root.written }, local);
}

/** The tangent that a function's own rule gives, or null if no argument has one. */
function ruledTangent(build: GraphBuilder, node: PlacedNode, tangents: readonly (NodeId | null)[]): NodeId | null {
  const values = ruledArguments(node);
  const own = values.map((_, k) => tangents[1 + k]);
  if (own.every((tangent) => tangent === null)) return null;
  return placeRule(
    build,
    node,
    own.map((tangent, k) => tangent ?? filled(build, 0, build.nodes[values[k]].shape)),
  );
}
