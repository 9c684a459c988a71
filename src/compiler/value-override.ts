// Values that are given from outside in the place of those in the model: `--set x=5`.

import { parse } from "../../grammar/index.ts";
import type { Expression } from "../../grammar/tree.ts";
import type { Frame, Lowering } from "./lowering.ts";
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
  const [statement] = tree.statements;
  if (statement?.kind !== "define") return null;
  const file: SourceFile = { name, text: prefix + text, tree };
  return { expression: statement.value, frame: { ...frame, file } };
}
