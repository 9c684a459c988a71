// Where statements begin and end, which blocks they have, and which comments belong to them.
import type { IToken, TokenType } from "chevrotain";
import type { Diagnostics } from "./diagnostics.ts";
import * as T from "./tokens.ts";
import type { Comment } from "./tree.ts";
import { lastUnknown, reportUnknown } from "./unknown-characters.ts";

/** The deepest nesting of functions, brackets, signs, powers and conditions together. */
export const DEPTH_LIMIT = 200;

/** The tokens of one statement or block entry, without those inside its block. */
export interface Line {
  /** At least one; no newlines, comments or unknown characters. */
  readonly tokens: IToken[];
  block: Block | null;
  leading: readonly Comment[];
  trailing: Comment | null;
  /** True when something wrong with it is reported already. */
  spoiled: boolean;
}

/** What stands between `{` and `}`. */
export interface Block {
  readonly open: IToken;
  /** Null when the text ends before the block does. */
  close: IToken | null;
  readonly lines: Line[];
  readonly dangling: Comment[];
}

/** A comment as it stands in the text, `#` included. */
export interface SourceComment {
  readonly text: string;
  readonly start: number;
  /** Whether nothing stands before it on its line. */
  readonly ownLine: boolean;
}

/** A text as lines. */
export interface Layout {
  readonly lines: readonly Line[];
  /** All comments in order. */
  readonly comments: readonly SourceComment[];
  readonly header: readonly Comment[];
  readonly free: readonly Comment[];
}

/** A line that ends in one of these goes on. */
const GOES_ON_AFTER: ReadonlySet<TokenType> = new Set([
  ...[T.SymbolOperator, T.Sign, T.WordOperator, T.Pipe, T.Not, T.Equals, T.Comma, T.Colon, T.If, T.Then, T.Else],
]);
/** A line that begins with one of these goes on with the statement above. */
const GOES_ON_BEFORE: ReadonlySet<TokenType> = new Set([T.SymbolOperator, T.Sign, T.WordOperator, T.Pipe, T.Then, T.Else]);
/** What may stand in the left side of `(a, _) = ...`, line breaks included. */
const IN_TARGETS: ReadonlySet<TokenType> = new Set([T.Name, T.Hole, T.Comma, T.Newline, T.CommentText]);
/** What a statement word is followed by where an open bracket would hide it. */
const AFTER_WORD: ReadonlySet<TokenType> = new Set([T.Name, T.StringText, T.LeftBrace]);

const CLOSERS: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.LeftRound, T.RightRound],
  [T.LeftSquare, T.RightSquare],
  [T.LeftBrace, T.RightBrace],
]);

/** A file or block that is being read. */
interface Frame {
  /** Null: the file. */
  readonly block: Block | null;
  /** True in `train` and `seed`, where `,` separates. */
  readonly hasEntries: boolean;
  readonly lines: Line[];
  /** Comments that belong to no line. */
  readonly loose: Comment[];
  /** The comment block right above; not decided yet. */
  pending: Comment[];
}

/** A comment's text without `#`, the space behind it, and spaces at its end. */
function commentOf(token: IToken): Comment {
  const text = token.image.slice(token.image[1] === " " ? 2 : 1);
  return { text: text.trimEnd(), span: T.spanOf(token) };
}

