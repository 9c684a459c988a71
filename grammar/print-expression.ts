// Turns expressions and types into documents, with the parentheses they need and the comments that stand in them.

import type { Doc } from "./document.ts";
import { group, indent, LINE, render, SOFT_LINE } from "./document.ts";
import type { SourceComment } from "./layout.ts";
import { BINARY_PRECEDENCE, PRECEDENCE } from "./operators.ts";
import type { Argument, Binary, Call, Conditional, Expression, IndexItem, NumberLiteral, Pipe, TypeExpression, Unary } from "./tree.ts";

/** A comment as it is printed: one space behind `#` where a word begins there, none at the end. */
export function tidyComment(text: string): string {
  const trimmed = text.trimEnd();
  return /^#[\p{L}\p{N}]/u.test(trimmed) ? `# ${trimmed.slice(1)}` : trimmed;
}

function precedenceOf(expression: Expression): number {
  switch (expression.kind) {
    case "binary":
      return BINARY_PRECEDENCE[expression.operator];
    case "pipe":
      return PRECEDENCE.pipe;
    case "conditional":
      return PRECEDENCE.conditional;
    case "unary":
      return expression.operator === "not" ? PRECEDENCE.not : PRECEDENCE.sign;
    case "number":
      return isSigned(expression) ? PRECEDENCE.sign : PRECEDENCE.postfix;
    default:
      return PRECEDENCE.postfix;
  }
}

function isSigned(number: NumberLiteral): boolean {
  return number.text.startsWith("-") || number.text.startsWith("+");
}

/** How tightly the left side of an operator must bind. */
function leftMinimum(expression: Binary | Pipe): number {
  if (expression.kind === "pipe") return PRECEDENCE.pipe;
  const own = BINARY_PRECEDENCE[expression.operator];
  return own === PRECEDENCE.comparison || own === PRECEDENCE.power ? own + 1 : own;
}

/** The expression with which a chain goes on to the left, and how tightly it must bind. */
function leftOf(expression: Expression): { readonly child: Expression; readonly minimum: number } | null {
  if (expression.kind === "binary" || expression.kind === "pipe") return { child: expression.left, minimum: leftMinimum(expression) };
  if (expression.kind === "member" || expression.kind === "index") return { child: expression.object, minimum: PRECEDENCE.postfix };
  return null;
}

/** Where a value starts for the comments ahead of it: those between a sign and the digits of a number stand ahead of both. */
function startOf(value: Expression): number {
  let first = value;
  for (let left = leftOf(first); left; left = leftOf(first)) first = left.child;
  return first.kind === "number" ? first.span.end : value.span.start;
}

const isAtom = (expression: Expression): boolean => ["number", "name", "string", "boolean", "hole"].includes(expression.kind);

/** Builds documents in the order of the text, taking each comment where it stands. Chains to the left are built in loops. */
export class ExpressionPrinter {
  private readonly text: string | null;
  private readonly comments: readonly SourceComment[];
  /** The index of the next comment. */
  private cursor = 0;

  /** `text` gives strings as they are written; without it they are written as JSON. */
  constructor(text: string | null, comments: readonly SourceComment[]) {
    this.text = text;
    this.comments = comments;
  }

  /** The next comment, if it stands before `offset`. */
  nextComment(offset: number): SourceComment | null {
    const next = this.comments[this.cursor];
    return next && next.start < offset ? next : null;
  }

  /** Takes the next comment. */
  takeComment(): void {
    this.cursor += 1;
  }

  /** Takes the comments before `offset`. */
  before(offset: number): Doc[] {
    const taken: Doc[] = [];
    for (let next = this.nextComment(offset); next; next = this.nextComment(offset)) {
      taken.push({ kind: "comment", text: tidyComment(next.text), ownLine: next.ownLine });
      this.takeComment();
    }
    return taken;
  }

  /** Takes the comments that stand ahead of a value. */
  ahead(value: Expression): Doc[] {
    return this.before(startOf(value));
  }

  /** A word or sign, the comments behind it, and the value that it belongs to. */
  private prefixed(prefix: string, value: Expression, minimum: number): Doc {
    return [prefix, this.ahead(value), this.expression(value, minimum)];
  }

  /** An expression, in parentheses if it binds looser than `minimum`. */
  expression(expression: Expression, minimum: number = PRECEDENCE.pipe): Doc {
    const isLoose = precedenceOf(expression) < minimum;
    const document = leftOf(expression) ? this.chain(expression) : this.head(expression);
    return isLoose ? ["(", document, ")"] : document;
  }

  // ---- chains ----

  /** Operators, pipes, members and indices, from the leftmost on. Operators that bind equally tightly break together. */
  private chain(expression: Expression): Doc {
    const links: Expression[] = [];
    let first = expression;
    let left = leftOf(first);
    while (left) {
      links.push(first);
      first = left.child;
      left = precedenceOf(first) < left.minimum ? null : leftOf(first);
    }
    const innermost = leftOf(links.at(-1) as Expression);
    const outset = this.cursor;
    let cursor = outset;
    let start: Doc[] = [this.expression(first, innermost?.minimum)];
    let rest: Doc[] = [];
    let precedence: number = PRECEDENCE.postfix;
    for (const link of links.reverse()) {
      const own = precedenceOf(link);
      if (own >= PRECEDENCE.power) {
        this.tightLink(link, start);
        continue;
      }
      if (own !== precedence && rest.length > 0) {
        start = [group([start, indent(rest)], this.cursor > cursor)];
        rest = [];
        cursor = this.cursor;
      }
      precedence = own;
      this.looseLink(link as Binary | Pipe, rest);
    }
    return group(rest.length > 0 ? [start, indent(rest)] : start, this.cursor > outset);
  }

