// Which call of a function in a text a call is: the k of `owner.f_k`.

import { walk } from "../../grammar/index.ts";
import type { Call, Expression } from "../../grammar/tree.ts";

const known = new WeakMap<Expression, ReadonlyMap<Call, number>>();

/** For each call in an expression, how many calls of the same name begin up to it, itself included. */
export function numberCalls(expression: Expression): ReadonlyMap<Call, number> {
  const before = known.get(expression);
  if (before) return before;
  const calls: Call[] = [];
  walk(expression, (inner) => {
    if (inner.kind === "call") calls.push(inner);
    else if (inner.kind === "pipe") calls.push(inner.call);
  });
  calls.sort((a, b) => a.callee.span.start - b.callee.span.start);
  const counts = new Map<string, number>();
  const numbers = new Map<Call, number>();
  for (const call of calls) {
    const count = (counts.get(call.callee.text) ?? 0) + 1;
    counts.set(call.callee.text, count);
    numbers.set(call, count);
  }
  known.set(expression, numbers);
  return numbers;
}
