// `npm run budget`: measured times against their limits; where CI is set, machines differ, so only twice a limit fails.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "./bootstrap.mjs";

/** One figure: what is measured, its limit, and how. */
interface Budget {
  readonly name: string;
  readonly limitMilliseconds: number;
  /** Milliseconds; throws with a message when the measured program failed. */
  readonly measure: () => number;
}

const budgets: Budget[] = [
  {
    name: "check of 5,000 statements, whole process, median of 5",
    limitMilliseconds: 1000,
    measure: () => timeCheck(process.execPath),
  },
  {
    name: "the same, started by the Node that runs npm",
    limitMilliseconds: 1000,
    measure: () => timeCheck(process.env.npm_node_execpath ?? process.execPath),
  },
];

/** A model of `count` statements as people write them: affine maps, activations, calls, and names used further away. */
export function writeLongModel(count: number): string {
  const lines = ["input x : [n, 8]", "input y : [n]", "param w : [8] = zeros()", "param b = 0", "v0 = x @ w + b"];
  for (let i = 1; lines.length < count - 1; i++) {
    const previous = `v${i - 1}`;
    const earlier = `v${Math.floor(i / 2)}`;
    const forms = [`tanh(${previous} * ${i} + b)`, `${previous} + 0.5 * ${earlier}`, `if ${previous} > 0 then ${earlier} else b`];
    lines.push(`v${i} = ${forms[i % forms.length]}`);
  }
  lines.push(`loss J = mean((v${lines.length - 5} - y)^2)`);
  return `${lines.join("\n")}\n`;
}

/** Median of 5 whole processes of `node`, in milliseconds, after one that warms the file cache. */
function timeCheck(node: string): number {
  const folder = mkdtempSync(join(tmpdir(), "wengert-budget-"));
  try {
    const path = join(folder, "long.wg");
    writeFileSync(path, writeLongModel(5000));
    const times = Array.from({ length: 6 }, () => timeProcess(node, [join(projectRoot, "cli", "wengert.mjs"), "check", path]));
    return times.slice(1).toSorted((a, b) => a - b)[2];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from start to end of one process; throws with its messages when it fails. */
function timeProcess(command: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with code ${status}:\n${stdout}${stderr}`.slice(0, 2000));
  return performance.now() - start;
}

/** Measures one budget, prints its line and says whether it holds. */
function holds({ name, limitMilliseconds, measure }: Budget, leeway: number): boolean {
  try {
    const time = measure();
    const verdict = time <= limitMilliseconds ? "ok    " : time <= leeway * limitMilliseconds ? "SLOW  " : "FAILED";
    process.stdout.write(`${verdict} ${time.toFixed(0).padStart(6)} ms of ${limitMilliseconds} ms  ${name}\n`);
    return time <= leeway * limitMilliseconds;
  } catch (error) {
    process.stdout.write(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

if (import.meta.main) {
  const kept = budgets.map((budget) => holds(budget, process.env.CI ? 2 : 1));
  process.exitCode = kept.every(Boolean) ? 0 : 1;
}
