// Operations with indices: gather and its transpose, one-hot rows, and the positions of extremes.

import type { Attribute, ValueType } from "../graph/graph.ts";
import { elementCount, printShape, type Shape, type Size, sameSize } from "../graph/size.ts";
import { countElements, type Tensor, type TensorData } from "../graph/tensor.ts";
import { keptAxis, readAxes, readAxis, readShape, reduceShape } from "./axes.ts";
import { shapeOf } from "./build.ts";
import { IndexProblem } from "./index-problem.ts";
import { functionNotation, operatorName, scriptBase } from "./notation.ts";
import { type Parameter, type Primitive, TypeProblem } from "./op.ts";
import { printPython } from "./python.ts";
import { spellGather, spellOneHot, spellPosition, spellScatter } from "./spelled-moves.ts";

function requireWhole(indices: ValueType, op: string): void {
  if (indices.dtype === "int") return;
  throw new TypeProblem(
    "wrong-dtype",
    `the indices of ${op} must be whole numbers (int), not ${indices.dtype}: argmax, category, sizes and int[...] give them`,
  );
}

/** The shape of `x` with the axes of the indices in the place of `axis`. */
function gatherShape(x: Shape, indices: Shape, axis: number): Shape {
  return [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)];
}

/** Element counts of an array seen as [outer, size, inner] around one axis. */
function splitAround(shape: readonly number[], axis: number): readonly [outer: number, size: number, inner: number] {
  return [countElements(shape.slice(0, axis)), shape[axis], countElements(shape.slice(axis + 1))];
}

/** The indices from 0 on; negative ones count from the end. Throws IndexProblem. */
function resolveIndices(indices: TensorData, size: number): Int32Array {
  return Int32Array.from(indices, (index) => {
    if (index < -size || index >= size) throw new IndexProblem(index, size);
    return index < 0 ? index + size : index;
  });
}

/**
 * y = x[.., i, ..]: dy = dx[.., i, ..]; x' is zero but for the adjoints of y added up at i.
 */
export const gather: Primitive = {
  kind: "primitive",
  name: "gather",
  doc: "The parts of an array at the given indices along an axis; also written `x[i]`. An index may count from the end.",
  callable: true,
  parameters: [
    { name: "x", kind: "value", doc: "The array." },
    { name: "indices", kind: "value", doc: "Whole numbers of any shape; their axes stand in the place of `axis` in the result." },
    { name: "axis", kind: "axis", doc: "The axis that is indexed.", default: 0 },
  ],
  example: { source: "gather([10, 30, 20], argmax([1, 3, 2]))", result: "30" },
  notation: { glyph: "xᵢ", latex: ([x, i]) => `${scriptBase(x)}_{${i}}`, strength: 2 },
  spelling: {
    typescriptArrays: ([x, i], { axis }, { inputs: [shape] }) => spellGather(x, i, shape, readAxis(axis ?? 0, shape.length)),
    torch: ([x, i], { axis }) =>
      `torch.moveaxis(torch.moveaxis(${x}, ${printPython(axis ?? 0)}, -1)[..., ${i}], -1, ${printPython(axis ?? 0)})`,
    jax: ([x, i], { axis }) => `jnp.take(${x}, ${i}, axis=${printPython(axis ?? 0)})`,
  },
  infer: ([x, indices], { axis }) => {
    requireWhole(indices, "gather");
    return { dtype: x.dtype, shape: gatherShape(x.shape, indices.shape, readAxis(axis ?? 0, x.shape.length)) };
  },
  carry: (input, axis, [x, indices], _output, attributes) => carryGather(input, axis, x, indices, attributes.axis),
  evaluate: (out, [x, indices], { axis }) => evaluateGather(out, x, indices, readAxis(axis ?? 0, x.shape.length)),
  tangent: (build, node, [tangent]) => (tangent === null ? null : build.emit("gather", [tangent, node.inputs[1]], node.attributes)),
  adjoint: (build, node, adjoint, [wanted]) => {
    const [x, indices] = node.inputs;
    const shape = shapeOf(build, x);
    const axis = readAxis(node.attributes.axis ?? 0, shape.length);
    return [wanted ? build.emit("scatter_add", [indices, adjoint], { axis, shape }) : null, null];
  },
  operations: () => 0,
  linearIn: [[0]],
};

