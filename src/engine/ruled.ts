// Calls of functions with their own tangent rule: the rule's graph is put in the place of the derivative.

import type { Graph, NodeId } from "../graph/graph.ts";
import type { PlacedNode } from "../ops/op.ts";
import type { GraphBuilder } from "./builder.ts";

/** The arguments of a ruled call: its inputs without the body's value and without captured nodes. */
export function ruledArguments(node: PlacedNode): readonly NodeId[] {
  return node.inputs.slice(1, 1 + (node.attributes.arguments as number));
}

/** Adds the rule's nodes for the given tangents of the arguments. The result is the tangent of the call. */
export function placeRule(build: GraphBuilder, node: PlacedNode, tangents: readonly NodeId[]): NodeId {
  const rule = node.attributes.rule as Graph;
  const values = ruledArguments(node);
  const captured = node.inputs.slice(1 + values.length);
  const filled = [...values, ...tangents, ...captured];
  const ids: NodeId[] = [];
  for (const inner of rule.nodes) {
    if (inner.op === "argument" && "index" in inner.attributes) ids.push(filled[inner.attributes.index as number]);
    else {
      build.from(inner.place, inner.owner);
      const inputs = inner.inputs.map((input) => ids[input]);
      ids.push(build.emit(inner.op, inputs, inner.attributes));
    }
  }
  return ids[node.attributes.result as number];
}
