// Expands calls of functions into the graph: arguments become nodes of their own, the body's statements are lowered below the call.

import type { FunctionParameter, Span } from "../../grammar/tree.ts";
import { matchArguments } from "./arguments.ts";
import { evaluateConstant } from "./constants.ts";
import type { Block, FunctionDeclaration } from "./declarations.ts";
import { addNode, noAttributes, takeBudget, typeOf, type Written } from "./emit.ts";
import { lowerGroup } from "./groups.ts";
import { preludeFunctions } from "./library.ts";
import { depthLimit, type Frame, type Lowering, report } from "./lowering.ts";
import { callOp } from "./op-calls.ts";
import { type Callee, findCallee } from "./resolve.ts";
import { attempt } from "./roll-back.ts";
import { applyRule, isWithinRule } from "./rules.ts";
import { createScope, joinPaths, lookUp } from "./scope.ts";
import { toNode } from "./to-node.ts";
import {
  type Binding,
  bound,
  type CallArgument,
  constantOf,
  describeValue,
  type FunctionValue,
  type Scope,
  unwrap,
  type Value,
  valueOf,
} from "./values.ts";

/** The scope in which functions of a block see names, from within the scope of a call. */
function scopeOf(context: Lowering, scope: Scope, block: Block): Scope {
  for (let at: Scope | null = scope; at; at = at.parent) if (at.block === block) return at;
  const known = context.files.get(block);
  if (known) return known;
  const created = createScope(block, null, "", "");
  context.files.set(block, created);
  return created;
}

/** A function with the scope it was written in. */
export function functionOf(
  context: Lowering,
  frame: Frame,
  callee: Extract<Callee, { kind: "function" }>,
): Extract<FunctionValue, { kind: "function" }> {
  return { kind: "function", declaration: callee.declaration, scope: scopeOf(context, frame.scope, callee.block) };
}

/** The function that a name stands for where a function is expected. Null, and a diagnostic, if it is none. */
export function functionNamed(context: Lowering, frame: Frame, argument: CallArgument): FunctionValue | null {
  const expression = argument.expression && unwrap(argument.expression);
  if (expression?.kind !== "name") {
    const isBroken = expression?.kind === "hole" || expression?.kind === "invalid";
    if (!isBroken) report(context, frame, "not-a-function", argument.span, "the name of a function is needed here");
    return null;
  }
  const callee = findCallee(frame.scope.block, expression.name, preludeFunctions);
  if (callee?.kind === "function") return functionOf(context, frame, callee);
  if (callee?.kind === "op") return { kind: "op", op: callee.op };
  if (callee?.kind === "parameter") {
    const binding = lookUp(frame.scope, expression.name);
    const value = binding && valueOf(binding);
    if (value === null || value.kind === "function" || value.kind === "op") return value;
    report(context, frame, "not-a-function", argument.span, `a function is needed here, but ${expression.name} is ${describeValue(value)}`);
  } else if (callee)
    report(context, frame, "not-a-function", argument.span, `${expression.name} cannot be passed as a function: write a fn that calls it`);
  return null;
}

/** Calls a function or op. `path`: its part of the path of the nodes it makes, `f_1`. */
export function callFunction(
  context: Lowering,
  frame: Frame,
  value: FunctionValue,
  given: readonly CallArgument[],
  path: string,
  written: Written,
): Value | null {
  if (context.isAborted) return null;
  if (value.kind === "op") return callOp(context, frame, value.op, given, path, written);
  if (!takeBudget(context, frame, written.span)) return null;
  if (frame.depth >= depthLimit) {
    context.abort(frame, written.span, "calls");
    return null;
  }
  const { declaration } = value;
  if (declaration.statement.damaged) return null;
  const scopePath = joinPaths(frame.owner, path);
  const parameterPath = declaration.statement.shared
    ? joinPaths(value.scope.parameterPath, declaration.name)
    : joinPaths(frame.parameterOwner, path);
  const scope = createScope(declaration.body, value.scope, scopePath, parameterPath);
  const inner: Frame = {
    ...frame,
    scope,
    file: declaration.body.file,
    owner: scopePath,
    parameterOwner: parameterPath,
    depth: frame.depth + 1,
    site: { frame, span: written.span, name: declaration.name },
  };
  return lowerGroup(context, frame, scopePath, declaration.name, written, () =>
    expandBody(context, frame, inner, declaration, given, written),
  );
}

/** The value of the body of a function for the arguments of a call, with the function's own tangent rule if it has one. */
function expandBody(
  context: Lowering,
  frame: Frame,
  inner: Frame,
  declaration: FunctionDeclaration,
  given: readonly CallArgument[],
  written: Written,
): Value | null {
  const first = frame.draft.nodes.length;
  if (!bindArguments(context, frame, inner, declaration, given, written)) return null;
  for (const vertex of declaration.body.order) attempt(context, inner, () => context.lowerStatement(inner, vertex));
  const result = inner.scope.bindings.get("return")?.value ?? null;
  const { rule } = declaration;
  return rule && !isWithinRule(frame, rule) ? applyRule(context, inner, declaration, rule, result, written, first) : result;
}

