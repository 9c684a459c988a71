// Nodes that cannot have the sizes of a run: found before anything is derived, refused where a result needs them.

import { concreteShape, type Graph, type Node, type Place } from "../graph/graph.ts";
import { printShape, type Shape, type SizeBindings, sameShape } from "../graph/size.ts";
import { TypeProblem } from "../ops/op.ts";
import { opOf } from "./builder.ts";

/** What keeps a node from having a value; `place` is that of the node where it comes from. */
interface Misfit {
  readonly message: string;
  readonly place: Place | null;
}

const noSizes: SizeBindings = new Map();

/**
 * The nodes of a graph (sizes bound) whose sizes do not fit, and those that depend on them. A model is checked with the sizes of its data,
 * or with open ones; a batch can be smaller.
 */
export function findMisfits({ nodes }: Graph): ReadonlyMap<number, Misfit> {
  const found = new Map<number, Misfit>();
  for (const [id, node] of nodes.entries()) {
    const source = found.size === 0 ? undefined : node.inputs.find((input) => found.has(input));
    const misfit = source === undefined ? misfitOf(nodes, node) : found.get(source);
    if (misfit) found.set(id, misfit);
  }
  return found;
}

function misfitOf(nodes: readonly Node[], { op, inputs, attributes, shape, place }: Node): Misfit | undefined {
  const { infer, name, notation } = opOf(op);
  const label = notation.operator === undefined ? name : `\`${notation.operator}\``;
  const refuse = (why: string): Misfit => ({ message: `${label}, with the sizes of this run: ${why}`, place });
  if (concreteShape(shape).some((size) => size < 0)) return refuse(`shape ${printShape(shape)} has a negative size`);
  if (inputs.length === 0) return undefined;
  const types = inputs.map((input) => nodes[input]);
  const inferred = inferShape(() => infer(types, attributes, noSizes).shape);
  if (inferred instanceof TypeProblem) return refuse(inferred.message);
  if (!sameShape(inferred, shape)) return refuse(`the result has shape ${printShape(inferred)}, but ${printShape(shape)} is needed`);
  return op === "ruled" ? misfitOfRule(attributes.rule as Graph) : undefined;
}

/** A function whose tangent does not fit has no value either: its derivative would be silently 0. */
function misfitOfRule(rule: Graph): Misfit | undefined {
  return findMisfits(rule).get(rule.nodes.length - 1);
}

function inferShape(infer: () => Shape): Shape | TypeProblem {
  try {
    return infer();
  } catch (problem) {
    if (problem instanceof TypeProblem) return problem;
    throw problem;
  }
}

/** The leaf that stands in the place of a misfit: an argument that cannot be given. A runner refuses it, derivatives end at it. */
export function placeholderOf(node: Node, { message, place }: Misfit): Node {
  const shape = concreteShape(node.shape).map((size) => Math.max(size, 0));
  const attributes = { problem: message, shape, dtype: node.dtype };
  return { ...node, op: "argument", inputs: [], attributes, shape, place };
}
