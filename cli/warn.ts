// Warnings about values, with their place in the text.

import type { Annihilation } from "../src/analysis/annihilated.ts";
import type { NonFiniteReport } from "../src/analysis/workspace.ts";
import type { Place } from "../src/graph/graph.ts";
import { formatReported, reportDiagnostics } from "./report.ts";

/** Prints where a value that is not finite came from. */
export function warnNonFinite(path: string, text: string, found: NonFiniteReport | null): void {
  if (found) warn(path, text, "not-finite", found.message, found.place);
}

/** Prints the factors of derivatives that a 0 annihilated. */
export function warnAnnihilated(path: string, text: string, found: readonly Annihilation[]): void {
  for (const { message, place } of found) warn(path, text, "annihilated", message, place);
}

function warn(path: string, text: string, code: string, message: string, place: Place | null): void {
  if (!place) {
    process.stderr.write(`${path}: warning ${code}: ${message}\n`);
    return;
  }
  const { start, end, file } = place;
  const diagnostic = { code, severity: "warning" as const, message, span: { start, end }, ...(file && { file }) };
  for (const entry of reportDiagnostics(path, text, [diagnostic], () => null)) process.stderr.write(`${formatReported(entry)}\n`);
}
