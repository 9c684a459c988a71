// Names and their values while a block is lowered: one scope for the file and one for each call.

import type { Block } from "./declarations.ts";
import { type Binding, bound, type Scope } from "./values.ts";

/** A scope without names yet. */
export function createScope(block: Block, parent: Scope | null, path: string, parameterPath: string): Scope {
  return { block, parent, bindings: new Map(), path, parameterPath };
}

const broken: Binding = bound(null);

/** What a name stands for; a broken binding where its statement is not lowered; null if nothing declares it. */
export function lookUp(scope: Scope, name: string): Binding | null {
  for (let at: Scope | null = scope; at; at = at.parent) {
    const binding = at.bindings.get(name);
    if (binding) return binding;
    if (at.block.names.has(name)) return broken;
  }
  return null;
}

/** `a.b`, or just `b` at the top. */
export function joinPaths(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
