// Loss and metrics of a part of the data.

import { derive } from "../engine/derive.ts";
import { bindGraph, type NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { type Part, sizesFor } from "./parts.ts";
import type { Measures } from "./records.ts";
import { prepareRunner } from "./step.ts";

/** Measures a part with the given parameters and states (by node of the program's graph). */
export type Measure = (values: ReadonlyMap<NodeId, Tensor>) => Measures;

/** Prepares the measuring of one part. The program is the one with `training` false. */
export function prepareMeasure(program: Program, part: Part, precision: Precision, seed: number): Measure {
  const { build, ids } = derive(bindGraph(program.graph, sizesFor(program, part.rows)));
  const named = [...(program.loss ? [program.loss] : []), ...program.metrics];
  const { runner, node } = prepareRunner(
    build.graph(),
    named.map((measured) => ids[measured.node]),
    precision,
  );
  const leaves = program.graph.nodes.flatMap((_, written) => (node(ids[written]) >= 0 ? [[written, node(ids[written])] as const] : []));
  return (values) => {
    const feeds = new Map<NodeId, Tensor>();
    for (const [written, id] of leaves) {
      const value = values.get(written) ?? part.inputs.get(written);
      if (value) feeds.set(id, value);
    }
    runner.run(feeds, { seed, step: 0 });
    const valueOf = (written: NodeId) => runner.value(node(ids[written])).data[0];
    return {
      loss: program.loss ? valueOf(program.loss.node) : Number.NaN,
      metrics: Object.fromEntries(program.metrics.map((metric) => [metric.name, valueOf(metric.node)])),
    };
  };
}
