// Random calls of ops never throw. The long run is calls.fuzz.ts.
import { expect, it } from "vitest";
import { seededDraw } from "../support/programs.ts";
import { callFiles, makeCalls } from "./calls.ts";
import { checkModelText } from "./models.ts";

it("treats 1,000 models of calls as data, and evaluates some", { timeout: 120_000 }, () => {
  let evaluated = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const text = makeCalls(seededDraw(seed));
    const { failure, ending } = checkModelText(text, callFiles);
    expect(failure, text).toBeNull();
    if (ending === "evaluated") evaluated++;
  }
  expect(evaluated).toBeGreaterThan(100);
});
