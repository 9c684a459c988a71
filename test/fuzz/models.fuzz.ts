// The long run over model texts: `node test/fuzz/models.fuzz.ts [--count N] [--seed S]`; exit 1 on a failure.
import { parseArgs } from "node:util";
import { seededDraw } from "../support/programs.ts";
import { checkModelText, makeModelText } from "./models.ts";

const slowest = 5000;
const { values } = parseArgs({ options: { count: { type: "string", default: "1000000" }, seed: { type: "string", default: "100000" } } });
const count = Number(values.count);
const first = Number(values.seed);
const start = performance.now();
let failures = 0;
let done = 0;
for (; done < count && failures < 20; done++) {
  const text = makeModelText(seededDraw(first + done));
  const began = performance.now();
  const problem = checkModelText(text);
  const time = performance.now() - began;
  if (problem === null && time <= slowest) continue;
  failures++;
  process.stdout.write(`seed ${first + done}: ${problem ?? `took ${time.toFixed(0)} ms`}\n${JSON.stringify(text)}\n\n`);
}
const seconds = (performance.now() - start) / 1000;
process.stdout.write(`${done} model texts in ${seconds.toFixed(0)} s, ${failures} failures\n`);
process.exitCode = failures > 0 ? 1 : 0;
