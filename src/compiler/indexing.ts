// Lowers indices: whole numbers and slices become one slice, arrays of integers gather.

import type { Index, IndexItem, Span } from "../../grammar/tree.ts";
import type { Attribute } from "../graph/graph.ts";
import { printShape, printSize, type Shape, type Size, sameSize } from "../graph/size.ts";
import { chooseColumns } from "./columns.ts";
import { toNumber } from "./constant-arithmetic.ts";
import { evaluateConstant } from "./constants.ts";
import { emit, typeOf } from "./emit.ts";
import { type GatheredAxis, gatherAxes } from "./gathering.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { literalOf } from "./operands.ts";
import { evaluateKnown } from "./settings.ts";
import { type AxisSlice, resolveAt, resolveSlice } from "./slice-bounds.ts";
import { toNode } from "./to-node.ts";
import { type ColumnsValue, constantOf, type NodeValue, type Value } from "./values.ts";

/** What an index item does to its axis. */
type AxisIndex =
  | { readonly kind: "slice"; readonly slice: AxisSlice }
  | { readonly kind: "gather"; readonly indices: NodeValue; readonly span: Span };

/** Lowers `object[items]`; `object` is lowered already. */
export function lowerIndex(context: Lowering, frame: Frame, index: Index, object: Value | null): Value | null {
  if (object === null) return null;
  if (object.kind === "columns") return indexColumns(context, frame, index, object);
  if (object.kind === "tuple") return indexTuple(context, frame, index, object.items);
  const node = toNode(context, frame, object, index.object.span);
  if (node === null) return null;
  const { shape } = typeOf(node);
  const items = placeItems(context, frame, index, shape);
  if (items === null) return null;
  const axes = items.map((item, axis) => (item === null ? wholeAxis(shape[axis]) : resolveItem(context, frame, item, shape, axis)));
  return axes.every((axis) => axis !== null) ? applyIndex(context, frame, index, node, axes) : null;
}

/** `iris["petal length"]`, `d["a", "b"]`. */
function indexColumns(context: Lowering, frame: Frame, { items, span }: Index, object: ColumnsValue): Value | null {
  const names: { name: string; span: Span }[] = [];
  for (const item of items) {
    const text = item.kind === "at" ? evaluateKnown(context, frame, item.value) : null;
    if (text === undefined) return null;
    if (typeof text === "string") names.push({ name: text, span: item.span });
    else {
      if (object.columns !== null || object.data.summary === null || object.data.summary.columns.size === 1) break;
      report(context, frame, "wrong-index", item.span, 'columns are chosen by their names in quotes, as in iris["petal length"]');
      return null;
    }
  }
  if (names.length === items.length && names.length > 0) return chooseColumns(context, frame, object, names, span);
  const node = toNode(context, frame, object, span);
  return node && lowerIndex(context, frame, { kind: "index", object: { kind: "invalid", span }, items, span }, node);
}

function indexTuple(context: Lowering, frame: Frame, { items, span }: Index, values: readonly (Value | null)[]): Value | null {
  const [item] = items;
  const known = items.length === 1 && item.kind === "at" ? evaluateKnown(context, frame, item.value) : null;
  if (known === undefined) return null;
  const value = typeof known === "number" ? values.at(known) : undefined;
  if (value !== undefined && typeof known === "number" && known < values.length) return value;
  report(
    context,
    frame,
    "wrong-index",
    span,
    `a tuple of ${values.length} values is indexed by one whole number from 0 to ${values.length - 1}`,
  );
  return null;
}

/** The item for each axis, null where an axis is taken whole; `...` stands for as many of these as are missing. */
function placeItems(context: Lowering, frame: Frame, { items, span }: Index, shape: Shape): readonly (IndexItem | null)[] | null {
  const given = items.filter((item) => item.kind !== "ellipsis");
  if (items.length - given.length > 1) {
    report(context, frame, "wrong-index", span, "an index has at most one `...`");
    return null;
  }
  if (given.length > shape.length) {
    const has = shape.length === 0 ? "a scalar has no axes" : `a value of shape ${printShape(shape)} has ${shape.length}`;
    report(context, frame, "wrong-rank", given[shape.length].span, `too many indices: ${has}`);
    return null;
  }
  const missing = new Array<null>(shape.length - given.length).fill(null);
  const ellipsis = items.findIndex((item) => item.kind === "ellipsis");
  return ellipsis < 0 ? [...given, ...missing] : [...given.slice(0, ellipsis), ...missing, ...given.slice(ellipsis)];
}

function wholeAxis(size: Size): AxisIndex {
  return { kind: "slice", slice: { start: 0, size, step: 1, drop: false } };
}

