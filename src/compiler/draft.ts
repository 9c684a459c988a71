// Graphs under construction: nodes as written, and what is known of their values when compiling.

import type { Attributes, Dtype, Graph, Node, NodeId, Place } from "../graph/graph.ts";
import type { Shape, SymbolicSize } from "../graph/size.ts";

/** A scalar that is known when compiling; a size may still contain the names of dimensions. */
export type Constant = number | boolean | SymbolicSize;

/** A node that may still get its name. */
export interface DraftNode extends Node {
  name: string | null;
}

/** A graph to which nodes are added. Every operation as written is a node of its own: equal nodes are not shared. */
export class Draft {
  readonly nodes: DraftNode[] = [];
  private readonly constants = new Map<NodeId, Constant>();

  add(op: string, inputs: readonly NodeId[], attributes: Attributes, dtype: Dtype, shape: Shape, owner: string, place: Place): NodeId {
    this.nodes.push({ op, inputs, attributes, name: null, owner, place, dtype, shape });
    return this.nodes.length - 1;
  }

  /** Remembers the value of a node that is known when compiling. */
  setConstant(id: NodeId, value: Constant): void {
    this.constants.set(id, value);
  }

  constantOf(id: NodeId): Constant | undefined {
    return this.constants.get(id);
  }

  graph(): Graph {
    return { nodes: this.nodes };
  }
}
