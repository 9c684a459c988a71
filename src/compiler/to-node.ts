// Turns values into nodes of a graph: constants and literals where they are used, nodes of other graphs by what stands for them.

import type { Span } from "../../grammar/tree.ts";
import type { Attributes, Dtype } from "../graph/graph.ts";
import { isSymbolic, type Size } from "../graph/size.ts";
import { readColumns } from "./columns.ts";
import { isWholeSize } from "./constant-arithmetic.ts";
import type { Constant } from "./draft.ts";
import { addNode, typeOf } from "./emit.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { type ConstantValue, constantOf, describeValue, type LiteralsValue, type NodeValue, type Value } from "./values.ts";

/**
 * The node of a value in the frame's graph; what is no node yet becomes one. `dtype`: what a literal of whole numbers becomes. Null if
 * the value is broken, or, with a diagnostic, if it has no node there.
 */
export function toNode(context: Lowering, frame: Frame, value: Value | null, span: Span, dtype: Dtype = "real"): NodeValue | null {
  if (value === null) return null;
  switch (value.kind) {
    case "node":
      return value.draft === frame.draft ? value : adopt(context, frame, value, span);
    case "constant":
      return addConstant(context, frame, value, dtype);
    case "literals":
      return addLiterals(context, frame, value, dtype);
    case "columns":
      return readColumns(context, frame, value);
    default:
      report(context, frame, "not-a-value", span, `${describeValue(value)} cannot be used as a value here`);
      return null;
  }
}

function addConstant(context: Lowering, frame: Frame, { value, weak, span }: ConstantValue, dtype: Dtype): NodeValue | null {
  const written = { span, label: "number" };
  const type = constantDtype(value, weak, dtype);
  const stored: number | Size = typeof value === "boolean" ? Number(value) : value;
  const node = addNode(context, frame, "number", [], { value: stored, dtype: type }, { dtype: type, shape: [] }, written);
  if (node) frame.draft.setConstant(node.id, value);
  return node;
}

function constantDtype(value: Constant, weak: boolean, wanted: Dtype): Dtype {
  if (typeof value === "boolean") return "bool";
  if (isSymbolic(value)) return isWholeSize(value) ? "int" : "real";
  return weak ? literalDtype([value], wanted) : literalDtype([value], "int");
}

function addLiterals(context: Lowering, frame: Frame, { values, shape, span }: LiteralsValue, wanted: Dtype): NodeValue | null {
  const dtype = literalDtype(values, wanted);
  return addNode(context, frame, "array", [], { values, shape, dtype }, { dtype, shape }, { span, label: "array" });
}

/** The type of a literal where `wanted` is expected: whole numbers can stand for integers. */
function literalDtype(values: readonly number[], wanted: Dtype): Dtype {
  return wanted === "int" && values.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31) ? "int" : "real";
}

/** The node in the frame's graph that stands for a node of another one. */
function adopt(context: Lowering, frame: Frame, value: NodeValue, span: Span): NodeValue | null {
  const constant = constantOf(value);
  if (frame.captures) return capture(context, frame, value, span);
  if (constant !== null)
    return addConstant(context, frame, { kind: "constant", value: constant, weak: typeOf(value).dtype === "real", span }, "real");
  const port = context.inputByNode.get(value.id);
  if (frame.outside && port && frame.outside.purpose !== "param" && frame.outside.purpose !== "state") {
    if (port.feed === null) {
      const why = `${port.name} has no value that this could be computed from: give it one`;
      if (context.inputsWithoutValue.has(port.node)) report(context, frame, "misplaced-value", span, why);
      return null;
    }
    for (const name of port.data) frame.outside.data.add(name);
    return { kind: "node", draft: frame.draft, id: port.feed };
  }
  const name = value.draft.nodes[value.id].name;
  const what = { input: "an input's value", param: "an initial value", state: "an initial value", seed: "a seed" }[
    frame.outside?.purpose ?? "input"
  ];
  const why = `${what} is computed once, outside of the graph: use numbers, sizes${frame.outside?.purpose === "input" ? ", data" : ""} and functions`;
  report(context, frame, "misplaced-value", span, `${name ?? "a node"} of the graph cannot be used here: ${why}`);
  return null;
}

/** The argument of a rule's graph that stands for a node of the graph around it. */
function capture(context: Lowering, frame: Frame, value: NodeValue, span: Span): NodeValue | null {
  const captures = frame.captures as NonNullable<Frame["captures"]>;
  const outer = toNode(context, captures.around, value, span);
  const known = outer && captures.nodes.get(outer.id);
  if (outer === null) return null;
  if (known !== undefined && known !== null) return { kind: "node", draft: frame.draft, id: known };
  const { dtype, shape } = typeOf(outer);
  const attributes = { index: captures.first + captures.nodes.size, shape, dtype } as Attributes;
  const node = addNode(context, frame, "argument", [], attributes, { dtype, shape }, { span, label: "argument" });
  if (node) captures.nodes.set(outer.id, node.id);
  return node;
}

/** True for literals of whole numbers, which may stand for integers. */
export function isLiteral(value: Value | null): boolean {
  if (value?.kind === "literals") return literalDtype(value.values, "int") === "int";
  return value?.kind === "constant" && value.weak && typeof value.value === "number" && literalDtype([value.value], "int") === "int";
}

/** int for what makes a literal beside it an integer, else real. */
export function literalDtypeBeside(value: Value | null): Dtype {
  if (value?.kind === "node") return typeOf(value).dtype === "int" ? "int" : "real";
  return value?.kind === "constant" && !value.weak && typeof value.value !== "boolean" ? "int" : "real";
}
