// Holes: what depends on an argument that is not connected yet, and what is left out for that.

import { walk } from "../../grammar/index.ts";
import type { Expression, Tree } from "../../grammar/tree.ts";
import type { Place } from "../graph/graph.ts";
import type { Incomplete } from "../graph/program.ts";
import type { Block, OrderedStatement, Vertex } from "./declarations.ts";
import type { Lowering } from "./lowering.ts";
import { usersOf, withNeeded } from "./order.ts";

/** Statements and functions that depend on a hole, each with the nearest one. Breadth-first, from the holes on. */
export function spreadHoles(block: Block): ReadonlyMap<Vertex, Place> {
  const found = new Map<Vertex, Place>();
  const all = withNeeded(block.vertices);
  const open: Vertex[] = [];
  for (const vertex of all) {
    if (vertex.hole === null) continue;
    found.set(vertex, vertex.hole);
    open.push(vertex);
  }
  if (open.length === 0) return found;
  const users = usersOf(all);
  for (let at = 0; at < open.length; at++) {
    const place = found.get(open[at]) as Place;
    for (const user of users.get(open[at]) ?? []) {
      if (found.has(user)) continue;
      found.set(user, place);
      open.push(user);
    }
  }
  return found;
}

/**
 * What is left out of the program because it depends on a hole, in the order of the text. A state of a call that depends on a hole counts
 * as waiting for its next value if it has none.
 */
export function findIncomplete(context: Lowering, block: Block, tree: Tree): readonly Incomplete[] {
  const list: Incomplete[] = [];
  const named = new Set(context.named.map(({ name }) => name));
  for (const vertex of block.vertices) {
    const place = vertex.broken ? undefined : context.holes.get(vertex);
    if (place) for (const left of leftOut(context, block, vertex.statement, named, place)) list.push(left);
  }
  for (const { path, next } of context.states) {
    const [root, ...below] = path.split(".");
    const owner = block.names.get(root);
    const vertex = owner?.kind === "vertex" ? owner.vertex : block.functions.get(root)?.vertex;
    const place = vertex && context.holes.get(vertex);
    if (place && below.length > 0 && next === null) list.push({ kind: "next", name: path, place });
  }
  for (const statement of tree.statements) {
    if (statement.kind !== "train") continue;
    for (const { key, value } of statement.entries) {
      const place = holeIn(value);
      if (place) list.push({ kind: "train", name: key.text, place });
    }
  }
  return list;
}

/** What a statement defines that is not there. */
function leftOut(
  context: Lowering,
  block: Block,
  statement: OrderedStatement | { readonly kind: "function" },
  named: ReadonlySet<string>,
  place: Place,
): readonly Incomplete[] {
  switch (statement.kind) {
    case "define":
      return statement.targets.flatMap((target) =>
        target && !named.has(target.text) ? [{ kind: "node" as const, name: target.text, place }] : [],
      );
    case "input":
    case "param":
    case "state":
    case "loss":
    case "metric":
      return named.has(statement.name.text) ? [] : [{ kind: "node", name: statement.name.text, place }];
    case "next": {
      const { text } = statement.name;
      const isThere = context.states.some((state) => state.path === text && state.next !== null);
      return isThere ? [] : [{ kind: "next", name: text, place }];
    }
    case "seed":
      return statement.entries.flatMap(({ key, value }) => {
        if (context.seeds.some((seed) => seed.name === key.text)) return [];
        const node = block.names.get(key.text);
        const ofNode = node?.kind === "vertex" ? context.holes.get(node.vertex) : undefined;
        return [{ kind: "seed" as const, name: key.text, place: holeIn(value) ?? ofNode ?? place }];
      });
    default:
      return [];
  }
}

/** The first hole in an expression of the file. */
function holeIn(expression: Expression): Place | null {
  let place: Place | null = null;
  walk(expression, (inner) => {
    if (inner.kind === "hole") place ??= { file: null, start: inner.span.start, end: inner.span.end };
  });
  return place;
}
