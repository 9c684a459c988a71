// Finds the node that a person means by a name: a statement's, or a path into a call.

import type { Place } from "../graph/graph.ts";
import type { NamedNode, Program } from "../graph/program.ts";

const nowhere: Place = { file: null, start: 0, end: 0 };

/** What a name stands for: one node, or none because several paths fit it, or because none does. */
export interface NodeSearch {
  readonly found: NamedNode | null;
  /** Paths that the name abbreviates, if they are several. */
  readonly fitting: readonly string[];
}

/**
 * The node of a name: of a statement (`y`), of a path into a call (`y.f_1.hidden`, as `trace` prints it), or of a path with parts between
 * its ends left out (`h.W` for `h.linear_1.W`) if that fits one parameter, or no parameter and one other node.
 */
export function searchNode(program: Program, name: string): NodeSearch {
  const nodes = listNodes(program);
  const known = nodes.get(name);
  if (known) return { found: known, fitting: [] };
  const fitting = [...nodes.values()].filter((node) => abbreviates(name, node.name));
  const params = fitting.filter(({ kind }) => kind === "param");
  const [only, ...others] = params.length > 0 ? params : fitting;
  if (!only || others.length > 0) return { found: null, fitting: fitting.map((node) => node.name) };
  return { found: only, fitting: [] };
}

/** The named node, or null where the name fits none or several. */
export function findNamed(program: Program, name: string): NamedNode | null {
  return searchNode(program, name).found;
}

/** Every node that has a name, by it: those of statements first, then parameters and states, then those inside calls. */
export function listNodes(program: Program): ReadonlyMap<string, NamedNode> {
  const nodes = new Map<string, NamedNode>();
  const add = (node: NamedNode) => {
    if (!nodes.has(node.name)) nodes.set(node.name, node);
  };
  for (const named of program.named) add(named);
  for (const { path, node, place } of program.params) add({ name: path, node, kind: "param", place });
  for (const { path, node, place } of program.states) add({ name: path, node, kind: "state", place });
  for (const [node, { name, place }] of program.graph.nodes.entries()) {
    if (name !== null) add({ name, node, kind: "value", place: place ?? nowhere });
  }
  return nodes;
}

/** True if `short` is `path` with parts between its first and its last left out: `h.W` for `h.linear_1.W`. */
export function abbreviates(short: string, path: string): boolean {
  const parts = short.split(".");
  const whole = path.split(".");
  if (parts.length < 2 || parts.length >= whole.length || parts[0] !== whole[0] || parts.at(-1) !== whole.at(-1)) return false;
  let next = 0;
  for (const part of whole) if (part === parts[next]) next++;
  return next === parts.length;
}
