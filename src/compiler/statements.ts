// Lowers statements: gives names to nodes, and hands ports, data and sizes to files of their own.

import type {
  DefineStatement,
  Entry,
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
import { attempt } from "./roll-back.ts";
import { joinPaths, lookUp } from "./scope.ts";
import { toNode } from "./to-node.ts";
import { bound, constantOf, type NodeValue, type Value, valueOf } from "./values.ts";

/**
 * Lowers one statement in the frame of its file or call and binds the names that it defines. False if nothing comes of it: reported, or
 * left out for a hole.
 */
export function lowerStatement(context: Lowering, frame: Frame, vertex: Vertex): boolean {
  if (vertex.broken) return false;
  const { statement } = vertex;
  const bind = (name: string, value: Value | null): boolean => {
    frame.scope.bindings.set(name, bound(value));
    return value !== null;
  };
  switch (statement.kind) {
    case "define":
      return lowerDefine(context, frame, statement);
    case "return":
      return bind("return", lowerReturn(context, frame, statement.value));
    case "loss":
    case "metric":
      return lowerTarget(context, frame, statement);
    case "input":
      return bind(statement.name.text, lowerInput(context, frame, statement));
    case "param":
      return bind(statement.name.text, lowerParam(context, frame, statement));
    case "state":
      return bind(statement.name.text, lowerState(context, frame, statement));
    case "next":
      return lowerNext(context, frame, statement);
    case "seed":
      return lowerSeed(context, frame, statement);
    case "data":
      return bind(statement.name.text, vertex.hole === null ? lowerData(context, frame, statement) : null);
    case "dim":
      return bind(statement.name.text, lowerDim(context, frame, statement));
    case "function":
      return true;
  }
}

/** The frame of a statement: what it adds is owned by its name. */
function statementFrame(frame: Frame, name: string, root: Expression): Frame {
  const { scope } = frame;
  return { ...frame, owner: joinPaths(scope.path, name), parameterOwner: joinPaths(scope.parameterPath, name), root };
}

function lowerDefine(context: Lowering, frame: Frame, statement: DefineStatement): boolean {
  const { targets, value: expression, span } = statement;
  const first = targets.find((target) => target !== null);
  const inner = statementFrame(frame, first?.text ?? "_", expression);
  const value = context.lower(inner, expression);
  if (targets.length === 1) {
    return first ? bindName(context, inner, first, value, "value", span) !== null : value !== null;
  }
  const items = value?.kind === "tuple" && value.items.length === targets.length ? value.items : null;
  if (items === null && value !== null) {
    const gives = value.kind === "tuple" ? `${value.items.length} values` : "one value";
    report(context, frame, "wrong-count", expression.span, `this gives ${gives}, but there are ${targets.length} names for it`);
  }
  const nodes = targets.map((target, k) => target && bindName(context, inner, target, items?.[k] ?? null, "value", span));
  return nodes.some((node) => node !== null);
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
function lowerTarget(context: Lowering, frame: Frame, statement: LossStatement | MetricStatement): boolean {
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
  if (node === null) return false;
  if (kind === "loss" && context.firstLoss !== statement) return true;
  const { shape, dtype } = typeOf(node);
  if (shape.length > 0) {
    const text = frame.file.text.slice(expression.span.start, expression.span.end);
    const message = `${kind} ${name.text} must be one number, but has shape ${printShape(shape)}: take its mean or its sum`;
    const fix = text.length > 200 ? undefined : { title: "Take the mean", span: expression.span, text: `mean(${text})` };
    report(context, frame, "not-scalar", expression.span, message, fix);
  } else if (kind === "loss" && dtype !== "real") {
    report(context, frame, "wrong-dtype", expression.span, `the loss must be real to be minimised, but ${name.text} is ${dtype}`);
  }
  return true;
}

/** `next s = e`: the value of a state after the step. */
function lowerNext(context: Lowering, frame: Frame, { name, value: expression, span }: NextStatement): boolean {
  const inner = statementFrame(frame, name.text, expression);
  const binding = frame.scope.bindings.get(name.text);
  const state = binding && valueOf(binding);
  const value = toNode(context, inner, context.lower(inner, expression), expression.span);
  if (state?.kind !== "node" || value === null) return false;
  const port = context.states.find((candidate) => candidate.node === state.id);
  if (!port) return false;
  if (port.next !== null) {
    const shared = frame.scope.path === frame.scope.parameterPath ? "" : ": the calls of a shared function share its states";
    report(context, frame, "second-next", span, `the state ${port.path} gets its next value twice${shared}`);
    return false;
  }
  const type = typeOf(value);
  const fits = shapesAgree(type.shape, port.type.shape, context.sizes.bound);
  if (fits && (type.dtype === port.type.dtype || port.type.dtype === "real")) {
    port.next = value.id;
    return true;
  }
  const message = `the state ${name.text} is ${printType(port.type)}, but its next value is ${printType(type)}`;
  report(context, frame, fits ? "wrong-dtype" : "shape-mismatch", expression.span, message);
  return false;
}

/** `seed { h = 1 }`: tangents of named nodes, for forward mode. */
function lowerSeed(context: Lowering, frame: Frame, { entries }: SeedStatement): boolean {
  const seen = new Set<string>();
  for (const entry of entries) {
    const { text, span } = entry.key;
    if (seen.has(text) || context.seeds.some((seed) => seed.name === text))
      report(context, frame, "repeated-key", span, `the seed of ${text} is given twice`);
    else attempt(context, frame, () => lowerSeedEntry(context, frame, entry));
    seen.add(text);
  }
  return true;
}

/** One tangent. False if it does not fit. */
function lowerSeedEntry(context: Lowering, frame: Frame, { key, value: expression }: Entry): boolean {
  const binding = lookUp(frame.scope, key.text);
  const node = binding && valueOf(binding);
  if (node && node.kind !== "node")
    report(context, frame, "not-a-name", key.span, `${key.text} is no node of the graph: a seed is the tangent of a node`);
  if (node?.kind !== "node") return false;
  const { shape, dtype } = typeOf(node);
  if (dtype !== "real") {
    report(context, frame, "not-differentiable", key.span, `${key.text} is ${dtype}: only real nodes have tangents`);
    return false;
  }
  const inner = outsideFrame(context, frame, { purpose: "seed", path: key.text, shape, root: expression });
  const feed = toNode(context, inner, context.lower(inner, expression), expression.span);
  if (feed === null) return false;
  const given = typeOf(feed).shape;
  if (given.length === 0 || shapesAgree(given, shape, context.sizes.bound)) {
    context.seeds.push({ name: key.text, node: node.id, feed: feed.id });
    return true;
  }
  const message = `${key.text} has shape ${printShape(shape)}, but its seed has ${printShape(given)}`;
  report(context, frame, "shape-mismatch", expression.span, message);
  return false;
}