function retag(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

/** Reads a token list into lines. One use per text; every token is looked at a bounded number of times. */
class LayoutReader {
  private readonly tokens: readonly IToken[];
  private readonly diagnostics: Diagnostics;
  private readonly file: Frame = { block: null, hasEntries: false, lines: [], loose: [], pending: [] };
  private readonly frames: Frame[] = [this.file];
  private frame: Frame = this.file;
  private header: readonly Comment[] | null = null;
  private readonly comments: SourceComment[] = [];

  /** The line that is being read, its open brackets (as their closers), and how many of each kind are open. */
  private line: Line | null = null;
  private brackets: TokenType[] = [];
  private openCounts = new Map<TokenType, number>();
  /** How many tokens the line had when its outermost open bracket began. */
  private bracketStart = 0;
  /** The comments since the line's last token; the first of them is behind it if `commentBehind`. */
  private inner: Comment[] = [];
  private commentBehind = false;

  /** Line breaks since the last other token. */
  private breaks = 1;
  /** On this line of text: the statement that ended last; whether a block began; whether a block ended with nothing behind it. */
  private ended: Line | null = null;
  private afterOpen = false;
  private afterClose = false;
  /** The token for which it is decided already that the line goes on before it. */
  private decidedFor = -1;
  private skippedToEnd = false;

  constructor(tokens: readonly IToken[], diagnostics: Diagnostics) {
    this.tokens = tokens;
    this.diagnostics = diagnostics;
  }

  read(): Layout {
    for (let index = 0; index < this.tokens.length; index += 1) index = this.take(index);
    this.endLine();
    const unclosed = this.frames[1]?.block;
    if (unclosed && !this.skippedToEnd) {
      this.diagnostics.add("unclosed-block", T.spanOf(unclosed.open), "This `{` is never closed; a `}` is missing.");
    }
    for (const frame of this.frames) this.settle(frame);
    return { lines: this.file.lines, comments: this.comments, header: this.header ?? [], free: this.file.loose };
  }

  /** Takes the token at `index`; returns the index of the last token it dealt with. */
  private take(index: number): number {
    const token = this.tokens[index] as IToken;
    switch (token.tokenType) {
      case T.Newline:
        this.breakLine(index);
        return index;
      case T.CommentText:
        this.comment(token);
        return index;
      case T.Unknown:
        return this.unknown(index);
      case T.Semicolon:
        return this.semicolon(token, index);
      case T.Comma:
        if (!this.frame.hasEntries || this.brackets.length > 0) this.push(token, index);
        else this.separate();
        return index;
      case T.LeftBrace:
        return this.openBrace(token, index);
      case T.RightBrace:
        this.closeBrace(token, index);
        return index;
      default:
        this.push(token, index);
        return index;
    }
  }

  /** Passes over unknown characters; the first of a statement are reported. */
  private unknown(index: number): number {
    const line = this.begin();
    const last = lastUnknown(this.tokens, index);
    if (!line.spoiled) reportUnknown(this.tokens, index, last, this.diagnostics);
    line.spoiled = true;
    return last;
  }

  // ---- lines ----

  private begin(): Line {
    if (this.line) return this.line;
    this.line = { tokens: [], block: null, leading: [], trailing: null, spoiled: false };
    this.brackets = [];
    this.openCounts.clear();
    return this.line;
  }

  private push(token: IToken, index: number): void {
    const line = this.begin();
    if (line.tokens.length === 0) this.beginWith(line, token, index);
    if (line.tokens.length === 1 && line.tokens[0]?.tokenType === T.SharedWord && token.image === "fn") retag(token, T.FunctionWord);
    line.tokens.push(token);
    this.breaks = 0;
    this.afterOpen = false;
    if (this.inner.length > 0) this.inner = [];
    const closer = CLOSERS.get(token.tokenType);
    if (closer) {
      if (this.brackets.length === 0) this.bracketStart = line.tokens.length;
      this.brackets.push(closer);
      this.openCounts.set(closer, (this.openCounts.get(closer) ?? 0) + 1);
    } else if ((this.openCounts.get(token.tokenType) ?? 0) > 0) {
      this.closeBracket(token.tokenType);
    }
  }

  /** Closes open brackets up to the last of this kind. */
  private closeBracket(closer: TokenType): void {
    for (;;) {
      const last = this.brackets.pop() as TokenType;
      this.openCounts.set(last, (this.openCounts.get(last) as number) - 1);
      if (last === closer) return;
    }
  }

  /** Gives a new line its first token: its comments, and its type if it is a statement word. */
  private beginWith(line: Line, token: IToken, index: number): void {
    if (this.afterClose) {
      const fix = { title: "Begin a new line", span: { start: token.startOffset, end: token.startOffset }, text: "\n" };
      this.diagnostics.add("missing-line-break", T.spanOf(token), "A new statement begins on a new line or behind `;`.", fix);
      this.afterClose = false;
    }
    if (this.breaks > 1 || (this.frame === this.file && this.header === null)) this.settle(this.frame);
    line.leading = this.frame.pending;
    this.frame.pending = [];
    const word = token.tokenType === T.Name && !this.frame.hasEntries ? T.STATEMENT_WORDS.get(token.image) : undefined;
    if (word && this.tokens[index + 1]?.tokenType !== T.Equals) retag(token, word);
  }

  private endLine(): void {
    const line = this.line;
    if (!line) return;
    this.line = null;
    this.brackets = [];
    if (line.tokens.length > 0) {
      if (this.commentBehind && this.inner.length > 0) line.trailing = this.inner[0] as Comment;
      this.frame.lines.push(line);
      this.ended = line;
    }
    this.inner = [];
  }

  /** A separator: the line ends here. */
  private separate(): void {
    this.endLine();
    this.afterClose = false;
  }

  private breakLine(index: number): void {
    if (this.line && !this.goesOn(index)) this.endLine();
    this.breaks += 1;
    this.ended = null;
    this.afterOpen = false;
    this.afterClose = false;
  }

  /** Whether the line goes on behind the line break at `index`. */
  private goesOn(index: number): boolean {
    if (this.decidedFor > index) return true;
    let next = index + 1;
    let hasComment = this.inner.length > 0;
    for (let type = this.tokens[next]?.tokenType; type === T.Newline || type === T.CommentText; type = this.tokens[next]?.tokenType) {
      hasComment ||= type === T.CommentText;
      next += 1;
    }
    const following = this.tokens[next];
    const line = this.line as Line;
    const last = line.tokens.at(-1);
    if (!following || !last) return false;
    const isParameter =
      this.brackets.length === 1 && this.isParameterList(line) && (last.tokenType === T.Comma || last.tokenType === T.LeftRound);
    if (this.startsStatement(next) && !isParameter) return false;
    const goesOn =
      this.brackets.length > 0 ||
      GOES_ON_AFTER.has(last.tokenType) ||
      GOES_ON_BEFORE.has(following.tokenType) ||
      (following.tokenType === T.LeftBrace && !hasComment && this.wantsBlock(line));
    if (goesOn) this.decidedFor = next;
    return goesOn;
  }

  /** Whether the outermost open bracket is the parameter list of `fn` or `shared fn`. */
  private isParameterList(line: Line): boolean {
    const first = line.tokens[0]?.tokenType;
    return (first === T.FunctionWord && this.bracketStart === 3) || (first === T.SharedWord && this.bracketStart === 4);
  }

  private wantsBlock(line: Line): boolean {
    const first = line.tokens[0]?.tokenType;
    return first === T.FunctionWord || first === T.SharedWord || first === T.BlockWord;
  }

  /** Whether a line that begins at tokens[index] must be a statement of its own, whatever is open above it. */
  private startsStatement(index: number): boolean {
    const token = this.tokens[index];
    const next = this.tokens[index + 1]?.tokenType;
    if (token?.tokenType === T.Return) return true;
    if (token?.tokenType === T.Name) {
      return next === T.Equals || (T.STATEMENT_WORDS.has(token.image) && next !== undefined && AFTER_WORD.has(next));
    }
    if (token?.tokenType !== T.LeftRound) return false;
    let end = index + 1;
    while (IN_TARGETS.has(this.tokens[end]?.tokenType as TokenType)) end += 1;
    return this.tokens[end]?.tokenType === T.RightRound && this.tokens[end + 1]?.tokenType === T.Equals;
  }

  /** `;` ends the line; inside brackets only where the line could not go on anyway. */
  private semicolon(token: IToken, index: number): number {
    const next = this.tokens[index + 1]?.tokenType;
    const isEnd = next === undefined || next === T.Newline || next === T.CommentText || next === T.RightBrace;
    if (this.brackets.length === 0 || isEnd || this.startsStatement(index + 1)) this.separate();
    else this.push(token, index);
    return index;
  }

  // ---- blocks ----

  private openBrace(token: IToken, index: number): number {
    const line = this.line;
    if (!line || !this.wantsBlock(line) || line.block) {
      this.push(token, index);
      return index;
    }
    if (this.frames.length > DEPTH_LIMIT) return this.skipBlock(line, token, index);
    line.block = { open: token, close: null, lines: [], dangling: [] };
    this.endHead(line);
    const hasEntries = line.tokens[0]?.tokenType === T.BlockWord;
    this.frame = { block: line.block, hasEntries, lines: line.block.lines, loose: line.block.dangling, pending: [] };
    this.frames.push(this.frame);
    this.breaks = 0;
    this.ended = null;
    this.afterOpen = true;
    return index;
  }

  /** Puts a line whose block begins into its frame. */
  private endHead(line: Line): void {
    this.frame.lines.push(line);
    this.line = null;
    this.brackets = [];
  }

  /** Reports a block that is nested too deeply and passes over it. */
  private skipBlock(line: Line, token: IToken, index: number): number {
    this.diagnostics.add("too-deep", T.spanOf(token), `Functions are nested deeper than ${DEPTH_LIMIT}.`);
    line.spoiled = true;
    let open = 1;
    let end = index;
    while (open > 0 && end + 1 < this.tokens.length) {
      end += 1;
      if (this.tokens[end]?.tokenType === T.LeftBrace) open += 1;
      else if (this.tokens[end]?.tokenType === T.RightBrace) open -= 1;
    }
    this.skippedToEnd = open > 0;
    this.endLine();
    this.afterClose = true;
    return end;
  }

  private closeBrace(token: IToken, index: number): void {
    if (this.line && (this.openCounts.get(T.RightBrace) ?? 0) > 0) {
      this.push(token, index);
      return;
    }
    this.endLine();
    this.breaks = 0;
    const block = this.frame.block;
    if (!block) {
      this.diagnostics.add("unopened-block", T.spanOf(token), "This `}` closes nothing; remove it.", {
        title: "Remove `}`",
        span: T.spanOf(token),
        text: "",
      });
      return;
    }
    block.close = token;
    this.settle(this.frame);
    this.frames.pop();
    this.frame = this.frames.at(-1) as Frame;
    this.ended = this.frame.lines.at(-1) as Line;
    this.afterOpen = false;
    this.afterClose = true;
  }

  // ---- comments ----

  private comment(token: IToken): void {
    const comment = commentOf(token);
    this.comments.push({ text: token.image, start: token.startOffset, ownLine: this.breaks > 0 });
    if (this.line && this.line.tokens.length > 0) {
      if (this.inner.length === 0) this.commentBehind = this.breaks === 0;
      this.inner.push(comment);
    } else if (this.breaks === 0 && this.ended) {
      this.ended.trailing ??= comment;
    } else if (this.breaks === 0 && this.afterOpen) {
      this.frame.loose.push(comment);
    } else {
      if (this.breaks > 1) this.settle(this.frame);
      this.frame.pending.push(comment);
    }
    this.breaks = 0;
  }

  /** The pending comments belong to no line: they are the file's header if they come first in it, else loose. */
  private settle(frame: Frame): void {
    if (frame === this.file && this.header === null && (this.line || frame.pending.length > 0)) this.header = frame.pending;
    else for (const comment of frame.pending) frame.loose.push(comment);
    frame.pending = [];
  }
}

/** Cuts a token list into statements (retagging statement words in it). Linear; never throws. */
export function layOut(tokens: readonly IToken[], diagnostics: Diagnostics): Layout {
  return new LayoutReader(tokens, diagnostics).read();
}
