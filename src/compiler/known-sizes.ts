// Sizes that calls of the compiler's functions stand for, told without adding nodes.

import type { Call, Expression } from "../../grammar/tree.ts";
import { isSymbolic, type Size } from "../graph/size.ts";
import { columnNames } from "./columns.ts";
import { toNumber } from "./constant-arithmetic.ts";
import type { Constant } from "./draft.ts";
import { typeOf } from "./emit.ts";
import { preludeFunctions } from "./library.ts";
import type { Frame, Lowering } from "./lowering.ts";
import { findCallee } from "./resolve.ts";
import { lookUp } from "./scope.ts";
import { unwrap, type Value } from "./values.ts";

/** The number of labels of a column, or of an input whose data is one column. */
export function countClasses(context: Lowering, frame: Frame, value: Value): number | null {
  if (value.kind === "columns") {
    const names = columnNames(context, frame, value);
    return names?.length === 1 ? (value.data.summary?.classes(names[0]) ?? null) : null;
  }
  if (value.kind !== "node") return null;
  const feed = context.inputByNode.get(value.id)?.feed ?? null;
  const leaf = feed === null ? undefined : context.columns.find((column) => column.node === feed);
  return leaf?.columns.length === 1 ? (context.data.get(leaf.data)?.summary?.classes(leaf.columns[0]) ?? null) : null;
}

/** The size that `last(x)`, `size(x, 0)` or `classes(c)` stands for, if it can be told without adding nodes. */
export function builtInConstant(context: Lowering, frame: Frame, call: Call): Constant | null {
  const name = call.callee.text;
  const [first, second] = call.arguments;
  if (!first) return null;
  if (name === "classes") {
    const column = unwrap(first.value);
    if (column.kind !== "member" && column.kind !== "index" && column.kind !== "name") return null;
    const value = context.lower(frame, column);
    return value && countClasses(context, frame, value);
  }
  if (name !== "last" && name !== "size") return null;
  const axis = name === "last" ? -1 : second ? wholeNumber(context, frame, second.value) : null;
  if (axis === null) return null;
  return peekShape(frame, first.value)?.at(axis) ?? null;
}

function wholeNumber(context: Lowering, frame: Frame, expression: Expression): number | null {
  const inner = unwrap(expression);
  if (inner.kind === "number") return Number.isInteger(inner.value) ? inner.value : null;
  const constant = inner.kind === "name" ? (lookUp(frame.scope, inner.name)?.constant ?? null) : null;
  return typeof constant === "number" || isSymbolic(constant) ? toNumber(constant, context.sizes.constant) : null;
}

/** The shape of what a name stands for, `x.T` included; null for other expressions. */
function peekShape(frame: Frame, expression: Expression): readonly Size[] | null {
  let inner = unwrap(expression);
  let isReversed = false;
  for (; inner.kind === "member" && inner.name.text === "T"; inner = unwrap(inner.object)) isReversed = !isReversed;
  if (inner.kind !== "name") return null;
  const binding = lookUp(frame.scope, inner.name);
  if (!binding) return null;
  if (binding.lazy) return [];
  const shape =
    binding.value?.kind === "node" ? typeOf(binding.value).shape : binding.value?.kind === "literals" ? binding.value.shape : null;
  return shape && isReversed ? shape.toReversed() : shape;
}

/** The sizes that `shape(x)` stands for, null if the call is another or cannot be told without adding nodes. */
export function shapeOfCall(frame: Frame, call: Call): readonly Size[] | null {
  if (call.callee.text !== "shape" || call.arguments.length !== 1) return null;
  if (findCallee(frame.scope.block, "shape", preludeFunctions)?.kind !== "built-in") return null;
  return peekShape(frame, call.arguments[0].value);
}
