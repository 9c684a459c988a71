// Goes through expressions of any depth without recursion.
import type { Expression, IndexItem } from "./tree.ts";

function partsOf(item: IndexItem): (Expression | null)[] {
  switch (item.kind) {
    case "at":
      return [item.value];
    case "slice":
      return [item.start, item.stop, item.step];
    case "ellipsis":
      return [];
  }
}

const isExpression = (part: Expression | null): part is Expression => part !== null;

/**
 * The expressions directly inside an expression, in the order in which they are written. Of a call they are the values of its
 * arguments; of a pipe its left side and the values of the arguments written behind it; of a slice the bounds that are written.
 */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.consequent, expression.alternative];
    case "pipe":
      return [expression.left, ...expression.call.arguments.map((argument) => argument.value)];
    case "call":
      return expression.arguments.map((argument) => argument.value);
    case "member":
      return [expression.object];
    case "index":
      return [expression.object, ...expression.items.flatMap(partsOf).filter(isExpression)];
    case "array":
    case "tuple":
      return expression.items;
    case "parenthesized":
      return [expression.inner];
    default:
      return [];
  }
}

/**
 * Visits an expression and all expressions in it, parents before children, in the order in which they are written. Where `visit`
 * returns false, what is inside is passed over.
 */
export function walk(expression: Expression, visit: (expression: Expression) => unknown): void {
  const open: Expression[] = [expression];
  for (let next = open.pop(); next; next = open.pop()) {
    if (visit(next) === false) continue;
    const children = childrenOf(next);
    for (let index = children.length - 1; index >= 0; index -= 1) open.push(children[index] as Expression);
  }
}

/**
 * Computes a value from an expression bottom-up: `combine` gets each expression with the values of its children, in the order of
 * `childrenOf`, after all of them.
 */
export function foldExpression<Value>(
  expression: Expression,
  combine: (expression: Expression, children: readonly Value[]) => Value,
): Value {
  const open: { expression: Expression; children: readonly Expression[]; values: Value[] }[] = [];
  let next: Expression | null = expression;
  for (;;) {
    if (next) open.push({ expression: next, children: childrenOf(next), values: [] });
    const top = open.at(-1) as (typeof open)[number];
    next = top.children[top.values.length] ?? null;
    if (next) continue;
    open.pop();
    const value = combine(top.expression, top.values);
    const parent = open.at(-1);
    if (!parent) return value;
    parent.values.push(value);
  }
}
