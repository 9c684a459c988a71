// The canonical layout of a model file: comments and order kept, spaces and line breaks put in place.

import type { Doc } from "./document.ts";
import { indent, render } from "./document.ts";
import { lineMap } from "./line-map.ts";
import { read } from "./parse.ts";
import { ExpressionPrinter, tidyComment } from "./print-expression.ts";
import type {
  Diagnostic,
  Entry,
  Expression,
  FunctionParameter,
  FunctionStatement,
  Identifier,
  SeedStatement,
  Statement,
  TrainStatement,
  TypeExpression,
} from "./tree.ts";

/** The longest line, where it can be broken. */
const WIDTH = 100;

type BlockStatement = FunctionStatement | TrainStatement | SeedStatement;

function hasBlock(item: Statement | Entry): item is BlockStatement {
  if (!("kind" in item)) return false;
  return item.kind === "train" || item.kind === "seed" || (item.kind === "function" && item.body.kind === "block");
}

/** Prints the statements of one text. */
class Formatter {
  private readonly text: string;
  private readonly lineOf: (offset: number) => number;
  private readonly printer: ExpressionPrinter;
  private readonly lines: string[] = [];
  /** The line of the text where the last thing printed ends; null at the start of the file or of a block. */
  private lastLine: number | null = null;

  constructor(text: string, printer: ExpressionPrinter) {
    const positionOf = lineMap(text);
    this.text = text;
    this.lineOf = (offset) => positionOf(offset).line;
    this.printer = printer;
  }

  /** Prints statements or entries and the comments around them, up to `end`. */
  print(items: readonly (Statement | Entry)[], end: number, level: number): string[] {
    for (const [index, item] of items.entries()) {
      this.ownComments(item.span.start, level);
      this.separate(item.span.start);
      if (hasBlock(item)) this.block(item, level);
      else this.add(this.flat(item), level);
      this.commentBehind(item.span.end, items[index + 1]?.span.start ?? end);
      this.lastLine = this.lineOf(item.span.end);
    }
    this.ownComments(end, level);
    return this.lines;
  }

  // ---- lines ----

  private add(document: Doc, level: number): void {
    const margin = "  ".repeat(level);
    for (const line of render(document, WIDTH - margin.length).split("\n")) this.lines.push(line === "" ? "" : margin + line);
  }

  /** Keeps one of the blank lines above what begins at `offset`. */
  private separate(offset: number): void {
    if (this.lastLine !== null && this.lineOf(offset) - this.lastLine > 1) this.lines.push("");
  }

  /** The comments before `offset`, each on its line. */
  private ownComments(offset: number, level: number): void {
    for (let comment = this.printer.nextComment(offset); comment; comment = this.printer.nextComment(offset)) {
      this.separate(comment.start);
      this.lines.push("  ".repeat(level) + tidyComment(comment.text));
      this.lastLine = this.lineOf(comment.start);
      this.printer.takeComment();
    }
  }

  /** Puts a comment that stands behind `offset` on its line, and before `limit`, behind the last line printed. */
  private commentBehind(offset: number, limit: number): void {
    const comment = this.printer.nextComment(limit);
    if (!comment || comment.ownLine || comment.start < offset || this.lineOf(comment.start) !== this.lineOf(offset)) return;
    this.lines.push(`${this.lines.pop()}  ${tidyComment(comment.text)}`);
    this.printer.takeComment();
  }

  // ---- statements ----

  private flat(item: Exclude<Statement, TrainStatement | SeedStatement> | Entry): Doc {
    if (!("kind" in item)) return this.bound(item.key.text, item.value);
    switch (item.kind) {
      case "input":
      case "param":
      case "state":
        return this.typed(`${item.kind} ${item.name.text}`, item.type, item.value);
      case "loss":
      case "metric":
      case "next":
      case "data":
      case "dim":
        return this.bound(`${item.kind} ${item.name.text}`, item.value);
      case "define":
        return this.bound(this.targets(item.targets), item.value);
      case "function":
        return this.functionHead(item);
      case "rule":
        return this.bound([`rule ${item.name.text}`, this.parameters(item.parameters.map(withoutDefault), item.span.start)], item.value);
      case "precision":
        return `precision ${item.value.text}`;
      case "import":
        return ["import ", this.printer.expression(item.path)];
      case "return":
        return ["return ", this.printer.ahead(item.value), this.printer.expression(item.value)];
      case "broken":
        return this.text.slice(item.span.start, item.span.end);
    }
  }

