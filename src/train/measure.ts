// Loss and metrics of a part of the data.

import { derive } from "../engine/derive.ts";
import { bindGraph, type NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { type Part, sizesFor } from "./parts.ts";
import { prepareGraph, withProblems } from "./prepared-graph.ts";
import type { Measures } from "./records.ts";

/** Measures a part with the given parameters and states (by node of the program's graph). */
export type Measure = (values: ReadonlyMap<NodeId, Tensor>) => Measures;

/** Prepares the measuring of one part. The program is the one with `training` false. Throws ProblemError if it is too large. */
export function prepareMeasure(program: Program, part: Part, precision: Precision, seed: number): Measure {
  const { build, ids } = withProblems(() => derive(bindGraph(program.graph, sizesFor(program, part.rows))));
  const named = [...(program.loss ? [program.loss] : []), ...program.metrics];
  const outputs = named.map((measured) => ids[measured.node]);
  const graph = prepareGraph(build.graph(), ids, outputs, precision);
  const valueOf = (written: NodeId) => graph.value(ids[written]).data[0];
  return (values) => {
    graph.run({ written: new Map([...part.inputs, ...values]) }, { seed, step: 0 });
    return {
      loss: program.loss ? valueOf(program.loss.node) : Number.NaN,
      metrics: Object.fromEntries(program.metrics.map((metric) => [metric.name, valueOf(metric.node)])),
    };
  };
}
