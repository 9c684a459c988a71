// Parts of arrays: slice, and flip, which is a slice taken backwards.

import type { NodeId } from "../graph/graph.ts";
import { type Size, sameSize, subtractSizes } from "../graph/size.ts";
import { readAxis, replaceSize } from "./axes.ts";
import { shapeOf } from "./build.ts";
import { linear } from "./linear.ts";
import { functionNotation, operatorName, scriptBase } from "./notation.ts";
import type { Builder, Composed, Parameter, Primitive } from "./op.ts";
import { printPython } from "./python.ts";
import {
  carrySelection,
  latexSelection,
  layoutSelection,
  printSelection,
  readSelection,
  requireSelection,
  type Selection,
  selectedShape,
} from "./slice-selection.ts";
import { spellPick } from "./spelled-moves.ts";
import { copyStrided, layoutOf } from "./strided.ts";
import { emitUnslice } from "./unslice.ts";

const value: Parameter = { name: "x", kind: "value", doc: "The array." };

export const slice: Primitive = linear({
  name: "slice",
  doc: "A part of an array: along each axis `size` elements from `start`; also written `x[1:3, 0]`.",
  parameters: [
    value,
    { name: "start", kind: "shape", doc: "For each axis, the index of the first element taken." },
    { name: "size", kind: "shape", doc: "For each axis, how many elements are taken." },
  ],
  example: { source: "slice([1, 2, 3, 4], [1], [2])", result: "[2,3]" },
  notation: { glyph: "[:]", latex: ([x], attributes) => `${scriptBase(x)}_{${latexSelection(readSelection(attributes))}}`, strength: 2 },
  spelling: {
    typescriptArrays: ([x], attributes, { inputs: [shape], output }) =>
      spellPick(x, output, layoutSelection(shape, readSelection(attributes))),
    torch: ([x], attributes) => spellSlice(x, readSelection(attributes)),
    jax: ([x], attributes) => spellSlice(x, readSelection(attributes)),
  },
  infer: ([input], attributes) => {
    const selection = readSelection(attributes);
    requireSelection(input.shape, selection);
    return { dtype: input.dtype, shape: selectedShape(selection) };
  },
  carry: (_input, axis, [input], _output, attributes) => carrySelection(axis, input.shape, readSelection(attributes)),
  evaluate: (out, [x], attributes) =>
    copyStrided(out.shape, out.data, layoutOf(out), x.data, layoutSelection(x.shape, readSelection(attributes))),
  transpose: (build, node, adjoint) =>
    emitUnslice(build, [{ id: adjoint, selection: readSelection(node.attributes) }], shapeOf(build, node.inputs[0])),
});

function spellSlice(x: string, selection: Selection): string {
  return selection.start.length === 0 ? x : `${x}[${printSelection(selection)}]`;
}

/** Builds the slice of `size` elements from `start` along one axis; `drop` removes the axis (size 1). */
export function sliceAxis(build: Builder, id: NodeId, axis: number, start: Size, size: Size, drop = false): NodeId {
  const shape = shapeOf(build, id);
  if (start === 0 && sameSize(size, shape[axis]) && !drop) return id;
  return build.emit("slice", [id], {
    start: shape.map((_, k) => (k === axis ? start : 0)),
    size: replaceSize(shape, axis, size),
    step: shape.map(() => 1),
    drop: shape.map((_, k) => k === axis && drop),
  });
}

/** The elements of an array in reverse order along one axis: a slice from the last one backwards. */
export const flip: Composed = {
  kind: "composed",
  name: "flip",
  doc: "The array with its elements in reverse order along one axis.",
  callable: true,
  parameters: [value, { name: "axis", kind: "axis", doc: "The axis to reverse." }],
  example: { source: "flip([1, 2, 3], 0)", result: "[3,2,1]" },
  notation: functionNotation("⇄", operatorName("flip")),
  spelling: {
    torch: ([x], { axis }) => `torch.flip(${x}, (${printPython(axis)},))`,
    jax: ([x], { axis }) => `jnp.flip(${x}, ${printPython(axis)})`,
  },
  infer: ([input], { axis }) => {
    readAxis(axis, input.shape.length);
    return { dtype: input.dtype, shape: input.shape };
  },
  carry: (_input, axis, [input], _output, attributes) => (axis === readAxis(attributes.axis, input.shape.length) ? null : axis),
  compose: (build, [x], attributes) => {
    const shape = shapeOf(build, x);
    const reversed = readAxis(attributes.axis, shape.length);
    return build.emit("slice", [x], {
      start: shape.map((size, axis) => (axis === reversed ? subtractSizes(size, 1) : 0)),
      size: shape,
      step: shape.map((_, axis) => (axis === reversed ? -1 : 1)),
      drop: shape.map(() => false),
    });
  },
};
