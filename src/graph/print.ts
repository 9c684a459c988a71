// A graph as text, one node a line: for tests, messages and people who debug.

import type { Attribute, Attributes, Graph, Node, ValueType } from "./graph.ts";
import { isSymbolic, printShape, printSize } from "./size.ts";

/** `[n, 4]`, `int[n]`, `bool`; a real scalar is `real`. */
export function printType({ dtype, shape }: ValueType): string {
  if (shape.length === 0) return dtype;
  return `${dtype === "real" ? "" : dtype}${printShape(shape)}`;
}

/** `%3 z = add(%1, %2) : [n, 4]`, one node a line, settings in braces. */
export function printGraph(graph: Graph): string {
  return graph.nodes.map((node, id) => printNode(node, id)).join("\n");
}

function printNode(node: Node, id: number): string {
  const name = node.name === null ? "" : ` ${node.name}`;
  const settings = printSettings(node);
  const inputs = node.inputs.map((input) => `%${input}`).join(", ");
  const written = node.written ? ` written ${node.written.op}(${node.written.inputs.map((input) => `%${input}`).join(", ")})` : "";
  return `%${id}${name} = ${node.op}(${inputs}${inputs && settings ? ", " : ""}${settings}) : ${printType(node)}${written}`;
}

/** Settings in the order of their names; what the type shows already is left out of leaves. */
function printSettings({ op, attributes, inputs }: Node): string {
  if (op === "number") return printAttribute(attributes.value);
  if (op === "array") return `${printAttribute(attributes.values)}`;
  const isLeaf = inputs.length === 0 && attributes.dtype !== undefined;
  return printAttributes(attributes, isLeaf ? ["dtype", "shape", "name"] : []);
}

function printAttributes(attributes: Attributes, hidden: readonly string[]): string {
  return Object.keys(attributes)
    .filter((key) => !hidden.includes(key))
    .sort()
    .map((key) => `${key}: ${printAttribute(attributes[key])}`)
    .join(", ");
}

function printAttribute(attribute: Attribute): string {
  if (typeof attribute === "string") return JSON.stringify(attribute);
  if (typeof attribute === "number") return Object.is(attribute, -0) ? "-0" : String(attribute);
  if (typeof attribute !== "object" || attribute === null) return String(attribute);
  if (isSymbolic(attribute)) return printSize(attribute);
  if (Array.isArray(attribute)) return `[${attribute.map(printAttribute).join(", ")}]`;
  if ("nodes" in attribute) return `{${printGraph(attribute as Graph).replaceAll("\n", "; ")}}`;
  return `{${printAttributes(attribute as Attributes, [])}}`;
}
