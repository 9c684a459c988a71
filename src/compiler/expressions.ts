// Lowers expressions: literals, names, operators, conditions, members; calls and indices have files of their own.

import type { ArrayLiteral, Binary, Conditional, Expression, Member, NameExpression, Span, Unary } from "../../grammar/tree.ts";
import { namedSize } from "../graph/size.ts";
import { operators } from "../ops/index.ts";
import { lowerCall } from "./calls.ts";
import { chooseColumns, readEquals } from "./columns.ts";
import { applyOperator, applyUnary } from "./constant-arithmetic.ts";
import { evaluateConstant, rowCountOf } from "./constants.ts";
import { emit, noAttributes } from "./emit.ts";
import { lowerIndex } from "./indexing.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { toOperands } from "./operands.ts";
import { lowerPath } from "./paths.ts";
import { attempt } from "./roll-back.ts";
import { lookUp } from "./scope.ts";
import { warnOfSpread } from "./spread.ts";
import { literalDtypeBeside, toNode } from "./to-node.ts";
import { type ColumnsValue, constantOf, type NodeValue, type Value, valueOf } from "./values.ts";

/** Lowers an expression. Chains of operators, pipes, members and indices to the left may be of any length. Null: broken, reported. */
export function lowerExpression(context: Lowering, frame: Frame, expression: Expression): Value | null {
  const chain: Expression[] = [];
  let start = expression;
  for (;;) {
    const left = leftOf(start);
    if (left) chain.push(start);
    const next = left ?? takenBranch(context, frame, start);
    if (next === null) break;
    start = next;
  }
  const path = start.kind === "name" ? takePath(chain) : [];
  let inner = path.at(-1) ?? start;
  let value = path.length > 0 && start.kind === "name" ? lowerPath(context, frame, start, path) : lowerStart(context, frame, start);
  for (let step = chain.pop(); step; step = chain.pop()) {
    value = lowerStep(context, frame, step, value, inner);
    inner = step;
  }
  return value;
}

/** What stands leftmost in an expression, if that is an expression of its own. */
function leftOf(expression: Expression): Expression | null {
  switch (expression.kind) {
    case "parenthesized":
      return expression.inner;
    case "binary":
    case "pipe":
      return expression.left;
    case "index":
    case "member":
      return expression.object;
    default:
      return null;
  }
}

/** Takes the members right behind a name, innermost first, from the end of a chain: `h.linear_1.W` is resolved as one path. */
function takePath(chain: Expression[]): Member[] {
  const path: Member[] = [];
  for (let next = chain.at(-1); next?.kind === "member" && next.name.text !== "T"; next = chain.at(-1)) {
    path.push(next);
    chain.pop();
  }
  return path;
}

function lowerStart(context: Lowering, frame: Frame, expression: Expression): Value | null {
  const { span } = expression;
  switch (expression.kind) {
    case "number":
    case "boolean":
      return { kind: "constant", value: expression.value, weak: expression.kind === "number", span };
    case "string":
      return { kind: "text", text: expression.value };
    case "name":
      return lowerName(context, frame, expression);
    case "unary":
      return lowerUnary(context, frame, expression);
    case "conditional":
      return lowerConditional(context, frame, expression);
    case "call":
      return lowerCall(context, frame, expression, null);
    case "array":
      return lowerArray(context, frame, expression);
    case "tuple":
      return { kind: "tuple", items: expression.items.map((item) => attempt(context, frame, () => context.lower(frame, item))) };
    default:
      return null;
  }
}

function lowerStep(context: Lowering, frame: Frame, expression: Expression, left: Value | null, inner: Expression): Value | null {
  switch (expression.kind) {
    case "parenthesized":
      return left;
    case "binary":
      return lowerBinary(context, frame, expression, left);
    case "pipe":
      return lowerCall(context, frame, expression.call, { value: left, span: inner.span });
    case "index":
      return lowerIndex(context, frame, expression, left);
    case "member":
      return lowerMember(context, frame, expression, left);
    default:
      return null;
  }
}

/** The value of a name; a dimension is its size. */
function lowerName(context: Lowering, frame: Frame, { name, span }: NameExpression): Value | null {
  const binding = lookUp(frame.scope, name);
  if (binding) {
    if (binding.lazy && binding.constant !== null && frame.outside) {
      return { kind: "constant", value: binding.constant, weak: typeof binding.constant === "number", span };
    }
    const value = valueOf(binding);
    const rows = rowCountOf(context, frame, value);
    if (rows !== null) return { kind: "constant", value: rows, weak: false, span };
    return value?.kind === "columns" ? { ...value, span } : value;
  }
  if (context.dimensions.has(name)) return { kind: "constant", value: namedSize(name), weak: false, span };
  if (name === "training") return { kind: "constant", value: context.askTraining(), weak: false, span };
  return name === "pi" ? { kind: "constant", value: Math.PI, weak: true, span } : null;
}

/** `x.T` and columns of data; other members are paths. */
function lowerMember(context: Lowering, frame: Frame, member: Member, object: Value | null): Value | null {
  if (object === null) return null;
  const { name, span } = member;
  if (object.kind === "columns") return chooseColumns(context, frame, object, [{ name: name.text, span: name.span }], span);
  if (name.text === "T") {
    const node = toNode(context, frame, object, member.object.span);
    return node && emit(context, frame, "transpose", [node.id], { axes: null }, { span, label: ".T" });
  }
  report(context, frame, "not-a-name", member.object.span, `only a name has parts: name this value first, then write NAME.${name.text}`);
  return null;
}

