// Reads expressions and types: one flat precedence-climbing loop with an explicit depth limit.

import type { IToken, TokenType } from "chevrotain";
import { EOF } from "chevrotain";
import { DEPTH_LIMIT } from "./layout.ts";
import { BINARY_PRECEDENCE, PRECEDENCE } from "./operators.ts";
import { StatementReader, show } from "./statement-reader.ts";
import * as T from "./tokens.ts";
import type {
  Argument,
  BinaryOperator,
  Call,
  Conditional,
  Expression,
  Identifier,
  IndexItem,
  NumberLiteral,
  StringLiteral,
  TypeExpression,
  UnaryOperator,
} from "./tree.ts";

/** What stands between two commas: a value, `a:b:c`, or `...`. */
interface Item {
  readonly parts: readonly (Expression | null)[];
  /** The `:` or `...` that makes it more than a value. */
  readonly mark: IToken | null;
  readonly start: number;
  readonly end: number;
}

/** What stands between two brackets. */
interface Items {
  readonly list: readonly Item[];
  readonly trailingComma: boolean;
  /** Behind the closing bracket. */
  readonly end: number;
}

/** Types that people write for ours. */
const MEANT_TYPES: ReadonlyMap<string, string> = new Map([
  ...["float", "double", "f32", "f64", "float32", "float64", "number"].map((text) => [text, "real"] as const),
  ...["integer", "long", "int32", "int64", "i32", "i64"].map((text) => [text, "int"] as const),
  ...["boolean", "logical"].map((text) => [text, "bool"] as const),
]);

/** A missing value before one of these leaves them to be read by what is around it. */
const ENDS_VALUE: ReadonlySet<TokenType> = new Set([EOF, T.RightRound, T.RightSquare, T.Comma, T.Colon, T.Then, T.Else, T.Pipe]);
const OPENS_POSTFIX: ReadonlySet<TokenType> = new Set([T.Dot, T.LeftSquare, T.LeftRound]);

/** How tightly a token binds as a binary operator; -1 if it is none. */
function precedenceOf(token: IToken): number {
  const type = token.tokenType;
  if (type !== T.SymbolOperator && type !== T.Sign && type !== T.WordOperator) return -1;
  return BINARY_PRECEDENCE[token.image as BinaryOperator];
}

/**
 * Precedence climbing over the tokens of a statement. Chains of operators, pipes and postfixes are read in loops; brackets, signs,
 * `not`, right sides of `^` and parts of `if` recurse and count as depth.
 */
export abstract class ExpressionParser extends StatementReader {
  /** Reads an expression whose operators bind at least as tightly as `minimum`. */
  protected expression(minimum: number = PRECEDENCE.pipe): Expression {
    if (this.RECORDING_PHASE) return this.invalid();
    let left = this.prefixed(minimum);
    for (;;) {
      const token = this.LA(1);
      if (token.tokenType === T.Pipe) {
        if (minimum > PRECEDENCE.pipe) return left;
        left = this.pipe(left);
        continue;
      }
      const precedence = precedenceOf(token);
      if (precedence < minimum) return left;
      this.checkLeft(left, precedence, token);
      this.take();
      const right = precedence === PRECEDENCE.power ? this.nested(precedence) : this.expression(precedence + 1);
      left = {
        kind: "binary",
        operator: token.image as BinaryOperator,
        left,
        right,
        operatorSpan: T.spanOf(token),
        span: { start: left.span.start, end: right.span.end },
      };
    }
  }

  /** Reads an expression one level deeper; beyond the limit nothing more of the statement is read. */
  private nested(minimum: number = PRECEDENCE.pipe): Expression {
    if (this.depth >= DEPTH_LIMIT) {
      this.report(
        "too-deep",
        this.found(),
        `Brackets, signs, powers or conditions are nested deeper than ${DEPTH_LIMIT}. Name a part of it.`,
      );
      this.abandon();
      return this.invalid();
    }
    this.depth += 1;
    const expression = this.expression(minimum);
    this.depth -= 1;
    return expression;
  }

