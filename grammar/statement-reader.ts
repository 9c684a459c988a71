// What reading one statement needs: its tokens, the nesting depth, and at most one diagnostic.

import type { IToken, TokenType } from "chevrotain";
import { EmbeddedActionsParser, EOF } from "chevrotain";
import type { Fix, SyntaxCode } from "./diagnostics.ts";
import { Diagnostics } from "./diagnostics.ts";
import type { Line } from "./layout.ts";
import { endOf, RESERVED_WORDS, spanOf, TOKEN_TYPES } from "./tokens.ts";
import type { Invalid, Span } from "./tree.ts";

/** How a token is named in a message. */
export function show(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the statement";
  const image = token.image.length > 24 ? `${token.image.slice(0, 24)}…` : token.image;
  return RESERVED_WORDS.has(token.image) ? `the word \`${image}\`` : `\`${image}\``;
}

/**
 * The common ground of the expression and statement parsers. Only the first problem of a statement is reported: what follows it
 * is seldom a problem of its own. After a problem that cannot be mended the rest of the statement is passed over.
 */
export abstract class StatementReader extends EmbeddedActionsParser {
  /** The text, for the replacements that fixes propose. */
  protected text = "";
  /** How many brackets, signs, powers, conditions and function blocks are open. */
  protected depth = 0;
  private diagnostics = new Diagnostics();
  private spoiled = false;
  private endOfLine = 0;

  constructor(validate: boolean) {
    super(TOKEN_TYPES, { skipValidations: !validate, maxLookahead: 1, recoveryEnabled: false });
  }

  /** Makes a line the input. */
  protected open(line: Line, text: string, depth: number, diagnostics: Diagnostics): void {
    this.input = line.tokens;
    this.text = text;
    this.depth = depth;
    this.diagnostics = diagnostics;
    this.spoiled = line.spoiled;
    this.endOfLine = endOf(line.tokens.at(-1) as IToken);
  }

  /** Whether the next token has this type. */
  protected sees(type: TokenType): boolean {
    return this.LA(1).tokenType === type;
  }

  /** Takes the next token. */
  protected take(): IToken {
    const token = this.LA(1);
    this.SKIP_TOKEN();
    return token;
  }

  /** Passes over the rest of the statement. */
  protected abandon(): void {
    while (!this.sees(EOF)) this.SKIP_TOKEN();
  }

  /** Where the next token begins; the end of the statement if there is none. */
  protected position(): number {
    const token = this.LA(1);
    return token.tokenType === EOF ? this.endOfLine : token.startOffset;
  }

  /** Where the last token taken ends. */
  protected lastEnd(): number {
    return endOf(this.LA(0));
  }

  /** The place of the next token; that of the last one if there is none. */
  protected found(): Span {
    return spanOf(this.sees(EOF) ? this.LA(0) : this.LA(1));
  }

  /** Stands where a value should be. */
  protected invalid(): Invalid {
    const start = this.position();
    return { kind: "invalid", span: { start, end: start } };
  }

  /** True until something is reported of this statement. */
  get isSound(): boolean {
    return !this.spoiled;
  }

  /** Reports a problem, unless the statement has one already. */
  protected report(code: SyntaxCode, span: Span, message: string, fix?: Fix): void {
    if (this.spoiled || this.RECORDING_PHASE) return;
    this.spoiled = true;
    this.diagnostics.add(code, span, message, fix);
  }

  /** A fix that puts `text` at `offset`. */
  protected insertion(title: string, offset: number, text: string): Fix {
    return { title, span: { start: offset, end: offset }, text };
  }

  /** A fix that puts parentheses around `span`; none where the text is long. */
  protected parentheses(title: string, span: Span): Fix | undefined {
    if (span.end - span.start > 500) return undefined;
    return { title, span, text: `(${this.text.slice(span.start, span.end)})` };
  }
}
