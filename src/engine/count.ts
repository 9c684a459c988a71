// Operation counts of a graph of primitives.

import type { Graph } from "../graph/graph.ts";
import { opOf } from "./builder.ts";

/** Scalar operations of one evaluation: one per elementwise result or element reduced, 2mnk for contractions, 0 for moves. */
export function countOperations(graph: Graph): number {
  let total = 0;
  for (const node of graph.nodes) {
    const op = opOf(node.op);
    if (op.kind !== "primitive") throw new Error(`${node.op} was not replaced before counting.`);
    total += op.operations(
      node.inputs.map((input) => graph.nodes[input]),
      node,
      node.attributes,
    );
  }
  return total;
}
