// Optimizers: each one record, whose update rule builds graph.

import type { NodeId } from "../graph/graph.ts";
import { add, constant, divide, subtract } from "../ops/build.ts";
import type { Builder } from "../ops/op.ts";
import type { CallSetting } from "./call-setting.ts";

/** A setting of an optimizer; all have defaults. */
export type OptimizerSetting = CallSetting & { readonly default: number };

/** What an update rule sees of one parameter: nodes of the training step's graph. */
export interface UpdatePoint {
  readonly param: NodeId;
  /** Gradient of the loss with respect to the parameter, of its shape. */
  readonly gradient: NodeId;
  /** The values that the optimizer keeps for this parameter, of its shape; zeros at the first step. */
  readonly slots: Readonly<Record<string, NodeId>>;
  /** Learning rate of this step: a scalar. */
  readonly rate: NodeId;
  /** Number of this step, from 1: a scalar. */
  readonly count: NodeId;
  readonly settings: Readonly<Record<string, number>>;
}

export interface Updated {
  readonly param: NodeId;
  readonly slots: Readonly<Record<string, NodeId>>;
}

/** How an optimizer is named and set. The first setting is always `rate`. */
export interface OptimizerChoice {
  readonly name: string;
  readonly doc: string;
  readonly settings: readonly OptimizerSetting[];
}

/** An optimizer whose step is one update rule. */
export interface Optimizer extends OptimizerChoice {
  /** Names of the values kept for each parameter. */
  slots(settings: Readonly<Record<string, number>>): readonly string[];
  update(build: Builder, at: UpdatePoint): Updated;
}

function rate(value: number): OptimizerSetting {
  return { name: "rate", default: value, low: 0, high: Number.MAX_VALUE, doc: "Learning rate: the length of a step." };
}

/** The share of a running average that is kept; with 1 nothing new would ever come in. */
function kept(name: string, value: number, doc: string): OptimizerSetting {
  return { name, default: value, low: 0, high: 1, open: true, doc };
}

const epsilon: OptimizerSetting = { name: "epsilon", default: 1e-8, low: 0, high: 1, doc: "Added to a denominator so that it is not 0." };

function times(build: Builder, a: NodeId, b: NodeId): NodeId {
  return build.emit("mul", [a, b]);
}

/** A node times a number (not a node id). */
function scaledBy(build: Builder, a: NodeId, factor: number): NodeId {
  return times(build, a, constant(build, factor));
}

/** decay * average + (1 - decay) * value. */
function blend(build: Builder, average: NodeId, value: NodeId, decay: number): NodeId {
  return add(build, scaledBy(build, average, decay), scaledBy(build, value, 1 - decay));
}

function square(build: Builder, a: NodeId): NodeId {
  return build.emit("square", [a]);
}

/** param - rate * direction. */
function descend(build: Builder, at: UpdatePoint, direction: NodeId): NodeId {
  return subtract(build, at.param, times(build, at.rate, direction));
}

/** numerator / (sqrt(squares) + epsilon). */
function scaled(build: Builder, numerator: NodeId, squares: NodeId, small: number): NodeId {
  return divide(build, numerator, add(build, build.emit("sqrt", [squares]), constant(build, small)));
}

const none: Updated["slots"] = {};

/** p <- p - rate * v with v <- momentum * v + g; Nesterov: p <- p - rate * (g + momentum * v) (Sutskever et al. 2013). */
const sgd: Optimizer = {
  name: "sgd",
  doc: "Stochastic gradient descent, with momentum and Nesterov's look ahead on request.",
  settings: [
    rate(0.01),
    { name: "momentum", default: 0, low: 0, high: 1, doc: "Share of the last step that is kept." },
    { name: "nesterov", kind: "flag", default: 0, low: 0, high: 1, doc: "Take the gradient where the momentum leads." },
  ],
  slots: (settings) => (settings.momentum === 0 ? [] : ["velocity"]),
  update(build, at) {
    const { momentum, nesterov } = at.settings;
    if (momentum === 0) return { param: descend(build, at, at.gradient), slots: none };
    const velocity = add(build, scaledBy(build, at.slots.velocity, momentum), at.gradient);
    const direction = nesterov ? add(build, at.gradient, scaledBy(build, velocity, momentum)) : velocity;
    return { param: descend(build, at, direction), slots: { velocity } };
  },
};