  /** Reports a comparison of a comparison, and a pipe before an operator. */
  private checkLeft(left: Expression, precedence: number, operator: IToken): void {
    if (!this.isSound) return;
    if (left.kind === "pipe") {
      const message = `\`|>\` binds looser than \`${operator.image}\`; put the pipe in parentheses.`;
      this.report("needs-parentheses", T.spanOf(operator), message, this.parentheses("Put the pipe in parentheses", left.span));
    }
    const isChain =
      precedence === PRECEDENCE.comparison && left.kind === "binary" && BINARY_PRECEDENCE[left.operator] === PRECEDENCE.comparison;
    if (!isChain) return;
    const middle = left.right.span;
    const text = this.text.slice(middle.start, Math.min(middle.end, middle.start + 100));
    const fix = middle.end - middle.start > 100 ? undefined : this.insertion("Compare twice, with `and`", middle.end, ` and ${text}`);
    this.report("chained-comparison", T.spanOf(operator), "Comparisons do not chain; write `a < b and b < c`.", fix);
  }

  // ---- operators before a value ----

  private prefixed(minimum: number): Expression {
    const token = this.LA(1);
    switch (token.tokenType) {
      case T.Sign:
        return this.signed();
      case T.Not:
        return this.unary(PRECEDENCE.not, minimum);
      case T.If:
        return this.conditional(minimum);
      default:
        return this.postfixed(this.primary());
    }
  }

  /** A sign on a number belongs to it, unless the number is a base of `^` or something is taken of it. */
  private signed(): Expression {
    const number = this.LA(2);
    const after = this.LA(3);
    const isNumber = number.tokenType === T.NumberText || number.tokenType === T.SpecialNumber;
    if (!isNumber || after.image === "^" || OPENS_POSTFIX.has(after.tokenType)) return this.unary(PRECEDENCE.power, PRECEDENCE.power);
    return this.number(this.take());
  }

  private unary(operand: number, minimum: number): Expression {
    const token = this.take();
    const value = this.nested(operand);
    const span = { start: token.startOffset, end: value.span.end };
    if (minimum > operand) this.wantParentheses("not", span);
    return { kind: "unary", operator: token.image as UnaryOperator, operand: value, span };
  }

  private conditional(minimum: number): Conditional {
    const start = this.take().startOffset;
    const condition = this.nested();
    this.expectWord(T.Then, "missing-then", "`if c then a else b`: `then` is missing");
    const consequent = this.nested();
    this.expectWord(T.Else, "missing-else", "`if c then a else b`: every `if` has an `else`");
    const alternative = this.nested(PRECEDENCE.conditional);
    const span = { start, end: alternative.span.end };
    if (minimum > PRECEDENCE.conditional) this.wantParentheses("if", span);
    return { kind: "conditional", condition, consequent, alternative, span };
  }

  private wantParentheses(word: string, span: { start: number; end: number }): void {
    const message = `\`${word}\` as an operand needs parentheses.`;
    this.report(
      "needs-parentheses",
      { start: span.start, end: span.start + word.length },
      message,
      this.parentheses("Put it in parentheses", span),
    );
  }

  private expectWord(type: TokenType, code: "missing-then" | "missing-else", message: string): void {
    if (this.sees(type)) {
      this.take();
      return;
    }
    this.report(code, this.found(), `${message}; found ${show(this.LA(1))}.`);
    this.abandon();
  }

  // ---- values ----

  private primary(): Expression {
    const token = this.LA(1);
    switch (token.tokenType) {
      case T.NumberText:
      case T.SpecialNumber:
        return this.number(null);
      case T.StringText:
        this.take();
        return this.string(token);
      case T.BooleanWord:
        this.take();
        return { kind: "boolean", value: token.image === "true", span: T.spanOf(token) };
      case T.Hole:
        this.take();
        return { kind: "hole", span: T.spanOf(token) };
      case T.Name:
        this.take();
        if (this.sees(T.LeftRound)) return this.call(T.identifierOf(token));
        return { kind: "name", name: token.image.normalize("NFC"), span: T.spanOf(token) };
      case T.LeftRound:
        return this.parenthesized();
      case T.LeftSquare: {
        const items = this.items(T.RightSquare);
        return { kind: "array", items: this.plain(items), span: { start: token.startOffset, end: items.end } };
      }
      default:
        return this.missing(token);
    }
  }

