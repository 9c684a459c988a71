// The append-only builder of graphs that derivation, composition and optimizers use.

import type { Attributes, Graph, Node, NodeId, Place, ValueType } from "../graph/graph.ts";
import type { SizeBindings } from "../graph/size.ts";
import { findOp } from "../ops/index.ts";
import type { Builder, Op } from "../ops/op.ts";

const noSizes: SizeBindings = new Map();

/** A graph under construction. Nodes are only added; ids never change. */
export interface GraphBuilder extends Builder {
  /** Adds a node as it is, never shared with an equal one. */
  append(node: Node): NodeId;
  /** Gives nodes emitted from now on the place and owner of the node they come from. */
  from(place: Place | null, owner: string): void;
  graph(): Graph;
}

/** The record of an op that is known to exist. */
export function opOf(name: string): Op {
  const op = findOp(name);
  if (!op) throw new Error(`The op table has no ${name}.`);
  return op;
}

/** The type that an op gives. Sizes must be numbers. */
export function inferType(op: string, inputs: readonly ValueType[], attributes: Attributes): ValueType {
  return opOf(op).infer(inputs, attributes, noSizes);
}

/** A builder that starts from the given nodes. Nodes it emits are shared with equal ones that it emitted before, never with others. */
export function createBuilder(initial: readonly Node[] = []): GraphBuilder {
  const nodes: Node[] = [...initial];
  const emitted = new Map<string, NodeId>();
  let place: Place | null = null;
  let owner = "";
  const build: GraphBuilder = {
    nodes,
    append(node) {
      nodes.push(node);
      return nodes.length - 1;
    },
    emit(name, inputs, attributes = {}) {
      const key = nodeKey(name, inputs, attributes);
      const known = emitted.get(key);
      if (known !== undefined) return known;
      const op = opOf(name);
      const id = op.kind === "composed" ? op.compose(build, inputs, attributes) : appendTyped(name, inputs, attributes);
      emitted.set(key, id);
      return id;
    },
    from(newPlace, newOwner) {
      place = newPlace;
      owner = newOwner;
    },
    graph: () => ({ nodes }),
  };
  function appendTyped(op: string, inputs: readonly NodeId[], attributes: Attributes): NodeId {
    const type = inferType(
      op,
      inputs.map((input) => nodes[input]),
      attributes,
    );
    return build.append({ op, inputs, attributes, shape: type.shape, dtype: type.dtype, name: null, owner, place });
  }
  return build;
}

/** Equal for nodes that compute the same. */
export function nodeKey(op: string, inputs: readonly NodeId[], attributes: Attributes): string {
  for (const _key in attributes) return `${op} ${inputs.join(" ")} ${writeAttributes(attributes)}`;
  return `${op} ${inputs.join(" ")}`;
}

/** Attributes as text in which -0, inf and nan stay different from 0 and null. */
function writeAttributes(attributes: Attributes): string {
  return JSON.stringify(attributes, (_key, value) =>
    typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)) ? `\u0000${Object.is(value, -0) ? "-0" : value}` : value,
  );
}
