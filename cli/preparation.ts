// How an input is made from data, for exported programs.

import type { Preparation, PreparationStep } from "../src/export/typescript-inputs.ts";
import { markAncestors } from "../src/graph/graph.ts";
import type { InputPort, Program } from "../src/graph/program.ts";
import type { Fitted } from "../src/train/feeds.ts";
import { meanColumns } from "../src/train/missing-cells.ts";

/** What happens to data on its way into an input, with what was fitted; null for an input that is not read from data. */
export function preparationOf(program: Program, { name, feed, data }: InputPort, fitted: Fitted): Preparation | null {
  if (feed === null || data.length === 0) return null;
  const needed = markAncestors(program.feed.nodes, [feed]);
  const columns = program.columns.filter(({ node }) => needed[node]);
  const step = (kind: PreparationStep["kind"], path: string): PreparationStep => ({
    kind,
    path,
    fitted: Object.entries(fitted.get(path) ?? {}),
  });
  const steps = [
    ...program.data
      .filter((source) => data.includes(source.name) && source.options.missing === "drop")
      .map((source) => step("drop", source.name)),
    ...meanColumns(program, columns).map(({ path }) => step("mean", path)),
    ...columns.filter(({ as }) => as === "category").map(({ path }) => step("category", path)),
    ...program.fits.filter(({ mean }) => needed[mean]).map(({ path }) => step("standardize", path)),
  ];
  return {
    text: program.statements.get(name) ?? name,
    steps: steps.filter(({ kind, fitted: lists }) => kind === "drop" || lists.length > 0),
  };
}
