// Lowers statements: gives names to nodes, and hands ports, data and sizes to files of their own.

import type {
  DefineStatement,
  Expression,
  Identifier,
  LossStatement,
  MetricStatement,
  NextStatement,
  SeedStatement,
  Span,
} from "../../grammar/tree.ts";
import { printType } from "../graph/print.ts";
import type { NamedNode } from "../graph/program.ts";
import { printShape } from "../graph/size.ts";
import { shapesAgree } from "../ops/broadcast.ts";
import { lowerData } from "./data-statements.ts";
import type { Vertex } from "./declarations.ts";
import { lowerDim } from "./dimensions.ts";
import { addNode, noAttributes, typeOf } from "./emit.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import { lowerInput, lowerParam, lowerState, outsideFrame } from "./ports.ts";
import { joinPaths, lookUp } from "./scope.ts";
import { toNode } from "./to-node.ts";
import { bound, constantOf, type NodeValue, type Value, valueOf } from "./values.ts";

/** Lowers one statement in the frame of its file or call and binds the names that it defines. */
export function lowerStatement(context: Lowering, frame: Frame, { statement, broken }: Vertex): void {
  if (broken) return;
  switch (statement.kind) {
    case "define":
      lowerDefine(context, frame, statement);
      return;
    case "return":
      frame.scope.bindings.set("return", bound(lowerReturn(context, frame, statement.value)));
      return;
    case "loss":
    case "metric":
      lowerTarget(context, frame, statement);
      return;
    case "input":
      frame.scope.bindings.set(statement.name.text, bound(lowerInput(context, frame, statement)));
      return;
    case "param":
      frame.scope.bindings.set(statement.name.text, bound(lowerParam(context, frame, statement)));
      return;
    case "state":
      frame.scope.bindings.set(statement.name.text, bound(lowerState(context, frame, statement)));
      return;
    case "next":
      lowerNext(context, frame, statement);
      return;
    case "seed":
      lowerSeed(context, frame, statement);
      return;
    case "data":
      frame.scope.bindings.set(statement.name.text, bound(lowerData(context, frame, statement)));
      return;
    case "dim":
      frame.scope.bindings.set(statement.name.text, bound(lowerDim(context, frame, statement)));
      return;
  }
}

/** The frame of a statement: what it adds is owned by its name. */
function statementFrame(frame: Frame, name: string, root: Expression): Frame {
  const { scope } = frame;
  return { ...frame, owner: joinPaths(scope.path, name), parameterOwner: joinPaths(scope.parameterPath, name), root };
}

function lowerDefine(context: Lowering, frame: Frame, statement: DefineStatement): void {
  const { targets, value: expression, span } = statement;
  const first = targets.find((target) => target !== null);
  const inner = statementFrame(frame, first?.text ?? "_", expression);
  const value = context.lower(inner, expression);
  if (targets.length === 1) {
    if (first) bindName(context, inner, first, value, "value", span);
    return;
  }
  const items = value?.kind === "tuple" && value.items.length === targets.length ? value.items : null;
  if (items === null && value !== null) {
    const gives = value.kind === "tuple" ? `${value.items.length} values` : "one value";
    report(context, frame, "wrong-count", expression.span, `this gives ${gives}, but there are ${targets.length} names for it`);
  }
  for (const [k, target] of targets.entries()) if (target) bindName(context, inner, target, items?.[k] ?? null, "value", span);
}

/** Binds a name to a node of its own and notes it under its path. */
function bindName(
  context: Lowering,
  frame: Frame,
  name: Identifier,
  value: Value | null,
  kind: NamedNode["kind"],
  span: Span,
): NodeValue | null {
  if (frame.scope.block.names.get(name.text)?.span !== name.span) return null;
  const node = nameValue(context, frame, joinPaths(frame.scope.path, name.text), value);
  frame.scope.bindings.set(name.text, bound(node));
  if (node && frame.scope.path === "") context.named.push({ name: name.text, node: node.id, kind, place: placeOf(frame, span) });
  return node;
}

/** Gives a value its name; what has one already, or is used elsewhere, gets an identity. */
function nameValue(context: Lowering, frame: Frame, path: string, value: Value | null): NodeValue | null {
  const { span } = frame.root;
  if (value?.kind === "tuple") {
    const names = value.items.map((_, k) => String.fromCharCode(97 + (k % 26))).join(", ");
    report(context, frame, "wrong-count", span, `this gives ${value.items.length} values: name them all, as in (${names}) = ...`);
    return null;
  }
  const node = toNode(context, frame, value, span);
  if (node === null) return null;
  const isNew = node.draft.nodes[node.id].name === null;
  const named = isNew ? node : addNode(context, frame, "identity", [node.id], noAttributes, typeOf(node), { span, label: path });
  if (named === null) return null;
  const constant = constantOf(node);
  if (constant !== null) named.draft.setConstant(named.id, constant);
  named.draft.nodes[named.id].name = path;
  if (named.draft === context.graph) context.paths.set(path, named.id);
  return named;
}

