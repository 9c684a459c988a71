// Names with points: columns of data, inner nodes and parameters of what a name stands for.

import type { Member, NameExpression, Span } from "../../grammar/tree.ts";
import { builtInNames } from "./built-ins.ts";
import { chooseColumns } from "./columns.ts";
import { unknown } from "./diagnostics.ts";
import { functionOf } from "./functions.ts";
import { preludeFunctions } from "./library.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { findCallee } from "./resolve.ts";
import { joinPaths, lookUp } from "./scope.ts";
import { type NodeValue, type Value, valueOf } from "./values.ts";

/** Lowers `cars.mpg` (a column) or `h.W`, `h.linear_1.W` (a parameter or named node below h). `members`: the parts, innermost first. */
export function lowerPath(context: Lowering, frame: Frame, root: NameExpression, members: readonly Member[]): Value | null {
  const binding = lookUp(frame.scope, root.name);
  const value = binding && valueOf(binding);
  if (!value) {
    if (binding) return null;
    const shared = sharedPath(context, frame, root.name);
    if (shared !== null) return findBelow(context, frame, shared, root, members, members[members.length - 1].span);
    // A name that is nothing at all is reported already.
    const isSize = context.dimensions.has(root.name) || builtInNames.has(root.name);
    if (isSize) report(context, frame, "not-a-name", root.span, `${root.name} has no parts: only data and named nodes have`);
    return null;
  }
  const [first, second] = members;
  const { span } = members[members.length - 1];
  if (value.kind === "columns") {
    if (!second) return chooseColumns(context, frame, value, [{ name: first.name.text, span: first.name.span }], span);
    report(context, frame, "unknown-column", second.name.span, `a column has no parts: ${root.name}.${first.name.text} is one already`);
    return null;
  }
  const base = value.kind === "node" ? value.draft.nodes[value.id].name : null;
  if (base !== null) return findBelow(context, frame, base, root, members, span);
  report(context, frame, "not-a-name", root.span, `${root.name} has no parts: only data and named nodes have`);
  return null;
}

/** The path of a shared function where its name stands for its parameters. */
function sharedPath(context: Lowering, frame: Frame, name: string): string | null {
  const callee = findCallee(frame.scope.block, name, preludeFunctions);
  if (callee?.kind !== "function" || !callee.declaration.statement.shared) return null;
  return joinPaths(functionOf(context, frame, callee).scope.parameterPath, name);
}

/** The node of a path below `base`, or the only parameter below it whose path ends so. */
function findBelow(
  context: Lowering,
  frame: Frame,
  base: string,
  root: NameExpression,
  members: readonly Member[],
  span: Span,
): NodeValue | null {
  const suffix = members.map((member) => member.name.text).join(".");
  const exact = context.paths.get(`${base}.${suffix}`);
  if (exact !== undefined) return { kind: "node", draft: context.graph, id: exact };
  const below = (context.parameterPaths.get(base.split(".", 1)[0]) ?? []).filter((path) => path.startsWith(`${base}.`));
  const candidates = below.filter((path) => path.endsWith(`.${suffix}`));
  if (candidates.length === 1) return { kind: "node", draft: context.graph, id: context.paths.get(candidates[0]) as number };
  if (candidates.length > 1) {
    const shown = candidates.slice(0, 4).join(", ") + (candidates.length > 4 ? ", ..." : "");
    report(context, frame, "not-a-name", span, `${base}.${suffix} could be ${shown}: write the whole path`);
    return null;
  }
  const last = members[members.length - 1].name;
  if (members.length === 1 && findCallee(frame.scope.block, suffix, preludeFunctions) !== null) {
    const object = frame.file.text.slice(root.span.start, root.span.end);
    const fix = { title: `Write ${suffix}(${object})`, span, text: `${suffix}(${object})` };
    report(context, frame, "unknown-name", span, `${suffix} is a function: write ${suffix}(${object})`, fix);
    return null;
  }
  const names = new Set(below.map((path) => path.slice(path.lastIndexOf(".") + 1)));
  const has = whatIsBelow(context, frame, root, base, below);
  const { message, fix } = unknown("parameter", suffix, last.span, context.reporter.suggest(last.text, names), ` below ${base}${has}`);
  report(context, frame, "unknown-name", span, message, fix);
  return null;
}

/** What is said of the parameters that there are. */
function whatIsBelow(context: Lowering, frame: Frame, { name }: NameExpression, base: string, below: readonly string[]): string {
  if (below.length > 0) {
    const shown = below.slice(0, 6).map((path) => path.slice(base.length + 1));
    return `, which has ${shown.join(", ")}${below.length > 6 ? ", ..." : ""}`;
  }
  const isShared = lookUp(frame.scope, name) === null && !context.dimensions.has(name);
  return isShared ? ": its first call makes its parameters, and none comes before this" : "";
}
