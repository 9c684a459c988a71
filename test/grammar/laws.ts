// What must hold of any text: used by the property tests and the fuzzer.
import { childrenOf, foldExpression, format, lineMap, parse, printExpression, SYNTAX_CODES, walk } from "../../grammar/index.ts";
import type { Expression, Statement, Tree } from "../../grammar/tree.ts";
import { showExpression, showTree } from "./show-tree.ts";

function demand(holds: boolean, law: string): void {
  if (!holds) throw new Error(law);
}

function valuesOf(statement: Statement): Expression[] {
  if (statement.kind === "train" || statement.kind === "seed") return statement.entries.map((entry) => entry.value);
  if (statement.kind === "function") {
    if (statement.body.kind === "expression") return [statement.body.value];
    return statement.body.statements.flatMap(valuesOf);
  }
  if (statement.kind === "precision" || statement.kind === "import" || statement.kind === "broken") return [];
  return statement.value ? [statement.value] : [];
}

/** Whether every expression lies inside its parent. */
function checkNesting(value: Expression, text: string): void {
  walk(value, (expression) => {
    demand(
      expression.span.start >= 0 && expression.span.start <= expression.span.end && expression.span.end <= text.length,
      "a span lies in the text",
    );
    for (const child of childrenOf(expression)) {
      demand(
        child.kind === "invalid" || (child.span.start >= expression.span.start && child.span.end <= expression.span.end),
        "a child lies in its parent",
      );
    }
  });
  const count = foldExpression<number>(value, (_, children) => children.reduce((sum, one) => sum + one, 1));
  let visited = 0;
  walk(value, () => {
    visited += 1;
  });
  demand(count === visited, "fold and walk reach the same expressions");
}

const withoutParentheses = (text: string): string => text.replaceAll(/[{}]/g, "");

/** Parses a text and checks what holds of every text. Returns the number of its diagnostics. */
export function checkAnyText(text: string): number {
  const { tree, diagnostics } = parse(text);
  demand(diagnostics.length <= 100, "at most 100 diagnostics");
  const positionOf = lineMap(text);
  let last = 0;
  for (const { code, message, span, fix } of diagnostics) {
    demand(code in SYNTAX_CODES && message.length > 0 && message.length < 400, "a diagnostic has a known code and a message");
    demand(span.start >= last && span.start <= span.end && span.end <= text.length, "diagnostics are in order and in the text");
    demand(!fix || (fix.span.start >= 0 && fix.span.start <= fix.span.end && fix.span.end <= text.length), "a fix lies in the text");
    demand(positionOf(span.start).line >= 1, "a diagnostic has a line");
    last = span.start;
  }
  let end = 0;
  for (const statement of tree.statements) {
    demand(statement.span.start >= end && statement.span.end > statement.span.start, "statements are in order and apart");
    end = statement.span.end;
    for (const value of valuesOf(statement)) checkNesting(value, text);
  }
  demand(end <= text.length, "statements lie in the text");
  const shown = showTree(tree);
  const hasInvalid = shown.includes("<invalid>") && !text.includes("<invalid>");
  demand(!hasInvalid || diagnostics.length > 0, "what is invalid is reported");
  const printed = format(text);
  if (diagnostics.length > 0)
    demand(printed.text === text && printed.diagnostics.length === diagnostics.length, "a broken text stays as it is");
  else checkPrinted(text, tree, shown, printed.text);
  return diagnostics.length;
}

/** Checks that the printed text says the same and stays as it is, and that expressions print alone. */
function checkPrinted(text: string, tree: Tree, said: string, printed: string): void {
  const again = parse(printed);
  demand(again.diagnostics.length === 0, `the printed text has no errors, but ${again.diagnostics[0]?.message}`);
  demand(showTree(again.tree) === said, "the printed text says the same");
  demand(format(printed).text === printed, "printing again changes nothing");
  demand(countComments(printed) === countComments(text), "no comment is lost");
  const values = tree.statements.flatMap(valuesOf);
  const alone = parse(values.map((value) => `y = ${printExpression(value)}`).join("\n"));
  demand(alone.diagnostics.length === 0 && alone.tree.statements.length === values.length, "an expression prints on one line");
  const shown = alone.tree.statements.flatMap(valuesOf).map(showExpression).join("\n");
  demand(withoutParentheses(shown) === withoutParentheses(values.map(showExpression).join("\n")), "an expression prints as what it is");
}

function countComments(text: string): number {
  let count = 0;
  let inString = false;
  let inComment = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\n" || character === "\r") inString = inComment = false;
    else if (inComment) continue;
    else if (inString && character === "\\") index += 1;
    else if (character === '"') inString = !inString;
    else if (character === "#" && !inString) {
      inComment = true;
      count += 1;
    }
  }
  return count;
}
