// The transpose of slices: an array of zeros with values where slices of it were taken. Many slices have one such array together.

import type { Attribute, Attributes, NodeId } from "../graph/graph.ts";
import { elementCount, type Shape } from "../graph/size.ts";
import { countElements } from "../graph/tensor.ts";
import { readShape } from "./axes.ts";
import { parenthesize, scriptBase } from "./notation.ts";
import { type Builder, type Primitive, TypeProblem } from "./op.ts";
import {
  carrySelection,
  latexSelection,
  layoutSelection,
  readSelection,
  requireSelection,
  type Selection,
  writeSelection,
} from "./slice-selection.ts";
import { spellPlaced } from "./spelled-moves.ts";
import { addStrided, copyStrided, layoutOf } from "./strided.ts";

/** A value and where it goes. */
export interface Part {
  readonly id: NodeId;
  readonly selection: Selection;
}

/** Builds zeros of the given shape with the parts in them; where parts overlap they add up, in their order. */
export function emitUnslice(build: Builder, parts: readonly Part[], shape: Shape): NodeId {
  return build.emit(
    "unslice",
    parts.map(({ id }) => id),
    { shape, parts: parts.map(({ selection }) => writeSelection(selection)) },
  );
}

/** The selection of each value. */
export function readParts({ parts }: Attributes): readonly Selection[] {
  return (parts as readonly Attribute[]).map((part) => readSelection(part as Attributes));
}

/** With y = P1 x1 + P2 x2 + ..: dy = P1 dx1 + P2 dx2 + .. over the tangents that are there; the adjoint of x_k is slice k of y'. */
export const unslice: Primitive = {
  kind: "primitive",
  name: "unslice",
  doc: "The transpose of slices: zeros of the given shape with the first value written and the others added, in order, where each slice was taken.",
  callable: false,
  parameters: [
    { name: "values", kind: "values", doc: "The values, each of the shape of its slice." },
    { name: "shape", kind: "shape", doc: "The shape of the result." },
    { name: "parts", kind: "sizes", doc: "For each value the start, size, step and dropped axes of its slice." },
  ],
  notation: {
    glyph: "]:[",
    strength: 2,
    latex: (inputs, attributes) => {
      const parts = readParts(attributes);
      const terms = inputs.map((x, k) => `${scriptBase(x)}^{${latexSelection(parts[k])}}`);
      return terms.length === 1 ? terms[0] : parenthesize(terms.join(" + "));
    },
  },
  spelling: {
    typescriptArrays: (inputs, attributes, { inputs: shapes, output }) => {
      const parts = readParts(attributes);
      const placed = inputs.map((x, k) => ({ x, shape: shapes[k], to: layoutSelection(output, parts[k]) }));
      return spellPlaced(countElements(output), placed, inputs.length > 1);
    },
  },
  infer: (inputs, attributes) => {
    const shape = readShape(attributes.shape);
    const parts = readParts(attributes);
    if (parts.length === 0 || parts.length !== inputs.length)
      throw new TypeProblem("wrong-count", `${inputs.length} values do not fit ${parts.length} slices: each value has one`);
    for (const selection of parts) requireSelection(shape, selection);
    return { dtype: inputs[0].dtype, shape };
  },
  carry: (input, axis, _inputs, output, attributes) => {
    const selection = readParts(attributes)[input];
    const kept = output.shape.flatMap((_, k) => (selection.drop[k] ? [] : [k]));
    return carrySelection(kept[axis], output.shape, selection) === null ? null : kept[axis];
  },
  evaluate: (out, inputs, attributes) => {
    out.data.fill(0);
    for (const [k, selection] of readParts(attributes).entries()) {
      const move = k === 0 ? copyStrided : addStrided;
      move(inputs[k].shape, out.data, layoutSelection(out.shape, selection), inputs[k].data, layoutOf(inputs[k]));
    }
  },
  tangent: (build, node, tangents) => {
    const parts = readParts(node.attributes).flatMap((selection, k): Part[] => {
      const id = tangents[k];
      return id === null ? [] : [{ id, selection }];
    });
    return parts.length === 0 ? null : emitUnslice(build, parts, node.shape);
  },
  adjoint: (build, node, adjoint, wanted) =>
    readParts(node.attributes).map((selection, k) => (wanted[k] ? build.emit("slice", [adjoint], writeSelection(selection)) : null)),
  operations: (inputs) => inputs.slice(1).reduce((total, { shape }) => total + Number(elementCount(shape)), 0),
  linearIn: [[-1]],
};
