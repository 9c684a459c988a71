// `npm run verify`: the long checks, each to its full figure; arguments select steps by a part of their name.
import { globSync } from "node:fs";
import { basename } from "node:path";
import { projectRoot } from "./bootstrap.mjs";
import { addCounts, countOne, formatCounts } from "./counts.ts";
import { formatResults, runStep, type Step } from "./steps.ts";

/** A fuzz script without arguments runs its full count. */
const fuzzSteps: Step[] = globSync("test/fuzz/*.fuzz.ts", { cwd: projectRoot })
  .toSorted()
  .map((path) => ({ name: `fuzz ${basename(path, ".fuzz.ts")}`, args: [path] }));

const steps: Step[] = [...fuzzSteps, { name: "digits to 97 % within 10 minutes", args: ["scripts/verify-digits.ts"] }];

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? steps : steps.filter(({ name }) => wanted.some((part) => name.includes(part)));
if (chosen.length === 0) process.stderr.write(`No step is named so. Steps: ${steps.map(({ name }) => name).join("; ")}.\n`);
const results = [];
for (const step of chosen) results.push(await runStep(step));
const counts = results.map(({ passed }) => countOne(passed)).reduce(addCounts, { passed: 0, failed: 0, skipped: 0 });
process.stdout.write(`\n${formatResults(results)}${formatCounts(counts)}\n`);
process.exitCode = chosen.length > 0 && counts.failed === 0 ? 0 : 1;