  private number(sign: IToken | null): NumberLiteral {
    const token = this.take();
    const text = (sign?.image ?? "") + token.image;
    const magnitude = token.image === "inf" ? Number.POSITIVE_INFINITY : Number(token.image);
    const span = { start: (sign ?? token).startOffset, end: T.endOf(token) };
    if (token.tokenType === T.NumberText && magnitude === Number.POSITIVE_INFINITY) {
      this.report("number-range", span, `${show(token)} is beyond the largest number, about 1.8e308.`, {
        title: "Write `inf`",
        span: T.spanOf(token),
        text: "inf",
      });
    }
    return { kind: "number", value: sign?.image === "-" ? -magnitude : magnitude, text, span };
  }

  /** The value of a string token that is taken. */
  protected string(token: IToken): StringLiteral {
    const { value, problem } = T.readString(token.image);
    if (problem) {
      const span = { start: token.startOffset + problem.start, end: token.startOffset + problem.end };
      if (problem.kind === "unfinished")
        this.report("unfinished-string", span, "This string has no closing quote.", this.insertion('Add `"`', span.end, '"'));
      else this.report("bad-escape", span, 'Unknown escape; strings have \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits.');
    }
    return { kind: "string", value, span: T.spanOf(token) };
  }

  private parenthesized(): Expression {
    const start = this.LA(1).startOffset;
    const items = this.items(T.RightRound);
    const values = this.plain(items);
    const span = { start, end: items.end };
    if (values.length > 1) return { kind: "tuple", items: values, span };
    const inner = values[0];
    if (!inner || items.trailingComma)
      this.report("empty-brackets", span, "Parentheses hold a value, `(a)`, or a tuple of at least two, `(a, b)`.");
    return inner ? { kind: "parenthesized", inner, span } : { kind: "invalid", span };
  }

  private missing(token: IToken): Expression {
    const previous = this.LA(0);
    const isRead = ENDS_VALUE.has(token.tokenType);
    if (token.tokenType === T.LeftBrace) {
      this.report("unexpected-token", T.spanOf(token), "`{` opens the block of a function, `train` or `seed`; it cannot stand in a value.");
    } else if (token.tokenType === T.Dot && this.LA(2).tokenType === T.NumberText) {
      this.report(
        "missing-value",
        T.spanOf(token),
        "A number has a digit before its point.",
        this.insertion("Write `0.`", token.startOffset, "0"),
      );
    } else if (this.seesArrow()) {
      this.refuseArrow();
    } else if (token.image === "/" && previous.image === "/") {
      this.report("missing-value", T.spanOf(token), "A quotient without its fraction is written `floor(a / b)`.");
    } else if (token.image === "*" && previous.image === "*") {
      const fix = { title: "Write `^`", span: { start: previous.startOffset, end: T.endOf(token) }, text: "^" };
      this.report("missing-value", T.spanOf(token), "A power is written `^`.", fix);
    } else {
      const behind = previous.tokenType === EOF ? "A value is expected" : `A value is expected behind ${show(previous)}`;
      const canBeOpen = isRead || precedenceOf(token) >= 0;
      const fix = canBeOpen ? this.insertion("Leave it open with `_`", this.position(), this.sees(EOF) ? " _" : "_ ") : undefined;
      this.report("missing-value", this.found(), `${behind}, found ${show(token)}.`, fix);
    }
    if (!isRead) this.abandon();
    return this.invalid();
  }

  // ---- calls, members, indices ----

