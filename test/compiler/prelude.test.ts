// The prelude: the same text in both files, sound by itself, and beside the op table.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "../../grammar/index.ts";
import { findOp } from "../../src/ops/index.ts";
import { preludeText } from "../../src/ops/prelude.ts";
import { compileSource } from "./show-program.ts";

test("prelude.ts holds the text of prelude.wg", () => {
  expect(preludeText).toBe(readFileSync(new URL("../../src/ops/prelude.wg", import.meta.url), "utf8"));
});

test("its functions are documented and hide no operation", () => {
  const { tree, diagnostics } = parse(preludeText);
  expect(diagnostics).toEqual([]);
  for (const statement of tree.statements) {
    if (statement.kind !== "function") throw new Error(`The prelude has a ${statement.kind}.`);
    expect(findOp(statement.name.text), statement.name.text).toBeUndefined();
    expect(statement.leading.length, statement.name.text).toBeGreaterThan(0);
  }
});

test("as a model of its own it has no diagnostics", () => {
  expect(compileSource(preludeText).diagnostics).toEqual([]);
});
