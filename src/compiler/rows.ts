// The rows of data in an input: which dimension they are, and what sizes the value of an input gives to dimensions.

import type { Identifier, Span } from "../../grammar/tree.ts";
import type { Attribute, Attributes, ValueType } from "../graph/graph.ts";
import { bindSize, isSymbolic, namedSize, printShape, printSize, type Shape, type Size } from "../graph/size.ts";
import type { DraftNode } from "./draft.ts";
import { typeOf } from "./emit.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import type { LoadedData, NodeValue } from "./values.ts";

/** The name of a size that is one dimension and nothing else. */
export function bareName(size: Size | undefined): string | null {
  if (size === undefined || !isSymbolic(size) || size.terms.length !== 1) return null;
  const { coefficient, names } = size.terms[0];
  return coefficient === 1 && names.length === 1 ? names[0] : null;
}

/** The dimension of the rows of the data that one input uses. */
export interface Rows {
  /** The dimension that is declared for them, if that is a name. */
  readonly declared: string | null;
  /** True if the declared dimension had a size before. */
  readonly wasBound: boolean;
  /** Data whose rows are the declared dimension. */
  readonly taken: LoadedData[];
  readonly input: Identifier;
  sizeOf(data: LoadedData): Size;
}

/** Rows get the name of the declared first axis, else that of their data. */
export function findRows(context: Lowering, frame: Frame, declared: ValueType | null, input: Identifier): Rows {
  const name = bareName(declared?.shape[0]);
  const rows: Rows = {
    declared: name,
    wasBound: name !== null && context.sizes.bound.has(name),
    taken: [],
    input,
    sizeOf(data) {
      const isFirst = rows.taken.length === 0 || rows.taken[0].summary?.rows === data.summary?.rows;
      const dimension = name !== null && isFirst ? name : data.source.name;
      if (dimension === name && !rows.taken.includes(data)) rows.taken.push(data);
      bindRows(context, frame, dimension, data, input.span);
      return namedSize(dimension);
    },
  };
  return rows;
}

function bindRows(context: Lowering, frame: Frame, dimension: string, data: LoadedData, span: Span): void {
  context.dimensions.add(dimension);
  const rows = data.summary?.rows;
  if (rows === undefined) return;
  const conflict = context.sizes.bind(dimension, rows, `the ${rows} rows of ${data.source.name}`);
  context.sizes.markRows(dimension);
  if (!conflict) return;
  const batch = conflict.source.startsWith("dim ") ? "; the size of a batch is set in train { batch = ... }" : "";
  const message = `${dimension} is ${conflict.size} by ${conflict.source}, but the data ${data.source.name} has ${rows} rows${batch}`;
  report(context, frame, "size-conflict", span, message);
}

/**
 * Compares the value of an input with its declared type and gives dimensions their sizes. False, and a diagnostic, if they do not fit.
 * `first`: the first node of the feed graph that belongs to the value.
 */
export function settleRows(
  context: Lowering,
  frame: Frame,
  rows: Rows,
  declared: ValueType | null,
  feed: NodeValue,
  first: number,
  span: Span,
): boolean {
  if (declared === null) return true;
  const { declared: name, taken } = rows;
  const { shape } = typeOf(feed);
  if (name !== null && taken.length > 0 && shape.length > 0 && !mentions(shape[0], name)) {
    renameDimension(feed.draft.nodes, first, name, taken[0].source.name);
    if (!rows.wasBound) context.sizes.release(name);
    bindRows(context, frame, taken[0].source.name, taken[0], span);
  }
  return matchShape(context, frame, rows.input.text, declared.shape, typeOf(feed).shape, span);
}

function mentions(size: Size, name: string): boolean {
  return isSymbolic(size) && size.terms.some((term) => term.names.includes(name));
}

/** A scalar fills any shape; otherwise axes must agree, and names that have no size yet get that of the value. */
function matchShape(context: Lowering, frame: Frame, input: string, declared: Shape, given: Shape, span: Span): boolean {
  if (given.length === 0) return true;
  const mismatch = (why: string) => {
    report(
      context,
      frame,
      "shape-mismatch",
      span,
      `${input} is declared ${printShape(declared)}, but its value has shape ${printShape(given)}${why}`,
    );
    return false;
  };
  if (declared.length !== given.length) return mismatch("");
  for (const [axis, size] of declared.entries()) {
    const value = bindSize(given[axis], context.sizes.bound);
    const name = bareName(size);
    if (name !== null && typeof value === "number" && name !== bareName(given[axis])) {
      const conflict = context.sizes.bind(name, value, `the value of ${input}`);
      if (conflict) return mismatch(`: ${name} is ${conflict.size} by ${conflict.source}`);
      continue;
    }
    const wanted = bindSize(size, context.sizes.bound);
    if (typeof wanted === "number" && typeof value === "number" && wanted !== value) {
      const known = [size, given[axis]]
        .filter(isSymbolic)
        .map((open) => `${printSize(open)} is ${String(bindSize(open, context.sizes.bound))}`);
      return mismatch(known.length > 0 ? `: ${known.join(", ")}` : "");
    }
  }
  return true;
}

/** Puts another dimension in the place of one, in shapes and settings of the nodes from `first` on. */
function renameDimension(nodes: DraftNode[], first: number, from: string, to: string): void {
  for (let id = first; id < nodes.length; id++) {
    const node = nodes[id];
    nodes[id] = {
      ...node,
      shape: node.shape.map((size) => renameSize(size, from, to)),
      attributes: renameAttributes(node.attributes, from, to),
    };
  }
}

function renameSize(size: Size, from: string, to: string): Size {
  if (!isSymbolic(size)) return size;
  const terms = size.terms.map(({ coefficient, names }) => ({
    coefficient,
    names: names.map((name) => (name === from ? to : name)).sort(),
  }));
  return { terms };
}

function renameAttributes(attributes: Attributes, from: string, to: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, renameAttribute(value, from, to)]));
}

function renameAttribute(attribute: Attribute, from: string, to: string): Attribute {
  if (isSymbolic(attribute)) return renameSize(attribute, from, to);
  return Array.isArray(attribute) ? attribute.map((item: Attribute) => renameAttribute(item, from, to)) : attribute;
}
