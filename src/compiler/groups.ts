// The groups of nodes that expanded calls become.

import type { NodeId } from "../graph/graph.ts";
import type { Draft } from "./draft.ts";
import type { Written } from "./emit.ts";
import { type Frame, type Lowering, placeOf } from "./lowering.ts";
import type { Value } from "./values.ts";

/** Notes a call with the nodes of its value. `path`: what owns its nodes; `lower` expands it. Calls outside the graph are no groups. */
export function lowerGroup(
  context: Lowering,
  frame: Frame,
  path: string,
  name: string,
  { span }: Written,
  lower: () => Value | null,
): Value | null {
  if (frame.draft !== context.graph) return lower();
  const group = { path, function: name, place: placeOf(frame, span), result: [] as readonly NodeId[] };
  context.groups.push(group);
  const value = lower();
  group.result = nodesOf(context.graph, value);
  return value;
}

/** The nodes of a value in a graph, those of a tuple in its order. */
function nodesOf(draft: Draft, value: Value | null): readonly NodeId[] {
  if (value?.kind === "tuple") return value.items.flatMap((item) => nodesOf(draft, item));
  return value?.kind === "node" && value.draft === draft ? [value.id] : [];
}
