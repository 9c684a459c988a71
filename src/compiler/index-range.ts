// Indices that are known when compiling and lie outside of their axis.

import type { Span } from "../../grammar/tree.ts";
import type { Attributes, NodeId } from "../graph/graph.ts";
import { bindSize, printSize, type Size } from "../graph/size.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";

/** Operations that take indices: which input they are, and along what. */
const indexed: Readonly<Record<string, { readonly input: number; readonly fromEnd: boolean; readonly along: "axis" | "classes" }>> = {
  gather: { input: 1, fromEnd: true, along: "axis" },
  one_hot: { input: 0, fromEnd: false, along: "classes" },
  cross_entropy: { input: 1, fromEnd: false, along: "axis" },
};

/** False, and a diagnostic, if an index that is written in the text lies outside of its axis. `spans`: of the inputs. */
export function checkIndices(
  context: Lowering,
  frame: Frame,
  op: string,
  inputs: readonly NodeId[],
  attributes: Attributes,
  spans: readonly Span[],
): boolean {
  const rule = Object.hasOwn(indexed, op) ? indexed[op] : undefined;
  if (!rule) return true;
  const { nodes } = frame.draft;
  const indices = nodes[inputs[rule.input]];
  if (indices.dtype !== "int" || (indices.op !== "number" && indices.op !== "array")) return true;
  const { shape } = nodes[inputs[0]];
  const axis = typeof attributes.axis === "number" ? attributes.axis : op === "gather" ? 0 : -1;
  const length = rule.along === "classes" ? (attributes.classes as Size) : shape.at(axis);
  const known = length === undefined ? null : bindSize(length, context.sizes.bound);
  if (typeof known !== "number" || length === undefined) return true;
  const values = indices.op === "number" ? [indices.attributes.value] : (indices.attributes.values as readonly number[]);
  const outside = values.find((value) => typeof value === "number" && (value >= known || value < (rule.fromEnd ? -known : 0)));
  if (outside === undefined) return true;
  const size = typeof length === "number" ? String(known) : `${printSize(length)} (${known})`;
  const where = rule.along === "classes" ? `the ${size} classes` : `axis ${axis < 0 ? axis + shape.length : axis}, which has size ${size}`;
  report(context, frame, "index-out-of-range", spans[rule.input], `index ${String(outside)} is outside of ${where}`);
  return false;
}
