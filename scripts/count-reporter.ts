// Vitest reporter that writes the counts and the reasons of skipped tests to the file named by WENGERT_TEST_REPORT.
import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { addCounts, type Counts, countOne, type TestReport } from "./counts.ts";

/** Writes a `TestReport` as JSON at the end of a run; does nothing where the environment names no file. */
export class CountReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const path = process.env.WENGERT_TEST_REPORT;
    if (path === undefined) return;
    const reports = testModules.map(reportModule);
    const unhandled: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const counts = reports.reduce((sum, report) => addCounts(sum, report.counts), unhandled);
    writeFileSync(path, JSON.stringify({ counts, skips: reports.flatMap((report) => report.skips) } satisfies TestReport));
  }
}

/** Counts one test file; a file that broke outside its tests (import, hook, crash) counts as one failure. */
function reportModule(testModule: TestModule): TestReport {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const skips: { test: string; reason: string }[] = [];
  for (const test of testModule.children.allTests()) {
    const result = test.result();
    if (result.state === "passed" || result.state === "failed") {
      counts = addCounts(counts, countOne(result.state === "passed"));
      continue;
    }
    counts = addCounts(counts, { passed: 0, failed: 0, skipped: 1 });
    const reason = result.state === "skipped" ? (result.note ?? "no reason given") : "did not finish";
    skips.push({ test: `${testModule.relativeModuleId} > ${test.fullName}`, reason });
  }
  const state = testModule.state();
  if (state !== "passed" && state !== "skipped" && counts.failed === 0) counts = addCounts(counts, countOne(false));
  return { counts, skips };
}
