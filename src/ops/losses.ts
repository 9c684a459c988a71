// Loss functions: how far predictions are from what was observed.

import type { Attributes, NodeId, ValueType } from "../graph/graph.ts";
import { printShape, type Shape, type Size, type SizeBindings } from "../graph/size.ts";
import { keptAxis, readAxis } from "./axes.ts";
import { broadcastShapes, shapesAgree } from "./broadcast.ts";
import { add, constant, multiply, negate, subtract, sum } from "./build.ts";
import { composition } from "./composition.ts";
import { functionNotation, operatorName } from "./notation.ts";
import { type Builder, type Composed, TypeProblem } from "./op.ts";

/** mean((a - b)^2) */
export const mse: Composed = {
  kind: "composed",
  name: "mse",
  doc: "The mean squared error: the mean of (a - b)^2 over all elements, a scalar.",
  callable: true,
  parameters: [
    { name: "a", kind: "value", doc: "The predictions." },
    { name: "b", kind: "value", doc: "The observations." },
  ],
  infer: ([a, b], _attributes, sizes) => {
    broadcastShapes([a.shape, b.shape], sizes);
    return { dtype: "real", shape: [] };
  },
  carry: () => null,
  compose: (build, [a, b]) => build.emit("mean", [build.emit("square", [subtract(build, a, b)])], { axis: null, keepdims: false }),
  notation: functionNotation("mse", operatorName("mse")),
  spelling: {
    torch: ([a, b]) => `torch.nn.functional.mse_loss(${a}, ${b})`,
    jax: ([a, b]) => `jnp.mean((${a} - ${b}) ** 2)`,
  },
  example: { source: "mse([1, 2], [1, 4])", result: "2" },
};

/** -(y log p + (1 - y) log(1 - p)), each term 0 where its weight is */
export const bce = composition({
  name: "bce",
  doc: "Binary cross entropy of probabilities p where y was observed, for each element.",
  inputs: { p: "Predicted probabilities of 1.", y: "Observed 0 or 1, or a probability." },
  compose: (build, [p, y]) => {
    const one = constant(build, 1);
    const hit = build.emit("xlogy", [y, p]);
    const miss = build.emit("xlogy", [subtract(build, one, y), subtract(build, one, p)]);
    return negate(build, add(build, hit, miss));
  },
  domain: [
    { low: 0.3, high: 0.7 },
    { low: 0.2, high: 0.8 },
  ],
  notation: functionNotation("bce", operatorName("bce")),
  spelling: {
    torch: ([p, y]) => `torch.nn.functional.binary_cross_entropy(${p}, ${y}, reduction="none")`,
    jax: ([p, y]) => `-(jax.scipy.special.xlogy(${y}, ${p}) + jax.scipy.special.xlogy(1 - ${y}, 1 - ${p}))`,
  },
  example: { source: "bce(0.5, 1)", result: "0.6931471805599453" },
});

/** y softplus(-z) + (1 - y) softplus(z): no term cancels another, however large z is. */
export const bceLogits = composition({
  name: "bce_logits",
  doc: "Binary cross entropy of logits z where y was observed, for each element: bce(sigmoid(z), y) in its stable form.",
  inputs: { z: "Predicted logits.", y: "Observed 0 or 1, or a probability." },
  compose: (build, [z, y]) => {
    const hit = multiply(build, y, build.emit("softplus", [negate(build, z)]));
    const miss = multiply(build, subtract(build, constant(build, 1), y), build.emit("softplus", [z]));
    return add(build, hit, miss);
  },
  domain: [
    { low: -2, high: 2 },
    { low: 0.2, high: 0.8 },
  ],
  notation: functionNotation("bcl", operatorName("bce_logits")),
  spelling: {
    torch: ([z, y]) => `torch.nn.functional.binary_cross_entropy_with_logits(${z}, ${y}, reduction="none")`,
    jax: ([z, y]) => `(${y} * jax.nn.softplus(-${z}) + (1 - ${y}) * jax.nn.softplus(${z}))`,
  },
  example: { source: "bce_logits(1000, 1)", result: "0" },
});

