// The words of the language: token types, the Chevrotain lexer, and what a name or a string token says.

import type { CustomPatternMatcherFunc, IToken, TokenType } from "chevrotain";
import { createToken, Lexer } from "chevrotain";
import type { Identifier, Span } from "./tree.ts";

// ---- patterns that need more than a plain regular expression --------------------------------------------------

/** UAX 31 identifiers, plus `_` and the subscript digits. */
const NAME = /[\p{XID_Start}_][\p{XID_Continue}\u2080-\u2089]*/uy;

/** A character code of each of the lexer's first-character buckets above ASCII (a bucket is 255 codes wide beyond Latin-1). */
const BEYOND_ASCII = [
  ...Array.from({ length: 128 }, (_, index) => 128 + index),
  ...Array.from({ length: 514 }, (_, index) => 256 + index * 127),
  0xffff,
];
const ASCII = Array.from({ length: 128 }, (_, code) => code);

/** 1 for the letters, digits and `_` of ASCII. */
const NAME_CODES = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9_]/.test(String.fromCharCode(code)) ? 1 : 0));

const matchName: CustomPatternMatcherFunc = (text, offset) => {
  let end = offset;
  while (NAME_CODES[text.charCodeAt(end)] === 1) end += 1;
  if (end > offset && !(text.charCodeAt(end) > 127)) return [text.slice(offset, end)] as unknown as RegExpExecArray;
  NAME.lastIndex = offset;
  return NAME.exec(text);
};

/** A string ends at its quote, or, unfinished, at the end of the line. */
const matchString: CustomPatternMatcherFunc = (text, offset) => {
  if (text[offset] !== '"') return null;
  let end = offset + 1;
  while (end < text.length) {
    const character = text[end];
    if (character === "\n" || character === "\r") break;
    end += 1;
    if (character === '"') break;
    if (character === "\\" && end < text.length && text[end] !== "\n" && text[end] !== "\r") end += 1;
  }
  return [text.slice(offset, end)] as unknown as RegExpExecArray;
};