function carryGather(input: number, axis: number, x: ValueType, indices: ValueType, setting: Attribute | undefined): number | null {
  const indexed = readAxis(setting ?? 0, x.shape.length);
  if (input === 1) return indexed + axis;
  if (axis === indexed) return null;
  return axis < indexed ? axis : axis - 1 + indices.shape.length;
}

function evaluateGather(out: Tensor, x: Tensor, indices: Tensor, axis: number): void {
  const [outer, size, inner] = splitAround(x.shape, axis);
  const resolved = resolveIndices(indices.data, size);
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of resolved) {
      const from = (block * size + index) * inner;
      for (let j = 0; j < inner; j++) out.data[at++] = x.data[from + j];
    }
  }
}

/** The transpose of gather: linear in the updates, d y = scatter_add(i, d u), u' = gather(y', i). */
export const scatterAdd: Primitive = {
  kind: "primitive",
  name: "scatter_add",
  doc: "Zeros of the given shape to which each update is added at its index, in the order of the updates.",
  callable: false,
  parameters: [
    { name: "indices", kind: "value", doc: "Whole numbers." },
    { name: "updates", kind: "value", doc: "What is added: of the shape that gather would give." },
    { name: "axis", kind: "axis", doc: "The axis that is indexed.", default: 0 },
    { name: "shape", kind: "shape", doc: "The shape of the result." },
  ],
  notation: functionNotation("+ᵢ", operatorName("scatter")),
  spelling: {
    typescriptArrays: ([i, updates], { axis }, { output }) => spellScatter(i, updates, output, readAxis(axis ?? 0, output.length)),
    jax: ([i, updates], { axis, shape }) =>
      `jnp.moveaxis(jnp.zeros(${printPython(shape)}), ${printPython(axis)}, 0).at[${i}].add(jnp.moveaxis(${updates}, ${printPython(axis)}, 0))`,
  },
  infer: ([indices, updates], { axis, shape }, _sizes) => {
    requireWhole(indices, "scatter_add");
    const result = readShape(shape);
    const wanted = gatherShape(result, indices.shape, readAxis(axis ?? 0, result.length));
    if (wanted.length === updates.shape.length) return { dtype: updates.dtype, shape: result };
    throw new TypeProblem("shape-mismatch", `updates of shape ${printShape(updates.shape)} do not fit: ${printShape(wanted)} would`);
  },
  carry: (input, axis, [indices], output, attributes) => {
    const indexed = readAxis(attributes.axis ?? 0, output.shape.length);
    if (input === 0 || (axis >= indexed && axis < indexed + indices.shape.length)) return null;
    return axis < indexed ? axis : axis + 1 - indices.shape.length;
  },
  evaluate: (out, [indices, updates], { axis }) => evaluateScatter(out, indices, updates, readAxis(axis ?? 0, out.shape.length)),
  tangent: (build, node, [, tangent]) => (tangent === null ? null : build.emit("scatter_add", [node.inputs[0], tangent], node.attributes)),
  adjoint: (build, node, adjoint, [, wanted]) => [
    null,
    wanted ? build.emit("gather", [adjoint, node.inputs[0]], { axis: node.attributes.axis ?? 0 }) : null,
  ],
  operations: ([, updates]) => Number(elementCount(updates.shape)),
  linearIn: [[1]],
};

function evaluateScatter(out: Tensor, indices: Tensor, updates: Tensor, axis: number): void {
  const [outer, size, inner] = splitAround(out.shape, axis);
  const resolved = resolveIndices(indices.data, size);
  out.data.fill(0);
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of resolved) {
      const to = (block * size + index) * inner;
      for (let j = 0; j < inner; j++) out.data[to + j] += updates.data[at++];
    }
  }
}

