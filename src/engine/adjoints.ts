// Adjoints of nodes while a reverse sweep collects them from the uses of each node.

import { concreteShape, type NodeId } from "../graph/graph.ts";
import type { Shape } from "../graph/size.ts";
import { countElements } from "../graph/tensor.ts";
import { add, reshape, shapeOf } from "../ops/build.ts";
import { composeSelections, selectAll } from "../ops/slice-selection.ts";
import { emitUnslice, type Part, readParts } from "../ops/unslice.ts";
import type { GraphBuilder } from "./builder.ts";

/** What uses contribute to the adjoint of a node, added up as late as that is cheap. */
export interface Adjoints {
  /** Takes what one use contributes to the adjoint of a node (of the node's shape). */
  add(node: NodeId, contribution: NodeId): void;
  /** The sum of what was contributed, or null if nothing was. */
  get(node: NodeId): NodeId | null;
}

interface Collected {
  /** The sum of what is known in full. */
  total: NodeId | null;
  /** Contributions of slices. */
  slices: Part[];
  /** Contributions of gathers: nodes scatter_add. */
  gathers: NodeId[];
  /** Elements of all slices and gathers. */
  elements: number;
}

/**
 * Adjoints of nothing yet. Contributions add up in the order in which they come, but for those of slices and gathers, which are 0
 * outside of a part of the node: they wait until the adjoint is asked for or they have as many elements as the node. Then gathers along
 * one axis become one `scatter_add`, and slices one `unslice` together with what else there is. So the parts of a node cost as much as
 * they have elements, and those that wait never take more memory than one array of the node's size.
 */
export function createAdjoints(build: GraphBuilder): Adjoints {
  const collected = new Map<NodeId, Collected>();
  return {
    add(node, contribution) {
      const known = collected.get(node) ?? { total: null, slices: [], gathers: [], elements: 0 };
      collected.set(node, known);
      collect(build, known, contribution);
      if (known.elements >= elementsOf(build, node)) settle(build, known, shapeOf(build, node));
    },
    get(node) {
      const known = collected.get(node);
      return known ? settle(build, known, shapeOf(build, node)) : null;
    },
  };
}

function elementsOf(build: GraphBuilder, id: NodeId): number {
  return countElements(concreteShape(shapeOf(build, id)));
}

function collect(build: GraphBuilder, known: Collected, contribution: NodeId): void {
  const { op, inputs } = build.nodes[contribution];
  const part = partOf(build, contribution);
  if (part) {
    known.slices.push(part);
    known.elements += elementsOf(build, part.id);
  } else if (op === "scatter_add") {
    known.gathers.push(contribution);
    known.elements += elementsOf(build, inputs[1]);
  } else known.total = sumOf(build, known.total, contribution);
}

function sumOf(build: GraphBuilder, a: NodeId | null, b: NodeId): NodeId {
  return a === null ? b : add(build, a, b);
}

/** What the adjoint of a slice, or of a slice of a slice, puts where; null for other nodes. */
function partOf(build: GraphBuilder, id: NodeId): Part | null {
  const outer = readSinglePart(build, id);
  const inner = outer && readSinglePart(build, outer.id);
  return outer && inner ? { id: inner.id, selection: composeSelections(outer.selection, inner.selection) } : outer;
}

function readSinglePart(build: GraphBuilder, id: NodeId): Part | null {
  const { op, inputs, attributes } = build.nodes[id];
  return op === "unslice" && inputs.length === 1 ? { id: inputs[0], selection: readParts(attributes)[0] } : null;
}

/** Adds what waits to the total. */
function settle(build: GraphBuilder, known: Collected, shape: Shape): NodeId | null {
  const byAxis = Map.groupBy(known.gathers, (scatter) => build.nodes[scatter].attributes.axis as number);
  for (const [axis, scatters] of byAxis) known.total = sumOf(build, known.total, joinScatters(build, scatters, axis));
  if (known.slices.length > 0) known.total = joinSlices(build, known.total, known.slices, shape);
  known.slices = [];
  known.gathers = [];
  known.elements = 0;
  return known.total;
}

/** The sum of scatters along one axis as one scatter: indices and updates end to end. */
function joinScatters(build: GraphBuilder, scatters: readonly NodeId[], axis: number): NodeId {
  if (scatters.length === 1) return scatters[0];
  const { shape } = build.nodes[scatters[0]];
  const inputs = scatters.map((scatter) => {
    const [indices, updates] = build.nodes[scatter].inputs;
    const count = elementsOf(build, indices);
    return [reshape(build, indices, [count]), reshape(build, updates, shape.with(axis, count))] as const;
  });
  const join = (k: 0 | 1, along: number) =>
    build.emit(
      "concat",
      inputs.map((input) => input[k]),
      { axis: along },
    );
  return build.emit("scatter_add", [join(0, 0), join(1, axis)], { axis, shape });
}

/** The total and the slices in one array, the largest first: it is only written, the others are added. */
function joinSlices(build: GraphBuilder, total: NodeId | null, slices: readonly Part[], shape: Shape): NodeId {
  const parts = total === null ? slices : [{ id: total, selection: selectAll(shape) }, ...slices];
  const bySize = parts.toSorted((a, b) => elementsOf(build, b.id) - elementsOf(build, a.id));
  return emitUnslice(build, bySize, shape);
}
