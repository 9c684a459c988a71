// The rows of data in an input: which dimension they are, and what sizes the value of an input gives to dimensions.

import type { Identifier, InputStatement, Span, Tree } from "../../grammar/tree.ts";
import type { Attribute, Attributes, ValueType } from "../graph/graph.ts";
import { printType } from "../graph/print.ts";
import type { InputPort } from "../graph/program.ts";
import {
  bindSize,
  dimensionName,
  isSymbolic,
  namedSize,
  namesInSize,
  printShape,
  printSize,
  renameInSize,
  type Shape,
  type Size,
  solveSize,
} from "../graph/size.ts";
import type { DraftNode } from "./draft.ts";
import { typeOf } from "./emit.ts";
import { type Frame, type Lowering, type RowName, report } from "./lowering.ts";
import { fixedRows } from "./sizes.ts";
import type { LoadedData, NodeValue } from "./values.ts";

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
  const name = dimensionName(declared?.shape[0]);
  const rows: Rows = {
    declared: name,
    wasBound: name !== null && context.sizes.bound.has(name),
    taken: [],
    input,
    sizeOf(data) {
      const isFirst = rows.taken.length === 0 || rows.taken[0].summary?.rows === data.summary?.rows;
      const dimension = name !== null && isFirst ? name : context.rowName(data);
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
  const { size, source, fixed } = conflict;
  if (fixed === null)
    report(
      context,
      frame,
      "size-conflict",
      span,
      `${dimension} is ${size} by ${source}, but the data ${data.source.name} has ${rows} rows`,
    );
  else {
    const message = fixedRows(dimension, size, `the ${rows} rows of ${data.source.name}`);
    context.reporter.add("size-conflict", null, fixed === "option" ? { start: 0, end: 0 } : fixed, message);
  }
}

/**
 * Inputs that read the rows of one table must give them one name: two names never broadcast, and a training step takes its rows along
 * one of them. A model whose train block says which it is may have two.
 */
export function checkRowNames(context: Lowering, frame: Frame, statement: InputStatement, port: InputPort): void {
  const dimension = dimensionName(port.type.shape[0]);
  const counted = port.feed === null ? null : dimensionName(context.feed.nodes[port.feed].shape[0]);
  if (dimension === null || counted === null || !context.sizes.isRows(counted)) return;
  for (const name of port.data) {
    if (context.data.get(name)?.summary?.rows !== context.sizes.bound.get(counted)) continue;
    const before = context.rowNames.get(name);
    if (!before) context.rowNames.set(name, { dimension, input: port.name });
    else if (before.dimension !== dimension && !choosesRows(frame.file.tree)) {
      reportRowNames(context, frame, statement, port, dimension, before, name);
      return;
    }
  }
}

function reportRowNames(
  context: Lowering,
  frame: Frame,
  { name, type }: InputStatement,
  port: InputPort,
  dimension: string,
  before: RowName,
  data: string,
): void {
  const span = type?.dims[0]?.span ?? name.span;
  const after = { start: name.span.end, end: name.span.end };
  const both = `${before.input} and ${port.name} read the same rows of ${data}, but ${before.dimension} counts them for ${before.input} and ${dimension} for ${port.name}`;
  const renamed = printType({ ...port.type, shape: [namedSize(before.dimension), ...port.type.shape.slice(1)] });
  const fix = type
    ? { title: `Replace by ${before.dimension}`, span, text: before.dimension }
    : { title: `Declare ${name.text} : ${renamed}`, span: after, text: ` : ${renamed}` };
  report(context, frame, "row-names", span, `${both}: give them one name, as in ${name.text} : ${renamed}`, fix);
}

function choosesRows({ statements }: Tree): boolean {
  return statements.some((statement) => statement.kind === "train" && statement.entries.some(({ key }) => key.text === "rows"));
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
    const dimension = context.rowName(taken[0]);
    renameDimension(feed.draft.nodes, first, name, dimension);
    if (!rows.wasBound) context.sizes.release(name);
    bindRows(context, frame, dimension, taken[0], span);
  }
  return matchShape(context, frame, rows.input.text, "value", declared.shape, typeOf(feed).shape, span);
}

function mentions(size: Size, name: string): boolean {
  return isSymbolic(size) && size.terms.some((term) => term.names.includes(name));
}

/**
 * A scalar fills any shape; otherwise axes must agree, and names that have no size yet get that of the value. False, and a diagnostic,
 * if they do not fit. `what`: "value" or "initial value".
 */
export function matchShape(
  context: Lowering,
  frame: Frame,
  owner: string,
  what: string,
  declared: Shape,
  given: Shape,
  span: Span,
): boolean {
  if (given.length === 0) return true;
  const mismatch = (why: string) => {
    const as = declared.length === 0 ? "as a single value" : printShape(declared);
    const message = `${owner} is declared ${as}, but its ${what} has shape ${printShape(given)}${why}`;
    report(context, frame, "shape-mismatch", span, message);
    return false;
  };
  if (declared.length !== given.length) return mismatch("");
  for (const [axis, size] of declared.entries()) {
    const value = bindSize(given[axis], context.sizes.bound);
    const name = dimensionName(size);
    if (name !== null && typeof value === "number" && name !== dimensionName(given[axis])) {
      const conflict = context.sizes.bind(name, value, `the value of ${owner}`);
      if (conflict) return mismatch(`: ${name} is ${conflict.size} by ${conflict.source}`);
      continue;
    }
    if (typeof value === "number" && !matchSize(context, owner, size, value, given[axis], mismatch)) return false;
  }
  return true;
}

/** Compares one declared size with that of the value, now or once its dimensions are known; solves it for the only one that is not. */
function matchSize(
  context: Lowering,
  owner: string,
  declared: Size,
  value: number,
  given: Size,
  mismatch: (why: string) => boolean,
): boolean {
  const wanted = bindSize(declared, context.sizes.bound);
  if (typeof wanted === "number") {
    if (wanted === value) return true;
    const known = [declared, given]
      .filter(isSymbolic)
      .map((open) => `${printSize(open)} is ${String(bindSize(open, context.sizes.bound))}`);
    return mismatch(known.length > 0 ? `: ${known.join(", ")}` : "");
  }
  const solved = solveSize(wanted, value);
  if (solved === null) {
    context.sizes.whenBound(namesInSize(wanted)[0], () => matchSize(context, owner, declared, value, given, mismatch));
    return true;
  }
  if (!Number.isInteger(solved.size) || solved.size < 1)
    return mismatch(`: no size of ${solved.name} makes ${printSize(declared)} ${value}`);
  context.sizes.bind(solved.name, solved.size, `the value of ${owner}`);
  return true;
}

/** Puts another dimension in the place of one, in shapes and settings of the nodes from `first` on. */
function renameDimension(nodes: DraftNode[], first: number, from: string, to: string): void {
  for (let id = first; id < nodes.length; id++) {
    const node = nodes[id];
    nodes[id] = {
      ...node,
      shape: node.shape.map((size) => renameInSize(size, from, to)),
      attributes: renameAttributes(node.attributes, from, to),
    };
  }
}

function renameAttributes(attributes: Attributes, from: string, to: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, renameAttribute(value, from, to)]));
}

function renameAttribute(attribute: Attribute, from: string, to: string): Attribute {
  if (isSymbolic(attribute)) return renameInSize(attribute, from, to);
  return Array.isArray(attribute) ? attribute.map((item: Attribute) => renameAttribute(item, from, to)) : attribute;
}
