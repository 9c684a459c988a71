// `wengert check`: parse, resolve, infer shapes; prints diagnostics.

import { type Command, modelOptions, type Options } from "../command.ts";
import { formatLoaded, loadGiven } from "../given-values.ts";
import { CommandError } from "../host.ts";
import { writeJson } from "../json.ts";
import { readGiven } from "../open.ts";
import { type Reported, reportDiagnostics } from "../report.ts";

/** What was found in one file, and its lines for a person. */
interface Checked {
  readonly reported: readonly Reported[];
  readonly lines: readonly string[];
}

export const check: Command = {
  name: "check",
  summary: "parse, resolve and infer shapes; print diagnostics",
  operand: "FILE...",
  options: modelOptions.filter(({ flag }) => ["json", "set", "dim"].includes(flag)),
  run(files, options) {
    const checked = files.map((path) => checkFile(path, options));
    const reported = checked.flatMap((file) => file.reported);
    if (options.has("json")) process.stdout.write(`${writeJson(reported)}\n`);
    else for (const line of checked.flatMap(({ lines }) => lines)) process.stdout.write(`${line}\n`);
    return reported.some(({ severity }) => severity === "error") ? 1 : 0;
  },
};

function checkFile(path: string, options: Options): Checked {
  try {
    const given = readGiven(path, options);
    const loaded = loadGiven(given.text, given.load);
    const reported = reportDiagnostics(given, loaded.diagnostics);
    return { reported, lines: reported.map((entry) => formatLoaded(entry, loaded.options)) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { message } = error;
    if (!options.has("json")) process.stderr.write(`wengert: ${message}\n`);
    const place = { file: path, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return { reported: [{ ...place, code: "unreadable", severity: "error", message }], lines: [] };
  }
}
