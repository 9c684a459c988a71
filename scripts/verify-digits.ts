// Trains examples/digits.wg in full and fails below 97 % on the 10,000 test digits or above 10 minutes.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { projectRoot } from "./bootstrap.mjs";
import { copyMnist } from "./datasets.ts";

const leastAccuracy = 0.97;
const mostSeconds = 600;

/** The part of a line of `train --json` that is read here. */
interface EpochLine {
  readonly epoch: number;
  readonly loss: number;
  readonly test?: { readonly metrics?: { readonly accuracy?: number } };
}

copyMnist((line) => process.stdout.write(`${line}\n`));
const start = performance.now();
const child = spawn(process.execPath, ["cli/wengert.mjs", "train", "examples/digits.wg", "--json"], {
  cwd: projectRoot,
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
let accuracy = 0;
for await (const line of createInterface({ input: child.stdout })) {
  const { epoch, loss, test } = JSON.parse(line) as EpochLine;
  accuracy = test?.metrics?.accuracy ?? 0;
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(`epoch ${epoch}: loss ${loss.toPrecision(5)}, test accuracy ${percent(accuracy)}, ${seconds.toFixed(0)} s\n`);
}
const code = await ended;
const seconds = (performance.now() - start) / 1000;
const passed = code === 0 && accuracy >= leastAccuracy && seconds <= mostSeconds;
process.stdout.write(`digits: ${percent(accuracy)} on the test digits in ${seconds.toFixed(0)} s`);
process.stdout.write(` (at least ${percent(leastAccuracy)} within ${mostSeconds} s): ${passed ? "ok" : "FAILED"}\n`);
process.exitCode = passed ? 0 : 1;

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
