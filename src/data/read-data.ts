// Reads the files of a data statement, whatever their format, and checks the statement's options.

import { type CsvOptions, readCsv } from "./csv.ts";
import { gunzip } from "./gzip.ts";
import { readIdx } from "./idx.ts";
import { readJson } from "./json.ts";
import { readNpy } from "./npy.ts";
import { type DataFile, type DataProblem, dataProblem, failed, isProblem, listed, quoted, type Read } from "./table.ts";

/** The formats of the data statement. */
export type DataKind = "csv" | "json" | "npy" | "idx";

/** Options of a data statement as they are written. */
export type DataOptions = Readonly<Record<string, string | number | boolean>>;

/** An option: which values it takes, in words and as a test. */
interface OptionRule {
  readonly takes: string;
  readonly accepts: (value: unknown) => boolean;
}

const TEST: OptionRule = { takes: "a file name", accepts: () => true };
const MISSING: OptionRule = {
  takes: '"error", "drop" or "mean"',
  accepts: (value) => value === "error" || value === "drop" || value === "mean",
};

const RULES: Readonly<Record<DataKind, ReadonlyMap<string, OptionRule>>> = {
  csv: new Map<string, OptionRule>([
    [
      "delimiter",
      { takes: "one character, no quote or line break", accepts: (value) => typeof value === "string" && /^[^"\r\n\ufeff]$/.test(value) },
    ],
    ["decimal", { takes: '"." or ","', accepts: (value) => value === "." || value === "," }],
    ["missing", MISSING],
    ["header", { takes: "true or false", accepts: (value) => typeof value === "boolean" }],
    ["test", TEST],
  ]),
  json: new Map([
    ["missing", MISSING],
    ["test", TEST],
  ]),
  npy: new Map([
    ["missing", MISSING],
    ["test", TEST],
  ]),
  idx: new Map([["test", TEST]]),
};

/** The names of the options that a format knows, for messages and completion. */
export function optionNames(kind: DataKind): readonly string[] {
  return [...RULES[kind].keys()];
}

/**
 * Reads the files (idx: one or two, else one) of a data statement; gzip files of any kind are unzipped. The option `test` names the
 * test part, which is read by a call of its own, and `missing` holds for the columns that a model uses: both are skipped here. Never throws
 * on what files and options hold.
 */
export function readData(kind: DataKind, files: readonly DataFile[], options: DataOptions): Read {
  const file = files[0]?.name ?? kind;
  const problems = optionProblems(kind, file, options);
  if (problems.length > 0) return { table: null, problems };
  try {
    const unzipped: DataFile[] = [];
    for (const zipped of files) {
      const result = gunzip(zipped);
      if (isProblem(result)) return failed(result);
      unzipped.push(result);
    }
    return readUnzipped(kind, unzipped, options);
  } catch (error) {
    // The only RangeErrors left are those of the host, which has no room for so large an array or text.
    if (error instanceof RangeError) return failed(dataProblem("data-too-large", { file }, "there is not enough memory for this file"));
    throw error;
  }
}

function readUnzipped(kind: DataKind, files: readonly DataFile[], options: DataOptions): Read {
  if (kind === "idx") return readIdx(files);
  const [file] = files;
  if (file === undefined || files.length > 1) {
    return failed(dataProblem("data-files", { file: file?.name ?? kind }, `${kind} takes one file, not ${files.length}`));
  }
  // optionProblems has checked every value.
  if (kind === "csv") return readCsv(file, options as CsvOptions);
  return kind === "json" ? readJson(file) : readNpy(file);
}

function optionProblems(kind: DataKind, file: string, options: DataOptions): DataProblem[] {
  const rules = RULES[kind];
  const problems: DataProblem[] = [];
  for (const [name, value] of Object.entries(options)) {
    const rule = rules.get(name);
    if (rule === undefined) {
      problems.push(
        dataProblem("data-unknown-option", { file }, `${kind} has no option ${quoted(name)}; it knows ${listed([...rules.keys()])}`),
      );
    } else if (!rule.accepts(value)) {
      const shown = typeof value === "string" ? quoted(value) : String(value);
      problems.push(dataProblem("data-option-value", { file }, `${name} takes ${rule.takes}, not ${shown}`));
    }
  }
  if (problems.length === 0 && kind === "csv" && options.decimal !== undefined && options.decimal === options.delimiter) {
    problems.push(dataProblem("data-option-value", { file }, `decimal and delimiter cannot both be ${quoted(String(options.decimal))}`));
  }
  return problems;
}
