// Which nodes a prediction shows, and which inputs it can do without.

import { markAncestors, markDescendants, type NodeId } from "../graph/graph.ts";
import type { NamedNode, Program } from "../graph/program.ts";
import { isRowInput } from "../train/parts.ts";

/** Inputs that only statements of loss and metrics use. */
export function targetInputs(program: Program): readonly NodeId[] {
  const measured = new Set([...(program.loss ? [program.loss] : []), ...program.metrics].map(({ name }) => name));
  const isMeasured = (owner: string) => measured.has(owner.split(".")[0]);
  const used = new Set<NodeId>();
  const useful = new Set<NodeId>();
  for (const node of program.graph.nodes) {
    for (const input of node.inputs) {
      used.add(input);
      if (!isMeasured(node.owner)) useful.add(input);
    }
  }
  return program.inputs.map(({ node }) => node).filter((node) => used.has(node) && !useful.has(node));
}

/** Named values with the row dimension that depend on no target and that no other such value uses. */
export function predictedNodes(program: Program): NamedNode[] {
  const { nodes } = program.graph;
  const reached = markDescendants(nodes, targetInputs(program));
  const candidates = program.named.filter(({ node, kind }) => kind === "value" && !reached[node] && isRowInput(program, node));
  return candidates.filter(({ node }) => {
    const users = markDescendants(nodes, [node]);
    return !candidates.some((other) => other.node !== node && users[other.node]);
  });
}

/** Names of inputs that the nodes do not need. */
export function unneededInputs(program: Program, targets: readonly NodeId[]): ReadonlySet<string> {
  const needed = markAncestors(program.graph.nodes, targets);
  return new Set(program.inputs.filter(({ node }) => !needed[node]).map(({ name }) => name));
}
