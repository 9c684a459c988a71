// Which nodes a derivative passes through.

import type { Node, NodeId } from "../graph/graph.ts";

/** Marks the real nodes below `end` that depend on one of `sources`, also by the written form of a stable composition. */
export function markActive(nodes: readonly Node[], sources: Iterable<NodeId>, end: number): Uint8Array {
  const active = new Uint8Array(Math.max(end, 0));
  for (const source of sources) if (source < end) active[source] = 1;
  for (let id = 0; id < end; id++) {
    if (active[id]) continue;
    const node = nodes[id];
    if (node.dtype !== "real" || node.op === "stop_gradient") continue;
    const reached = node.inputs.some((input) => active[input]) || (node.written?.bypassed.some((inner) => active[inner]) ?? false);
    if (reached) active[id] = 1;
  }
  return active;
}
