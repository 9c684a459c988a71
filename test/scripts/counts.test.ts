// The closing line of `npm test`, and what the reporter counts, seen on a small suite of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../scripts/bootstrap.mjs";
import { addCounts, countOne, formatCounts, type TestReport } from "../../scripts/counts.ts";

test("counts add up and print as one plain line", () => {
  const sum = addCounts(addCounts(countOne(true), countOne(false)), { passed: 10, failed: 0, skipped: 3 });
  expect(formatCounts(sum)).toBe("11 passed, 1 failed, 3 skipped");
});

test("the reporter counts passes, failures, skips with their reasons, and files that do not load", () => {
  mkdirSync(join(projectRoot, "out"), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, "out", "suite-"));
  try {
    const head = `import { test } from "vitest";\n`;
    writeFileSync(join(folder, "a.test.ts"), `${head}test("good", () => {});\ntest("bad", () => { throw new Error("x"); });\n`);
    writeFileSync(
      join(folder, "b.test.ts"),
      `${head}test("later", ({ skip }) => skip("needs a printer"));\ntest.skip("silent", () => {});\n`,
    );
    writeFileSync(join(folder, "c.test.ts"), `import "./missing.ts";\n${head}test("never", () => {});\n`);
    const reporter = JSON.stringify(join(projectRoot, "scripts", "count-reporter.ts"));
    const config = `import { CountReporter } from ${reporter};\nexport default { test: { include: ["*.test.ts"], reporters: [new CountReporter()] } };\n`;
    writeFileSync(join(folder, "vitest.config.ts"), config);
    const reportPath = join(folder, "report.json");
    const { status } = spawnSync(process.execPath, [join(projectRoot, "node_modules", "vitest", "vitest.mjs"), "run", "--root", folder], {
      env: { ...process.env, WENGERT_TEST_REPORT: reportPath },
    });
    expect(status).toBe(1);
    const { counts, skips } = JSON.parse(readFileSync(reportPath, "utf8")) as TestReport;
    expect(counts).toEqual({ passed: 1, failed: 2, skipped: 2 });
    expect(skips).toEqual([
      { test: "b.test.ts > later", reason: "needs a printer" },
      { test: "b.test.ts > silent", reason: "no reason given" },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
