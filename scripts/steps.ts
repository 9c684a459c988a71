// Runs a list of programs one after the other, says how each went and how long it took.
import { projectRoot, runCommand } from "./bootstrap.mjs";

/** One program of a list, started under this Node. */
export interface Step {
  readonly name: string;
  /** The script and its arguments, from the project's root. */
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a step went. */
export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

/** Exit codes from which the whole list stops: the person interrupted it. */
const interruptCodes = new Set([130, 143]);

/** Runs one step with its output shown; ends this process if the person interrupted it. */
export async function runStep(step: Step): Promise<StepResult> {
  process.stdout.write(`\n== ${step.name}\n`);
  const start = performance.now();
  const code = await runCommand(process.execPath, [...step.args], { cwd: projectRoot, env: { ...process.env, ...step.environment } });
  if (interruptCodes.has(code)) process.exit(code);
  return { name: step.name, passed: code === 0, seconds: (performance.now() - start) / 1000 };
}

/** One line a step: `ok     3.2 s  name`. */
export function formatResults(results: readonly StepResult[]): string {
  return results
    .map(({ name, passed, seconds }) => `${passed ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(7)} s  ${name}\n`)
    .join("");
}
