// Inputs, parameters and states: the nodes through which values enter, and the expressions that give their values.

import type { Expression, InputStatement, ParamStatement, Span, StateStatement, TypeExpression } from "../../grammar/tree.ts";
import type { Attribute, Dtype, NodeId, ValueType } from "../graph/graph.ts";
import { bindSize, printShape, type Shape } from "../graph/size.ts";
import { shapesAgree } from "../ops/broadcast.ts";
import { addNode, typeOf } from "./emit.ts";
import { type Frame, type Lowering, type Outside, placeOf, report } from "./lowering.ts";
import { attempt } from "./roll-back.ts";
import { checkRowNames, findRows, matchShape, type Rows, settleRows } from "./rows.ts";
import { joinPaths } from "./scope.ts";
import { readDimensions } from "./settings.ts";
import { toNode } from "./to-node.ts";
import { valueFromOutside } from "./value-override.ts";
import type { NodeValue, Scope, Value } from "./values.ts";

/** What an expression that is evaluated outside the graph is for. */
interface OutsideUse {
  readonly purpose: Outside["purpose"];
  readonly path: string;
  readonly shape: Shape | null;
  readonly root: Expression;
  readonly rows?: Rows;
}

/** The frame in which an expression is lowered into the feed graph. */
export function outsideFrame(context: Lowering, frame: Frame, { purpose, path, shape, root, rows }: OutsideUse): Frame {
  const outside: Outside = { purpose, path, shape, rowSize: rows?.sizeOf ?? (() => 1), data: new Set(), draws: 0 };
  return { ...frame, owner: path, parameterOwner: path, draft: context.feed, root, outside };
}

/** A type as written: undefined if there is none, null if it is broken. */
function readType(context: Lowering, frame: Frame, type: TypeExpression | null): ValueType | undefined | null {
  if (type === null) return undefined;
  const shape = readDimensions(context, frame, type.dims);
  return shape && { dtype: type.dtype, shape };
}

/** Adds the node of a port under its path. */
function addPort(context: Lowering, frame: Frame, op: string, path: string, type: ValueType, span: Span): NodeValue | null {
  const attributes = { name: path, dtype: type.dtype, shape: type.shape as Attribute };
  const node = addNode(context, { ...frame, owner: path }, op, [], attributes, type, { span, label: path });
  if (node === null) return null;
  node.draft.nodes[node.id].name = path;
  context.paths.set(path, node.id);
  return node;
}

/** False, and a diagnostic, where a written value cannot be of the declared type: 2.5 is no int, 3 no bool. */
function checkLiteral(context: Lowering, frame: Frame, path: string, dtype: Dtype, feed: NodeValue, span: Span): boolean {
  if (dtype === "real") return true;
  const { op, attributes } = feed.draft.nodes[feed.id];
  if (op !== "number" && op !== "array") return true;
  const values = op === "number" ? [attributes.value] : (attributes.values as readonly number[]);
  const fits = dtype === "int" ? Number.isInteger : (value: unknown) => value === 0 || value === 1;
  const wrong = values.find((value) => typeof value === "number" && !fits(value));
  if (wrong === undefined) return true;
  const what = dtype === "int" ? "no whole number" : "neither true nor false";
  report(context, frame, "wrong-dtype", span, `${path} is declared ${dtype}, but its value holds ${String(wrong)}, which is ${what}`);
  return false;
}

/** Lowers an input: its value into the feed graph, its node into the graph. */
export function lowerInput(context: Lowering, frame: Frame, statement: InputStatement): NodeValue | null {
  const { name, span } = statement;
  const path = name.text;
  const declared = readType(context, frame, statement.type);
  const given = valueFromOutside(context, frame, path, statement.value);
  if (declared === null && context.isIncomplete) return null;
  const first = context.feed.nodes.length;
  const rows = findRows(context, frame, declared ?? null, name);
  const root = given?.expression ?? statement.value;
  const inner =
    given && root ? outsideFrame(context, given.frame, { purpose: "input", path, shape: declared?.shape ?? null, root, rows }) : null;
  const settle = (): NodeValue | null => {
    if (!inner || !given) return null;
    const { span } = given.expression;
    const feed = toNode(context, inner, context.lower(inner, given.expression), span);
    if (feed && declared && !checkLiteral(context, given.frame, path, declared.dtype, feed, span)) return null;
    return feed && settleRows(context, given.frame, rows, declared ?? null, feed, first, span) ? feed : null;
  };
  const feed = attempt(context, frame, settle);
  const isBroken = feed === null && (given !== null || statement.value !== null);
  if (isBroken && context.current) context.failed.add(context.current);
  if (declared === null || (isBroken && (declared === undefined || context.isIncomplete))) return null;
  const type = declared ?? (feed ? typeOf(feed) : { dtype: "real", shape: [] });
  const node = addPort(context, frame, "input", path, { dtype: type.dtype, shape: type.shape }, span);
  if (node === null) return null;
  const port = {
    name: path,
    node: node.id,
    feed: feed?.id ?? null,
    data: [...(inner?.outside?.data ?? [])],
    type: { dtype: type.dtype, shape: type.shape },
    place: placeOf(frame, span),
  };
  context.inputs.push(port);
  checkRowNames(context, frame, statement, port);
  if (!given) context.inputsWithoutValue.add(node.id);
  context.inputByNode.set(node.id, port);
  context.named.push({ name: path, node: node.id, kind: "input", place: placeOf(frame, span) });
  return node;
}