export const oneHot: Primitive = {
  kind: "primitive",
  name: "one_hot",
  doc: "For each index a row of zeros with a 1 at the index.",
  callable: true,
  parameters: [
    { name: "indices", kind: "value", doc: "Whole numbers from 0 to classes - 1, of any shape." },
    { name: "classes", kind: "size", doc: "The length of the rows." },
  ],
  example: { source: "one_hot(argmax([1, 3, 2]), 3)", result: "[0,1,0]" },
  notation: functionNotation("1ᵢ", operatorName("onehot")),
  spelling: {
    typescriptArrays: ([i], _attributes, { output }) => spellOneHot(i, output[output.length - 1]),
    torch: ([i], { classes }) => `torch.nn.functional.one_hot(${i}, ${printPython(classes)})`,
    jax: ([i], { classes }) => `jax.nn.one_hot(${i}, ${printPython(classes)})`,
  },
  infer: ([indices], { classes }) => {
    requireWhole(indices, "one_hot");
    if (typeof classes === "number" && !(Number.isInteger(classes) && classes >= 0)) {
      throw new TypeProblem("wrong-value", `classes must be a whole number, at least 0, not ${classes}`);
    }
    return { dtype: "real", shape: [...indices.shape, classes as Size] };
  },
  carry: (_input, axis) => axis,
  evaluate: (out, [indices]) => {
    const classes = out.shape[out.shape.length - 1];
    out.data.fill(0);
    for (let row = 0; row < indices.data.length; row++) {
      const index = indices.data[row];
      if (index < 0 || index >= classes) throw new IndexProblem(index, classes);
      out.data[row * classes + index] = 1;
    }
  },
  tangent: () => null,
  adjoint: () => [null],
  operations: () => 0,
  linearIn: [],
};

const extremeParameters: readonly Parameter[] = [
  { name: "x", kind: "value", doc: "The array." },
  { name: "axis", kind: "axis", doc: "The axis to search along; if left out, the whole array as if it had one axis.", default: null },
  { name: "keepdims", kind: "boolean", doc: "Whether the axis stays, with size 1.", default: false },
];

/** All axes for null, else the one. */
function searchedAxes(setting: Attribute | undefined, rank: number): readonly number[] {
  return setting === null || setting === undefined ? readAxes(null, rank) : [readAxis(setting, rank)];
}

/** The record of argmax or argmin. Its derivative is 0: the position does not move with small changes. */
function position(name: "argmax" | "argmin", what: string, better: (a: number, b: number) => boolean): Primitive {
  return {
    kind: "primitive",
    name,
    doc: `The index of the ${what} element, the first of equal ones; nan counts as ${what}.`,
    callable: true,
    parameters: extremeParameters,
    example: { source: `${name}([2, 3, 1])`, result: name === "argmax" ? "1" : "2" },
    notation: functionNotation(name === "argmax" ? "↑i" : "↓i", operatorName(name)),
    spelling: {
      typescriptArrays: ([x], { axis }, { inputs: [shape] }) =>
        spellPosition(x, shape, axis === null || axis === undefined ? null : readAxis(axis, shape.length), name === "argmax" ? ">" : "<"),
      torch: ([x], { axis, keepdims }) => `torch.${name}(${x}, dim=${printPython(axis)}, keepdim=${printPython(keepdims ?? false)})`,
      jax: ([x], { axis, keepdims }) => `jnp.${name}(${x}, axis=${printPython(axis)}, keepdims=${printPython(keepdims ?? false)})`,
    },
    infer: ([x], { axis, keepdims }) => {
      const axes = searchedAxes(axis, x.shape.length);
      if (axes.some((k) => sameSize(x.shape[k], 0)))
        throw new TypeProblem("wrong-value", `${name} of nothing: shape ${printShape(x.shape)} has no element`);
      return { dtype: "int", shape: reduceShape(x.shape, axes, keepdims === true) };
    },
    carry: (_input, axis, [x], _output, attributes) =>
      keptAxis(axis, searchedAxes(attributes.axis, x.shape.length), attributes.keepdims === true),
    evaluate: (out, [x], { axis }) => evaluatePosition(out, x, axis, better),
    tangent: () => null,
    adjoint: () => [null],
    operations: ([x]) => Number(elementCount(x.shape)),
    linearIn: [],
  };
}

function evaluatePosition(out: Tensor, x: Tensor, setting: Attribute | undefined, better: (a: number, b: number) => boolean): void {
  const whole = setting === null || setting === undefined;
  const [outer, size, inner] = whole ? [1, x.data.length, 1] : splitAround(x.shape, readAxis(setting, x.shape.length));
  for (let block = 0; block < outer; block++) {
    for (let j = 0; j < inner; j++) {
      const start = block * size * inner + j;
      let best = 0;
      for (let i = 1; i < size; i++) {
        const known = x.data[start + best * inner];
        const candidate = x.data[start + i * inner];
        if (better(candidate, known) || (Number.isNaN(candidate) && !Number.isNaN(known))) best = i;
      }
      out.data[block * inner + j] = best;
    }
  }
}

export const argmax: Primitive = position("argmax", "largest", (a, b) => a > b);
export const argmin: Primitive = position("argmin", "smallest", (a, b) => a < b);
