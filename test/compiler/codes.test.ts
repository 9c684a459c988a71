// The table of diagnostic codes: every code occurs in a case, and every problem of an op has a code.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type CompilerCode, compilerCodes } from "../../src/compiler/diagnostics.ts";
import { readCases } from "../support/cases.ts";
import { compileSource } from "./show-program.ts";

const cases = new URL("cases/", import.meta.url);
const ops = new URL("../../src/ops/", import.meta.url);

/** Shown elsewhere: a model that expands to more than a million nodes takes too long for a case. */
const elsewhere: readonly CompilerCode[] = ["expansion-budget"];

test("every code has a case", () => {
  const seen = new Set<string>(elsewhere);
  for (const file of readdirSync(cases)) {
    for (const { source } of readCases(readFileSync(new URL(file, cases), "utf8"))) {
      for (const { code } of compileSource(source).diagnostics) seen.add(code);
    }
  }
  expect(Object.keys(compilerCodes).filter((code) => !seen.has(code))).toEqual([]);
});

test("problems of ops have codes of the table", () => {
  const used = new Set<string>();
  for (const file of readdirSync(ops).filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(new URL(file, ops), "utf8");
    for (const [, code] of text.matchAll(/new TypeProblem\(\s*"([a-z-]+)"/g)) used.add(code);
  }
  expect(used.size).toBeGreaterThan(5);
  expect([...used].filter((code) => !Object.hasOwn(compilerCodes, code))).toEqual([]);
});
