// Settings of an op as Python source, for its spelling in PyTorch and JAX.

import type { Attribute } from "../graph/graph.ts";
import { isSymbolic, printSize } from "../graph/size.ts";

/** `None`, `True`, `3`, `2 * n`, `(1, 2)`. A missing setting is `None`. */
export function printPython(value: Attribute | undefined): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `float("${value}")`;
  if (isSymbolic(value)) return printSize(value);
  if (Array.isArray(value)) {
    const items = value.map((item: Attribute) => printPython(item));
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
  }
  return JSON.stringify(value);
}