/** A parameter or state that a call of a shared function made before, if it is the same. */
function madeBefore(context: Lowering, frame: Frame, path: string, declared: ValueType | undefined, span: Span): NodeValue | "none" | null {
  const known = context.paths.get(path);
  if (known === undefined) return "none";
  const node: NodeValue = { kind: "node", draft: context.graph, id: known };
  if (!isShared(frame.scope)) {
    report(context, frame, "duplicate-name", span, `the path ${path} is taken: rename one of the two`);
    return null;
  }
  const { shape } = typeOf(node);
  if (!declared || shapesAgree(declared.shape, shape, context.sizes.bound)) return node;
  const message = `${path} is shared by all calls: it has shape ${printShape(shape)} from the first, but would need ${printShape(declared.shape)}`;
  report(context, frame, "shape-mismatch", span, message);
  return null;
}

/** True within a call of a shared function. */
function isShared(scope: Scope): boolean {
  for (let at: Scope | null = scope; at; at = at.parent) if (at.path !== at.parameterPath) return true;
  return false;
}

/** The value that a parameter or state starts with. */
interface Initial {
  readonly feed: NodeId;
  readonly type: ValueType;
}

/** Lowers an initial value. Null if it is broken or does not fit the declared type. */
function lowerInitial(
  context: Lowering,
  frame: Frame,
  { purpose, path, declared }: { readonly purpose: "param" | "state"; readonly path: string; readonly declared: ValueType | undefined },
  expression: Expression,
): Initial | null {
  const given = valueFromOutside(context, frame, path, expression);
  if (given === null) return null;
  const inner = outsideFrame(context, given.frame, { purpose, path, shape: declared?.shape ?? null, root: given.expression });
  const feed = attempt(context, frame, () => toNode(context, inner, context.lower(inner, given.expression), given.expression.span));
  if (feed === null) return null;
  const { dtype, shape } = typeOf(feed);
  if (!declared) return { feed: feed.id, type: { dtype: purpose === "param" ? "real" : dtype, shape } };
  if (shape.length === 0 || shapesAgree(shape, declared.shape, context.sizes.bound)) return { feed: feed.id, type: declared };
  const isKnown = shape.every((size) => typeof bindSize(size, context.sizes.bound) === "number");
  const { span } = given.expression;
  if (isKnown) {
    const fits = matchShape(context, given.frame, path, "initial value", declared.shape, shape, span);
    return fits ? { feed: feed.id, type: declared } : null;
  }
  const message = `${path} is declared ${printShape(declared.shape)}, but its initial value has shape ${printShape(shape)}`;
  report(context, given.frame, "shape-mismatch", span, message);
  return null;
}

/** The initial value in the place of one that is broken, so that the rest can still be checked. Null for a hole. */
function emptyInitial(context: Lowering, frame: Frame, declared: ValueType, root: Expression): Initial | null {
  if (context.isIncomplete) return null;
  const inner = outsideFrame(context, frame, { purpose: "param", path: frame.owner, shape: null, root });
  const zero = toNode(context, inner, { kind: "constant", value: 0, weak: true, span: root.span }, root.span);
  return zero && { feed: zero.id, type: declared };
}

/** False, and a diagnostic, where nothing can be kept: outside the graph, and in rules. */
function canKeep(context: Lowering, frame: Frame, what: string, span: Span): boolean {
  if (!frame.outside && !frame.captures) return true;
  const where = frame.captures ? "a rule" : "a value from outside the graph";
  report(context, frame, "misplaced-statement", span, `a ${what} cannot be made in ${where}`);
  return false;
}

/** Lowers a parameter. In a shared function, the one that its first call made. */
export function lowerParam(context: Lowering, frame: Frame, statement: ParamStatement): Value | null {
  const { name, value: expression, span } = statement;
  const path = joinPaths(frame.scope.parameterPath, name.text);
  const declared = readType(context, { ...frame, owner: path }, statement.type);
  if (declared === null || !canKeep(context, frame, "param", span)) return null;
  if (declared && declared.dtype !== "real") {
    report(
      context,
      frame,
      "wrong-dtype",
      statement.type?.span ?? span,
      `a parameter is real, not ${declared.dtype}: only real values can be trained`,
    );
    return null;
  }
  const before = madeBefore(context, frame, path, declared, name.span);
  if (before !== "none") return before;
  const initial =
    lowerInitial(context, frame, { purpose: "param", path, declared }, expression) ??
    (declared ? emptyInitial(context, frame, declared, expression) : null);
  if (initial === null) return null;
  const node = addPort(context, frame, "param", path, initial.type, span);
  if (node === null) return null;
  const owner = path.split(".", 1)[0];
  context.params.push({ path, owner, node: node.id, feed: initial.feed, type: initial.type, place: placeOf(frame, span) });
  const below = context.parameterPaths.get(owner);
  if (below) below.push(path);
  else context.parameterPaths.set(owner, [path]);
  if (frame.scope.path === "") context.named.push({ name: path, node: node.id, kind: "param", place: placeOf(frame, span) });
  return node;
}

/** Lowers a state. */
export function lowerState(context: Lowering, frame: Frame, statement: StateStatement): Value | null {
  const { name, value: expression, span } = statement;
  const path = joinPaths(frame.scope.parameterPath, name.text);
  const declared = readType(context, { ...frame, owner: path }, statement.type);
  if (declared === null || !canKeep(context, frame, "state", span)) return null;
  const before = madeBefore(context, frame, path, declared, name.span);
  if (before !== "none") return before;
  const initial =
    lowerInitial(context, frame, { purpose: "state", path, declared }, expression) ??
    (declared ? emptyInitial(context, frame, declared, expression) : null);
  if (initial === null) return null;
  const node = addPort(context, frame, "state", path, initial.type, span);
  if (node === null) return null;
  context.states.push({ path, node: node.id, feed: initial.feed, next: null, type: initial.type, place: placeOf(frame, span) });
  if (frame.scope.path === "") context.named.push({ name: path, node: node.id, kind: "state", place: placeOf(frame, span) });
  return node;
}
