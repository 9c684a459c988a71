// Calls of grad, jvp, vjp, jacobian and hessian: their sources are names of nodes, not values.

import type { Expression, Span } from "../../grammar/tree.ts";
import { namesInSize, printShape } from "../graph/size.ts";
import { sizesAgree } from "../ops/broadcast.ts";
import { findMixing } from "../ops/carry.ts";
import type { Op } from "../ops/op.ts";
import { matchArguments, signature } from "./arguments.ts";
import { emit, noAttributes, typeOf, type Written } from "./emit.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { lookUp } from "./scope.ts";
import { readSetting } from "./settings.ts";
import { toNode } from "./to-node.ts";
import { type CallArgument, type NodeValue, unwrap, type Value, valueOf } from "./values.ts";

/** Calls a derivative. */
export function callDerivative(context: Lowering, frame: Frame, op: Op, given: readonly CallArgument[], written: Written): Value | null {
  if (frame.outside) {
    report(
      context,
      frame,
      "misplaced-value",
      written.span,
      `${op.name} differentiates nodes of the graph: it cannot stand in a value from outside`,
    );
    return null;
  }
  if (op.name === "jvp") return callJvp(context, frame, given, written);
  const names = op.parameters.map((parameter) => parameter.name);
  const chosen = matchArguments(context, frame, op.name, names, given);
  if (chosen === null) return null;
  const missing = op.parameters.filter((parameter, index) => !chosen[index] && parameter.default === undefined);
  if (missing.length > 0) {
    const needed = missing.map((parameter) => parameter.name).join(", ");
    report(context, frame, "missing-argument", written.span, `${op.name} needs ${needed}: it is called as ${signature(op)}`);
    return null;
  }
  const [result, source] = chosen as CallArgument[];
  const y = toNode(context, frame, lowerGiven(context, frame, result), result.span);
  const sources = lowerSources(context, frame, source);
  const each = chosen[names.indexOf("each")];
  const u = op.name === "vjp" ? lowerAdjoint(context, frame, chosen[2]) : null;
  if (y === null || sources === null || (op.name === "vjp" && u === null)) return null;
  if (each && !(checkEach(context, frame, op, each, [y, ...sources.nodes]) && checkRows(context, frame, op, written, y, sources.nodes)))
    return null;
  const attributes = each ? { each: true } : noAttributes;
  const inputs = (x: NodeValue) => (u ? [y.id, x.id, u.id] : [y.id, x.id]);
  const derivatives = sources.nodes.map((x) => emit(context, frame, op.name, inputs(x), attributes, written));
  return sources.isTuple ? { kind: "tuple", items: derivatives } : derivatives[0];
}

function lowerGiven(context: Lowering, frame: Frame, { expression, value }: CallArgument): Value | null {
  return expression ? context.lower(frame, expression) : value;
}

function lowerAdjoint(context: Lowering, frame: Frame, argument: CallArgument | undefined): NodeValue | null {
  return argument ? toNode(context, frame, lowerGiven(context, frame, argument), argument.span) : null;
}

/** With respect to what: one named node or a tuple of them. */
function lowerSources(
  context: Lowering,
  frame: Frame,
  argument: CallArgument,
): { readonly nodes: readonly NodeValue[]; readonly isTuple: boolean } | null {
  const expression = argument.expression && unwrap(argument.expression);
  if (expression?.kind !== "tuple") {
    const node = expression ? lowerSource(context, frame, expression) : null;
    if (!expression) report(context, frame, "not-a-name", argument.span, "a derivative is taken with respect to the name of a node");
    return node && { nodes: [node], isTuple: false };
  }
  const nodes = expression.items.map((item) => lowerSource(context, frame, item));
  return nodes.every((node) => node !== null) ? { nodes, isTuple: true } : null;
}