  private bound(head: Doc, value: Expression): Doc {
    const comments = this.printer.ahead(value);
    const printed = this.printer.expression(value);
    return comments.length > 0 ? [head, " =", indent([comments, printed])] : [head, " = ", printed];
  }

  private typed(head: string, type: TypeExpression | null, value: Expression | null): Doc {
    if (!type) return value ? this.bound(head, value) : head;
    const comments = this.printer.before(type.span.start);
    const typed: Doc = [head, " :", comments, " ", this.printer.type(type)];
    return value ? this.bound(typed, value) : typed;
  }

  private targets(targets: readonly (Identifier | null)[]): Doc {
    const [first] = targets;
    if (targets.length === 1 && first) return first.text;
    return ["(", targets.map((target) => target?.text ?? "_").join(", "), ")"];
  }

  private parameters(parameters: readonly FunctionParameter[], end: number): Doc {
    const items = parameters.map((parameter) => ({ start: parameter.span.start, build: () => this.parameter(parameter) }));
    return this.printer.bracket("(", items, end, ")");
  }

  private parameter(parameter: FunctionParameter): Doc {
    return parameter.default ? this.bound(parameter.name.text, parameter.default) : parameter.name.text;
  }

  /** A function with an expression, or up to its block. */
  private functionHead(item: FunctionStatement): Doc {
    const start = `${item.shared ? "shared " : ""}fn ${item.name.text}`;
    if (item.body.kind === "expression") return this.bound([start, this.parameters(item.parameters, item.span.start)], item.body.value);
    return [start, this.parameters(item.parameters, item.body.span.start + 1)];
  }

  // ---- blocks ----

  private block(item: BlockStatement, level: number): void {
    if (item.kind !== "function") {
      const open = this.text.indexOf("{", item.span.start);
      if (!this.inline(item, open, level)) this.printBlock(item.kind, item.entries, open, item.span.end - 1, level);
    } else if (item.body.kind === "block") {
      this.printBlock(this.functionHead(item), item.body.statements, item.body.span.start, item.body.span.end - 1, level);
    }
  }

  private printBlock(head: Doc, items: readonly (Statement | Entry)[], open: number, close: number, level: number): void {
    this.add([head, " {"], level);
    this.commentBehind(open + 1, items[0]?.span.start ?? close);
    this.lastLine = null;
    this.print(items, close, level + 1);
    this.lines.push(`${"  ".repeat(level)}}`);
  }

  /** Prints a block without comments that began on one line on one line, if it fits. */
  private inline(item: TrainStatement | SeedStatement, open: number, level: number): boolean {
    const first = item.entries[0];
    if (this.printer.nextComment(item.span.end) || (first && this.lineOf(open) !== this.lineOf(first.span.start))) return false;
    const entries = item.entries.map((entry) => render(this.flat(entry), Number.POSITIVE_INFINITY)).join(", ");
    const line = `${"  ".repeat(level)}${item.kind} {${entries === "" ? "" : ` ${entries} `}}`;
    if (line.length > WIDTH) return false;
    this.lines.push(line);
    return true;
  }
}

function withoutDefault(name: Identifier): FunctionParameter {
  return { name, default: null, span: name.span };
}

/**
 * The canonical layout of a text: every statement on lines of its own, blocks indented by two spaces, at most one blank line,
 * comments where they belong, lines broken behind 100 columns. It says the same as the text. A text with syntax errors comes
 * back as it is, with its diagnostics.
 */
export function format(text: string): { text: string; diagnostics: readonly Diagnostic[] } {
  const { tree, diagnostics, comments } = read(text);
  if (diagnostics.length > 0) return { text, diagnostics };
  const lines = new Formatter(text, new ExpressionPrinter(text, comments)).print(tree.statements, text.length, 0);
  return { text: lines.length > 0 ? `${lines.join("\n")}\n` : "", diagnostics };
}
