// What can be wrong with a model: the table of codes and the list that collects diagnostics.

import { closest } from "../../grammar/index.ts";
import type { Diagnostic, Span } from "../../grammar/tree.ts";

type Severity = Diagnostic["severity"];

/** Every code of a compiler diagnostic: how severe it is and what it says. */
export const compilerCodes = {
  "unknown-name": ["error", "a name that nothing defines"],
  "unknown-function": ["error", "a call of a function that nothing defines"],
  "unknown-argument": ["error", "an argument name that the function does not have"],
  "missing-argument": ["error", "an argument without default that is not given"],
  "extra-argument": ["error", "more arguments than the function takes"],
  "repeated-argument": ["error", "an argument that is given twice"],
  "repeated-parameter": ["error", "a function that has two parameters of one name"],
  "duplicate-name": ["error", "a name that is defined twice"],
  cycle: ["error", "definitions that need each other"],
  hole: ["error", "an argument that is not connected yet"],
  "not-a-function": ["error", "something that is no function where a function is needed"],
  "not-a-value": ["error", "a function, tuple or text where a value is needed"],
  "not-a-name": ["error", "an expression where the name of a node is needed"],
  "not-known": ["error", "a value that must be known when compiling, and is not"],
  "wrong-value": ["error", "a setting with a value that does not fit"],
  "wrong-count": ["error", "another number of values than of names"],
  "wrong-rank": ["error", "a value with another number of axes than needed"],
  "wrong-dtype": ["error", "a value of another type than needed"],
  "missing-shape": ["error", "an initial value whose shape is not given"],
  "needs-scalar": ["error", "a derivative of something that is not one number"],
  "not-differentiable": ["error", "a derivative of or with respect to something that is not real"],
  "shape-mismatch": ["error", "shapes that do not fit together"],
  "axis-out-of-range": ["error", "an axis that the value does not have"],
  "axis-repeated": ["error", "an axis that is named twice"],
  "axis-spread": ["warning", "one dimension that lands on two axes of a result"],
  "index-out-of-range": ["error", "an index beyond the size of its axis"],
  "wrong-index": ["error", "something that cannot index"],
  "wrong-size": ["error", "a size that is not a whole number, at least 1"],
  "size-conflict": ["error", "a dimension that gets two different sizes"],
  "row-names": ["error", "inputs that call the rows of one table by different names"],
  "unknown-dimension": ["error", "a size given for a dimension that the model does not have"],
  "unbound-dimension": ["warning", "a dimension that is used once and has no size"],
  "too-large": ["error", "a value with more elements than can be kept"],
  "expansion-depth": ["error", "calls nested too deep to be expanded"],
  "expansion-budget": ["error", "a model that expands to too many nodes"],
  "misplaced-statement": ["error", "a statement that cannot stand where it is"],
  "misplaced-data": ["error", "data outside of an input"],
  "misplaced-value": ["error", "a node of the graph where only values from outside can be used"],
  "unknown-column": ["error", "a column that the data does not have"],
  "unknown-format": ["error", "a data statement that reads no known format"],
  "wrong-data": ["error", "a data statement that cannot be read"],
  "missing-data": ["error", "a data file that is not there"],
  "missing-import": ["error", "an imported file that is not there"],
  "mixed-rows": ["error", "a derivative for each row where rows depend on each other"],
  "import-cycle": ["error", "files that import each other"],
  "second-loss": ["error", "a second loss"],
  "not-scalar": ["error", "a loss or metric that is not one number"],
  "unknown-state": ["error", "`next` for something that is no state"],
  "second-next": ["error", "a second `next` of one state"],
  "unknown-rule": ["error", "a rule for a function that is not there"],
  "rule-parameters": ["error", "a rule whose parameters do not match its function"],
  "rule-not-linear": ["error", "a rule that is not linear in its tangents"],
  "ruled-parameter": ["error", "a parameter made in a function that has a rule: it would get no gradient"],
  "ruled-capture": ["warning", "a node around a function with a rule: no derivative reaches it through the call"],
  "unknown-key": ["error", "a key that the block does not have"],
  "repeated-key": ["error", "a key that is given twice"],
  "second-block": ["error", "a second block of one kind"],
  "unknown-precision": ["error", "a precision that does not exist"],
  "unknown-setting": ["error", "a value given for an input or parameter that the model does not have"],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>;

/** A code of a compiler diagnostic. */
export type CompilerCode = keyof typeof compilerCodes;

/** A replacement that mends what a diagnostic says. */
export type Fix = NonNullable<Diagnostic["fix"]>;

/** The most diagnostics that are kept of one compilation. */
export const diagnosticLimit = 100;

/** The longest message. */
const messageLimit = 600;

/** Names compared in the search for suggestions, over all diagnostics together: keeps floods of unknown names linear. */
const suggestionBudget = 300_000;

function isCode(code: string): code is CompilerCode {
  return Object.hasOwn(compilerCodes, code);
}

/** Collects diagnostics. What comes after the limit, and a second diagnostic of one code at one place, is dropped. */
export class Reporter {
  private readonly kept: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  /** Codes that were added, kept or not. */
  private readonly codes = new Set<string>();
  private comparisons = 0;
  /** Texts of which something is reported already, by file, in their order. */
  private readonly muted = new Map<string, Span[]>();

  /** Drops what is added within a span of a file from now on. Spans of one file come in the order of the text. */
  mute(file: string | null, span: Span): void {
    const known = this.muted.get(file ?? "");
    if (known) known.push(span);
    else this.muted.set(file ?? "", [span]);
  }

  private isMuted(file: string | null, at: number): boolean {
    const spans = this.muted.get(file ?? "") ?? [];
    let [low, high] = [0, spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (spans[middle].end < at) low = middle + 1;
      else high = middle;
    }
    return low < spans.length && spans[low].start <= at;
  }

  /** Adds a diagnostic at a span of a file (null: the model itself). */
  add(code: string, file: string | null, span: Span, message: string, fix?: Fix): void {
    this.codes.add(code);
    if (this.kept.length >= diagnosticLimit || this.isMuted(file, span.start)) return;
    const key = `${code} ${file ?? ""} ${span.start} ${span.end}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const severity = isCode(code) ? compilerCodes[code][0] : "error";
    this.kept.push({
      code,
      severity,
      message: message.length <= messageLimit ? message : `${message.slice(0, messageLimit - 3)}...`,
      span: { start: span.start, end: span.end },
      ...(file !== null && { file }),
      ...(fix && { fix }),
    });
  }

  /** Adds a diagnostic that another phase made. */
  pass(diagnostic: Diagnostic): void {
    if (this.kept.length < diagnosticLimit) this.kept.push(diagnostic);
  }

  /** True once a diagnostic of this code was added, also one that was not kept. */
  saw(code: string): boolean {
    return this.codes.has(code);
  }

  /** True when nothing more is kept. */
  get full(): boolean {
    return this.kept.length >= diagnosticLimit;
  }

  /** The candidate that was probably meant by `word`, or null. */
  suggest(word: string, candidates: Iterable<string>): string | null {
    if (this.full || this.comparisons >= suggestionBudget) return null;
    return closest(word, this.limited(candidates));
  }

  private *limited(candidates: Iterable<string>): Iterable<string> {
    for (const candidate of candidates) {
      if (++this.comparisons > suggestionBudget) return;
      yield candidate;
    }
  }

  /** All diagnostics in the order of the text, those of the model itself first. */
  list(): readonly Diagnostic[] {
    return inOrder(this.kept);
  }
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => compareText(a.file ?? "", b.file ?? "") || a.span.start - b.span.start);
}

/** The diagnostics of two compilations of one text as one list: what both say stands once, and no more are kept than of one. */
export function mergeDiagnostics(first: readonly Diagnostic[], second: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyOf = ({ code, file, span }: Diagnostic) => `${code} ${file ?? ""} ${span.start} ${span.end}`;
  const known = new Set(first.map(keyOf));
  return inOrder([...first, ...second.filter((diagnostic) => !known.has(keyOf(diagnostic)))].slice(0, diagnosticLimit));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `unknown name 'sofmax', did you mean softmax?` and the fix that puts the suggestion in its place. */
export function unknown(
  what: string,
  name: string,
  span: Span,
  suggestion: string | null,
  otherwise = "",
): { readonly message: string; readonly fix?: Fix } {
  const shown = name.length <= 60 ? name : `${name.slice(0, 57)}...`;
  if (suggestion === null) return { message: `unknown ${what} '${shown}'${otherwise}` };
  return {
    message: `unknown ${what} '${shown}', did you mean ${suggestion}?`,
    fix: { title: `Replace by ${suggestion}`, span, text: suggestion },
  };
}
