// Random graphs: forward mode, reverse mode and simplification agree. The long run is graphs.fuzz.ts.
import { expect, it } from "vitest";
import { checkRandomGraph } from "./graphs.ts";

it("agrees on 500 random graphs", { timeout: 60_000 }, () => {
  for (let seed = 0; seed < 500; seed++) expect(checkRandomGraph(seed), `seed ${seed}`).toBeNull();
});
