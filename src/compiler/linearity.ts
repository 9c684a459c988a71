// Whether a graph is linear in some of its nodes.

import type { Attributes, Graph, Node, NodeId } from "../graph/graph.ts";
import type { SizeBindings } from "../graph/size.ts";
import { findOp } from "../ops/index.ts";
import type { Builder } from "../ops/op.ts";

/** How a node depends on what must be linear. */
type Dependence = "none" | "zero" | "linear";

/** A node that breaks linearity; `isConstant`: because it does not depend on the sources at all, and is not zero. */
interface Nonlinear {
  readonly node: NodeId;
  readonly isConstant: boolean;
}

/**
 * The first node that makes `result` not linear in `sources`, null if it is linear: each operation must be linear in all of the
 * inputs that depend on them, the others fixed. A result that does not depend on them must be zero.
 */
export function findNonlinear(graph: Graph, sources: ReadonlySet<NodeId>, result: NodeId, sizes: SizeBindings): Nonlinear | null {
  const nodes: Node[] = [];
  const dependence: Dependence[] = [];
  const ids: NodeId[] = [];
  for (const [id, node] of graph.nodes.entries()) {
    const first = nodes.length;
    const placed = place(nodes, node, ids, sizes);
    if (node.op === "ruled") {
      // Its value is that of its first input.
      nodes.push(node);
      dependence.push(dependence[ids[node.inputs[0]]]);
      ids.push(nodes.length - 1);
      continue;
    }
    if (placed === null) {
      // A derivative or another node that is no sum of primitives: linear only where nothing depends on the sources.
      if (node.inputs.some((input) => dependence[ids[input]] === "linear")) return { node: id, isConstant: false };
      nodes.push(node);
      dependence.push("none");
      ids.push(nodes.length - 1);
      continue;
    }
    for (let at = first; at < nodes.length; at++) {
      const found: Dependence | null = sources.has(id) ? "linear" : dependenceOf(nodes[at], dependence);
      if (found === null) return { node: id, isConstant: false };
      dependence.push(found);
    }
    ids.push(placed);
  }
  return dependence[ids[result]] === "none" ? { node: result, isConstant: true } : null;
}

/** Adds a node, or what it is composed of; returns the node with its value, null if it is neither a primitive nor composed. */
function place(nodes: Node[], node: Node, ids: readonly NodeId[], sizes: SizeBindings): NodeId | null {
  const op = findOp(node.op);
  const inputs = node.inputs.map((input) => ids[input]);
  if (op?.kind === "primitive") {
    nodes.push({ ...node, inputs });
    return nodes.length - 1;
  }
  if (op?.kind !== "composed") return null;
  const build: Builder = {
    nodes,
    emit: (name, from, attributes = {}) => emitComposed(build, nodes, name, from, attributes, node, sizes),
  };
  return op.compose(build, inputs, node.attributes);
}

function emitComposed(
  build: Builder,
  nodes: Node[],
  name: string,
  inputs: readonly NodeId[],
  attributes: Attributes,
  from: Node,
  sizes: SizeBindings,
): NodeId {
  const op = findOp(name);
  if (op?.kind === "composed") return op.compose(build, inputs, attributes);
  const types = inputs.map((input) => nodes[input]);
  const { dtype, shape } = op?.infer(types, attributes, sizes) ?? from;
  nodes.push({ op: name, inputs, attributes, dtype, shape, name: null, owner: from.owner, place: from.place });
  return nodes.length - 1;
}

/** How a primitive depends on the sources; null if not linearly. */
function dependenceOf(node: Node, dependence: readonly Dependence[]): Dependence | null {
  if (node.op === "number") return node.attributes.value === 0 ? "zero" : "none";
  const op = findOp(node.op);
  const linear = node.inputs.flatMap((input, k) => (dependence[input] === "linear" ? [k] : []));
  const groups = (op?.kind === "primitive" ? op.linearIn : []).map((group) => (group.includes(-1) ? node.inputs.map((_, k) => k) : group));
  const isZero = (k: number) => dependence[node.inputs[k]] !== "none";
  if (linear.length === 0) return node.inputs.length > 0 && groups.some((group) => group.every(isZero)) ? "zero" : "none";
  return groups.some((group) => linear.every((k) => group.includes(k)) && group.every(isZero)) ? "linear" : null;
}
