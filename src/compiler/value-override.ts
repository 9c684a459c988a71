// Values that are given from outside in the place of those in the model: `--set x=5`.

import { parse, walk } from "../../grammar/index.ts";
import type { Expression, Span } from "../../grammar/tree.ts";
import { constantOfName } from "./constants.ts";
import { preludeFunctions } from "./library.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { findCallee, unknownFunction } from "./resolve.ts";
import type { SourceFile } from "./source-file.ts";

/** An expression and the frame it is read in. */
interface Given {
  readonly expression: Expression;
  readonly frame: Frame;
}

/** The expression that gives the value of an input, parameter or state: the one from outside, else the one written; null if there is none. */
export function valueFromOutside(context: Lowering, frame: Frame, path: string, written: Expression | null): Given | null {
  const text = context.options.set?.get(path);
  if (text === undefined) return written && { expression: written, frame };
  context.usedSettings.add(path);
  const prefix = "value = ";
  const name = `--set ${path}`;
  const { tree, diagnostics } = parse(prefix + text);
  const shift = (offset: number) => Math.max(0, offset - prefix.length);
  for (const { fix: _, ...diagnostic } of diagnostics) {
    const { start, end } = diagnostic.span;
    context.reporter.pass({ ...diagnostic, span: { start: shift(start), end: shift(end) }, file: name });
  }
  const [statement, second] = tree.statements;
  if (statement?.kind !== "define") return null;
  const file: SourceFile = { name, text: prefix + text, tree, lead: prefix.length };
  const inner = { ...frame, file };
  if (second) {
    report(
      context,
      inner,
      "misplaced-statement",
      second.span,
      "a value from outside is one expression: give each value an option of its own",
    );
    return null;
  }
  return checkNames(context, inner, statement.value) ? { expression: statement.value, frame: inner } : null;
}

/** False, and a diagnostic, where a value from outside uses what it cannot: it has numbers, sizes and functions. */
function checkNames(context: Lowering, frame: Frame, expression: Expression): boolean {
  let isSound = true;
  const refuse = (code: string, span: Span, message: string) => {
    isSound = false;
    report(context, frame, code, span, message);
  };
  walk(expression, (inner) => {
    const call = inner.kind === "pipe" ? inner.call : inner;
    if (inner.kind === "hole") refuse("hole", inner.span, "argument not connected yet");
    else if (inner.kind === "name" && constantOfName(context, frame, inner.name) === null) {
      refuse("unknown-name", inner.span, `'${inner.name}' cannot be used here: a value from outside has numbers, sizes and functions`);
    } else if (call.kind === "call" && findCallee(frame.scope.block, call.callee.text, preludeFunctions) === null) {
      const { text, span } = call.callee;
      refuse("unknown-function", span, unknownFunction(context.reporter, frame.scope.block, text, span, preludeFunctions).message);
    }
  });
  return isSound;
}
