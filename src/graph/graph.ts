// The computation graph as plain data: nodes in evaluation order, each naming an op, its inputs and its type.

import { bindShape, bindSize, isSymbolic, type Shape, type Size, type SizeBindings } from "./size.ts";

export type Dtype = "real" | "int" | "bool";

/** What is known of a value before it is computed. */
export interface ValueType {
  readonly dtype: Dtype;
  readonly shape: Shape;
}

/** The place of a node in its graph: an index into `Graph.nodes`. */
export type NodeId = number;

/** Settings of a node: plain data that never changes. Sizes may be symbolic until the graph is bound. */
export type Attribute = number | string | boolean | null | Size | readonly Attribute[] | Graph | { readonly [key: string]: Attribute };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Where in which source text a node was written; `file` null is the model file itself. */
export interface Place {
  readonly file: string | null;
  readonly start: number;
  readonly end: number;
  /** The function of the prelude that the node belongs to: the place is that of its call, which a person wrote. */
  readonly within?: string;
}

/** A node as it was written, where a stable form stands in its place (see `Node.written`). */
export interface WrittenForm {
  readonly op: string;
  readonly inputs: readonly NodeId[];
  readonly attributes: Attributes;
  /** The nodes between the written inputs and the inputs of the stable form. */
  readonly bypassed: readonly NodeId[];
}

export interface Node extends ValueType {
  /** Key of the op table. */
  readonly op: string;
  /** Inputs come before their node: `inputs[k] < id`. */
  readonly inputs: readonly NodeId[];
  readonly attributes: Attributes;
  /** Name path: `J`, `h.linear_1.W`; null for an inner operation of a statement. */
  readonly name: string | null;
  /** Path of the statement (and call) it was written in: `h`, `h.linear_1`; "" for what derivation adds. */
  readonly owner: string;
  readonly place: Place | null;
  /**
   * Set where `op` and `inputs` are the stable form of a fragile composition. The bypassed nodes keep their values, and a derivative
   * with respect to one of them uses the written form.
   */
  readonly written?: WrittenForm;
}

/** Nodes in an order in which they can be evaluated. */
export interface Graph {
  readonly nodes: readonly Node[];
}

/** Puts known sizes in the place of dimension names, in shapes and attributes. */
export function bindGraph(graph: Graph, bindings: SizeBindings): Graph {
  return { nodes: graph.nodes.map((node) => bindNode(node, bindings)) };
}

function bindNode(node: Node, bindings: SizeBindings): Node {
  return { ...node, shape: bindShape(node.shape, bindings), attributes: bindAttributes(node.attributes, bindings) };
}

function bindAttributes(attributes: Attributes, bindings: SizeBindings): Attributes {
  const keys = Object.keys(attributes);
  if (keys.length === 0) return attributes;
  return Object.fromEntries(keys.map((key) => [key, bindAttribute(attributes[key], bindings)]));
}

function bindAttribute(attribute: Attribute, bindings: SizeBindings): Attribute {
  if (typeof attribute !== "object" || attribute === null) return attribute;
  if (isSymbolic(attribute)) return bindSize(attribute, bindings);
  if (Array.isArray(attribute)) return attribute.map((item: Attribute) => bindAttribute(item, bindings));
  if ("nodes" in attribute) return bindGraph(attribute as Graph, bindings);
  return bindAttributes(attribute as Attributes, bindings);
}

/** The shape as numbers. Throws RangeError if a dimension is not bound: callers check that first. */
export function concreteShape(shape: Shape): readonly number[] {
  return shape.map((size) => {
    if (typeof size !== "number") throw new RangeError("A dimension is not bound.");
    return size;
  });
}

/** Marks every node that `targets` depend on, targets included. One pass, no recursion. */
export function markAncestors(nodes: readonly Node[], targets: Iterable<NodeId>): Uint8Array {
  const marked = new Uint8Array(nodes.length);
  for (const target of targets) marked[target] = 1;
  for (let id = nodes.length - 1; id >= 0; id--) {
    if (marked[id]) for (const input of nodes[id].inputs) marked[input] = 1;
  }
  return marked;
}

/** Marks every node that depends on one of `sources`, sources included. One pass, no recursion. */
export function markDescendants(nodes: readonly Node[], sources: Iterable<NodeId>): Uint8Array {
  const marked = new Uint8Array(nodes.length);
  for (const source of sources) marked[source] = 1;
  for (let id = 0; id < nodes.length; id++) {
    if (!marked[id] && nodes[id].inputs.some((input) => marked[input])) marked[id] = 1;
  }
  return marked;
}
