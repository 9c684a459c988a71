// What the rule of a function does not reach: its tangent comes from the arguments alone, so nothing else gets a derivative through it.

import type { NodeId } from "../graph/graph.ts";
import type { FunctionDeclaration, Rule } from "./declarations.ts";
import type { Draft } from "./draft.ts";
import type { Frame, Lowering } from "./lowering.ts";
import type { NodeValue } from "./values.ts";

/**
 * Reports what the value of a call depends on beside its arguments where a derivative would be lost without a word: parameters of its
 * own are an error, nodes around the function a warning. `first`: the first node that the call added.
 */
export function checkReach(
  context: Lowering,
  inner: Frame,
  { name }: FunctionDeclaration,
  { statement }: Rule,
  body: NodeValue,
  passed: readonly NodeValue[],
  first: NodeId,
): void {
  if (inner.draft !== context.graph || context.reporter.full) return;
  const own: string[] = [];
  const around: string[] = [];
  for (const id of findSources(inner.draft, body.id, new Set(passed.map((node) => node.id)), first)) {
    const node = inner.draft.nodes[id];
    const path = node.name ?? node.op;
    const prefix = [inner.owner, inner.parameterOwner].find((owner) => path.startsWith(`${owner}.`));
    if (node.op === "param" && prefix !== undefined) own.push(path.slice(prefix.length + 1));
    else around.push(path);
  }
  const span = { start: statement.span.start, end: statement.name.span.end };
  if (own.length > 0) {
    const message = `${name} has a rule for its tangent: its own parameter${own.length === 1 ? "" : "s"} ${list(own)} would get no gradient; declare what is to be trained outside of ${name} and pass it as an argument, which the rule gives a tangent`;
    context.reporter.add("ruled-parameter", inner.file.name, span, message);
  } else if (around.length > 0) {
    const it = around.length === 1 ? "it as an argument" : "them as arguments";
    const message = `${name} has a rule for its tangent: no derivative reaches ${list(around)} through it; pass ${it}, or write stop_gradient(...) to say that this is meant`;
    context.reporter.add("ruled-capture", inner.file.name, span, message);
  }
}

function list(names: readonly string[]): string {
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}

/** Parameters and nodes from before the call on which a value depends by a way that could be differentiated, not through `passed`. */
function findSources({ nodes, varies }: Draft, value: NodeId, passed: ReadonlySet<NodeId>, first: NodeId): readonly NodeId[] {
  const sources: NodeId[] = [];
  const seen = new Set<NodeId>([value]);
  for (const id of seen) {
    const node = nodes[id];
    if (passed.has(id) || !varies(id)) continue;
    if (id < first || node.op === "param") sources.push(id);
    else for (const input of node.inputs) seen.add(input);
  }
  return sources.sort((a, b) => a - b);
}