/** Binds the parameters of a call. False if an argument is missing or too much. */
function bindArguments(
  context: Lowering,
  caller: Frame,
  inner: Frame,
  declaration: FunctionDeclaration,
  given: readonly CallArgument[],
  written: Written,
): boolean {
  const chosen = chooseArguments(context, caller, declaration, given, written);
  if (chosen === null) return false;
  for (const [index, parameter] of declaration.statement.parameters.entries()) {
    const argument = chosen[index];
    const name = parameter.name.text;
    const isFunction = declaration.functionParameters.has(index);
    if (!argument) inner.scope.bindings.set(name, bindDefault(context, inner, parameter, isFunction));
    else if (isFunction && argument.expression) inner.scope.bindings.set(name, bound(functionNamed(context, caller, argument)));
    else inner.scope.bindings.set(name, bindArgument(context, caller, inner, name, argument));
  }
  return true;
}

/** The argument of each parameter; undefined where the default is taken. Null, and a diagnostic, if they do not match. */
function chooseArguments(
  context: Lowering,
  caller: Frame,
  { name, statement: { parameters } }: FunctionDeclaration,
  given: readonly CallArgument[],
  written: Written,
): readonly (CallArgument | undefined)[] | null {
  const names = parameters.map((parameter) => parameter.name.text);
  const chosen = matchArguments(context, caller, name, names, given);
  if (chosen === null) return null;
  const missing = parameters.filter((parameter, index) => !chosen[index] && parameter.default === null);
  if (missing.length === 0) return chosen;
  const list = missing.map((parameter) => parameter.name.text).join(", ");
  report(context, caller, "missing-argument", written.span, `${name} needs ${list}: it is called as ${name}(${names.join(", ")})`);
  return null;
}

/** The default of a parameter, which may use the parameters before it. */
function bindDefault(context: Lowering, inner: Frame, parameter: FunctionParameter, isFunction: boolean): Binding {
  const expression = parameter.default;
  if (expression === null) return bound(null);
  const name = parameter.name.text;
  const argument: CallArgument = { name: null, expression, value: null, span: expression.span };
  if (isFunction) return bound(functionNamed(context, inner, argument));
  const owner = joinPaths(inner.owner, name);
  const frame = { ...inner, owner, parameterOwner: joinPaths(inner.parameterOwner, name), root: expression };
  return bindArgument(context, frame, inner, name, argument);
}

/** Binds a parameter to a new node: the identity of what is passed. What is known when compiling becomes a node on first use. */
function bindArgument(context: Lowering, caller: Frame, inner: Frame, name: string, argument: CallArgument): Binding {
  const { expression, span } = argument;
  const constant = expression ? evaluateConstant(context, caller, expression) : constantOf(argument.value);
  const path = joinPaths(inner.scope.path, name);
  const lower = () => (expression ? context.lower(caller, expression) : argument.value);
  if (constant !== null) {
    const weak = typeof constant === "number" && (argument.value?.kind !== "constant" || argument.value.weak);
    const given: Value = { kind: "constant", value: constant, weak, span };
    const lazy = () => {
      context.forced.push({ binding, lazy });
      return passNode(context, caller, inner, path, lower(), span);
    };
    const binding: Binding = { value: null, constant, lazy, given };
    return binding;
  }
  const given = lower();
  return { value: passNode(context, caller, inner, path, given, span), constant: constantOf(given), lazy: null, given };
}

/** The value of an argument inside the call: nodes of their own, named by the parameter. */
function passNode(context: Lowering, caller: Frame, inner: Frame, path: string, value: Value | null, span: Span): Value | null {
  if (value === null || value.kind === "function" || value.kind === "op" || value.kind === "text" || value.kind === "columns") return value;
  if (value.kind === "tuple") {
    return { kind: "tuple", items: value.items.map((item, k) => passNode(context, caller, inner, `${path}.${k}`, item, span)) };
  }
  const owned: Frame = { ...caller, owner: inner.owner };
  const node = toNode(context, value.kind === "node" ? caller : owned, value, span);
  if (node === null) return null;
  const passed =
    value.kind === "node" ? addNode(context, owned, "identity", [node.id], noAttributes, typeOf(node), { span, label: path }) : node;
  if (passed === null) return null;
  const constant = constantOf(node);
  if (constant !== null) passed.draft.setConstant(passed.id, constant);
  passed.draft.nodes[passed.id].name = path;
  if (passed.draft === context.graph) context.paths.set(path, passed.id);
  return passed;
}
