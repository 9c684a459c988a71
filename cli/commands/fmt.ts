// `wengert fmt`: canonical layout of the text, comments kept.

import { readFileSync } from "node:fs";
import { format } from "../../grammar/index.ts";
import type { Command } from "../command.ts";
import { CommandError, reasonOf, saveFile } from "../host.ts";
import { writeJson } from "../json.ts";
import { formatReported, type Reported, reportDiagnostics } from "../report.ts";

/** What became of one file. */
interface Outcome {
  readonly file: string;
  /** True where the layout is not the canonical one: it was changed, or with --check would be. */
  readonly changed: boolean;
  readonly diagnostics: readonly Reported[];
  /** Why the file could not be read or written. */
  readonly problem?: string;
  /** The text laid out, of standard input. */
  readonly text?: string;
}

export const fmt: Command = {
  name: "fmt",
  summary: "lay out the text; comments stay",
  operand: "FILE...",
  options: [
    { flag: "json", doc: "print JSON" },
    { flag: "check", doc: "change nothing; exit 1 if a file is not laid out" },
  ],
  run(files, options) {
    const outcomes = files.map((path) => formatFile(path, options.has("check")));
    if (options.has("json")) process.stdout.write(`${writeJson(outcomes)}\n`);
    else for (const outcome of outcomes) print(outcome, options.has("check"));
    const isWrong = ({ changed, diagnostics, problem }: Outcome) =>
      diagnostics.length > 0 || problem !== undefined || (options.has("check") && changed);
    return outcomes.some(isWrong) ? 1 : 0;
  },
};

/** Lays out one file. One that cannot be read, parsed or written is left as it is. */
function formatFile(path: string, isCheck: boolean): Outcome {
  try {
    const before = readExactly(path);
    const { text, diagnostics } = format(before);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const reported = reportDiagnostics({ path, text: before, textOf: () => null }, errors);
    const changed = reported.length === 0 && text !== before;
    if (changed && !isCheck && path !== "-") saveFile(path, text);
    return { file: path, changed, diagnostics: reported, ...(path === "-" && reported.length === 0 && !isCheck && { text }) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { file: path, changed: false, diagnostics: [], problem: error.message };
  }
}

/** The text of a file, which must be UTF-8 throughout: what cannot be read exactly must not be written back. */
function readExactly(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandError(`${path} is not UTF-8 text: it is left as it is`);
  }
}

function print({ file, changed, diagnostics, problem, text }: Outcome, isCheck: boolean): void {
  for (const entry of diagnostics) process.stderr.write(`${formatReported(entry)}\n`);
  if (problem !== undefined) process.stderr.write(`wengert: ${problem}\n`);
  if (text !== undefined) process.stdout.write(text);
  else if (changed && isCheck) process.stdout.write(`${file} is not laid out\n`);
}
