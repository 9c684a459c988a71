// Small graphs for tests: one op over leaves, evaluated and differentiated without the language.
import { createBuilder, type GraphBuilder } from "../../src/engine/builder.ts";
import { derive } from "../../src/engine/derive.ts";
import { createRunner } from "../../src/engine/reference.ts";
import { simplify } from "../../src/engine/simplify.ts";
import type { Attributes, NodeId } from "../../src/graph/graph.ts";
import type { Precision, Tensor } from "../../src/graph/tensor.ts";
import { addInput, type LeafSpec, tensorOf } from "./leaves.ts";

/** A derived graph with values of its leaves. */
export interface TestGraph {
  readonly build: GraphBuilder;
  readonly leaves: readonly NodeId[];
  readonly output: NodeId;
  /** Values of nodes; `changed` replaces leaf values. */
  run(targets: readonly NodeId[], changed?: ReadonlyMap<NodeId, Tensor>, precision?: Precision): Tensor[];
}

/** Builds a graph as written with `make`, and derives it. */
export function graphOf(specs: readonly LeafSpec[], make: (build: GraphBuilder, leaves: readonly NodeId[]) => NodeId): TestGraph {
  const written = createBuilder();
  const leafIds = specs.map(({ shape, dtype }, k) => addInput(written, `x${k}`, shape, dtype));
  const output = make(written, leafIds);
  const { build, ids } = derive(written.graph());
  const leaves = leafIds.map((id) => ids[id]);
  return {
    build,
    leaves,
    output: ids[output],
    run(targets, changed = new Map(), precision = "f64") {
      const { graph, ids: places } = simplify(build.graph(), targets, precision);
      const outputs = targets.map((target) => places[target]);
      const runner = createRunner(graph, outputs, precision);
      const feeds = new Map<NodeId, Tensor>();
      for (const [k, leaf] of leaves.entries())
        if (places[leaf] >= 0) feeds.set(places[leaf], changed.get(leaf) ?? tensorOf(specs[k], precision));
      runner.run(feeds, { seed: 1, step: 0 });
      return outputs.map((id) => ({ ...runner.value(id), data: runner.value(id).data.slice() }));
    },
  };
}

/** Adds a node as written, with its own type. */
export function write(build: GraphBuilder, op: string, inputs: readonly NodeId[], attributes: Attributes = {}): NodeId {
  return build.emit(op, inputs, attributes);
}
