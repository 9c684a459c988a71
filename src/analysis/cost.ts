// What value, tangent, gradient and Hessian-vector product cost in scalar operations and memory.

import { countOperations } from "../engine/count.ts";
import { forward } from "../engine/forward.ts";
import { createRunner } from "../engine/reference.ts";
import { simplify } from "../engine/simplify.ts";
import type { NodeId } from "../graph/graph.ts";
import { ProblemError } from "../train/problem.ts";
import { checkReal, gradientNodes, tangentInput } from "./gradient.ts";
import { type Workspace, withProblems } from "./workspace.ts";

export interface Cost {
  readonly value: { readonly flops: number };
  /** Value and tangent along one direction; ratio to the value alone. */
  readonly jvp: { readonly flops: number; readonly ratio: number };
  /** Value and gradient. */
  readonly gradient: { readonly flops: number; readonly ratio: number };
  /** One Hessian-vector product, forward over reverse. */
  readonly hvp: { readonly flops: number; readonly ratio: number };
  /** Bytes of all buffers of value and gradient. */
  readonly peakBytes: number;
}

/** Counts for a scalar node as written with respect to nodes as written. Throws ProblemError for what is no real scalar. */
export function countCost(workspace: Workspace, of: NodeId, wrt: readonly NodeId[]): Cost {
  const { build, ids, precision } = workspace;
  for (const written of [of, ...wrt]) checkReal(workspace, written);
  const y = ids[of];
  const xs = wrt.map((written) => ids[written]);
  if (build.nodes[y].shape.length > 0)
    throw new ProblemError("needs-scalar", `${build.nodes[y].name ?? "this"} is not a scalar: cost needs one`, build.nodes[y].place);
  const gradients = gradientNodes(workspace, y, xs);
  const seeds = new Map(xs.map((x) => [x, tangentInput(workspace, x)]));
  const [tangent] = forward(build, seeds, [y]);
  const products = forward(build, seeds, gradients);
  const count = (outputs: readonly NodeId[]) => countOperations(simplify(build.graph(), outputs, precision).graph);
  const value = count([y]);
  const entry = (outputs: readonly (NodeId | null)[]) => {
    const flops = count(outputs.filter((output) => output !== null));
    return { flops, ratio: value === 0 ? 0 : flops / value };
  };
  const { graph, ids: places } = simplify(build.graph(), [y, ...gradients], precision);
  const outputs = [y, ...gradients].map((output) => places[output]);
  const { bytes } = withProblems(() => createRunner(graph, outputs, precision));
  return {
    value: { flops: value },
    jvp: entry([y, tangent]),
    gradient: entry([y, ...gradients]),
    hvp: entry(products),
    peakBytes: bytes,
  };
}
