// The builder for linear ops of one input: the value and the transpose; both derivative modes follow.

import type { NodeId } from "../graph/graph.ts";
import type { Builder, PlacedNode, Primitive } from "./op.ts";

/** What a linear op of one input must say. It says nothing on `tangent`, `adjoint` and `linearIn`: these follow. */
export interface LinearDescription extends Omit<Primitive, "kind" | "callable" | "tangent" | "adjoint" | "linearIn" | "operations"> {
  /** Default true. */
  readonly callable?: boolean;
  /** Default 0: a move. */
  readonly operations?: Primitive["operations"];
  /** The transposed map applied to `adjoint` (of the node's shape); the result has the shape of the input. */
  transpose(build: Builder, node: PlacedNode, adjoint: NodeId): NodeId;
}

/** Makes the record of a linear op y = A x. */
export function linear(description: LinearDescription): Primitive {
  const { transpose, ...described } = description;
  return {
    callable: true,
    operations: () => 0,
    ...described,
    kind: "primitive",
    // dy = A dx
    tangent: (build, node, [tangent]) => (tangent === null ? null : build.emit(node.op, [tangent], node.attributes)),
    // x' = A^T y'
    adjoint: (build, node, adjoint, [wanted]) => [wanted ? transpose(build, node, adjoint) : null],
    linearIn: [[0]],
  };
}
