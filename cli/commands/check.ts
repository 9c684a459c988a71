// `wengert check`: parse, resolve, infer shapes; prints diagnostics.

import { loadModel } from "../../src/model.ts";
import { type Command, modelOptions } from "../command.ts";
import { writeJson } from "../json.ts";
import { readGiven } from "../open.ts";
import { formatReported, reportDiagnostics } from "../report.ts";

export const check: Command = {
  name: "check",
  summary: "parse, resolve and infer shapes; print diagnostics",
  operand: "FILE...",
  options: modelOptions.filter(({ flag }) => ["json", "set", "dim"].includes(flag)),
  run(files, options) {
    const reported = files.flatMap((path) => {
      const given = readGiven(path, options);
      return reportDiagnostics(given, loadModel(given.text, given.load).diagnostics);
    });
    if (options.has("json")) process.stdout.write(`${writeJson(reported)}\n`);
    else for (const entry of reported) process.stdout.write(`${formatReported(entry)}\n`);
    return reported.some(({ severity }) => severity === "error") ? 1 : 0;
  },
};
