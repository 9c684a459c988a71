// The order in which the statements of a block can be lowered, and the cycles that forbid one.

import type { Span } from "../../grammar/tree.ts";
import type { Block, Vertex } from "./declarations.ts";
import type { Reporter } from "./diagnostics.ts";

/** Names of a cycle that a message shows. */
const shownNames = 12;

/**
 * Orders the statements of a block: each after what it needs, also by the functions it calls; sizes, data and inputs as early as
 * that allows. Statements that need each other are reported and marked broken; functions may call each other. Linear, no recursion.
 */
export function orderBlock(block: Block, reporter: Reporter): readonly Vertex[] {
  const order: Vertex[] = [];
  for (const component of findComponents(roots(block.vertices))) {
    const statements = component.filter((vertex) => vertex.statement.kind !== "function");
    if (statements.length > 0 && isCycle(component)) reportCycle(block, component, statements, reporter);
    else order.push(...statements);
  }
  return order;
}

/**
 * Data, sizes and inputs first: they bind sizes that others meet; inputs of data without a type last of them, since they take the names of
 * rows from those with one.
 */
function roots(vertices: readonly Vertex[]): readonly Vertex[] {
  const rank = ({ statement, needs }: Vertex) => {
    if (statement.kind === "data") return 0;
    if (statement.kind === "dim") return 1;
    if (statement.kind !== "input") return 4;
    return statement.type === null && [...needs].some((needed) => needed.statement.kind === "data") ? 3 : 2;
  };
  return vertices.toSorted((a, b) => rank(a) - rank(b));
}

/** The vertices and all that they need, those of imported files too. */
export function withNeeded(vertices: Iterable<Vertex>): ReadonlySet<Vertex> {
  const all = new Set(vertices);
  for (const vertex of all) for (const needed of vertex.needs) all.add(needed);
  return all;
}

/** For each vertex, those that need it. */
export function usersOf(vertices: Iterable<Vertex>): ReadonlyMap<Vertex, readonly Vertex[]> {
  const users = new Map<Vertex, Vertex[]>();
  for (const vertex of vertices) {
    for (const needed of vertex.needs) {
      const known = users.get(needed);
      if (known) known.push(vertex);
      else users.set(needed, [vertex]);
    }
  }
  return users;
}

function isCycle(component: readonly Vertex[]): boolean {
  return component.length > 1 || component[0].needs.has(component[0]);
}

interface Visit {
  readonly vertex: Vertex;
  readonly index: number;
  low: number;
  onStack: boolean;
}

/**
 * Strongly connected components, each after those it needs (Tarjan, "Depth-first search and linear graph algorithms", 1972), with a
 * stack of its own.
 */
function findComponents(starts: readonly Vertex[]): readonly (readonly Vertex[])[] {
  const visits = new Map<Vertex, Visit>();
  const components: Vertex[][] = [];
  const stack: Visit[] = [];
  const open: { readonly visit: Visit; readonly rest: Iterator<Vertex> }[] = [];
  const enter = (vertex: Vertex): void => {
    const visit: Visit = { vertex, index: visits.size, low: visits.size, onStack: true };
    visits.set(vertex, visit);
    stack.push(visit);
    open.push({ visit, rest: vertex.needs.values() });
  };
  for (const start of starts) {
    if (visits.has(start)) continue;
    enter(start);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const next = top.rest.next();
      if (next.done) {
        open.pop();
        const above = open.at(-1)?.visit;
        if (above) above.low = Math.min(above.low, top.visit.low);
        if (top.visit.low === top.visit.index) components.push(popComponent(stack, top.visit));
        continue;
      }
      const seen = visits.get(next.value);
      if (!seen) enter(next.value);
      else if (seen.onStack) top.visit.low = Math.min(top.visit.low, seen.index);
    }
  }
  return components;
}

function popComponent(stack: Visit[], root: Visit): Vertex[] {
  const component: Vertex[] = [];
  for (;;) {
    const visit = stack.pop() as Visit;
    visit.onStack = false;
    component.push(visit.vertex);
    if (visit === root) return component;
  }
}

function reportCycle(block: Block, component: readonly Vertex[], statements: readonly Vertex[], reporter: Reporter): void {
  for (const vertex of statements) vertex.broken = true;
  const first = statements.reduce((a, b) => (a.statement.span.start <= b.statement.span.start ? a : b));
  const names = shortestCycle(first, new Set(component)).map((vertex) => vertex.name);
  const shown = names.length <= shownNames ? names : [...names.slice(0, shownNames - 1), `… (${names.length - shownNames + 1} more)`];
  const span = nameSpan(first);
  const what = names.length === 1 ? "a definition needs itself" : "definitions need each other";
  reporter.add("cycle", block.file.name, span, `${what}: ${[...shown, names[0]].join(" -> ")}`);
}

function nameSpan({ statement }: Vertex): Span {
  if (statement.kind === "define") return statement.targets.find((target) => target !== null)?.span ?? statement.span;
  return "name" in statement ? statement.name.span : statement.span;
}

/** The shortest way from a vertex back to itself, by breadth-first search within its component. */
function shortestCycle(start: Vertex, within: ReadonlySet<Vertex>): readonly Vertex[] {
  const cameFrom = new Map<Vertex, Vertex>();
  const queue: Vertex[] = [start];
  for (let at = 0; at < queue.length; at++) {
    for (const next of queue[at].needs) {
      if (next === start) return trace(cameFrom, start, queue[at]);
      if (!within.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, queue[at]);
      queue.push(next);
    }
  }
  return [start];
}

function trace(cameFrom: ReadonlyMap<Vertex, Vertex>, start: Vertex, end: Vertex): readonly Vertex[] {
  const path = [end];
  while (path[path.length - 1] !== start) path.push(cameFrom.get(path[path.length - 1]) as Vertex);
  return path.reverse();
}
