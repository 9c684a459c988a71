// Warnings about values, with their place in the text.

import type { Annihilation } from "../src/analysis/annihilated.ts";
import type { NonFiniteReport } from "../src/analysis/workspace.ts";
import type { Place } from "../src/graph/graph.ts";
import { diagnosticOf } from "../src/model.ts";
import { catchProblem } from "../src/train/problem.ts";
import { printDiagnostics, type Source } from "./report.ts";

/** Prints where a value that is not finite came from, or why that cannot be said. */
export function warnNonFinite(source: Source, explain: () => NonFiniteReport | null): void {
  const { result, problem } = catchProblem(explain);
  const found =
    result ?? (problem && { ...problem, message: `a value is not finite; where it came from cannot be said: ${problem.message}` });
  if (found) warn(source, "not-finite", found.message, found.place);
}

/** Prints the factors of derivatives that a 0 annihilated, or why they cannot be named. */
export function warnAnnihilated(source: Source, find: () => readonly Annihilation[]): void {
  const { result, problem } = catchProblem(find);
  for (const { message, place } of result ?? []) warn(source, "annihilated", message, place);
  if (problem) warn(source, problem.code, `whether a 0 annihilated a factor cannot be said: ${problem.message}`, problem.place);
}

function warn(source: Source, code: string, message: string, place: Place | null): void {
  if (place) printDiagnostics(source, [{ ...diagnosticOf({ code, message, place }), severity: "warning" }]);
  else process.stderr.write(`${source.path}: warning ${code}: ${message}\n`);
}
