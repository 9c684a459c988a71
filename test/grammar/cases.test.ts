// The text cases of the grammar: what sources are read as, what is wrong with them, how they are printed.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { format, parse, SYNTAX_CODES } from "../../grammar/index.ts";
import { checkCases, readCases } from "../support/cases.ts";
import { showDiagnostic, showTree } from "./show-tree.ts";

function read(source: string): string {
  const { tree, diagnostics } = parse(source);
  return [showTree(tree), ...diagnostics.map((diagnostic) => showDiagnostic(diagnostic, source))].filter((part) => part !== "").join("\n");
}

function print(source: string): string {
  const { text, diagnostics } = format(source);
  return diagnostics.length > 0 ? diagnostics.map((diagnostic) => showDiagnostic(diagnostic, source)).join("\n") : text;
}

const files = {
  statements: new URL("statements.txt", import.meta.url),
  expressions: new URL("expressions.txt", import.meta.url),
  layout: new URL("layout.txt", import.meta.url),
  comments: new URL("comments.txt", import.meta.url),
  errors: new URL("errors.txt", import.meta.url),
  format: new URL("format.txt", import.meta.url),
};

checkCases(files.statements, read);
checkCases(files.expressions, read);
checkCases(files.layout, read);
checkCases(files.comments, read);
checkCases(files.errors, read);
checkCases(files.format, print);

test("every syntax code has a case", () => {
  const seen = new Set(
    readCases(readFileSync(files.errors, "utf8")).flatMap((one) => parse(one.source).diagnostics.map((diagnostic) => diagnostic.code)),
  );
  expect([...seen].sort()).toEqual(Object.keys(SYNTAX_CODES).sort());
});

test("the statements, expressions and layout cases are free of diagnostics", () => {
  for (const url of [files.statements, files.expressions, files.comments]) {
    for (const one of readCases(readFileSync(url, "utf8"))) expect(parse(one.source).diagnostics, one.title).toEqual([]);
  }
});