  private postfixed(value: Expression): Expression {
    let object = value;
    for (;;) {
      const token = this.LA(1);
      if (token.tokenType === T.Dot) object = this.member(object);
      else if (token.tokenType === T.LeftSquare) object = this.index(object);
      else if (token.tokenType === T.LeftRound && object.kind !== "invalid") this.refuseCall(object, token);
      else return object;
    }
  }

  private member(object: Expression): Expression {
    const dot = this.take();
    const token = this.LA(1);
    if (token.tokenType === T.Name) {
      this.take();
      return { kind: "member", object, name: T.identifierOf(token), span: { start: object.span.start, end: T.endOf(token) } };
    }
    if (object.kind === "number" && object.span.end === dot.startOffset) {
      const fix = this.insertion("Add a 0", T.endOf(dot), "0");
      this.report("missing-value", T.spanOf(dot), "A number with a point has digits behind it.", fix);
    }
    const quoted = RESERVED_COLUMN.has(token.tokenType) ? `; such a column is written \`["${token.image}"]\`` : "";
    this.report("missing-name", this.found(), `A name is expected behind \`.\`, found ${show(token)}${quoted}.`);
    this.abandon();
    return object;
  }

  private index(object: Expression): Expression {
    const items = this.items(T.RightSquare);
    const span = { start: object.span.start, end: items.end };
    if (items.list.length === 0)
      this.report("empty-brackets", { start: object.span.end, end: items.end }, "An index is missing, as in `x[0]` or `x[:, 1]`.");
    return { kind: "index", object, items: items.list.map((item) => this.indexItem(item)), span };
  }

  private indexItem(item: Item): IndexItem {
    const span = { start: item.start, end: item.end };
    if (item.mark?.tokenType === T.Ellipsis) return { kind: "ellipsis", span };
    const [start = null, stop = null, step = null] = item.parts;
    if (item.mark === null && start) return { kind: "at", value: start, span };
    return { kind: "slice", start, stop, step, span };
  }

  private call(callee: Identifier): Call {
    const items = this.items(T.RightRound);
    const span = { start: callee.span.start, end: items.end };
    return { kind: "call", callee, arguments: items.list.map((item) => this.argument(item)), bare: false, span };
  }

  private argument(item: Item): Argument {
    const span = { start: item.start, end: item.end };
    const [first, second] = item.parts;
    if (item.mark === null && first) return { name: null, value: first, span };
    if (item.mark?.tokenType === T.Colon && item.parts.length === 2 && first?.kind === "name") {
      if (!second) this.report("missing-value", T.spanOf(item.mark), "A value is expected behind `:`.");
      const name = { text: first.name, span: first.span };
      return { name, value: second ?? { kind: "invalid", span: { start: item.end, end: item.end } }, span };
    }
    if (item.mark)
      this.report(
        "misplaced-slice",
        T.spanOf(item.mark),
        `\`${item.mark.image}\` belongs in an index, as in \`x[0:2]\`; a named argument is \`name: value\`.`,
      );
    return { name: null, value: first ?? { kind: "invalid", span: { start: item.start, end: item.start } }, span };
  }

  /** A call of a value: only names can be called. */
  private refuseCall(object: Expression, bracket: IToken): void {
    const text = this.text.slice(object.span.start, Math.min(object.span.end, object.span.start + 40));
    if (object.kind === "number") {
      const fix = this.insertion("Multiply", bracket.startOffset, " * ");
      this.report("not-callable", T.spanOf(bracket), `An operator is missing behind \`${text}\`.`, fix);
    } else if (object.kind === "member") {
      const method = object.name.text;
      this.report("not-callable", object.name.span, `There are no methods; write \`${method}(x)\` or \`x |> ${method}\`.`);
    } else {
      this.report("not-callable", T.spanOf(bracket), `Only a function's name can be called, not \`${text}\`.`);
    }
    this.abandon();
  }