/** Any one code point. */
const matchAnything: CustomPatternMatcherFunc = (text, offset) => {
  const length = (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return [text.slice(offset, offset + length)] as unknown as RegExpExecArray;
};

// ---- token types ----------------------------------------------------------------------------------------------

const Space = createToken({ name: "Space", pattern: /[ \t\v\f]+/, group: Lexer.SKIPPED });
/** The spaces of Unicode, its line and paragraph separators (which end no line here), and the byte order mark. */
const WideSpace = createToken({
  name: "WideSpace",
  pattern: /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/,
  group: Lexer.SKIPPED,
});
export const Newline = createToken({ name: "Newline", pattern: /\r\n|\n|\r/, label: "the end of the line" });
export const CommentText = createToken({ name: "CommentText", pattern: /#[^\n\r]*/ });
export const NumberText = createToken({ name: "NumberText", pattern: /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/, label: "a number" });
export const StringText = createToken({
  name: "StringText",
  pattern: matchString,
  start_chars_hint: ['"'],
  line_breaks: false,
  label: "a string",
});
export const Name = createToken({
  name: "Name",
  pattern: matchName,
  start_chars_hint: [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", ...BEYOND_ASCII],
  line_breaks: false,
  label: "a name",
});

function word(name: string, pattern: RegExp): TokenType {
  return createToken({ name, pattern, longer_alt: Name });
}
export const Hole = word("Hole", /_/);
export const If = word("If", /if/);
export const Then = word("Then", /then/);
export const Else = word("Else", /else/);
export const Not = word("Not", /not/);
export const Return = word("Return", /return/);
export const BooleanWord = word("BooleanWord", /true|false/);
export const SpecialNumber = word("SpecialNumber", /inf|nan/);
/** `and` and `or`. */
export const WordOperator = word("WordOperator", /and|or/);

export const Pipe = createToken({ name: "Pipe", pattern: /\|>/, label: "`|>`" });
/** Every binary operator that is neither a word nor a sign. */
export const SymbolOperator = createToken({ name: "SymbolOperator", pattern: /==|!=|<=|>=|<|>|\*|\/|@|\^/ });
/** `+` and `-`: binary, or the sign of what follows. */
export const Sign = createToken({ name: "Sign", pattern: /[+-]/ });
export const Equals = createToken({ name: "Equals", pattern: /=/, label: "`=`" });
export const Ellipsis = createToken({ name: "Ellipsis", pattern: /\.\.\./, label: "`...`" });
export const Dot = createToken({ name: "Dot", pattern: /\./, label: "`.`" });
export const Comma = createToken({ name: "Comma", pattern: /,/, label: "`,`" });
export const Colon = createToken({ name: "Colon", pattern: /:/, label: "`:`" });
export const Semicolon = createToken({ name: "Semicolon", pattern: /;/, label: "`;`" });
export const LeftRound = createToken({ name: "LeftRound", pattern: /\(/, label: "`(`" });
export const RightRound = createToken({ name: "RightRound", pattern: /\)/, label: "`)`" });
export const LeftSquare = createToken({ name: "LeftSquare", pattern: /\[/, label: "`[`" });
export const RightSquare = createToken({ name: "RightSquare", pattern: /\]/, label: "`]`" });
export const LeftBrace = createToken({ name: "LeftBrace", pattern: /\{/, label: "`{`" });
export const RightBrace = createToken({ name: "RightBrace", pattern: /\}/, label: "`}`" });
/** What no other token begins with. */
export const Unknown = createToken({
  name: "Unknown",
  pattern: matchAnything,
  start_chars_hint: [...ASCII, ...BEYOND_ASCII],
  line_breaks: false,
});

/**
 * Statement words. The lexer reads them as names; the layout gives a word at the start of a statement its type.
 * `DeclarationWord`: input, param, loss, metric, state, next, data, dim. `BlockWord`: train, seed.
 */
export const DeclarationWord = createToken({ name: "DeclarationWord", pattern: Lexer.NA });
export const FunctionWord = createToken({ name: "FunctionWord", pattern: Lexer.NA, label: "`fn`" });
export const SharedWord = createToken({ name: "SharedWord", pattern: Lexer.NA });
export const RuleWord = createToken({ name: "RuleWord", pattern: Lexer.NA });
export const BlockWord = createToken({ name: "BlockWord", pattern: Lexer.NA });
export const PrecisionWord = createToken({ name: "PrecisionWord", pattern: Lexer.NA });
export const ImportWord = createToken({ name: "ImportWord", pattern: Lexer.NA });

/** The statement words and the token types they take at the start of a statement. */
export const STATEMENT_WORDS: ReadonlyMap<string, TokenType> = new Map([
  ...["input", "param", "loss", "metric", "state", "next", "data", "dim"].map((text) => [text, DeclarationWord] as const),
  ["fn", FunctionWord],
  ["shared", SharedWord],
  ["rule", RuleWord],
  ["train", BlockWord],
  ["seed", BlockWord],
  ["precision", PrecisionWord],
  ["import", ImportWord],
]);

/** The words that cannot be names. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  "if",
  "then",
  "else",
  "and",
  "or",
  "not",
  "return",
  "true",
  "false",
  "inf",
  "nan",
]);

const LEXED: TokenType[] = [
  ...[Space, WideSpace, Newline, CommentText, NumberText, StringText],
  ...[Hole, If, Then, Else, Not, Return, BooleanWord, SpecialNumber, WordOperator, Name],
  ...[Pipe, SymbolOperator, Sign, Equals, Ellipsis, Dot, Comma, Colon, Semicolon],
  ...[LeftRound, RightRound, LeftSquare, RightSquare, LeftBrace, RightBrace, Unknown],
];

/** Every token type, for the parser's vocabulary. */
export const TOKEN_TYPES: TokenType[] = [
  ...LEXED,
  ...[DeclarationWord, FunctionWord, SharedWord, RuleWord, BlockWord, PrecisionWord, ImportWord],
];

// ---- the lexer ------------------------------------------------------------------------------------------------

/** A new lexer; `validate` also lets Chevrotain check its definition (slow, for tests). */
export function createLexer(validate: boolean): Lexer {
  return new Lexer(LEXED, { positionTracking: "onlyOffset", skipValidations: !validate, ensureOptimizations: true });
}

let lexer: Lexer | undefined;

/**
 * The tokens of a text in order, newlines, comments and unknown characters among them. Together with the white space between
 * them they are the whole text. Linear in its length.
 */
export function tokenize(text: string): IToken[] {
  lexer ??= createLexer(false);
  return lexer.tokenize(text).tokens;
}

// ---- what a token says ----------------------------------------------------------------------------------------

/** The offset behind the last character of a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

/** The place of a token. */
export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: endOf(token) };
}

/** The name that a token says, NFC-normalised. */
export function identifierOf(token: IToken): Identifier {
  return { text: token.image.normalize("NFC"), span: spanOf(token) };
}

/** What is wrong inside a string: `start` and `end` are offsets in its token. */
export interface StringProblem {
  readonly kind: "unfinished" | "escape";
  readonly start: number;
  readonly end: number;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** The value of a string token (JSON's escapes) and the first thing wrong with it. */
export function readString(image: string): { value: string; problem: StringProblem | null } {
  let value = "";
  let problem: StringProblem | null = null;
  let position = 1;
  while (position < image.length && image[position] !== '"') {
    const start = position;
    if (image[position] !== "\\") {
      while (position < image.length && image[position] !== "\\" && image[position] !== '"') position += 1;
      value += image.slice(start, position);
      continue;
    }
    const letter = image[position + 1] ?? "";
    const digits = image.slice(position + 2, position + 6);
    const isCode = letter === "u" && /^[0-9a-fA-F]{4}$/.test(digits);
    const character = isCode ? String.fromCharCode(Number.parseInt(digits, 16)) : ESCAPES.get(letter);
    position += isCode ? 6 : 1 + letter.length;
    if (character === undefined) problem ??= { kind: "escape", start, end: position };
    else value += character;
  }
  if (position >= image.length) problem ??= { kind: "unfinished", start: 0, end: image.length };
  return { value, problem };
}
