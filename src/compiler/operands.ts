// The inputs of an operation: literals take the type of what they stand beside, or the one that is needed.

import type { Expression, Span } from "../../grammar/tree.ts";
import type { Attributes, Dtype, NodeId, ValueType } from "../graph/graph.ts";
import type { Op } from "../ops/op.ts";
import { TypeProblem } from "../ops/op.ts";
import { inferType, typeOf } from "./emit.ts";
import type { Frame, Lowering } from "./lowering.ts";
import { lookUp } from "./scope.ts";
import { isLiteral, literalDtypeBeside, toNode } from "./to-node.ts";
import { unwrap, type Value } from "./values.ts";

/** Operations whose literals become integers beside an integer. */
const weakOps: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "mod",
  "equal",
  "not_equal",
  "less",
  "less_equal",
  "greater",
  "greater_equal",
  "minimum",
  "maximum",
  "where",
]);

/** The nodes of operands. A literal of whole numbers beside an integer is an integer, where the operation keeps integers. */
export function toOperands(
  context: Lowering,
  frame: Frame,
  op: string,
  values: readonly (Value | null)[],
  spans: readonly Span[],
): NodeId[] | null {
  const first = op === "where" ? 1 : 0;
  const isInt = weakOps.has(op) && values.some((value, k) => k >= first && literalDtypeBeside(value) === "int");
  const dtype: Dtype = isInt ? "int" : "real";
  const nodes = values.map((value, k) => toNode(context, frame, value, spans[k], k >= first ? dtype : "real"));
  return nodes.every((node) => node !== null) ? nodes.map((node) => node.id) : null;
}

/** The literal that an expression is, or that was given for the parameter it names; null if it is none. */
export function literalOf(frame: Frame, expression: Expression): Value | null {
  const inner = unwrap(expression);
  const binding = inner.kind === "name" ? lookUp(frame.scope, inner.name) : null;
  if (!binding) return null;
  const { span } = inner;
  const { given } = binding;
  return given?.kind === "literals" || given?.kind === "constant" ? { ...given, span } : null;
}

/** An operand: its expression, if it has one, and its value. */
export interface Operand {
  readonly expression: Expression | null;
  readonly value: Value | null;
  readonly span: Span;
}

/**
 * The nodes of operands of an op that needs integers, as indices are: a literal that does not fit as real numbers becomes an array of
 * integers. Null if there is no such literal.
 */
export function toIntegerOperands(
  context: Lowering,
  frame: Frame,
  op: Op,
  operands: readonly Operand[],
  attributes: Attributes,
): NodeId[] | null {
  const literals = operands.map(({ expression, value }) => {
    const literal = isLiteral(value) ? value : expression && literalOf(frame, expression);
    return isLiteral(literal) ? literal : null;
  });
  if (literals.every((literal) => literal === null)) return null;
  const types = operands.map(({ value }) => typeOfValue(value, "real"));
  const fits = (chosen: readonly number[]): boolean => {
    const changed = types.map((type, k) => (chosen.includes(k) ? typeOfValue(literals[k], "int") : type));
    return changed.every((type) => type !== null) && !(inferType(context, op, changed, attributes) instanceof TypeProblem);
  };
  const candidates = literals.flatMap((literal, k) => (literal ? [k] : []));
  if (fits([])) return null;
  const chosen = [...candidates.map((k) => [k]), candidates].find(fits);
  if (!chosen) return null;
  const nodes = operands.map(({ value, span }, k) =>
    chosen.includes(k) ? toNode(context, frame, literals[k], span, "int") : toNode(context, frame, value, span),
  );
  return nodes.every((node) => node !== null) ? nodes.map((node) => node.id) : null;
}

/** The type that a value has as a node, without making one. */
function typeOfValue(value: Value | null, dtype: Dtype): ValueType | null {
  if (value?.kind === "node") return typeOf(value);
  if (value?.kind === "literals") return { dtype, shape: value.shape };
  return value?.kind === "constant" ? { dtype: typeof value.value === "boolean" ? "bool" : dtype, shape: [] } : null;
}
