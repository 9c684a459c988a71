// The reference names every code that data, parameters and training report.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const reference = readFileSync(new URL("docs/language.md", root), "utf8");

/** Codes in the sources of a folder. */
function codesIn(folder: string, patterns: readonly RegExp[]): readonly string[] {
  const files = readdirSync(new URL(folder, root)).filter((name) => name.endsWith(".ts"));
  const texts = files.map((name) => readFileSync(new URL(folder + name, root), "utf8"));
  return [...new Set(texts.flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code))))];
}

test.each([
  ["src/data/", [/"((?:csv|json|npy|idx|gzip|data)-[a-z-]+)"/g], 40],
  ["src/train/", [/ProblemError\(\s*"([a-z-]+)"/g, /code: "([a-z-]+)"/g], 15],
] as const)("%s", (folder, patterns, least) => {
  const codes = codesIn(folder, patterns);
  expect(codes.length).toBeGreaterThan(least);
  expect(codes.filter((code) => !reference.includes(`\`${code}\``))).toEqual([]);
});