/** What an item takes of an axis. Null, and a diagnostic, if that cannot be. */
function resolveItem(context: Lowering, frame: Frame, item: IndexItem, shape: Shape, axis: number): AxisIndex | null {
  if (item.kind === "ellipsis") return null;
  if (item.kind === "slice") {
    const bounds = [item.start, item.stop, item.step].map((bound) => (bound === null ? null : readBound(context, frame, bound)));
    const [start, stop, step] = bounds;
    if (start === undefined || stop === undefined || step === undefined) return null;
    const slice = resolveSlice({ start, stop, step }, shape[axis], context.sizes);
    if (typeof slice !== "string") return { kind: "slice", slice };
    report(context, frame, "wrong-index", item.span, slice);
    return null;
  }
  const constant = evaluateConstant(context, frame, item.value);
  if (constant !== null && typeof constant !== "boolean") return resolveWhole(context, frame, item.span, constant, shape, axis);
  const value = literalOf(frame, item.value) ?? context.lower(frame, item.value);
  const found = constantOf(value);
  if (found !== null && typeof found !== "boolean") return resolveWhole(context, frame, item.span, found, shape, axis);
  return resolveArray(context, frame, item, value);
}

/** A bound of a slice. Undefined if it is broken, or, with a diagnostic, if it is no whole number known when compiling. */
function readBound(context: Lowering, frame: Frame, expression: Extract<IndexItem, { kind: "at" }>["value"]): Size | undefined {
  const known = evaluateKnown(context, frame, expression);
  if (known === undefined) return undefined;
  const number = typeof known === "number" ? known : null;
  if (number !== null && Number.isInteger(number)) return number;
  if (known !== null && typeof known === "object" && "terms" in known) return known;
  report(context, frame, "wrong-index", expression.span, "bounds of a slice are whole numbers or sizes, known when compiling");
  return undefined;
}

function resolveWhole(context: Lowering, frame: Frame, span: Span, at: Size, shape: Shape, axis: number): AxisIndex | null {
  const slice = typeof at === "number" && !Number.isInteger(at) ? "" : resolveAt(at, shape[axis], context.sizes);
  if (typeof slice !== "string") return { kind: "slice", slice };
  if (slice === "") report(context, frame, "wrong-index", span, `an index is a whole number, not ${String(at)}`);
  else {
    const size = toNumber(shape[axis], context.sizes.bound);
    const known = typeof shape[axis] !== "number" && size !== null ? ` (${size})` : "";
    report(
      context,
      frame,
      "index-out-of-range",
      span,
      `index ${slice} is outside of axis ${axis}, which has size ${printSize(shape[axis])}${known}`,
    );
  }
  return null;
}

/** An index that is a node: an integer or an array of integers gathers. */
function resolveArray(context: Lowering, frame: Frame, item: Extract<IndexItem, { kind: "at" }>, value: Value | null): AxisIndex | null {
  const indices = toNode(context, frame, value, item.value.span, "int");
  if (indices === null) return null;
  const { dtype } = typeOf(indices);
  if (dtype === "int") return { kind: "gather", indices, span: item.span };
  const instead =
    dtype === "bool"
      ? "choose elements with where(mask, x, 0), or weight them by the mask: how many hold is not known when compiling"
      : "argmax, range, category, sizes and int[...] give integers";
  report(
    context,
    frame,
    "wrong-index",
    item.span,
    `an index is an integer or an array of integers, not ${dtype === "bool" ? "truth values" : "a real value"}: ${instead}`,
  );
  return null;
}

/** Slices first, then gathers along what is left. */
function applyIndex(context: Lowering, frame: Frame, { span }: Index, node: NodeValue, axes: readonly AxisIndex[]): NodeValue | null {
  const written = { span, label: "index" };
  const { shape } = typeOf(node);
  const slices = axes.map((axis, k) => (axis.kind === "slice" ? axis.slice : { start: 0, size: shape[k], step: 1, drop: false }));
  const gathered: GatheredAxis[] = [];
  let kept = 0;
  for (const [k, axis] of axes.entries()) {
    if (axis.kind === "gather") gathered.push({ axis: kept, indices: axis.indices, span: axis.span });
    if (!slices[k].drop) kept++;
  }
  const isWhole = slices.every(({ start, size, step, drop }, k) => start === 0 && step === 1 && !drop && sameSize(size, shape[k]));
  let result: NodeValue | null = node;
  if (!isWhole || gathered.length === 0) {
    const attributes = {
      start: slices.map((slice) => slice.start),
      size: slices.map((slice) => slice.size),
      step: slices.map((slice) => slice.step),
      drop: slices.map((slice) => slice.drop),
    } as Readonly<Record<string, Attribute>>;
    result = emit(context, frame, "slice", [node.id], attributes, written);
  }
  return result && gatherAxes(context, frame, result, gathered, written);
}
