// From a text to its tree: tokens, layout, statements.
import { DIAGNOSTIC_LIMIT, Diagnostics } from "./diagnostics.ts";
import type { Block, Line, SourceComment } from "./layout.ts";
import { layOut } from "./layout.ts";
import type { FunctionHead, StatementHead } from "./statement-parser.ts";
import { StatementParser } from "./statement-parser.ts";
import { endOf, spanOf, tokenize } from "./tokens.ts";
import type { Diagnostic, Entry, FunctionStatement, Span, Statement, Tree } from "./tree.ts";

let parser: StatementParser | undefined;

/** What every statement of one text is read with. */
interface Context {
  readonly text: string;
  readonly parser: StatementParser;
  readonly diagnostics: Diagnostics;
}

interface LinePlace {
  readonly span: Span;
  readonly leading: Line["leading"];
  readonly trailing: Line["trailing"];
  readonly damaged?: true;
}

function placeOf(line: Line, isSound = true): LinePlace {
  const start = (line.tokens[0] as Line["tokens"][number]).startOffset;
  const end = line.block ? blockSpan(line.block).end : endOf(line.tokens.at(-1) as Line["tokens"][number]);
  return { span: { start, end }, leading: line.leading, trailing: line.trailing, ...(!isSound && { damaged: true }) };
}

/** From `{` to behind `}`; an unclosed block ends with the last thing in it. */
function blockSpan(block: Block): Span {
  const start = block.open.startOffset;
  if (block.close) return { start, end: endOf(block.close) };
  const last = block.lines.at(-1);
  return { start, end: last ? placeOf(last).span.end : endOf(block.open) };
}

function readStatement(line: Line, depth: number, context: Context): Statement {
  const head = context.parser.readStatement(line, context.text, depth, context.diagnostics);
  const place = placeOf(line, context.parser.isSound);
  if (!line.block) return placed(head, place);
  if (head.kind === "train" || head.kind === "seed") {
    const entries = line.block.lines.map((entry) => readEntry(entry, depth, context));
    return { kind: head.kind, entries, dangling: line.block.dangling, ...place };
  }
  const statements = readBlock(line.block, depth + 1, context);
  if (head.kind !== "function") return placed(head, place);
  return withBlock(head, place, line.block, statements);
}

/** A statement without a block. A block that was not read (too deep) leaves a broken statement. */
function placed(head: StatementHead, place: LinePlace): Statement {
  if (head.kind === "train" || head.kind === "seed") return { kind: "broken", name: null, ...place };
  if (head.kind !== "function") return { ...head, ...place };
  if (head.value === null) return { kind: "broken", name: head.name, ...place };
  const { value, ...rest } = head;
  return { ...rest, body: { kind: "expression", value }, ...place };
}

function withBlock(head: FunctionHead, place: LinePlace, block: Block, statements: Statement[]): FunctionStatement {
  const { value: _, ...rest } = head;
  return { ...rest, body: { kind: "block", statements, span: blockSpan(block), dangling: block.dangling }, ...place };
}

/** Reads the statements of a function's block, the last of which must be its only `return`. */
function readBlock(block: Block, depth: number, context: Context): Statement[] {
  const statements = block.lines.map((line) => readStatement(line, depth, context));
  const first = statements.findIndex((statement) => statement.kind === "return");
  if (block.close && first >= 0 && first < statements.length - 1) {
    const { span } = statements[first + 1] as Statement;
    context.diagnostics.add("misplaced-return", span, "Nothing can stand behind `return`; it ends its function.");
  }
  if (first >= 0) return statements;
  if (block.close && statements.at(-1)?.kind !== "broken") {
    context.diagnostics.add("missing-return", spanOf(block.close), "This function returns nothing; end it with `return` and a value.");
  }
  const end = block.close?.startOffset ?? blockSpan(block).end;
  const span = { start: end, end };
  statements.push({ kind: "return", value: { kind: "invalid", span }, span, leading: [], trailing: null });
  return statements;
}

function readEntry(line: Line, depth: number, context: Context): Entry {
  const entry = context.parser.readEntry(line, context.text, depth, context.diagnostics);
  return { ...entry, ...placeOf(line, context.parser.isSound) };
}

function readFileStatement(line: Line, context: Context): Statement {
  const statement = readStatement(line, 0, context);
  if (statement.kind === "return") {
    context.diagnostics.add(
      "misplaced-return",
      statement.span,
      "`return` belongs in a function's block; a file's results are its named nodes.",
    );
  }
  return statement;
}

/** A text that was read, with what only the printer needs. */
export interface Reading {
  readonly tree: Tree;
  readonly diagnostics: readonly Diagnostic[];
  /** All comments in order, those inside expressions too. */
  readonly comments: readonly SourceComment[];
}

/** Reads a model file; `parse` says how. */
export function read(text: string): Reading {
  parser ??= new StatementParser(false);
  const fromLayout = new Diagnostics();
  const layout = layOut(tokenize(text), fromLayout);
  const context: Context = { text, parser, diagnostics: new Diagnostics() };
  const statements = layout.lines.map((line) => readFileStatement(line, context));
  const diagnostics = [...fromLayout.list, ...context.diagnostics.list]
    .sort((a, b) => a.span.start - b.span.start)
    .slice(0, DIAGNOSTIC_LIMIT);
  const tree: Tree = { statements, header: layout.header, free: layout.free, span: { start: 0, end: text.length } };
  return { tree, diagnostics, comments: layout.comments };
}

/**
 * Reads a model file. Never throws: what cannot be read is a broken statement or an invalid expression, and is reported, once for
 * each statement and at most 100 times. Time and memory are linear in the length of the text.
 *
 * Expressions nest at most 200 deep, but chains of operators, pipes, members and indices to the left (`a + b + c ...`) may be of any
 * length: walk them with `walk` or `foldExpression`, not by recursion.
 */
export function parse(text: string): { tree: Tree; diagnostics: readonly Diagnostic[] } {
  const { tree, diagnostics } = read(text);
  return { tree, diagnostics };
}