  private pipe(left: Expression): Expression {
    const arrow = this.take();
    const token = this.LA(1);
    if (token.tokenType !== T.Name) {
      this.report(
        "pipe-target",
        this.found(),
        `Behind \`|>\` stands a function, as in \`x |> relu\` or \`x |> linear(10)\`; found ${show(token)}.`,
      );
      this.abandon();
      return left;
    }
    this.take();
    const callee = T.identifierOf(token);
    const call: Call = this.sees(T.LeftRound) ? this.call(callee) : { kind: "call", callee, arguments: [], bare: true, span: callee.span };
    const span = { start: left.span.start, end: call.span.end };
    if (OPENS_POSTFIX.has(this.LA(1).tokenType)) {
      const message = `${show(this.LA(1))} cannot follow a pipe; put the pipe in parentheses.`;
      this.report("needs-parentheses", this.found(), message, this.parentheses("Put the pipe in parentheses", span));
      this.abandon();
    }
    return { kind: "pipe", left, call, operatorSpan: T.spanOf(arrow), span };
  }

  // ---- brackets ----

  /** Reads from the opening bracket, which is next, to the closing one. A comma behind the last item is allowed. */
  private items(closer: TokenType): Items {
    const open = this.take();
    const list: Item[] = [];
    let trailingComma = false;
    while (!this.sees(closer) && !this.sees(EOF)) {
      list.push(this.item());
      trailingComma = this.sees(T.Comma);
      if (!trailingComma) break;
      this.take();
    }
    if (this.sees(closer)) this.take();
    else this.refuseInBrackets(open, closer);
    return { list, trailingComma, end: this.lastEnd() };
  }

  private item(): Item {
    const start = this.position();
    if (this.sees(T.Ellipsis)) {
      const mark = this.take();
      return { parts: [], mark, start, end: T.endOf(mark) };
    }
    const parts: (Expression | null)[] = [this.sees(T.Colon) ? null : this.nested()];
    let mark: IToken | null = null;
    while (this.sees(T.Colon) && parts.length < 3) {
      const colon = this.take();
      mark ??= colon;
      parts.push(ENDS_VALUE.has(this.LA(1).tokenType) ? null : this.nested());
    }
    return { parts, mark, start, end: Math.max(start, this.lastEnd()) };
  }

  /** The items of parentheses or an array: values only. */
  private plain(items: Items): Expression[] {
    return items.list.map((item) => {
      if (item.mark) {
        const code = item.mark.tokenType === T.Colon && item.parts[0]?.kind === "name" ? "argument-name" : "misplaced-slice";
        const message =
          code === "argument-name"
            ? "Names of arguments stand only in calls."
            : `\`${item.mark.image}\` belongs in an index, as in \`x[0:2]\`.`;
        this.report(code, T.spanOf(item.mark), message);
      }
      return item.parts[0] ?? { kind: "invalid", span: { start: item.start, end: item.start } };
    });
  }

  private refuseInBrackets(open: IToken, closer: TokenType): void {
    const expected = closer === T.RightRound ? ")" : "]";
    const token = this.LA(1);
    if (token.tokenType === EOF) {
      const fix = this.insertion(`Add \`${expected}\``, this.position(), expected);
      this.report(
        "unclosed-bracket",
        T.spanOf(open),
        `This \`${open.image}\` is still open where the statement ends; \`${expected}\` is missing.`,
        fix,
      );
    } else if (this.seesArrow()) {
      this.refuseArrow();
    } else if (token.tokenType === T.Equals && this.LA(0).tokenType === T.Name && this.LA(-1).tokenType !== T.Dot) {
      const message = `A named argument is written \`${this.LA(0).image}: value\`; a comparison \`==\`.`;
      this.report("argument-name", T.spanOf(token), message, { title: "Write `:`", span: T.spanOf(token), text: ":" });
    } else if (token.tokenType === T.Semicolon) {
      this.report("unexpected-token", T.spanOf(token), "`;` separates statements. The rows of a matrix are arrays: `[[1, 2], [3, 4]]`.");
    } else {
      this.refuse(`\`,\` or \`${expected}\``);
    }
    this.abandon();
  }

