// The row dimension: the named first axis that inputs with data share.

import type { TrainEntry } from "../graph/program.ts";
import { dimensionName } from "../graph/size.ts";
import { unknown } from "./diagnostics.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";

/** The first axis that all inputs with data share, or the one that `rows` of the train block names; null if there is none. */
export function rowDimensionOf(context: Lowering, frame: Frame, train: readonly TrainEntry[] | null): string | null {
  const names = new Set<string>();
  for (const { data, type } of context.inputs) {
    const name = data.length > 0 ? dimensionName(type.shape[0]) : null;
    if (name !== null && context.sizes.isRows(name)) names.add(name);
  }
  const chosen = train?.find((entry) => entry.key === "rows");
  if (chosen?.value.kind !== "call") return names.size === 1 ? [...names][0] : null;
  const { name, place } = chosen.value;
  if (names.has(name) || context.dimensions.has(name)) return name;
  const { message, fix } = unknown(
    "dimension",
    name,
    place,
    context.reporter.suggest(name, names),
    `: inputs with data have ${[...names].join(", ") || "no named first axis"}`,
  );
  report(context, frame, "unknown-dimension", place, message, fix);
  return null;
}
