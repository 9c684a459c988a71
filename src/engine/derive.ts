// From the graph as written to a graph of primitives: composed ops are built, stable forms chosen, derivatives taken, innermost first.

import type { Attribute, Graph, Node, NodeId } from "../graph/graph.ts";
import { elementCount } from "../graph/size.ts";
import { sum } from "../ops/build.ts";
import { createBuilder, type GraphBuilder, opOf } from "./builder.ts";
import { forward } from "./forward.ts";
import { hessian, jacobian } from "./jacobian.ts";
import { findMisfits, placeholderOf } from "./misfits.ts";
import { reverse } from "./reverse.ts";
import { stabilize } from "./stabilize.ts";

/** A graph of primitives under construction, with the place of every written node in it. */
export interface Derived {
  readonly build: GraphBuilder;
  /** `ids[written]` is the node of `build` that holds the value of a written node. */
  readonly ids: readonly NodeId[];
}

/**
 * Replaces composed ops and derivative nodes of a graph as written (sizes bound) by primitives. Every written node stays a node of its
 * own. Where the sizes do not fit, a leaf that no runner takes stands in its place. Throws DeriveProblem where a Jacobian is too large to be unrolled.
 */
export function derive(written: Graph): Derived {
  const build = createBuilder();
  const asked = askedOf(written.nodes);
  const swept = new Map<NodeId, ReadonlyMap<NodeId, NodeId | null>>();
  const misfits = findMisfits(written);
  const ids: NodeId[] = [];
  for (const [position, node] of written.nodes.entries()) {
    const misfit = misfits.get(position);
    if (misfit) {
      ids.push(build.append(placeholderOf(node, misfit)));
      continue;
    }
    build.from(node.place, node.owner);
    const inputs = node.inputs.map((input) => ids[input]);
    const id = placeNode(build, node, inputs, (y) => sweepOnce(build, node, y, ids, asked, swept));
    ids.push(id);
  }
  return { build, ids };
}

type Sweep = (writtenY: NodeId) => ReadonlyMap<NodeId, NodeId | null>;

function placeNode(build: GraphBuilder, node: Node, inputs: readonly NodeId[], sweep: Sweep): NodeId {
  const stable = stabilize(build, node.op, inputs, node.attributes);
  if (stable) {
    const written = { op: node.op, inputs, attributes: node.attributes, bypassed: stable.bypassed };
    return build.append({
      ...node,
      op: stable.op,
      inputs: stable.inputs,
      attributes: stable.attributes,
      written: expandWritten(build, written),
    });
  }
  const op = opOf(node.op);
  if (op.kind === "primitive") return build.append({ ...node, inputs });
  if (node.op === "ruled")
    return build.append({ ...node, inputs, attributes: { ...node.attributes, ...expandRule(node.attributes.rule as Graph) } });
  const value = op.kind === "composed" ? op.compose(build, inputs, node.attributes) : takeDerivative(build, node, inputs, sweep);
  return build.append({ ...node, op: "identity", inputs: [value], attributes: {} });
}

/** The written form of a stable composition must be a primitive: a composed one becomes the identity of what it is composed of. */
function expandWritten(build: GraphBuilder, written: NonNullable<Node["written"]>): NonNullable<Node["written"]> {
  const op = opOf(written.op);
  if (op.kind !== "composed") return written;
  const first = build.nodes.length;
  const value = op.compose(build, written.inputs, written.attributes);
  const built = Array.from({ length: build.nodes.length - first }, (_, k) => first + k);
  return { op: "identity", inputs: [value], attributes: {}, bypassed: [...written.bypassed, ...built] };
}

/** The graph of a tangent rule as primitives; `result` is the node of its last written node. */
function expandRule(rule: Graph): { rule: Graph; result: NodeId } {
  const { build, ids } = derive(rule);
  return { rule: build.graph(), result: ids[ids.length - 1] };
}

/** For each y of `grad` nodes: all written nodes that its gradients are asked with respect to. */
function askedOf(nodes: readonly Node[]): ReadonlyMap<NodeId, readonly NodeId[]> {
  const asked = new Map<NodeId, NodeId[]>();
  for (const node of nodes) {
    if (node.op !== "grad") continue;
    const [y, x] = node.inputs;
    const list = asked.get(y);
    if (list) list.push(x);
    else asked.set(y, [x]);
  }
  return asked;
}

/** One reverse sweep from y serves all its gradients. What is written after y cannot lie on a path to it. */
function sweepOnce(
  build: GraphBuilder,
  node: Node,
  y: NodeId,
  ids: readonly NodeId[],
  asked: ReadonlyMap<NodeId, readonly NodeId[]>,
  swept: Map<NodeId, ReadonlyMap<NodeId, NodeId | null>>,
): ReadonlyMap<NodeId, NodeId | null> {
  const known = swept.get(y);
  if (known) return known;
  const before = (asked.get(y) ?? []).filter((x) => x < ids.length && ids[x] <= ids[y]);
  const xs = [...new Set(before.map((x) => ids[x]))];
  build.from(node.place, node.owner);
  const adjoints = reverse(build, ids[y], xs, onesLike(build, ids[y]));
  const result = new Map(xs.map((x, k) => [x, adjoints[k]]));
  swept.set(y, result);
  return result;
}

function takeDerivative(build: GraphBuilder, node: Node, inputs: readonly NodeId[], sweep: Sweep): NodeId {
  const each = node.attributes.each === true;
  const [y, x] = inputs;
  switch (node.op) {
    case "grad":
      return orZeros(build, sweep(node.inputs[0]).get(x) ?? null, x);
    case "vjp":
      return orZeros(build, reverse(build, y, [x], inputs[2])[0], x);
    case "jvp":
      return orZeros(build, forward(build, pairSeeds(build, inputs), [y])[0], y);
    case "jacobian":
      return jacobian(build, y, x, each);
    case "hessian":
      return hessian(build, each ? sum(build, y) : y, x, each);
    default:
      throw new Error(`No derivation for ${node.op}.`);
  }
}

/** Seeds of jvp(y, x1, v1, x2, v2, ...); seeds of one node add up. */
function pairSeeds(build: GraphBuilder, inputs: readonly NodeId[]): Map<NodeId, NodeId> {
  const seeds = new Map<NodeId, NodeId>();
  for (let k = 1; k + 1 < inputs.length; k += 2) {
    const before = seeds.get(inputs[k]);
    seeds.set(inputs[k], before === undefined ? inputs[k + 1] : build.emit("add", [before, inputs[k + 1]]));
  }
  return seeds;
}

function orZeros(build: GraphBuilder, id: NodeId | null, like: NodeId): NodeId {
  return id ?? build.emit("broadcast_to", [build.emit("number", [], { value: 0, dtype: "real" })], shapeAttribute(build, like));
}

function onesLike(build: GraphBuilder, like: NodeId): NodeId {
  const one = build.emit("number", [], { value: 1, dtype: "real" });
  return elementCount(build.nodes[like].shape) === 1 && build.nodes[like].shape.length === 0
    ? one
    : build.emit("broadcast_to", [one], shapeAttribute(build, like));
}

function shapeAttribute(build: GraphBuilder, like: NodeId): { readonly shape: Attribute } {
  return { shape: build.nodes[like].shape as Attribute };
}