  /** `^`, `.name` and `[...]` stand without spaces. */
  private tightLink(link: Expression, parts: Doc[]): void {
    if (link.kind === "binary") {
      parts.push(this.before(link.operatorSpan.start), "^", this.ahead(link.right), this.expression(link.right, PRECEDENCE.sign));
    } else if (link.kind === "member") {
      parts.push(this.before(link.name.span.start), `.${link.name.text}`);
    } else if (link.kind === "index") {
      const items = link.items.map((item) => ({ start: item.span.start, build: () => this.indexItem(item) }));
      parts.push(this.bracket("[", items, link.span.end, "]"));
    }
  }

  private looseLink(link: Binary | Pipe, parts: Doc[]): void {
    parts.push(this.before(link.operatorSpan.start), LINE);
    if (link.kind === "pipe") parts.push("|> ", this.before(link.call.span.start), this.call(link.call));
    else parts.push(`${link.operator} `, this.ahead(link.right), this.expression(link.right, BINARY_PRECEDENCE[link.operator] + 1));
  }

  // ---- values ----

  /** What has nothing to its left. */
  private head(expression: Expression): Doc {
    switch (expression.kind) {
      case "number":
        return expression.text;
      case "string":
        return this.text === null ? JSON.stringify(expression.value) : this.text.slice(expression.span.start, expression.span.end);
      case "boolean":
        return String(expression.value);
      case "name":
        return expression.name;
      case "unary":
        return this.unary(expression);
      case "conditional":
        return this.conditional(expression);
      case "call":
        return this.call(expression);
      case "array":
        return this.bracket("[", this.values(expression.items), expression.span.end, "]", expression.items.every(isAtom));
      case "tuple":
        return this.bracket("(", this.values(expression.items), expression.span.end, ")");
      case "parenthesized":
        return this.bracket("(", this.values([expression.inner]), expression.span.end, ")");
      default:
        return "_";
    }
  }

  private unary(expression: Unary): Doc {
    const { operator, operand } = expression;
    if (operator === "not") return this.prefixed("not ", operand, PRECEDENCE.not);
    const wouldMerge = operand.kind === "number" && !isSigned(operand);
    return this.prefixed(operator, operand, wouldMerge ? PRECEDENCE.postfix + 1 : PRECEDENCE.sign);
  }

  private conditional(expression: Conditional): Doc {
    const start = this.cursor;
    const rest: Doc[] = [];
    const condition = this.prefixed("if ", expression.condition, PRECEDENCE.pipe);
    let current = expression;
    for (;;) {
      rest.push(this.ahead(current.consequent), LINE, "then ", this.expression(current.consequent));
      const { alternative } = current;
      rest.push(this.ahead(alternative), LINE);
      if (alternative.kind !== "conditional") {
        rest.push("else ", this.expression(alternative, PRECEDENCE.conditional));
        return group([condition, indent(rest)], this.cursor > start);
      }
      rest.push(this.prefixed("else if ", alternative.condition, PRECEDENCE.pipe));
      current = alternative;
    }
  }

  private call(call: Call): Doc {
    if (call.bare) return call.callee.text;
    const items = call.arguments.map((argument) => ({
      start: argument.name ? argument.span.start : startOf(argument.value),
      build: () => this.argument(argument),
    }));
    return [call.callee.text, this.bracket("(", items, call.span.end, ")")];
  }

  private argument(argument: Argument): Doc {
    if (!argument.name) return this.expression(argument.value);
    return [`${argument.name.text}:`, this.ahead(argument.value), " ", this.expression(argument.value)];
  }

  private indexItem(item: IndexItem): Doc {
    if (item.kind === "ellipsis") return "...";
    if (item.kind === "at") return this.expression(item.value);
    const parts = [this.bound(item.start), ":", this.bound(item.stop)];
    return item.step ? [parts, ":", this.bound(item.step)] : parts;
  }

  private bound(expression: Expression | null): Doc {
    return expression ? [this.ahead(expression), this.expression(expression)] : "";
  }

  // ---- brackets ----

  private values(expressions: readonly Expression[]): { start: number; build: () => Doc }[] {
    return expressions.map((expression) => ({ start: startOf(expression), build: () => this.expression(expression) }));
  }

  /**
   * Items in brackets: on one line, or one a line; short values (`packed`) as many on a line as fit. `end` is the offset behind the
   * closing bracket.
   */
  bracket(open: string, items: readonly { start: number; build: () => Doc }[], end: number, close: string, packed = false): Doc {
    const start = this.cursor;
    const parts: Doc[] = [];
    for (const [index, item] of items.entries()) {
      parts.push(index > 0 ? "," : "", this.before(item.start));
      const line = index > 0 ? LINE : SOFT_LINE;
      if (packed && index > 0) parts.push(group([line, item.build()]));
      else parts.push(line, item.build());
    }
    parts.push(this.before(end - 1));
    const isBroken = this.cursor > start;
    return items.length === 0 && !isBroken ? [open, close] : group([open, indent(parts), SOFT_LINE, close], isBroken);
  }

  /** A type as it stands behind `:`. */
  type(type: TypeExpression): Doc {
    const word = type.dtype === "real" ? "" : type.dtype;
    const isScalar = type.dims.length === 0;
    if (isScalar) return type.dtype;
    return [word, this.bracket("[", this.values(type.dims), type.span.end, "]")];
  }
}

/** An expression on one line, with no more parentheses than it needs. */
export function printExpression(expression: Expression): string {
  return render(new ExpressionPrinter(null, []).expression(expression), Number.POSITIVE_INFINITY);
}
