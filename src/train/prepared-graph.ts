// A graph prepared for repeated runs: simplified, fed by the nodes of the model as written or by nodes of the graph itself.

import { DeriveProblem } from "../engine/jacobian.ts";
import { createRunner, MemoryProblem, RunProblem, type RunSettings } from "../engine/reference.ts";
import { simplify } from "../engine/simplify.ts";
import type { Graph, NodeId, Place } from "../graph/graph.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { ProblemError } from "./problem.ts";

/** Values of leaves. Those that the outputs do not need are left out of a run. */
export interface LeafValues {
  /** By node of the graph as written. */
  readonly written?: ReadonlyMap<NodeId, Tensor>;
  /** By node of the prepared graph: leaves that stand in no text. */
  readonly own?: ReadonlyMap<NodeId, Tensor>;
}

/** A graph that can be run again and again. Nodes are those of the graph it was made from. */
export interface PreparedGraph {
  /** Bytes of all buffers together. */
  readonly bytes: number;
  /** Computes the outputs. Throws ProblemError for an input without a value and for a value that an operation cannot take. */
  run(values: LeafValues, settings: RunSettings): void;
  /** The value of an output; it stays valid until the next run. */
  value(output: NodeId): Tensor;
}

/**
 * Prepares a graph of primitives (sizes bound). `ids[written]` is its node with the value of a node as written; a graph without a text has
 * none. Throws ProblemError if it needs too much memory.
 */
export function prepareGraph(graph: Graph, ids: readonly NodeId[], outputs: readonly NodeId[], precision: Precision): PreparedGraph {
  const { graph: simplified, ids: places } = simplify(graph, outputs, precision);
  const wanted = outputs.map((output) => places[output]);
  const inputs = simplified.nodes.flatMap(({ op, name, place }, id) => (op === "input" ? [{ id, name: name ?? op, place }] : []));
  const runner = withProblems(() => createRunner(simplified, wanted, precision));
  return {
    bytes: runner.bytes,
    run({ written, own }, settings) {
      const feeds = new Map<NodeId, Tensor>();
      const feed = (node: NodeId, value: Tensor) => {
        if (places[node] >= 0) feeds.set(places[node], value);
      };
      if (written) for (const [node, value] of written) feed(ids[node], value);
      if (own) for (const [node, value] of own) feed(node, value);
      const open = inputs.find(({ id }) => !feeds.has(id));
      if (open) throw valueMissing(open);
      withProblems(() => runner.run(feeds, settings));
    },
    value: (output) => runner.value(places[output]),
  };
}

/** What is wrong where an input that is needed has no value. */
export function valueMissing({ name, place }: { readonly name: string; readonly place: Place | null }): ProblemError {
  const message = `${name} has no value: give it a default or data in the model, or --set ${name}=...`;
  return new ProblemError("no-value", message, place);
}

/** The result of `work`; problems of the engine become problems of the model. */
export function withProblems<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof DeriveProblem || error instanceof MemoryProblem) throw new ProblemError("too-large", error.message);
    if (error instanceof RunProblem) throw new ProblemError("run", error.message, error.place);
    throw error;
  }
}
