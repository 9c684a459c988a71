// `standardize(x)`: data less its mean, divided by its deviation; both are leaves that are fitted on the training rows.

import { addNode, emit, noAttributes, typeOf, type Written } from "./emit.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import { toNode } from "./to-node.ts";
import type { CallArgument, NodeValue, Value } from "./values.ts";

/** Lowers a call of standardize; `path` names mean and deviation in the parameters file. */
export function standardize(context: Lowering, frame: Frame, argument: CallArgument, path: string, written: Written): Value | null {
  const { outside } = frame;
  if (outside?.purpose !== "input") {
    report(context, frame, "misplaced-data", written.span, "standardize works on data: use it in the value of an input");
    return null;
  }
  const value = argument.expression ? context.lower(frame, argument.expression) : argument.value;
  const of = toNode(context, frame, value, argument.span);
  if (of === null) return null;
  const { shape, dtype } = typeOf(of);
  if (shape.length === 0 || outside.data.size === 0) {
    report(context, frame, "misplaced-data", argument.span, "standardize takes data with one value or row of values for each row");
    return null;
  }
  if (dtype === "bool") {
    report(context, frame, "wrong-dtype", argument.span, "standardize takes numbers, not truth values");
    return null;
  }
  const leaf = (name: string) => addLeaf(context, frame, `${path}.${name}`, shape.slice(1), written);
  const [mean, deviation] = [leaf("mean"), leaf("deviation")];
  if (mean === null || deviation === null) return null;
  context.fits.push({ path, of: of.id, mean: mean.id, deviation: deviation.id, place: placeOf(frame, written.span) });
  const centered = emit(context, frame, "sub", [of.id, mean.id], noAttributes, written);
  return centered && emit(context, frame, "div", [centered.id, deviation.id], noAttributes, written);
}

function addLeaf(
  context: Lowering,
  frame: Frame,
  name: string,
  shape: ReturnType<typeof typeOf>["shape"],
  written: Written,
): NodeValue | null {
  return addNode(context, frame, "input", [], { name, shape, dtype: "real" }, { dtype: "real", shape }, written);
}
