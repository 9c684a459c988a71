// Throws random model files at the grammar: node test/fuzz/grammar.fuzz.ts --count N --seed S. Exits with 1 if a law fails.
import { parseArgs } from "node:util";
import { checkAnyText } from "../grammar/laws.ts";
import type { Draw } from "../support/programs.ts";
import { damage, makeProgram, makeSoup, seededDraw } from "../support/programs.ts";
import { millisecondsSince } from "./run-texts.ts";

/** Milliseconds of processor time after which a text counts as a hang. */
const SLOWEST = 1000;
const MOST_FAILURES = 10;

function makeText(draw: Draw): { text: string; isValid: boolean } {
  const kind = draw(8);
  if (kind < 2) return { text: makeProgram(draw), isValid: true };
  if (kind < 7) return { text: damage(makeProgram(draw), draw), isValid: false };
  return { text: makeSoup(draw), isValid: false };
}

/** What is wrong with how a text is treated; null if nothing is. */
function failureOf(text: string, isValid: boolean): string | null {
  const began = process.cpuUsage();
  try {
    const errors = checkAnyText(text);
    if (isValid && errors > 0) return "a valid program has errors";
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  }
  const time = millisecondsSince(began);
  return time > SLOWEST ? `took ${time.toFixed(0)} ms` : null;
}

const { values } = parseArgs({ options: { count: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } } });
const count = Number(values.count);
const seed = Number(values.seed);
const start = performance.now();
let failures = 0;
let characters = 0;
let done = 0;
for (; done < count && failures < MOST_FAILURES; done += 1) {
  const { text, isValid } = makeText(seededDraw(seed * 1_000_003 + done));
  characters += text.length;
  const failure = failureOf(text, isValid);
  if (failure === null) continue;
  failures += 1;
  console.error(`text ${done} of seed ${seed}: ${failure}\n${JSON.stringify(text)}\n`);
}
const seconds = (performance.now() - start) / 1000;
console.log(
  `grammar: ${done} texts (${characters} characters) in ${seconds.toFixed(1)} s, ${Math.round(done / seconds)} a second, ${failures} failures`,
);
process.exitCode = failures > 0 ? 1 : 0;