/** s <- s + g^2; p <- p - rate * g / (sqrt(s) + epsilon) (Duchi, Hazan, Singer 2011). */
const adagrad: Optimizer = {
  name: "adagrad",
  doc: "Steps shrink with the sum of squared gradients of each parameter.",
  settings: [rate(0.01), { ...epsilon, default: 1e-10 }],
  slots: () => ["squares"],
  update(build, at) {
    const squares = add(build, at.slots.squares, square(build, at.gradient));
    return { param: descend(build, at, scaled(build, at.gradient, squares, at.settings.epsilon)), slots: { squares } };
  },
};

/** s <- decay * s + (1 - decay) * g^2; p <- p - rate * g / (sqrt(s) + epsilon) (Tieleman, Hinton 2012). */
const rmsprop: Optimizer = {
  name: "rmsprop",
  doc: "Steps divided by a running root mean square of the gradient.",
  settings: [rate(0.001), kept("decay", 0.9, "Share of the running average that is kept."), epsilon],
  slots: () => ["squares"],
  update(build, at) {
    const squares = blend(build, at.slots.squares, square(build, at.gradient), at.settings.decay);
    return { param: descend(build, at, scaled(build, at.gradient, squares, at.settings.epsilon)), slots: { squares } };
  },
};

/** m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2; direction m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) (Kingma, Ba 2015). */
function adamDirection(build: Builder, at: UpdatePoint): { direction: NodeId; slots: Readonly<Record<string, NodeId>> } {
  const { beta1, beta2 } = at.settings;
  const mean = blend(build, at.slots.mean, at.gradient, beta1);
  const squares = blend(build, at.slots.squares, square(build, at.gradient), beta2);
  const one = constant(build, 1);
  const corrected = (value: NodeId, beta: number) =>
    divide(build, value, subtract(build, one, build.emit("pow", [constant(build, beta), at.count])));
  const direction = scaled(build, corrected(mean, beta1), corrected(squares, beta2), at.settings.epsilon);
  return { direction, slots: { mean, squares } };
}

const adamSettings: readonly OptimizerSetting[] = [
  rate(0.001),
  kept("beta1", 0.9, "Share of the running mean of gradients that is kept."),
  kept("beta2", 0.999, "Share of the running mean of squared gradients that is kept."),
  epsilon,
];

const adam: Optimizer = {
  name: "adam",
  doc: "Adaptive moments: running means of gradients and of their squares.",
  settings: adamSettings,
  slots: () => ["mean", "squares"],
  update(build, at) {
    const { direction, slots } = adamDirection(build, at);
    return { param: descend(build, at, direction), slots };
  },
};

/** Adam with decay of the parameters outside the moments: p <- p - rate * (direction + decay * p) (Loshchilov, Hutter 2019). */
const adamw: Optimizer = {
  name: "adamw",
  doc: "Adam with weight decay that does not pass through the moments.",
  settings: [
    ...adamSettings,
    { name: "decay", default: 0.01, low: 0, high: 1, doc: "Weight decay: share of each parameter taken off, times the rate." },
  ],
  slots: () => ["mean", "squares"],
  update(build, at) {
    const { direction, slots } = adamDirection(build, at);
    return { param: descend(build, at, add(build, direction, scaledBy(build, at.param, at.settings.decay))), slots };
  },
};

/** The optimizers whose step is one graph. */
export const optimizers: readonly Optimizer[] = [sgd, adagrad, rmsprop, adam, adamw];

/** L-BFGS, whose loop tries several step lengths, stands in lbfgs.ts. */
export const lbfgs: OptimizerChoice = {
  name: "lbfgs",
  doc: "Quasi-Newton steps from the last changes of the gradient, with backtracking.",
  settings: [
    { ...rate(1), doc: "First step length tried." },
    { name: "history", kind: "count", default: 10, low: 1, high: 100, doc: "Pairs of steps and gradient changes kept." },
  ],
};

/** All that `optimizer = ...` can name. */
export const optimizerChoices: readonly OptimizerChoice[] = [...optimizers, lbfgs];
