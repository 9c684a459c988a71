// The long run over random graphs: `node test/fuzz/graphs.fuzz.ts [--count N] [--seed S]`; exit 1 on a failure.
import { parseArgs } from "node:util";
import { checkRandomGraph } from "./graphs.ts";

const { values } = parseArgs({ options: { count: { type: "string", default: "10000" }, seed: { type: "string", default: "1000" } } });
const count = Number(values.count);
const first = Number(values.seed);
let failures = 0;
for (let seed = first; seed < first + count; seed++) {
  const problem = checkRandomGraph(seed);
  if (problem === null) continue;
  failures++;
  process.stdout.write(`seed ${seed}: ${problem}\n`);
}
process.stdout.write(`${count} random graphs, ${failures} failures\n`);
process.exitCode = failures > 0 ? 1 : 0;
