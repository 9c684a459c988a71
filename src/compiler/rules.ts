// A function's own tangent rule: lowered into a graph of its own, checked to be linear in the tangents.

import type { Attribute, Graph, NodeId, ValueType } from "../graph/graph.ts";
import { printShape } from "../graph/size.ts";
import { shapesAgree } from "../ops/broadcast.ts";
import type { FunctionDeclaration, Rule } from "./declarations.ts";
import { Draft } from "./draft.ts";
import { addNode, emit, noAttributes, typeOf, type Written } from "./emit.ts";
import { findNonlinear } from "./linearity.ts";
import { type Captures, type Frame, type Lowering, report } from "./lowering.ts";
import { checkReach } from "./rule-reach.ts";
import { createScope } from "./scope.ts";
import { toNode } from "./to-node.ts";
import { type Binding, bound, constantOf, type NodeValue, type Value, valueOf } from "./values.ts";

/**
 * Gives the value of a call its tangent rule: a `ruled` node of the value, the arguments and what the rule uses beside them.
 * `inner`: the frame of the call; `first`: the first node that the call added. Null, and a diagnostic, if the rule does not fit.
 */
export function applyRule(
  context: Lowering,
  inner: Frame,
  declaration: FunctionDeclaration,
  rule: Rule,
  result: Value | null,
  written: Written,
  first: NodeId,
): Value | null {
  const names = declaration.statement.parameters.map((parameter) => parameter.name.text);
  if (!checkParameters(context, inner, names, rule) || result === null) return null;
  const body = toNode(context, inner, result, written.span);
  const bindings = names.map((name) => inner.scope.bindings.get(name) as Binding);
  const variable = names.flatMap((_, k) => (isDifferentiated(bindings[k]) ? [k] : []));
  const nodes = variable.map((k) => toNode(context, inner, valueOf(bindings[k]), written.span));
  if (body === null || !nodes.every((node) => node !== null)) return null;
  if (inner.outside) return body;
  checkReach(context, inner, declaration, rule, body, nodes, first);
  const made = lowerRule(context, inner, rule, names, bindings, nodes, variable, typeOf(body));
  if (made === null) return null;
  const inputs = [body.id, ...nodes.map((node) => node.id), ...made.captured];
  const attributes = { rule: made.graph as Attribute, arguments: nodes.length };
  return emit(context, inner, "ruled", inputs, attributes, written);
}

/** True within the rule itself, where its function is expanded as it is written. */
export function isWithinRule(frame: Frame, rule: Rule): boolean {
  for (let at = frame.captures; at; at = at.around.captures) if (at.rule === rule) return true;
  return false;
}

/** True for arguments that are nodes; functions and settings have no tangent. */
function isDifferentiated(binding: Binding): boolean {
  const value = valueOf(binding);
  return value?.kind === "node";
}

/** `rule f(x, y, dx, dy)`: the parameters of f, then one tangent for each. */
function checkParameters(context: Lowering, inner: Frame, names: readonly string[], { statement }: Rule): boolean {
  const given = statement.parameters.map((parameter) => parameter.text);
  if (given.length === 2 * names.length && names.every((name, k) => given[k] === name)) return true;
  const expected = [...names, ...names.map((name) => `d${name}`)].join(", ");
  const { name } = statement;
  const span = { start: statement.span.start, end: name.span.end };
  const message = `the rule of ${name.text} takes its parameters and then a tangent for each: rule ${name.text}(${expected})`;
  context.reporter.add("rule-parameters", inner.file.name, span, message);
  return false;
}

interface LoweredRule {
  readonly graph: Graph;
  /** Nodes of the graph around it that it uses. */
  readonly captured: readonly NodeId[];
}

function lowerRule(
  context: Lowering,
  inner: Frame,
  declared: Rule,
  names: readonly string[],
  bindings: readonly Binding[],
  nodes: readonly NodeValue[],
  variable: readonly number[],
  type: ValueType,
): LoweredRule | null {
  const { statement, body } = declared;
  const draft = new Draft();
  const scope = createScope(body, inner.scope.parent, inner.scope.path, inner.scope.parameterPath);
  const captures: Captures = { draft, nodes: new Map(), first: 2 * nodes.length, around: inner, rule: declared };
  const root = statement.value;
  const frame: Frame = {
    ...inner,
    scope,
    draft,
    root,
    captures,
    owner: `${inner.owner}.rule`,
    parameterOwner: `${inner.parameterOwner}.rule`,
  };
  const parameters = statement.parameters.map((parameter) => parameter.text);
  for (const [k, name] of names.entries()) if (!variable.includes(k)) scope.bindings.set(name, bindings[k]);
  const tangents: NodeId[] = [];
  for (const half of [0, 1]) {
    for (const [position, k] of variable.entries()) {
      const index = half * nodes.length + position;
      const { dtype, shape } = typeOf(nodes[position]);
      const attributes = { index, shape, dtype: half === 0 ? dtype : "real" } as Record<string, Attribute>;
      const argument = addNode(
        context,
        frame,
        "argument",
        [],
        attributes,
        { dtype: half === 0 ? dtype : "real", shape },
        { span: root.span, label: "rule" },
      );
      if (argument === null) return null;
      const name = parameters[half * names.length + k];
      draft.nodes[argument.id].name = name;
      const constant = half === 0 ? constantOf(nodes[position]) : null;
      if (constant !== null) draft.setConstant(argument.id, constant);
      if (half === 1) tangents.push(argument.id);
      scope.bindings.set(name, bound(argument));
    }
  }
  const value = toNode(context, frame, context.lower(frame, root), root.span);
  if (value === null || !checkTangent(context, frame, value, type)) return null;
  const nonlinear = findNonlinear(draft.graph(), new Set(tangents), value.id, context.sizes.bound);
  if (nonlinear !== null) {
    const { op, place } = draft.nodes[nonlinear.node];
    const span = place && place.file === frame.file.name ? place : root.span;
    const why = nonlinear.isConstant ? "this does not depend on them" : `${op} is not linear in what depends on them here`;
    report(context, frame, "rule-not-linear", span, `a rule must be linear in its tangents, but ${why}`);
    return null;
  }
  // The runner of rules takes the last node as the result.
  const last =
    value.id === draft.nodes.length - 1
      ? value
      : addNode(context, frame, "identity", [value.id], noAttributes, typeOf(value), { span: root.span, label: "rule" });
  return last && { graph: draft.graph(), captured: [...captures.nodes.keys()] };
}

/** The tangent must have the shape of the value. */
function checkTangent(context: Lowering, frame: Frame, value: NodeValue, type: ValueType): boolean {
  const { shape, dtype } = typeOf(value);
  if (dtype === "real" && shapesAgree(shape, type.shape, context.sizes.bound)) return true;
  const message = `the tangent that this rule gives has shape ${printShape(shape)}, but the value of the function has ${printShape(type.shape)}`;
  report(context, frame, "shape-mismatch", frame.root.span, message);
  return false;
}
