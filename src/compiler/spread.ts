// The warning where one dimension lands on two axes of a result by broadcasting.

import type { Expression } from "../../grammar/tree.ts";
import type { NodeId } from "../graph/graph.ts";
import { dimensionName, printShape, type Shape, type Size, sameSize } from "../graph/size.ts";
import type { Written } from "./emit.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import type { NodeValue } from "./values.ts";

/** Ops in which one dimension on two axes is meant. */
const productOps: ReadonlySet<string> = new Set(["matmul", "dot", "outer"]);

/** Warns where one dimension lands on two axes of a result by broadcasting: `[n, 1]` with `[n]` gives `[n, n]`. */
export function warnOfSpread(
  context: Lowering,
  frame: Frame,
  result: NodeValue,
  inputs: readonly NodeId[],
  operands: readonly (Expression | null)[],
  written: Written,
): void {
  const { shape, op } = result.draft.nodes[result.id];
  if (shape.length < 2 || operands.length < 2 || productOps.has(op)) return;
  const name = repeatedName(shape);
  const shapes = inputs.map((input) => frame.draft.nodes[input].shape);
  if (name === null || shapes.some((input) => repeatedName(input) === name)) return;
  if (!shapes.every((input) => broadcastsTo(input, shape))) return;
  const column = shapes.findIndex((input) => input.length === 2 && input[1] === 1);
  const printed = shapes.map(printShape).join(" and ");
  const message = `${printed} broadcast to ${printShape(shape)}: the dimension ${name} lands on two axes`;
  const isRowBeside = shapes.some((input) => input.length === 1);
  const operand = column < 0 || !isRowBeside ? undefined : operands[column];
  if (!operand) {
    report(context, frame, "axis-spread", written.span, message);
    return;
  }
  const text = frame.file.text.slice(operand.span.start, operand.span.end);
  const fixed = `${isPostfix(operand) ? text : `(${text})`}[:, 0]`;
  const fix = { title: `Write ${fixed.length <= 40 ? fixed : "[:, 0]"}`, span: operand.span, text: fixed };
  report(context, frame, "axis-spread", operand.span, `${message}; index the column away with [:, 0] if rows are meant to meet rows`, fix);
}

/** True if an input of an element-wise operation can have this shape: counted from the last axis, sizes are those of the result or 1. */
function broadcastsTo(input: Shape, result: Shape): boolean {
  const missing = result.length - input.length;
  return missing >= 0 && input.every((size, axis) => size === 1 || sameSize(size, result[axis + missing]));
}

/** A dimension that stands alone on two axes. */
function repeatedName(shape: readonly Size[]): string | null {
  const seen = new Set<string>();
  for (const size of shape) {
    const name = dimensionName(size);
    if (name === null) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

/** True for what an index can follow without parentheses. */
function isPostfix(expression: Expression): boolean {
  return ["name", "call", "member", "index", "parenthesized", "array"].includes(expression.kind);
}
