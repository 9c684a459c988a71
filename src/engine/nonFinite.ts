// Where a value that is not finite came from.

import type { Graph, Node, NodeId } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";

/** The first node whose value is not finite although its inputs are, on a path of such values to an output. */
export interface NonFinite {
  readonly id: NodeId;
  readonly node: Node;
  /** The first offending element. */
  readonly value: number;
}

/** True if every element is finite. */
export function isFiniteTensor({ dtype, data }: Tensor): boolean {
  return dtype !== "real" || firstNonFinite(data) === null;
}

function firstNonFinite(data: ArrayLike<number>): number | null {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return data[i];
  return null;
}

/** Searches the values of a run that kept them all. Null if every output is finite. */
export function findNonFinite(graph: Graph, outputs: readonly NodeId[], valueOf: (id: NodeId) => Tensor): NonFinite | null {
  const reaches = new Uint8Array(graph.nodes.length);
  for (const output of outputs) if (!isFiniteTensor(valueOf(output))) reaches[output] = 1;
  let first: NonFinite | null = null;
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (!reaches[id]) continue;
    const node = graph.nodes[id];
    const bad = node.inputs.filter((input) => !isFiniteTensor(valueOf(input)));
    for (const input of bad) reaches[input] = 1;
    if (bad.length === 0) first = { id, node, value: firstNonFinite(valueOf(id).data) ?? Number.NaN };
  }
  return first;
}
