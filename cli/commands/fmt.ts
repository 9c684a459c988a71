// `wengert fmt`: canonical layout of the text, comments kept.

import { format } from "../../grammar/index.ts";
import type { Command } from "../command.ts";
import { readText, saveFile } from "../host.ts";
import { printDiagnostics } from "../report.ts";

export const fmt: Command = {
  name: "fmt",
  summary: "lay out the text; comments stay",
  operand: "FILE...",
  options: [{ flag: "check", doc: "change nothing; exit 1 if a file is not laid out" }],
  run(files, options) {
    let code = 0;
    for (const path of files) {
      const before = readText(path);
      const { text, diagnostics } = format(before);
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      printDiagnostics({ path, text: before, textOf: () => null }, errors);
      if (errors.length > 0) code = 1;
      else if (path === "-") process.stdout.write(text);
      else if (text === before) continue;
      else if (options.has("check")) {
        process.stdout.write(`${path} is not laid out\n`);
        code = 1;
      } else saveFile(path, text);
    }
    return code;
  },
};
