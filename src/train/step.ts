// One training step as one graph: loss, gradients, clipped, the optimizer's update and the next states.

import type { GraphBuilder } from "../engine/builder.ts";
import { derive } from "../engine/derive.ts";
import { reverse } from "../engine/reverse.ts";
import { bindGraph, type NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import type { Shape, SizeBindings } from "../graph/size.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { add, constant, divide, filled } from "../ops/build.ts";
import { addLeaf } from "./leaves.ts";
import { prepareGraph, withProblems } from "./prepared-graph.ts";
import type { Clip, TrainSettings } from "./settings.ts";

/** A value that the optimizer keeps from step to step. */
export interface Slot {
  /** `log_posterior.linear_1.W velocity`. */
  readonly name: string;
  readonly shape: Shape;
}

/** A training step for one batch size. Nodes are those of the program's graph, but for `slots`, `rate` and `count`. */
export interface StepGraph {
  /** Slots in the order of `run`'s `slots` and `newSlots`. */
  readonly slots: readonly Slot[];
  readonly bytes: number;
  /** Computes the step. `leaves` by node of the program's graph: inputs, parameters, states. */
  run(leaves: ReadonlyMap<NodeId, Tensor>, slots: readonly Tensor[], rate: number, count: number, seed: number): StepValues;
}

/** Results of one step; tensors stay valid until the next run of the same graph. */
export interface StepValues {
  readonly loss: number;
  /** In the order of the program's parameters. */
  readonly params: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** In the order of the program's states; null where the state stays. */
  readonly states: readonly (Tensor | null)[];
  readonly slots: readonly Tensor[];
  /** True if no step was found that decreases the loss. */
  readonly stuck?: boolean;
}

/** The loss and its gradients with respect to all parameters, with the leaves of the program. */
export interface LossGraph {
  readonly build: GraphBuilder;
  readonly ids: readonly NodeId[];
  readonly loss: NodeId;
  readonly params: readonly NodeId[];
  readonly gradients: readonly NodeId[];
  /** In the order of the program's states; null where the state stays. */
  readonly states: readonly (NodeId | null)[];
}

/** Derives the loss of a program for the given sizes. The program must have a loss. Throws ProblemError if a Jacobian is too large. */
export function buildLoss(program: Program, sizes: SizeBindings): LossGraph {
  if (!program.loss) throw new Error("The program has no loss.");
  const { build, ids } = withProblems(() => derive(bindGraph(program.graph, sizes)));
  const loss = ids[program.loss.node];
  const params = program.params.map((param) => ids[param.node]);
  const adjoints = reverse(build, loss, params, constant(build, 1));
  const gradients = adjoints.map((adjoint, k) => adjoint ?? filled(build, 0, build.nodes[params[k]].shape));
  const states = program.states.map((state) => (state.next === null ? null : ids[state.next]));
  return { build, ids, loss, params, gradients, states };
}

/** Builds the step of an optimizer with an update rule. */
export function buildStep(program: Program, sizes: SizeBindings, settings: TrainSettings, precision: Precision): StepGraph {
  const graph = buildLoss(program, sizes);
  const { build, ids, loss, params, gradients, states } = graph;
  const rate = addLeaf(build, "rate", []);
  const count = addLeaf(build, "count", []);
  const slots: Slot[] = [];
  const slotIds: NodeId[] = [];
  const newParams: NodeId[] = [];
  const newSlots: NodeId[] = [];
  const clipped = clipGradients(build, gradients, settings.clip);
  const { rule, settings: numbers } = settings.optimizer;
  if (!rule) throw new Error(`${settings.optimizer.name} has no update rule.`);
  for (const [k, port] of program.params.entries()) {
    const shape = build.nodes[params[k]].shape;
    const own: Record<string, NodeId> = {};
    for (const name of rule.slots(numbers)) {
      own[name] = addLeaf(build, `${port.path} ${name}`, shape);
      slots.push({ name: `${port.path} ${name}`, shape });
      slotIds.push(own[name]);
    }
    const updated = rule.update(build, { param: params[k], gradient: clipped[k], slots: own, rate, count, settings: numbers });
    newParams.push(updated.param);
    for (const name of Object.keys(own)) newSlots.push(updated.slots[name]);
  }
  const outputs = [loss, ...newParams, ...gradients, ...newSlots, ...states.filter((state) => state !== null)];
  const step = prepareGraph(build.graph(), ids, outputs, precision);
  return {
    slots,
    bytes: step.bytes,
    run(leaves, slotValues, rateValue, countValue, seed) {
      const own = new Map(slotIds.map((id, k) => [id, slotValues[k]]));
      own.set(rate, scalar(rateValue, precision)).set(count, scalar(countValue, precision));
      step.run({ written: leaves, own }, { seed, step: countValue });
      return {
        loss: step.value(loss).data[0],
        params: newParams.map(step.value),
        gradients: gradients.map(step.value),
        slots: newSlots.map(step.value),
        states: states.map((state) => (state === null ? null : step.value(state))),
      };
    },
  };
}

/** A scalar as a tensor of the run's precision. */
export function scalar(value: number, precision: Precision): Tensor {
  return { dtype: "real", shape: [], data: precision === "f32" ? Float32Array.of(value) : Float64Array.of(value) };
}

/** Limits gradients: all together to a norm (scaled by min(1, limit / norm)), or each element. */
function clipGradients(build: GraphBuilder, gradients: readonly NodeId[], clip: Clip | null): readonly NodeId[] {
  if (!clip || gradients.length === 0) return gradients;
  const limit = constant(build, clip.limit);
  if (clip.kind === "value") return gradients.map((gradient) => build.emit("clip", [gradient, constant(build, -clip.limit), limit]));
  const squares = gradients.map((gradient) => build.emit("sum", [build.emit("square", [gradient])], { axis: null, keepdims: false }));
  const norm = build.emit("sqrt", [squares.reduce((total, term) => add(build, total, term))]);
  const factor = divide(build, limit, build.emit("maximum", [norm, limit]));
  return gradients.map((gradient) => build.emit("mul", [gradient, factor]));
}
