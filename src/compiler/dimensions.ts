// `dim` statements: they fix the size of a named dimension, perhaps once others are known.

import type { DimStatement } from "../../grammar/tree.ts";
import { bindSize, namedSize, namesInSize, type Size } from "../graph/size.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { readSize } from "./settings.ts";
import { fixedRows } from "./sizes.ts";
import type { Value } from "./values.ts";

/** Lowers `dim n = ...`; a size given from outside wins. */
export function lowerDim(context: Lowering, frame: Frame, statement: DimStatement): Value | null {
  const { name, value: expression, span } = statement;
  const size = readSize(context, { ...frame, owner: name.text, parameterOwner: name.text, root: expression }, expression);
  if (size === null) return null;
  if (!context.options.sizes.has(name.text)) bindWhenKnown(context, frame, statement, size);
  return { kind: "constant", value: namedSize(name.text), weak: false, span };
}

function bindWhenKnown(context: Lowering, frame: Frame, statement: DimStatement, size: Size): void {
  const known = bindSize(size, context.sizes.bound);
  if (typeof known === "number") {
    bindDimension(context, frame, statement, known);
    return;
  }
  const [missing] = namesInSize(known);
  context.sizes.whenBound(missing, () => bindWhenKnown(context, frame, statement, known));
}

function bindDimension(context: Lowering, frame: Frame, { name, value }: DimStatement, size: number): void {
  if (size < 1 || !Number.isInteger(size)) {
    report(context, frame, "wrong-size", value.span, `a size is a whole number, at least 1, but ${name.text} would be ${size}`);
    return;
  }
  const conflict = context.sizes.bind(name.text, size, `dim ${name.text}`, value.span);
  if (!conflict) return;
  const message = context.sizes.isRows(name.text)
    ? fixedRows(name.text, size, conflict.source)
    : `${name.text} is ${size} here, but ${conflict.size} by ${conflict.source}`;
  report(context, frame, "size-conflict", value.span, message);
}
