// Random and damaged models never throw. The long run is models.fuzz.ts.
import { expect, it } from "vitest";
import { seededDraw } from "../support/programs.ts";
import { checkModelText, makeModelText } from "./models.ts";

it("treats 2,000 texts as data", { timeout: 120_000 }, () => {
  for (let seed = 0; seed < 2000; seed++) {
    const text = makeModelText(seededDraw(seed));
    expect(checkModelText(text), JSON.stringify(text)).toBeNull();
  }
});
