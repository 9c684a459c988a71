// The long run over random calls: `node test/fuzz/calls.fuzz.ts [--count N] [--seed S]`; exit 1 on a failure.
import { callFiles, makeCalls } from "./calls.ts";
import { checkModelText } from "./models.ts";
import { runTexts } from "./run-texts.ts";

runTexts("models of calls", { count: 30_000, seed: 100_000 }, makeCalls, (text) => checkModelText(text, callFiles));