/** What a function returns: constants become nodes of the call. */
function lowerReturn(context: Lowering, frame: Frame, expression: Expression): Value | null {
  const inner: Frame = { ...frame, root: expression };
  const lowered = context.lower(inner, expression);
  const settle = (value: Value | null): Value | null => {
    if (value?.kind === "tuple") return { kind: "tuple", items: value.items.map(settle) };
    return value?.kind === "columns" ? value : toNode(context, inner, value, expression.span);
  };
  return settle(lowered);
}

/** `loss` and `metric`: one number each, at most one loss. */
function lowerTarget(context: Lowering, frame: Frame, statement: LossStatement | MetricStatement): void {
  const { kind, name, value: expression, span } = statement;
  const inner = statementFrame(frame, name.text, expression);
  const node = bindName(context, inner, name, context.lower(inner, expression), kind, span);
  if (kind === "loss" && context.firstLoss !== statement) {
    report(
      context,
      frame,
      "second-loss",
      name.span,
      `a model has one loss, which is ${context.firstLoss?.name.text}: make this one a metric, or add the two`,
    );
  }
  if (node === null) return;
  const { shape, dtype } = typeOf(node);
  if (shape.length > 0) {
    const text = frame.file.text.slice(expression.span.start, expression.span.end);
    const message = `${kind} ${name.text} must be one number, but has shape ${printShape(shape)}: take its mean or its sum`;
    const fix = text.length > 200 ? undefined : { title: "Take the mean", span: expression.span, text: `mean(${text})` };
    report(context, frame, "not-scalar", expression.span, message, fix);
  } else if (kind === "loss" && dtype !== "real") {
    report(context, frame, "wrong-dtype", expression.span, `the loss must be real to be minimised, but ${name.text} is ${dtype}`);
  }
}

/** `next s = e`: the value of a state after the step. */
function lowerNext(context: Lowering, frame: Frame, { name, value: expression, span }: NextStatement): void {
  const inner = statementFrame(frame, name.text, expression);
  const binding = frame.scope.bindings.get(name.text);
  const state = binding && valueOf(binding);
  const value = toNode(context, inner, context.lower(inner, expression), expression.span);
  if (state?.kind !== "node" || value === null) return;
  const port = context.states.find((candidate) => candidate.node === state.id);
  if (!port) return;
  if (port.next !== null) {
    const shared = frame.scope.path === frame.scope.parameterPath ? "" : ": the calls of a shared function share its states";
    report(context, frame, "second-next", span, `the state ${port.path} gets its next value twice${shared}`);
    return;
  }
  const type = typeOf(value);
  const fits = shapesAgree(type.shape, port.type.shape, context.sizes.bound);
  if (fits && (type.dtype === port.type.dtype || port.type.dtype === "real")) {
    port.next = value.id;
    return;
  }
  const message = `the state ${name.text} is ${printType(port.type)}, but its next value is ${printType(type)}`;
  report(context, frame, fits ? "wrong-dtype" : "shape-mismatch", expression.span, message);
}

/** `seed { h = 1 }`: tangents of named nodes, for forward mode. */
function lowerSeed(context: Lowering, frame: Frame, { entries }: SeedStatement): void {
  const seen = new Set<string>();
  for (const { key, value: expression } of entries) {
    if (seen.has(key.text)) {
      report(context, frame, "repeated-key", key.span, `the seed of ${key.text} is given twice`);
      continue;
    }
    seen.add(key.text);
    const binding = lookUp(frame.scope, key.text);
    const node = binding && valueOf(binding);
    if (node && node.kind !== "node")
      report(context, frame, "not-a-name", key.span, `${key.text} is no node of the graph: a seed is the tangent of a node`);
    if (node?.kind !== "node") continue;
    const { shape, dtype } = typeOf(node);
    if (dtype !== "real") {
      report(context, frame, "not-differentiable", key.span, `${key.text} is ${dtype}: only real nodes have tangents`);
      continue;
    }
    const inner = outsideFrame(context, frame, { purpose: "seed", path: key.text, shape, root: expression });
    const feed = toNode(context, inner, context.lower(inner, expression), expression.span);
    if (feed === null) continue;
    const given = typeOf(feed).shape;
    if (given.length === 0 || shapesAgree(given, shape, context.sizes.bound))
      context.seeds.push({ name: key.text, node: node.id, feed: feed.id });
    else
      report(
        context,
        frame,
        "shape-mismatch",
        expression.span,
        `${key.text} has shape ${printShape(shape)}, but its seed has ${printShape(given)}`,
      );
  }
}
