// What to say about characters that the language does not have, and what was probably meant by them.
import type { IToken } from "chevrotain";
import type { Diagnostics } from "./diagnostics.ts";
import { endOf, Unknown } from "./tokens.ts";

/** What people type or paste in place of something the language has. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ["&&", "and"],
  ["&", "and"],
  ["||", "or"],
  ["|", "or"],
  ["!", "not"],
  ["~", "not"],
  ["¬", "not"],
  ["−", "-"],
  ["–", "-"],
  ["—", "-"],
  ["×", "*"],
  ["·", "*"],
  ["⋅", "*"],
  ["∗", "*"],
  ["÷", "/"],
  ["≤", "<="],
  ["≥", ">="],
  ["≠", "!="],
  ["²", "^2"],
  ["³", "^3"],
  ["∞", "inf"],
  ["∧", "and"],
  ["∨", "or"],
  ["“", '"'],
  ["”", '"'],
  ["„", '"'],
  ["«", '"'],
  ["»", '"'],
  ["，", ","],
  ["；", ";"],
  ["：", ":"],
  ["（", "("],
  ["）", ")"],
]);

const ADVICE: ReadonlyMap<string, string> = new Map([
  ["'", "Strings stand in double quotes."],
  ["`", "Strings stand in double quotes."],
  ["%", "The remainder is `mod(a, b)`; a comment begins with `#`."],
  ["\\", "A statement goes on inside brackets and after an operator; no `\\` is needed."],
  ["$", "Formulas are written as in `a * x^2 + b`."],
  ["?", "A choice is written `if c then a else b`."],
]);

/** A character as it can be shown: itself, or its code point where it is invisible. */
function show(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  const isVisible = !/^[\p{C}\p{Z}\p{M}]/u.test(text);
  return isVisible ? `\`${text}\`` : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The index of the last unknown character of those that stand together from tokens[first] on. */
export function lastUnknown(tokens: readonly IToken[], first: number): number {
  let last = first;
  while (tokens[last + 1]?.tokenType === Unknown && tokens[last + 1]?.startOffset === endOf(tokens[last] as IToken)) last += 1;
  return last;
}

/** What stands for `word` so that it touches no name beside it. */
function spaced(word: string, tokens: readonly IToken[], first: number, last: number): string {
  if (!/^[a-z]/.test(word)) return word;
  const before = tokens[first - 1];
  const touchesBefore = before !== undefined && endOf(before) === tokens[first]?.startOffset;
  const touchesAfter = tokens[last + 1]?.startOffset === endOf(tokens[last] as IToken);
  return `${touchesBefore ? " " : ""}${word}${touchesAfter ? " " : ""}`;
}

/** Reports the unknown characters tokens[first] to tokens[last], which stand together, as one diagnostic. */
export function reportUnknown(tokens: readonly IToken[], first: number, last: number, diagnostics: Diagnostics): void {
  const start = tokens[first] as IToken;
  const span = { start: start.startOffset, end: endOf(tokens[last] as IToken) };
  const text =
    last - first > 1
      ? ""
      : tokens
          .slice(first, last + 1)
          .map((token) => token.image)
          .join("");
  const meant = MEANT.get(text);
  const advice = ADVICE.get(text);
  const found = last === first ? `Unknown character ${show(text)}` : `Unknown characters that begin with ${show(start.image)}`;
  if (meant !== undefined) {
    const fix = { title: `Write \`${meant}\``, span, text: spaced(meant, tokens, first, last) };
    diagnostics.add("unknown-character", span, `Unknown \`${text}\`; \`${meant}\` would fit.`, fix);
  } else if (advice !== undefined) {
    diagnostics.add("unknown-character", span, `${found}. ${advice}`);
  } else {
    diagnostics.add("unknown-character", span, `${found}.`, { title: "Remove it", span, text: "" });
  }
}