function lowerUnary(context: Lowering, frame: Frame, { operator, operand, span }: Unary): Value | null {
  const value = context.lower(frame, operand);
  if (operator === "+") return value;
  const node = toNode(context, frame, value, operand.span);
  if (node === null) return null;
  const label = `\`${operator}\``;
  const result = emit(context, frame, operators.get(operator === "-" ? "unary -" : operator) ?? operator, [node.id], noAttributes, {
    span,
    label,
  });
  return remember(result, applyUnary(operator, constantOf(node)));
}

/** Notes what is known of a node when compiling. */
function remember(node: NodeValue | null, constant: ReturnType<typeof constantOf>): NodeValue | null {
  if (node !== null && constant !== null) node.draft.setConstant(node.id, constant);
  return node;
}

function lowerBinary(context: Lowering, frame: Frame, expression: Binary, left: Value | null): Value | null {
  const right = context.lower(frame, expression.right);
  if (left === null || right === null) return null;
  const { operator, span } = expression;
  if (left.kind === "text" || right.kind === "text") return lowerTextComparison(context, frame, expression, left, right);
  const op = operators.get(operator);
  const written = { span, label: `\`${operator}\`` };
  const inputs = toOperands(context, frame, op ?? operator, [left, right], [expression.left.span, expression.right.span]);
  if (inputs === null) return null;
  const result = emit(context, frame, op ?? operator, inputs, noAttributes, written);
  if (result !== null) warnOfSpread(context, frame, result, inputs, [expression.left, expression.right], written);
  return remember(result, applyOperator(operator, constantOf(left), constantOf(right), context.sizes.constant));
}

/** `c == "text"` and `c != "text"`, with data on the other side. */
function lowerTextComparison(context: Lowering, frame: Frame, { operator, left, right, span }: Binary, a: Value, b: Value): Value | null {
  const [columns, text] = a.kind === "text" ? [b, a] : [a, b];
  if (columns.kind !== "columns" || text.kind !== "text" || (operator !== "==" && operator !== "!=")) {
    const place = a.kind === "text" ? left.span : right.span;
    report(context, frame, "not-a-value", place, 'a text can only be compared with a data column, as in cars.origin == "Japan"');
    return null;
  }
  const node = readEquals(context, frame, { ...(columns satisfies ColumnsValue), span }, text.text);
  if (node === null || operator === "==") return node;
  return emit(context, frame, operators.get("not") ?? "not", [node.id], noAttributes, { span, label: "`!=`" });
}

/** The branch of an `if` that is taken, where its condition is known without lowering it. */
function takenBranch(context: Lowering, frame: Frame, expression: Expression): Expression | null {
  if (expression.kind !== "conditional") return null;
  const known = evaluateConstant(context, frame, expression.condition);
  return typeof known === "boolean" ? (known ? expression.consequent : expression.alternative) : null;
}

/** `if c then a else b`, element by element; only one branch is lowered where the condition turns out to be known. */
function lowerConditional(context: Lowering, frame: Frame, expression: Conditional): Value | null {
  const { consequent, alternative, span } = expression;
  const condition = context.lower(frame, expression.condition);
  const found = constantOf(condition);
  if (typeof found === "boolean") return context.lower(frame, found ? consequent : alternative);
  const [yes, no] = [context.lower(frame, consequent), context.lower(frame, alternative)];
  if (condition === null || yes === null || no === null) return null;
  const spans = [expression.condition.span, consequent.span, alternative.span];
  const inputs = toOperands(context, frame, "where", [condition, yes, no], spans);
  return inputs && emit(context, frame, "where", inputs, noAttributes, { span, label: "`if`" });
}

/** `[1, 2]`: literals are one constant, other items are stacked. */
function lowerArray(context: Lowering, frame: Frame, array: ArrayLiteral): Value | null {
  const { items, span } = array;
  if (items.length === 0) return { kind: "literals", values: [], shape: [0], span };
  const values = items.map((item) => context.lower(frame, item));
  if (values.some((value) => value === null)) return null;
  const literals = joinLiterals(values as readonly Value[], span);
  if (literals) return literals;
  const spans = items.map((item) => item.span);
  const whole = values.some((value) => literalDtypeBeside(value) === "int") ? "int" : "real";
  const nodes = values.map((value, k) => toNode(context, frame, value, spans[k], whole));
  if (!nodes.every((node) => node !== null)) return null;
  return emit(
    context,
    frame,
    "stack",
    nodes.map((node) => node.id),
    { axis: 0 },
    { span, label: "array" },
  );
}

/** The array of literals of the same shape, or null if the items are not that. */
function joinLiterals(items: readonly Value[], span: Span): Value | null {
  const values: number[] = [];
  let shape: readonly number[] | null = null;
  for (const item of items) {
    const isNumber = item.kind === "constant" && item.weak && typeof item.value === "number";
    if (!isNumber && item.kind !== "literals") return null;
    const inner: readonly number[] = item.kind === "literals" ? item.shape : [];
    if (shape !== null && (shape.length !== inner.length || shape.some((size, axis) => size !== inner[axis]))) return null;
    shape = inner;
    if (item.kind === "literals") for (const value of item.values) values.push(value);
    else if (item.kind === "constant") values.push(item.value as number);
  }
  return { kind: "literals", values, shape: [items.length, ...(shape ?? [])], span };
}
