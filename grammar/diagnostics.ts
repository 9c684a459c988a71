// What can be wrong with a text: the table of codes and the list that collects diagnostics.
import type { Diagnostic, Span } from "./tree.ts";

/** Every code of a syntax diagnostic and what it says. All are errors. */
export const SYNTAX_CODES = {
  "unknown-character": "a character that has no meaning in the language",
  "unfinished-string": "a string without its closing quote",
  "bad-escape": "an escape in a string that JSON does not have",
  "number-range": "a number beyond the range of 64-bit floats",
  "too-deep": "brackets, signs, powers, conditions or functions nested deeper than 200",
  "unclosed-bracket": "a bracket that is still open where its statement ends",
  "unclosed-block": "a `{` without its `}`",
  "unopened-block": "a `}` without its `{`",
  "missing-line-break": "two statements with nothing between them",
  "missing-value": "an operator, bracket, `=` or word that something must follow",
  "missing-name": "a statement word without the name it declares",
  "missing-equals": "a definition without `=`",
  "missing-then": "`if` without `then`",
  "missing-else": "`if` without `else`",
  "missing-block": "`train`, `seed` or a function without its `{`",
  "missing-return": "a function block that returns nothing",
  "misplaced-return": "`return` outside a function, or statements after it",
  "misplaced-hole": "`_` where a name must stand",
  "reserved-word": "a reserved word used as a name",
  "unknown-statement": "a line that begins like no statement",
  "unexpected-token": "something that does not fit where it stands",
  "unknown-type": "a type that is not real, int or bool",
  "chained-comparison": "comparisons in a row without `and`",
  "needs-parentheses": "`if`, `not` or `|>` as an operand without parentheses",
  "pipe-target": "a right side of `|>` that is not a function",
  "not-callable": "a call of something that is not a function name",
  "argument-name": "a named argument written with `=`, or a name that stands outside a call",
  "misplaced-slice": "`:` or `...` outside an index",
  "empty-brackets": "brackets that must hold something and are empty",
} as const;

/** A code of a syntax diagnostic. */
export type SyntaxCode = keyof typeof SYNTAX_CODES;

/** A replacement that mends what a diagnostic says. */
export type Fix = NonNullable<Diagnostic["fix"]>;

/** The most diagnostics that are kept of one text. */
export const DIAGNOSTIC_LIMIT = 100;

/** Collects diagnostics; what comes after the limit is dropped. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];

  /** Adds an error at `span`, with the replacement that would mend it. */
  add(code: SyntaxCode, span: Span, message: string, fix?: Fix): void {
    if (this.list.length >= DIAGNOSTIC_LIMIT) return;
    this.list.push({ code, severity: "error", message, span, ...(fix && { fix }) });
  }
}
