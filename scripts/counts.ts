// How many tests passed, failed and were skipped, and the plain line that says so.

/** Numbers of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What one run of the test suite leaves for the script that started it. */
export interface TestReport {
  readonly counts: Counts;
  /** Each skipped test with the reason that it gave. */
  readonly skips: readonly { readonly test: string; readonly reason: string }[];
}

/** The sums of two counts. */
export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The counts of one check that passed or failed as a whole. */
export function countOne(passed: boolean): Counts {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** `12 passed, 0 failed, 1 skipped`: the closing line that programs read. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
