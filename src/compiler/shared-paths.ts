// Paths of the parameters of shared functions, such as `encode.W`: the first call makes them, so it must come before their use.

import type { Block, Vertex } from "./declarations.ts";
import { usersOf, withNeeded } from "./order.ts";

/** Calls that a use of a path waits for, at most. */
const waitLimit = 8;

/** Uses for which a call is looked for one by one, at most. */
const searchLimit = 100;

/**
 * Lets the statements that use parameters of a shared function wait for statements that call it, where those do not need them in turn.
 * `uses`: function to the statements that name a path below it.
 */
export function waitForCalls(block: Block, uses: ReadonlyMap<Vertex, ReadonlySet<Vertex>>): void {
  if (uses.size === 0) return;
  const users = new Map(usersOf(withNeeded(block.vertices)));
  const wait = (user: Vertex, caller: Vertex) => {
    user.needs.add(caller);
    users.set(caller, [...(users.get(caller) ?? []), user]);
  };
  for (const [called, named] of uses) {
    const callers = [...reach([called], users)].filter((vertex) => vertex.statement.kind !== "function");
    callers.sort((a, b) => a.statement.span.start - b.statement.span.start);
    const late = reach(named, users);
    const early = callers.filter((caller) => !late.has(caller)).slice(0, waitLimit);
    for (const user of named) for (const caller of early) wait(user, caller);
    if (early.length > 0) continue;
    for (const user of [...named].slice(0, searchLimit)) {
      const above = callers.includes(user) ? null : reach([user], users);
      const caller = above && callers.find((candidate) => !above.has(candidate));
      if (caller) wait(user, caller);
    }
  }
}

/** The vertices and all that need them. */
function reach(from: Iterable<Vertex>, users: ReadonlyMap<Vertex, readonly Vertex[]>): ReadonlySet<Vertex> {
  const found = new Set(from);
  for (const vertex of found) for (const user of users.get(vertex) ?? []) found.add(user);
  return found;
}
