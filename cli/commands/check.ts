// `wengert check`: parse, resolve, infer shapes; prints diagnostics.

import { loadModel } from "../../src/model.ts";
import { type Command, modelOptions, readPairs, splitList } from "../command.ts";
import { createReader, readText } from "../host.ts";
import { writeJson } from "../json.ts";
import { formatReported, reportDiagnostics } from "../report.ts";

export const check: Command = {
  name: "check",
  summary: "parse, resolve and infer shapes; print diagnostics",
  operand: "FILE...",
  options: modelOptions.filter(({ flag }) => ["json", "set", "dim"].includes(flag)),
  run(files, options) {
    const sizes = new Map([...readPairs("dim", options.list("dim").flatMap(splitList))].map(([name, size]) => [name, Number(size)]));
    const reported = files.flatMap((path) => {
      const text = readText(path);
      const readFile = createReader(path);
      const { diagnostics } = loadModel(text, { readFile, sizes, set: readPairs("set", options.list("set")) });
      const textOf = (name: string) => {
        const bytes = readFile(name);
        return bytes && new TextDecoder().decode(bytes);
      };
      return reportDiagnostics(path, text, diagnostics, textOf);
    });
    if (options.has("json")) process.stdout.write(`${writeJson(reported)}\n`);
    else for (const entry of reported) process.stdout.write(`${formatReported(entry)}\n`);
    return reported.some(({ severity }) => severity === "error") ? 1 : 0;
  },
};
