// Runs exported TypeScript files as their users do: each imported by Node, in one process outside the test runner; and type-checks them.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

/** One call of the functions of a file. */
export interface Call {
  readonly text: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What a call gave; `error` is the message of what was thrown. */
export interface Outcome {
  readonly value?: unknown;
  readonly both?: { readonly value: unknown; readonly gradient: Readonly<Record<string, unknown>> };
  readonly exports?: readonly string[];
  readonly error?: string;
}

const runner = `
import { readFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
const calls = deserialize(readFileSync("calls.bin"));
const outcomes = [];
for (const [k, { file, inputs, params }] of calls.entries()) {
  try {
    const module = await import(file);
    outcomes.push({ exports: Object.keys(module), value: module.value(inputs, params), both: module.valueAndGradient(inputs, params) });
  } catch (error) {
    outcomes.push({ error: error.message });
  }
}
writeFileSync("outcomes.bin", serialize(outcomes));
`;

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "wengert-export-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Outcomes of all calls, in one process. */
export function runFiles(calls: readonly Call[]): Outcome[] {
  return inFolder((folder) => {
    const files = new Map<string, string>();
    for (const { text } of calls) if (!files.has(text)) files.set(text, `./f${files.size}.ts`);
    for (const [text, file] of files) writeFileSync(join(folder, file), text);
    writeFileSync(join(folder, "run.js"), runner);
    writeFileSync(
      join(folder, "calls.bin"),
      serialize(calls.map(({ text, inputs, params }) => ({ file: files.get(text), inputs, params: params ?? {} }))),
    );
    execFileSync(process.execPath, ["run.js"], { cwd: folder, stdio: "inherit", timeout: 50_000 });
    return deserialize(readFileSync(join(folder, "outcomes.bin"))) as Outcome[];
  });
}

/** What the type checker says about files under its strictest settings; "" if nothing. */
export function checkFiles(texts: readonly string[]): string {
  return inFolder((folder) => {
    const files = [...new Set(texts)].map((text, k) => {
      writeFileSync(join(folder, `f${k}.ts`), text);
      return `f${k}.ts`;
    });
    const compiler = join(import.meta.dirname, "..", "..", "node_modules", "typescript", "bin", "tsc");
    const compilerOptions = {
      noEmit: true,
      strict: true,
      target: "es2024",
      module: "nodenext",
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      types: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const { stdout } = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: folder, encoding: "utf8" });
    return stdout;
  });
}
