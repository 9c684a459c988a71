// The long run over model texts: `node test/fuzz/models.fuzz.ts [--count N] [--seed S]`; exit 1 on a failure.
import { checkModelText, makeModelText } from "./models.ts";
import { runTexts } from "./run-texts.ts";

runTexts("model texts", { count: 1_000_000, seed: 100_000 }, makeModelText, (text) => checkModelText(text));
