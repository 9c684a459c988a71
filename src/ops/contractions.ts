// Products of vectors that are composed from others: dot, outer and cross.

import type { NodeId } from "../graph/graph.ts";
import { printShape, printSize } from "../graph/size.ts";
import { requireRank } from "./axes.ts";
import { arithmeticDtype, broadcastShapes, sizesAgree } from "./broadcast.ts";
import { reshape, shapeOf, subtract } from "./build.ts";
import { carryElementwise } from "./elementwise.ts";
import { scriptBase } from "./notation.ts";
import { type Builder, type Composed, type Parameter, TypeProblem } from "./op.ts";
import { sliceAxis } from "./slices.ts";

const vectors: readonly Parameter[] = [
  { name: "a", kind: "value", doc: "A vector." },
  { name: "b", kind: "value", doc: "A vector." },
];

function spell(torch: string, jax: string): Composed["spelling"] {
  return { torch: ([a, b]) => `${torch}(${a}, ${b})`, jax: ([a, b]) => `${jax}(${a}, ${b})` };
}

export const dot: Composed = {
  kind: "composed",
  name: "dot",
  doc: "The inner product of two vectors: the sum of the products of their elements.",
  callable: true,
  parameters: vectors,
  example: { source: "dot([1, 2, 3], [4, 5, 6])", result: "32" },
  notation: { glyph: "·", strength: 1, latex: ([a, b]) => `${scriptBase(a)}^{\\top} ${b}` },
  spelling: spell("torch.dot", "jnp.dot"),
  infer: ([a, b], _attributes, sizes) => {
    requireRank(a, 1, "the first argument of dot (for matrices write @)");
    requireRank(b, 1, "the second argument of dot (for matrices write @)");
    if (sizesAgree(a.shape[0], b.shape[0], sizes)) return { dtype: arithmeticDtype([a, b]), shape: [] };
    const [left, right] = [printSize(a.shape[0]), printSize(b.shape[0])];
    throw new TypeProblem("shape-mismatch", `vectors of ${left} and ${right} elements have no inner product: they must be equally long`);
  },
  carry: () => null,
  compose: (build, [a, b]) => build.emit("matmul", [a, b]),
};

export const outer: Composed = {
  kind: "composed",
  name: "outer",
  doc: "The matrix of all products of an element of one vector with an element of another.",
  callable: true,
  parameters: vectors,
  example: { source: "outer([1, 2], [3, 4])", result: "[[3,4],[6,8]]" },
  notation: { glyph: "⊗", strength: 1, latex: ([a, b]) => `${a} ${scriptBase(b)}^{\\top}` },
  spelling: spell("torch.outer", "jnp.outer"),
  infer: ([a, b]) => {
    requireRank(a, 1, "the first argument of outer");
    requireRank(b, 1, "the second argument of outer");
    return { dtype: arithmeticDtype([a, b]), shape: [a.shape[0], b.shape[0]] };
  },
  carry: (input) => input,
  compose: (build, [a, b]) => build.emit("mul", [reshape(build, a, [shapeOf(build, a)[0], 1]), b]),
};

/** The three components along the last axis, each with that axis kept. */
function components(build: Builder, id: NodeId): readonly NodeId[] {
  const axis = shapeOf(build, id).length - 1;
  return [0, 1, 2].map((index) => sliceAxis(build, id, axis, index, 1));
}

/** a x b = (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0) */
export const cross: Composed = {
  kind: "composed",
  name: "cross",
  doc: "The cross product of vectors of three elements along the last axis.",
  callable: true,
  parameters: [
    { name: "a", kind: "value", doc: "Vectors of three elements." },
    { name: "b", kind: "value", doc: "Vectors of three elements." },
  ],
  example: { source: "cross([1, 0, 0], [0, 1, 0])", result: "[0,0,1]" },
  notation: { glyph: "⨯", strength: 1, latex: ([a, b]) => `${a} \\times ${b}` },
  spelling: spell("torch.linalg.cross", "jnp.cross"),
  infer: ([a, b], _attributes, sizes) => {
    for (const { shape } of [a, b]) {
      if (shape.length > 0 && sizesAgree(shape[shape.length - 1], 3, sizes)) continue;
      throw new TypeProblem(
        "shape-mismatch",
        `cross needs three elements along the last axis, but an argument has shape ${printShape(shape)}`,
      );
    }
    return { dtype: arithmeticDtype([a, b]), shape: broadcastShapes([a.shape, b.shape], sizes) };
  },
  carry: (input, axis, inputs, output) => (axis === inputs[input].shape.length - 1 ? null : carryElementwise(input, axis, inputs, output)),
  compose: (build, [a, b]) => {
    const [left, right] = [components(build, a), components(build, b)];
    const parts = [0, 1, 2].map((index) => {
      const [j, k] = [(index + 1) % 3, (index + 2) % 3];
      return subtract(build, build.emit("mul", [left[j], right[k]]), build.emit("mul", [left[k], right[j]]));
    });
    return build.emit("concat", parts, { axis: -1 });
  },
};
