// Leaves that the training loop adds to a graph: learning rate, counts, values that an optimizer keeps.

import type { GraphBuilder } from "../engine/builder.ts";
import type { NodeId } from "../graph/graph.ts";
import type { Shape } from "../graph/size.ts";

/** Adds a real leaf that the loop feeds. */
export function addLeaf(build: GraphBuilder, name: string, shape: Shape): NodeId {
  return build.append({
    op: "state",
    inputs: [],
    attributes: { shape, dtype: "real" },
    shape,
    dtype: "real",
    name,
    owner: "",
    place: null,
  });
}
