// Diagnostics as lines or JSON.

import { lineMap } from "../grammar/index.ts";
import type { Diagnostic } from "../grammar/tree.ts";

/** A model's text with what stands beside it: where diagnostics point to. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** The text of an imported file; null for what is no file, such as a value from the command line. */
  readonly textOf: (file: string) => string | null;
}

/** A diagnostic with 1-based lines and columns (UTF-16), as `check --json` prints it. */
export interface Reported {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly fix?: string;
}

/** Places diagnostics in the text they belong to. */
export function reportDiagnostics({ path, text, textOf }: Source, diagnostics: readonly Diagnostic[]): Reported[] {
  const maps = new Map([[path, lineMap(text)]]);
  return diagnostics.map(({ code, severity, message, span, file, fix }) => {
    const name = file ?? path;
    const map = maps.get(name) ?? lineMap(textOf(name) ?? "");
    maps.set(name, map);
    const start = map(span.start);
    const end = map(span.end);
    const place = { file: name, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    return { ...place, code, severity, message, ...(fix && { fix: fix.title }) };
  });
}

/** `file:line:column: severity code: message`. */
export function formatReported({ file, line, column, severity, code, message, fix }: Reported): string {
  return `${file}:${line}:${column}: ${severity} ${code}: ${message}${fix && !message.includes(fix) ? ` (${fix})` : ""}`;
}

/** Prints diagnostics on standard error, a line each. */
export function printDiagnostics(source: Source, diagnostics: readonly Diagnostic[]): void {
  for (const entry of reportDiagnostics(source, diagnostics)) process.stderr.write(`${formatReported(entry)}\n`);
}
