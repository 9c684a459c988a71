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
  private readonly varying: boolean[] = [];
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

  /** True for a real node that depends on an input or parameter by a way that could be differentiated. */
  readonly varies = (id: NodeId): boolean => {
    for (let next = this.varying.length; next <= id; next++) {
      const { op, dtype, inputs } = this.nodes[next];
      const isSource = op === "input" || op === "param";
      this.varying.push(dtype === "real" && op !== "stop_gradient" && (isSource || inputs.some((input) => this.varying[input])));
    }
    return this.varying[id];
  };

  /** Takes back the nodes from `length` on. */
  truncate(length: number): void {
    for (let id = length; id < this.nodes.length; id++) this.constants.delete(id);
    this.nodes.length = length;
    if (this.varying.length > length) this.varying.length = length;
  }

  graph(): Graph {
    return { nodes: this.nodes };
  }
}
