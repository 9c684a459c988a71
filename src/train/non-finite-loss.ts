// Which node made the loss of a part of the data a value that is not finite.

import { derive } from "../engine/derive.ts";
import { findNonFinite } from "../engine/nonFinite.ts";
import { createRunner } from "../engine/reference.ts";
import { simplify } from "../engine/simplify.ts";
import { bindGraph, type NodeId } from "../graph/graph.ts";
import type { NamedNode, Program } from "../graph/program.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { type Part, sizesFor } from "./parts.ts";
import { withProblems } from "./prepared-graph.ts";
import { catchProblem, type Problem } from "./problem.ts";

/**
 * The first node on the way to the loss whose value is not finite, with `values` of parameters and states by node of the program's
 * graph. The problem names the loss itself, which became `reached`, if keeping all values takes too much memory.
 */
export function explainLoss(
  program: Program & { readonly loss: NamedNode },
  part: Part,
  { precision, seed }: { readonly precision: Precision; readonly seed: number },
  values: ReadonlyMap<NodeId, Tensor>,
  reached: number,
): Problem {
  const { loss } = program;
  const { result: found } = catchProblem(() =>
    withProblems(() => {
      const { build, ids } = derive(bindGraph(program.graph, sizesFor(program, part.rows)));
      const { graph, ids: places } = simplify(build.graph(), [ids[loss.node]], precision);
      const outputs = [places[ids[loss.node]]];
      const runner = createRunner(graph, outputs, precision, true);
      const leaves = [...part.inputs, ...values].map(([node, value]) => [places[ids[node]], value] as const);
      runner.run(new Map(leaves.filter(([node]) => node >= 0)), { seed, step: 0 });
      return findNonFinite(graph, outputs, runner.value);
    }),
  );
  if (!found) return { code: "not-finite", message: `${loss.name} became ${reached}`, place: loss.place };
  const { name, op, place } = found.node;
  const what = name ?? (op === "number" || op === "array" ? "a constant" : op);
  return { code: "not-finite", message: `${what} became ${found.value}`, place };
}