/** Where the classes of cross_entropy are. */
interface Rows {
  readonly axis: number;
  readonly classes: Size;
  /** The shape of the result. */
  readonly shape: Shape;
  /** Whether y holds the index of a class for each row, not a weight for each class. */
  readonly indexed: boolean;
}

/** How the observations y fit the logits z. Throws TypeProblem if they do not. */
function readRows([z, y]: readonly ValueType[], { axis: setting }: Attributes, sizes: SizeBindings): Rows {
  const axis = readAxis(setting ?? -1, z.shape.length);
  const shape = z.shape.filter((_, k) => k !== axis);
  const classes = z.shape[axis];
  const fits = `logits of shape ${printShape(z.shape)} need classes int${printShape(shape)} or rows of probabilities ${printShape(z.shape)}`;
  if (shapesAgree(y.shape, z.shape, sizes)) return { axis, classes, shape, indexed: false };
  if (!shapesAgree(y.shape, shape, sizes)) {
    throw new TypeProblem("shape-mismatch", `cross_entropy: ${fits}, not shape ${printShape(y.shape)}`);
  }
  if (y.dtype === "real")
    throw new TypeProblem("wrong-dtype", `cross_entropy: ${fits}; the classes given are real, declare them as int${printShape(shape)}`);
  return { axis, classes, shape, indexed: true };
}

/** The observations as one row of weights for each row of logits. */
function weightsOf(build: Builder, y: NodeId, { axis, classes, shape, indexed }: Rows): NodeId {
  if (!indexed) return y;
  const rows = build.emit("one_hot", [y], { classes });
  const rank = shape.length + 1;
  if (axis === rank - 1) return rows;
  const order = Array.from({ length: rank }, (_, k) => (k === axis ? rank - 1 : k < axis ? k : k - 1));
  return build.emit("transpose", [rows], { axes: order });
}

/** -sum(y log_softmax(z)) over the classes, each term 0 where its weight is */
export const crossEntropy: Composed = {
  kind: "composed",
  name: "cross_entropy",
  doc: "Cross entropy of logits z where y was observed: one number for each row, minus the log of the probability of its class.",
  callable: true,
  parameters: [
    { name: "z", kind: "value", doc: "Logits: one number for each class." },
    { name: "y", kind: "value", doc: "The observed class of each row (int), or a row of probabilities (one-hot) of the shape of z." },
    { name: "axis", kind: "axis", doc: "The axis of the classes.", default: -1 },
  ],
  infer: (types, attributes, sizes) => ({ dtype: "real", shape: readRows(types, attributes, sizes).shape }),
  carry: (input, axis, inputs, _output, attributes) => {
    const classes = readAxis(attributes.axis ?? -1, inputs[0].shape.length);
    const indexed = input === 1 && inputs[1].shape.length < inputs[0].shape.length;
    return indexed ? axis : keptAxis(axis, [classes], false);
  },
  compose: (build, [z, y], attributes) => {
    const rows = readRows([build.nodes[z], build.nodes[y]], attributes, new Map());
    const logarithms = build.emit("log_softmax", [z], { axis: rows.axis });
    return negate(build, sum(build, multiply(build, weightsOf(build, y, rows), logarithms), [rows.axis]));
  },
  notation: functionNotation("H", operatorName("CE")),
  spelling: {
    torch: ([z, y], { axis }) => `torch.nn.functional.cross_entropy(torch.movedim(${z}, ${axis ?? -1}, 1), ${y}, reduction="none")`,
    jax: ([z, y], { axis }) => {
      const rows = `(jax.nn.one_hot(${y}, ${z}.shape[${axis ?? -1}], axis=${axis ?? -1}) if ${y}.ndim < ${z}.ndim else ${y})`;
      return `-jnp.sum(${rows} * jax.nn.log_softmax(${z}, axis=${axis ?? -1}), axis=${axis ?? -1})`;
    },
  },
  example: { source: "cross_entropy([0, 1000], [1, 0])", result: "1000" },
};
