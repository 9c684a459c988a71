// Matches the arguments of a call with the parameters of what is called.

import type { Op } from "../ops/op.ts";
import { unknown } from "./diagnostics.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import type { CallArgument } from "./values.ts";

/** Matches arguments with parameter names. Null, and a diagnostic, if there are too many or one has no parameter. */
export function matchArguments(
  context: Lowering,
  caller: Frame,
  callee: string,
  names: readonly string[],
  given: readonly CallArgument[],
): (CallArgument | undefined)[] | null {
  const chosen = new Array<CallArgument | undefined>(names.length).fill(undefined);
  const positions = new Map(names.map((name, index) => [name, index]));
  let position = 0;
  for (const argument of given) {
    const index = argument.name ? (positions.get(argument.name.text) ?? -1) : position++;
    if (argument.name && index < 0) {
      if (context.reporter.full) return null;
      const { text, span } = argument.name;
      const { message, fix } = unknown(
        "argument",
        text,
        span,
        context.reporter.suggest(text, names),
        `: ${callee} takes ${names.join(", ") || "none"}`,
      );
      report(context, caller, "unknown-argument", span, message, fix);
      return null;
    }
    if (index >= names.length) {
      if (context.reporter.full) return null;
      const takes = names.length === 0 ? "no arguments" : `${names.length} (${names.join(", ")})`;
      report(context, caller, "extra-argument", argument.span, `too many arguments: ${callee} takes ${takes}`);
      return null;
    }
    if (chosen[index]) {
      report(context, caller, "repeated-argument", argument.span, `${names[index]} of ${callee} is given twice`);
      return null;
    }
    chosen[index] = argument;
  }
  return chosen;
}

/** `softmax(x, axis: -1)`. */
export function signature(op: Op): string {
  const parameters = op.parameters.map(({ name, kind, default: fallback }) => {
    if (kind === "values") return "a, b, ...";
    if (fallback === null) return `${name}?`;
    return fallback === undefined || typeof fallback === "object" ? name : `${name}: ${String(fallback)}`;
  });
  return `${op.name}(${parameters.join(", ")})`;
}
