// docs/language.md and the examples of operations say what is so.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toLists, writeJson } from "../../cli/json.ts";
import { parse } from "../../grammar/index.ts";
import { projectRoot } from "../../scripts/bootstrap.mjs";
import { fillReference, referencePath } from "../../scripts/reference.ts";
import { evaluateNodes } from "../../src/analysis/workspace.ts";
import { optionNames } from "../../src/data/index.ts";
import { loadModel } from "../../src/model.ts";
import { ops } from "../../src/ops/index.ts";
import type { Op } from "../../src/ops/op.ts";
import { modelOf, workspaceOf } from "../support/models.ts";

const reference = readFileSync(referencePath, "utf8");

/** A fenced block of the language with the line of its first character. */
interface Program {
  readonly line: number;
  readonly text: string;
}

function readPrograms(markdown: string): readonly Program[] {
  return [...markdown.matchAll(/^```wg\n(.*?)^```$/gms)].map((match) => ({
    line: markdown.slice(0, match.index).split("\n").length + 1,
    text: match[1],
  }));
}

const programs = readPrograms(reference);

function readExampleFile(path: string): Uint8Array | null {
  const full = join(projectRoot, "examples", path);
  return existsSync(full) ? new Uint8Array(readFileSync(full)) : null;
}

/** Values of named nodes as `wengert eval --json` prints them. */
function printValues(text: string, names: readonly string[]): string[] {
  const workspace = workspaceOf(modelOf(text, { readFile: readExampleFile }));
  const ids = names.map((name) => workspace.ids[workspace.program.named.find((named) => named.name === name)?.node ?? -1]);
  return evaluateNodes(workspace, ids).map((tensor) => writeJson(toLists(tensor)));
}

/** What the comments `# = 9` behind definitions say, by the name defined. */
function readClaims({ text }: Program): readonly (readonly [name: string, value: string])[] {
  return parse(text).tree.statements.flatMap((statement) => {
    const value = /^= (.*)$/.exec(statement.trailing?.text ?? "")?.[1];
    const name = statement.kind === "define" ? statement.targets[0]?.text : undefined;
    return value !== undefined && name !== undefined ? [[name, value.replaceAll(", ", ",")] as const] : [];
  });
}

test("the generated parts are up to date: run scripts/reference.ts", () => {
  expect(fillReference(reference)).toBe(reference);
});

test("links inside the page lead to headings", () => {
  const anchors = [...reference.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...reference.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(0);
  for (const anchor of links) expect(anchors).toContain(anchor);
});

test("every option of the data formats is described", () => {
  const options = (["csv", "json", "npy", "idx"] as const).flatMap(optionNames);
  for (const name of options) expect(reference).toContain(`| \`${name}\` |`);
});

describe("programs", () => {
  const readme = readPrograms(readFileSync(join(projectRoot, "README.md"), "utf8"));

  test.each(readme.map((program) => [program.line, program] as const))("README.md:%i parses", (_line, { text }) => {
    expect(parse(text).diagnostics).toEqual([]);
  });

  test.each(programs.map((program) => [program.line, program] as const))(
    "docs/language.md:%i compiles and gives what it says",
    (_line, program) => {
      expect(parse(program.text).diagnostics).toEqual([]);
      const { diagnostics } = loadModel(program.text, { readFile: readExampleFile, withTest: true });
      expect(diagnostics).toEqual([]);
      const claims = readClaims(program);
      const values = printValues(
        program.text,
        claims.map(([name]) => name),
      );
      expect(claims.map(([name], k) => [name, values[k]])).toEqual(claims);
    },
  );

  test("say many values", () => {
    expect(programs.flatMap(readClaims).length).toBeGreaterThanOrEqual(45);
  });
});

describe("examples of operations", () => {
  const callable = (Object.values(ops) as Op[]).filter((op) => op.callable);

  test.each(callable.flatMap(({ name, example }) => (example ? [[name, example.source, example.result] as const] : [])))(
    "%s: %s is %s",
    (_name, source, result) => {
      expect(printValues(`y = ${source}`, ["y"])).toEqual([result]);
    },
  );

  test("are there for all that is computed from values, derivatives apart", () => {
    const without = callable.filter(
      ({ kind, example, parameters }) => !example && kind !== "derivation" && parameters.some((one) => one.kind === "value"),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});
