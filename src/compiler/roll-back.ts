// Takes back what a part of a model added before it failed: no node, port or path of it stays.

import type { Captures, Frame, Lowering } from "./lowering.ts";

/** How much there was when a part began. */
interface Mark {
  readonly graph: number;
  readonly feed: number;
  /** Of the rules around, innermost first; null outside of rules. */
  readonly rules: readonly number[] | null;
  readonly params: number;
  readonly states: number;
  readonly groups: number;
  readonly columns: number;
  readonly fits: number;
  readonly forced: number;
}

/** Lowers a part of a model. If that fails (null or false), all that it added is taken back. */
export function attempt<Result>(context: Lowering, frame: Frame, lower: () => Result): Result {
  const mark = markOf(context, frame);
  const result = lower();
  if (result === null || result === false) rollBack(context, frame, mark);
  return result;
}

function markOf(context: Lowering, frame: Frame): Mark {
  return {
    graph: context.graph.nodes.length,
    feed: context.feed.nodes.length,
    rules: frame.captures && rulesAround(frame).map(({ draft }) => draft.nodes.length),
    params: context.params.length,
    states: context.states.length,
    groups: context.groups.length,
    columns: context.columns.length,
    fits: context.fits.length,
    forced: context.forced.length,
  };
}

function rulesAround(frame: Frame): readonly Captures[] {
  const rules: Captures[] = [];
  for (let at = frame.captures; at; at = at.around.captures) rules.push(at);
  return rules;
}

function rollBack(context: Lowering, frame: Frame, mark: Mark): void {
  for (const { binding, lazy } of context.forced.splice(mark.forced)) {
    binding.value = null;
    binding.lazy = lazy;
  }
  forgetPaths(context, mark.graph);
  context.graph.truncate(mark.graph);
  context.feed.truncate(mark.feed);
  for (const [k, { draft, nodes }] of rulesAround(frame).entries()) {
    const length = mark.rules?.[k] ?? 0;
    draft.truncate(length);
    for (const [outer, inner] of nodes) if (inner >= length) nodes.delete(outer);
  }
  for (const { owner } of context.params.splice(mark.params)) context.parameterPaths.get(owner)?.pop();
  context.states.length = mark.states;
  for (const state of context.states) if (state.next !== null && state.next >= context.graph.nodes.length) state.next = null;
  context.groups.length = mark.groups;
  context.columns.length = mark.columns;
  context.fits.length = mark.fits;
}

/** Forgets the paths of nodes from `length` on. */
function forgetPaths(context: Lowering, length: number): void {
  const { nodes } = context.graph;
  for (let id = length; id < nodes.length; id++) {
    const { name } = nodes[id];
    if (name !== null && context.paths.get(name) === id) context.paths.delete(name);
  }
}
