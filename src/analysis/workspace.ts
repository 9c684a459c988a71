// A model ready to be evaluated and differentiated: its derived graph with the values of all leaves.

import type { GraphBuilder } from "../engine/builder.ts";
import { derive } from "../engine/derive.ts";
import { DeriveProblem } from "../engine/jacobian.ts";
import { findNonFinite } from "../engine/nonFinite.ts";
import { createRunner, MemoryProblem, RunProblem } from "../engine/reference.ts";
import { simplify } from "../engine/simplify.ts";
import { bindGraph, type Graph, type NodeId, type Place } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import type { SizeBindings } from "../graph/size.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import type { Feeds } from "../train/feeds.ts";
import { ProblemError } from "../train/problem.ts";

export { findNamed } from "./find-node.ts";

/** Nodes of `build` are added by derivatives; written nodes stay where they are. */
export interface Workspace {
  readonly program: Program;
  readonly build: GraphBuilder;
  /** `ids[written]` is the node of `build` with the value of a node as written. */
  readonly ids: readonly NodeId[];
  /** Values of leaves by node of `build`. */
  readonly leaves: ReadonlyMap<NodeId, Tensor>;
  readonly seeds: ReadonlyMap<NodeId, Tensor>;
  readonly precision: Precision;
  readonly seed: number;
}

/** Derives a program with the given sizes. Throws ProblemError if a Jacobian is too large. */
export function createWorkspace(program: Program, feeds: Feeds, sizes: SizeBindings, precision: Precision, seed: number): Workspace {
  const { build, ids } = withProblems(() => derive(bindGraph(program.graph, sizes)));
  const leaves = new Map<NodeId, Tensor>();
  for (const group of [feeds.inputs, feeds.params, feeds.states]) for (const [written, value] of group) leaves.set(ids[written], value);
  return { program, build, ids, leaves, seeds: feeds.seeds, precision, seed };
}

/** Problems of the engine as problems of the model. */
export function withProblems<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof DeriveProblem) throw new ProblemError("too-large", error.message);
    if (error instanceof MemoryProblem) throw new ProblemError("too-large", error.message);
    if (error instanceof RunProblem) throw new ProblemError("run", error.message, error.place);
    throw error;
  }
}

/** Nodes of a workspace made ready to be evaluated, as often as needed. */
export interface Evaluation {
  /** What the targets need, simplified, and the places of the targets in it. */
  readonly graph: Graph;
  readonly outputs: readonly NodeId[];
  /** Evaluates with these values of leaves, by node of the workspace's graph. Throws ProblemError naming an input without a value. */
  run(leaves?: ReadonlyMap<NodeId, Tensor>, step?: number): void;
  /** The value of an output after `run`, valid until the next one; of any node of `graph` if all values are kept. */
  value(id: NodeId): Tensor;
}

/** Prepares nodes of `build`, or of a graph with the same numbers for nodes. With `keep`, the values of all nodes on the way are kept. */
export function prepareEvaluation(
  workspace: Workspace,
  targets: readonly NodeId[],
  { keep = false, graph: whole = workspace.build.graph() }: { readonly keep?: boolean; readonly graph?: Graph } = {},
): Evaluation {
  const { precision, seed } = workspace;
  const { graph, ids } = simplify(whole, targets, precision);
  const outputs = targets.map((target) => ids[target]);
  const runner = withProblems(() => createRunner(graph, outputs, precision, keep));
  return {
    graph,
    outputs,
    run: (leaves = workspace.leaves, step = 0) => withProblems(() => runner.run(feedsOf(workspace, ids, leaves), { seed, step })),
    value: (id) => runner.value(id),
  };
}

/** Values of nodes of `build`, in the order asked for. Throws ProblemError naming an input without a value. */
export function evaluateNodes(workspace: Workspace, targets: readonly NodeId[]): Tensor[] {
  const { outputs, run, value } = prepareEvaluation(workspace, targets);
  run();
  return outputs.map((output) => copyTensor(value(output)));
}

/** Values of leaves by node of a simplified graph. */
function feedsOf(workspace: Workspace, ids: readonly NodeId[], leaves: ReadonlyMap<NodeId, Tensor>): ReadonlyMap<NodeId, Tensor> {
  const feeds = new Map<NodeId, Tensor>();
  for (const [id, value] of leaves) if (ids[id] >= 0) feeds.set(ids[id], value);
  for (const input of workspace.program.inputs) {
    const id = workspace.ids[input.node];
    if (ids[id] >= 0 && !leaves.has(id)) {
      throw new ProblemError(
        "no-value",
        `${input.name} has no value: give it a default or data in the model, or --set ${input.name}=...`,
        input.place,
      );
    }
  }
  return feeds;
}

export function copyTensor(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

/** A value that is not finite: which node made it first. */
export interface NonFiniteReport {
  readonly message: string;
  readonly place: Place | null;
}

/**
 * Looks for the first value that is not finite on the way to the targets. Null if all targets are finite. Throws ProblemError if keeping
 * all values takes too much memory.
 */
export function explainNonFinite(workspace: Workspace, targets: readonly NodeId[], step = 0): NonFiniteReport | null {
  const { graph, outputs, run, value } = prepareEvaluation(workspace, targets, { keep: true });
  run(workspace.leaves, step);
  const found = findNonFinite(graph, outputs, value);
  if (!found) return null;
  const what = found.node.name ?? (found.node.op === "number" || found.node.op === "array" ? "a constant" : found.node.op);
  return { message: `${what} became ${found.value}`, place: found.node.place };
}