  /** Whether `x -> x`, `x => x` or `lambda x` stands here. */
  private seesArrow(): boolean {
    const [previous, token, next] = [this.LA(0), this.LA(1), this.LA(2)];
    if (token.image === ">") return previous.image === "-" && T.endOf(previous) === token.startOffset;
    if (token.tokenType === T.Equals) return next.image === ">" && T.endOf(token) === next.startOffset;
    return previous.image === "lambda" && token.tokenType === T.Name;
  }

  private refuseArrow(): void {
    const start = this.LA(1).image === ">" ? this.LA(0).startOffset : this.LA(1).startOffset;
    const end = this.LA(1).tokenType === T.Equals ? T.endOf(this.LA(2)) : T.endOf(this.LA(1));
    const message = "Every function has a name: write `fn f(x) = …` on a line of its own, and give `f` here.";
    this.report("unexpected-token", { start, end }, message);
  }

  /** Reports the next token, which does not fit behind a complete value. */
  protected refuse(expected: string): void {
    const token = this.LA(1);
    const previous = this.LA(0);
    const span = T.spanOf(token);
    const touches = T.endOf(previous) === token.startOffset;
    if (this.seesArrow()) this.refuseArrow();
    else if (token.tokenType === T.Equals) {
      this.report("unexpected-token", span, "`=` cannot stand inside a value; a comparison is written `==`.", {
        title: "Write `==`",
        span,
        text: "==",
      });
    } else if (STARTS_VALUE.has(token.tokenType)) {
      const fix = touches && previous.tokenType === T.NumberText ? this.insertion("Multiply", token.startOffset, " * ") : undefined;
      const isCall = previous.tokenType === T.Name && (token.tokenType === T.Name || token.tokenType === T.NumberText);
      const call = isCall ? `; a call is written \`${previous.image}(${token.image})\`` : "";
      const message = `Between ${show(previous)} and ${show(token)} ${expected} or an operator is expected${call}.`;
      this.report("unexpected-token", span, message, fix);
    } else {
      this.report("unexpected-token", span, `\`${token.image}\` does not fit here; ${expected} or an operator is expected.`);
    }
    this.abandon();
  }

  // ---- types ----

  /** Reads `real`, `int`, `bool` with or without `[dims]`, or `[dims]` alone. Null, and reported, where there is none. */
  protected type(): TypeExpression | null {
    if (this.RECORDING_PHASE) return null;
    const start = this.position();
    const word = this.sees(T.Name) ? this.take() : null;
    const dtype = word ? this.dtype(word) : "real";
    if (this.sees(T.LeftSquare)) {
      const items = this.items(T.RightSquare);
      return { dtype, dims: this.plain(items), span: { start, end: items.end } };
    }
    if (word) return { dtype, dims: [], span: T.spanOf(word) };
    this.report(
      "unknown-type",
      this.found(),
      `A type is expected behind \`:\`, as in \`[n, 4]\`, \`int[n]\` or \`real\`; found ${show(this.LA(1))}.`,
    );
    this.abandon();
    return null;
  }

  private dtype(word: IToken): TypeExpression["dtype"] {
    if (word.image === "real" || word.image === "int" || word.image === "bool") return word.image;
    const span = T.spanOf(word);
    const meant = MEANT_TYPES.get(word.image.toLowerCase());
    const fix = meant === undefined ? undefined : { title: `Write \`${meant}\``, span, text: meant };
    this.report(
      "unknown-type",
      span,
      `${show(word)} is no type; there are \`real\`, \`int\` and \`bool\`, and shapes such as \`[n, 4]\`.`,
      fix,
    );
    return "real";
  }
}

const RESERVED_COLUMN: ReadonlySet<TokenType> = new Set([
  T.If,
  T.Then,
  T.Else,
  T.Not,
  T.Return,
  T.BooleanWord,
  T.SpecialNumber,
  T.WordOperator,
]);
const STARTS_VALUE: ReadonlySet<TokenType> = new Set([
  T.Name,
  T.NumberText,
  T.StringText,
  T.BooleanWord,
  T.SpecialNumber,
  T.Hole,
  T.LeftRound,
  T.If,
  T.Not,
]);