/** The node that a name or path stands for. */
function lowerSource(context: Lowering, frame: Frame, expression: Expression): NodeValue | null {
  const inner = unwrap(expression);
  if (inner.kind === "hole" || inner.kind === "invalid") return null;
  const isPath = inner.kind === "name" || (inner.kind === "member" && inner.name.text !== "T");
  const value = isPath ? context.lower(frame, inner) : null;
  if (value?.kind === "node") return toNode(context, frame, value, inner.span);
  if (value === null && isPath) return null;
  const message =
    "a derivative is taken with respect to the name of a node: name this value in a line of its own, then differentiate what depends on that name";
  report(context, frame, "not-a-name", expression.span, message);
  return null;
}

/** `each: n` must name the first axis of what is differentiated and of what it is with respect to. */
function checkEach(context: Lowering, frame: Frame, op: Op, each: CallArgument, nodes: readonly NodeValue[]): boolean {
  const size = readSetting(context, frame, op.name, { name: "each", kind: "size" }, each);
  if (size === undefined) return false;
  for (const node of nodes) {
    const { shape } = typeOf(node);
    if (shape.length > 0 && sizesAgree(shape[0], size as (typeof shape)[number], context.sizes.bound)) continue;
    const name = namesInSize(size as (typeof shape)[number])[0] ?? String(size);
    const what = node.draft.nodes[node.id].name ?? "a value";
    report(
      context,
      frame,
      "shape-mismatch",
      each.span,
      `each: ${name} must be the first axis of both, but ${what} has shape ${printShape(shape)}`,
    );
    return false;
  }
  return true;
}

/** With `each`, row i of what is differentiated may depend on row i of its source only. */
function checkRows(context: Lowering, frame: Frame, op: Op, written: Written, y: NodeValue, sources: readonly NodeValue[]): boolean {
  const { nodes } = y.draft;
  for (const x of sources) {
    const mixing = x.draft === y.draft ? findMixing(nodes, x.id, y.id) : null;
    if (mixing === null) continue;
    const { op: name, name: label } = mixing.node;
    const inRule = mixing.ruled ? ` in the rule of ${mixing.ruled.owner}` : "";
    const what = `${label ? `${label} (${name})` : name}${inRule}`;
    const message = `${op.name} with each needs rows that do not depend on each other, but ${what} mixes the rows of ${nodes[x.id].name ?? "its source"}`;
    report(context, frame, "mixed-rows", written.span, message);
    return false;
  }
  return true;
}

/** `jvp(y, x: v, z: w)`: seeds by the names of their nodes. */
function callJvp(context: Lowering, frame: Frame, given: readonly CallArgument[], written: Written): Value | null {
  const [result, ...seeds] = given;
  const unnamed = seeds.find((seed) => !seed.name);
  if (!result || result.name || seeds.length === 0 || unnamed) {
    const message = "jvp takes what is differentiated, then a tangent for each node by its name: jvp(y, x: v)";
    report(context, frame, "missing-argument", unnamed?.span ?? written.span, message);
    return null;
  }
  const y = toNode(context, frame, lowerGiven(context, frame, result), result.span);
  const inputs: number[] = [];
  let isWhole = y !== null;
  for (const seed of seeds) {
    const node = seedNode(context, frame, seed.name?.text ?? "", seed.name?.span ?? seed.span);
    const tangent = toNode(context, frame, lowerGiven(context, frame, seed), seed.span);
    if (node === null || tangent === null) isWhole = false;
    else inputs.push(node.id, tangent.id);
  }
  return isWhole && y ? emit(context, frame, "jvp", [y.id, ...inputs], noAttributes, written) : null;
}

function seedNode(context: Lowering, frame: Frame, name: string, span: Span): NodeValue | null {
  const binding = lookUp(frame.scope, name);
  const value = binding && valueOf(binding);
  if (value?.kind === "node") return toNode(context, frame, value, span);
  if (value) report(context, frame, "not-a-name", span, `${name} is no node of the graph: a tangent is given for a node`);
  return null;
}
