// `npm test`: every static check and the whole test suite; with arguments, only the test suite with them (paths, -t NAME).
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./bootstrap.mjs";
import { addCounts, countOne, formatCounts, type TestReport } from "./counts.ts";
import { copyMnist } from "./datasets.ts";
import { formatResults, runStep, type Step } from "./steps.ts";

const typescript = "node_modules/typescript/bin/tsc";
const staticSteps: Step[] = [
  { name: "types of grammar and src, without DOM and Node", args: [typescript, "-p", "tsconfig.core.json"] },
  { name: "types of everything else", args: [typescript, "-p", "tsconfig.node.json"] },
  { name: "format and lint (biome)", args: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"] },
  {
    name: "import directions (dependency-cruiser)",
    args: [
      "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
      ...["--config", ".dependency-cruiser.mjs", "--output-type", "err", "grammar", "src", "cli", "scripts", "test"],
    ],
  },
  { name: "unused files, exports and packages (knip)", args: ["node_modules/knip/bin/knip.js", "--no-progress"] },
];

await main(process.argv.slice(2));

async function main(testArguments: string[]): Promise<void> {
  copyMnist((line) => process.stdout.write(`${line}\n`));
  const reportPath = join(projectRoot, "out", `test-report-${process.pid}.json`);
  mkdirSync(join(projectRoot, "out"), { recursive: true });
  const suite: Step = {
    name: ["test suite (vitest)", ...testArguments].join(" "),
    args: ["node_modules/vitest/vitest.mjs", "run", ...testArguments],
    environment: { WENGERT_TEST_REPORT: reportPath },
  };
  const results = [];
  for (const step of testArguments.length === 0 ? staticSteps : []) results.push(await runStep(step));
  let counts = results.map(({ passed }) => countOne(passed)).reduce(addCounts, { passed: 0, failed: 0, skipped: 0 });
  const suiteResult = await runStep(suite);
  const report = takeReport(reportPath);
  counts = addCounts(counts, report.counts);
  // A suite that failed without a failed test: it did not start, or found no test.
  if (!suiteResult.passed && report.counts.failed === 0) counts = addCounts(counts, countOne(false));
  if (report.skips.length > 0) process.stdout.write("\n== skipped\n");
  for (const { test, reason } of report.skips) process.stdout.write(`${test}: ${reason}\n`);
  process.stdout.write(`\n${formatResults([...results, suiteResult])}${formatCounts(counts)}\n`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

/** Reads and removes what the reporter left; nothing counted when it left nothing. */
function takeReport(path: string): TestReport {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as TestReport;
  } catch {
    return { counts: { passed: 0, failed: 0, skipped: 0 }, skips: [] };
  } finally {
    rmSync(path, { force: true });
  }
}
