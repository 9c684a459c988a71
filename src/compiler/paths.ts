// Names with points: columns of data, inner nodes and parameters of what a name stands for.

import type { Member, NameExpression, Span } from "../../grammar/tree.ts";
import { chooseColumns } from "./columns.ts";
import { unknown } from "./diagnostics.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { lookUp } from "./scope.ts";
import { type NodeValue, type Value, valueOf } from "./values.ts";

/** Lowers `cars.mpg` (a column) or `h.W`, `h.linear_1.W` (a parameter or named node below h). `members`: the parts, innermost first. */
export function lowerPath(context: Lowering, frame: Frame, root: NameExpression, members: readonly Member[]): Value | null {
  const binding = lookUp(frame.scope, root.name);
  const value = binding && valueOf(binding);
  if (!value) {
    if (!binding) report(context, frame, "not-a-name", root.span, `${root.name} has no parts: only data and named nodes have`);
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
  if (base !== null) return findBelow(context, frame, base, members, span);
  report(context, frame, "not-a-name", root.span, `${root.name} has no parts: only data and named nodes have`);
  return null;
}

/** The node of a path below `base`, or the only parameter below it whose path ends so. */
function findBelow(context: Lowering, frame: Frame, base: string, members: readonly Member[], span: Span): NodeValue | null {
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
  const names = new Set(below.map((path) => path.slice(path.lastIndexOf(".") + 1)));
  const { message, fix } = unknown("parameter", suffix, last.span, context.reporter.suggest(last.text, names), ` below ${base}`);
  report(context, frame, "unknown-name", span, message, fix);
  return null;
}
