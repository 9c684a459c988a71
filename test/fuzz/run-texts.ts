// The long run over texts of one kind: counts how far they come and prints what fails.
import { parseArgs } from "node:util";
import { type Draw, seededDraw } from "../support/programs.ts";
import { bounds, endings, type Outcome } from "./models.ts";

/** Milliseconds of processor time after which a text counts as a hang: what else the machine does is not counted. */
const slowest = 5000;

const mostFailures = 20;

/** Processor time since `began`. */
export function millisecondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** Checks `--count` texts from `--seed` on and sets the exit code. */
export function runTexts(
  what: string,
  defaults: { count: number; seed: number },
  make: (draw: Draw) => string,
  check: (text: string) => Outcome,
) {
  const { values } = parseArgs({ options: { count: { type: "string" }, seed: { type: "string" } } });
  const count = Number(values.count ?? defaults.count);
  const first = Number(values.seed ?? defaults.seed);
  const counts = new Map(endings.map((ending) => [ending, 0]));
  const start = performance.now();
  let failures = 0;
  let done = 0;
  for (; done < count && failures < mostFailures; done++) {
    const text = make(seededDraw(first + done));
    const began = process.cpuUsage();
    const { failure, ending } = check(text);
    const time = millisecondsSince(began);
    if (failure === null) counts.set(ending, (counts.get(ending) ?? 0) + 1);
    if (failure === null && time <= slowest) continue;
    failures++;
    process.stdout.write(`seed ${first + done}: ${failure ?? `took ${time.toFixed(0)} ms`}\n${JSON.stringify(text)}\n\n`);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const parts = endings.map((ending) => `${counts.get(ending)} ${ending}`).join(", ");
  const limit = `above ${bounds.operations} operations, ${bounds.bytes / 2 ** 20} MiB or ${bounds.nodes} nodes`;
  process.stdout.write(`${done} ${what} in ${seconds} s, ${failures} failures; of them ${parts}: ${limit}\n`);
  process.exitCode = failures > 0 || done < count ? 1 : 0;
}
