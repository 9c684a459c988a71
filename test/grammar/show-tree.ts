// Writes trees and diagnostics as short text, for cases and comparisons.
import { foldExpression, lineMap } from "../../grammar/index.ts";
import type {
  Comment,
  Diagnostic,
  Entry,
  Expression,
  FunctionStatement,
  IndexItem,
  Statement,
  Tree,
  TypeExpression,
} from "../../grammar/tree.ts";

function showItem(item: IndexItem, next: () => string): string {
  if (item.kind === "ellipsis") return "...";
  if (item.kind === "at") return next();
  const start = item.start ? next() : "";
  const stop = item.stop ? next() : "";
  return `${start}:${stop}${item.step ? `:${next()}` : ""}`;
}

function combine(expression: Expression, children: readonly string[]): string {
  let taken = 0;
  const next = (): string => children[taken++] as string;
  const rest = (): string => children.slice(taken).join(" ");
  switch (expression.kind) {
    case "number":
      return expression.text;
    case "string":
      return JSON.stringify(expression.value);
    case "boolean":
      return String(expression.value);
    case "name":
      return expression.name;
    case "hole":
      return "_";
    case "invalid":
      return "<invalid>";
    case "unary":
    case "binary":
      return `(${expression.operator} ${rest()})`;
    case "conditional":
      return `(if ${rest()})`;
    case "pipe": {
      const left = next();
      return `(|> ${left} ${expression.call.bare ? expression.call.callee.text : combine(expression.call, children.slice(1))})`;
    }
    case "call": {
      const values = expression.arguments.map((argument) => ` ${argument.name ? `${argument.name.text}:` : ""}${next()}`);
      return `${expression.callee.text}(${values.join("").trim()})`;
    }
    case "member":
      return `(. ${next()} ${expression.name.text})`;
    case "index": {
      const object = next();
      return `(at ${object} ${expression.items.map((item) => showItem(item, next)).join(" ")})`;
    }
    case "array":
      return `[${rest()}]`;
    case "tuple":
      return `(tuple ${rest()})`;
    case "parenthesized":
      return `{${rest()}}`;
  }
}

/** An expression in prefix form; `{a}` are written parentheses. */
export function showExpression(expression: Expression): string {
  return foldExpression(expression, combine);
}

function showType(type: TypeExpression | null): string {
  return type ? ` : ${type.dtype}[${type.dims.map(showExpression).join(" ")}]` : "";
}

function showComments(comments: readonly Comment[], label: string, indent: string): string[] {
  return comments.map((comment) => `${indent}${label} ${JSON.stringify(comment.text)}`);
}

function showEntry(entry: Entry): string {
  return `${entry.key.text} = ${showExpression(entry.value)}`;
}

function showHead(statement: Statement): string {
  switch (statement.kind) {
    case "input":
      return `input ${statement.name.text}${showType(statement.type)}${statement.value ? ` = ${showExpression(statement.value)}` : ""}`;
    case "param":
    case "state":
      return `${statement.kind} ${statement.name.text}${showType(statement.type)} = ${showExpression(statement.value)}`;
    case "loss":
    case "metric":
    case "next":
    case "data":
    case "dim":
      return `${statement.kind} ${statement.name.text} = ${showExpression(statement.value)}`;
    case "define":
      return `define ${statement.targets.map((target) => target?.text ?? "_").join(" ")} = ${showExpression(statement.value)}`;
    case "function":
      return showFunction(statement);
    case "rule":
      return `rule ${statement.name.text} (${statement.parameters.map((name) => name.text).join(" ")}) = ${showExpression(statement.value)}`;
    case "train":
    case "seed":
      return statement.kind;
    case "precision":
      return `precision ${statement.value.text}`;
    case "import":
      return `import ${JSON.stringify(statement.path.value)}`;
    case "return":
      return `return ${showExpression(statement.value)}`;
    case "broken":
      return `broken${statement.name ? ` ${statement.name.text}` : ""}`;
  }
}

function showFunction(statement: FunctionStatement): string {
  const parameters = statement.parameters.map((one) => one.name.text + (one.default ? `=${showExpression(one.default)}` : ""));
  const body = statement.body.kind === "expression" ? ` = ${showExpression(statement.body.value)}` : "";
  return `${statement.shared ? "shared " : ""}fn ${statement.name.text} (${parameters.join(" ")})${body}`;
}

function showStatement(statement: Statement | Entry, indent: string): string[] {
  const deeper = `${indent}  `;
  const lines = showComments(statement.leading, "above", indent);
  lines.push(indent + ("kind" in statement ? showHead(statement) : showEntry(statement)));
  if (statement.trailing) lines.push(...showComments([statement.trailing], "behind", indent));
  if (!("kind" in statement)) return lines;
  if (statement.kind === "train" || statement.kind === "seed") {
    lines.push(
      ...statement.entries.flatMap((entry) => showStatement(entry, deeper)),
      ...showComments(statement.dangling, "dangling", deeper),
    );
  } else if (statement.kind === "function" && statement.body.kind === "block") {
    lines.push(
      ...statement.body.statements.flatMap((one) => showStatement(one, deeper)),
      ...showComments(statement.body.dangling, "dangling", deeper),
    );
  }
  return lines;
}

/** A tree without its spans: equal trees, and only they, give equal text. */
export function showTree(tree: Tree): string {
  return [
    ...showComments(tree.header, "header", ""),
    ...tree.statements.flatMap((statement) => showStatement(statement, "")),
    ...showComments(tree.free, "free", ""),
  ].join("\n");
}

/** `line:column "what it marks" code: message`, and below it what its fix makes of its line. */
export function showDiagnostic(diagnostic: Diagnostic, text: string): string {
  const { line, column } = lineMap(text)(diagnostic.span.start);
  const marked = JSON.stringify(text.slice(diagnostic.span.start, diagnostic.span.end));
  const said = `${line}:${column} ${marked} ${diagnostic.code}: ${diagnostic.message}`;
  if (!diagnostic.fix) return said;
  const { title, span, text: replacement } = diagnostic.fix;
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  const end = text.indexOf("\n", span.end);
  const mended = text.slice(start, span.start) + replacement + text.slice(span.end, end < 0 ? text.length : end);
  return `${said}\n  ${title}: ${mended.replaceAll("\n", " ⏎ ")}`;
}
