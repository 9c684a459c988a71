// One training step as one graph: loss, gradients, clipped, the optimizer's update and the next states.

import type { GraphBuilder } from "../engine/builder.ts";
import { derive } from "../engine/derive.ts";
import { createRunner, type Runner, type Feeds as Values } from "../engine/reference.ts";
import { reverse } from "../engine/reverse.ts";
import { simplify } from "../engine/simplify.ts";
import { bindGraph, type Graph, type NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import type { Shape, SizeBindings } from "../graph/size.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { add, constant, divide, filled } from "../ops/build.ts";
import { addLeaf } from "./leaves.ts";
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
  run(leaves: Values, slots: readonly Tensor[], rate: number, count: number, seed: number): StepValues;
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
}

/** Derives the loss of a program for the given sizes. The program must have a loss. */
export function buildLoss(program: Program, sizes: SizeBindings): LossGraph {
  if (!program.loss) throw new Error("The program has no loss.");
  const { build, ids } = derive(bindGraph(program.graph, sizes));
  const loss = ids[program.loss.node];
  const params = program.params.map((param) => ids[param.node]);
  const adjoints = reverse(build, loss, params, constant(build, 1));
  const gradients = adjoints.map((adjoint, k) => adjoint ?? filled(build, 0, build.nodes[params[k]].shape));
  return { build, ids, loss, params, gradients };
}

/** Builds the step of an optimizer with an update rule. */
export function buildStep(program: Program, sizes: SizeBindings, settings: TrainSettings, precision: Precision): StepGraph {
  const graph = buildLoss(program, sizes);
  const { build, ids, loss, params } = graph;
  const rate = addLeaf(build, "rate", []);
  const count = addLeaf(build, "count", []);
  const slots: Slot[] = [];
  const slotIds: NodeId[] = [];
  const newParams: NodeId[] = [];
  const newSlots: NodeId[] = [];
  const clipped = clipGradients(build, graph.gradients, settings.clip);
  const rule = settings.optimizer.rule;
  if (!rule) throw new Error(`${settings.optimizer.name} has no update rule.`);
  for (const [k, port] of program.params.entries()) {
    const shape = build.nodes[params[k]].shape;
    const own: Record<string, NodeId> = {};
    for (const name of rule.slots(settings.optimizer.settings)) {
      own[name] = addLeaf(build, `${port.path} ${name}`, shape);
      slots.push({ name: `${port.path} ${name}`, shape });
      slotIds.push(own[name]);
    }
    const at = { param: params[k], gradient: clipped[k], slots: own, rate, count, settings: settings.optimizer.settings };
    const updated = rule.update(build, at);
    newParams.push(updated.param);
    for (const name of Object.keys(own)) newSlots.push(updated.slots[name]);
  }
  const states = program.states.map((state) => (state.next === null ? null : ids[state.next]));
  const outputs = [loss, ...newParams, ...graph.gradients, ...newSlots, ...states.filter((state) => state !== null)];
  const { runner, node } = prepareRunner(build.graph(), outputs, precision);
  const leafIds = program.graph.nodes.flatMap((_, written) => (node(ids[written]) >= 0 ? [[written, node(ids[written])] as const] : []));
  const valueOf = (id: NodeId) => runner.value(node(id));
  return {
    slots,
    bytes: runner.bytes,
    run(leaves, slotValues, rateValue, countValue, seed) {
      const feeds = new Map<NodeId, Tensor>();
      for (const [written, id] of leafIds) {
        const value = leaves.get(written);
        if (value) feeds.set(id, value);
      }
      for (const [k, id] of slotIds.entries()) if (node(id) >= 0) feeds.set(node(id), slotValues[k]);
      if (node(rate) >= 0) feeds.set(node(rate), scalar(rateValue, precision));
      if (node(count) >= 0) feeds.set(node(count), scalar(countValue, precision));
      runner.run(feeds, { seed, step: countValue });
      return {
        loss: valueOf(loss).data[0],
        params: newParams.map(valueOf),
        gradients: graph.gradients.map(valueOf),
        slots: newSlots.map(valueOf),
        states: states.map((state) => (state === null ? null : valueOf(state))),
      };
    },
  };
}

/** A scalar as a tensor of the run's precision. */
export function scalar(value: number, precision: Precision): Tensor {
  return { dtype: "real", shape: [], data: precision === "f32" ? Float32Array.of(value) : Float64Array.of(value) };
}

/** Simplifies and prepares a graph; `node` leads from its nodes to the runner's (-1: not needed). */
export function prepareRunner(
  graph: Graph,
  outputs: readonly NodeId[],
  precision: Precision,
): { runner: Runner; node: (id: NodeId) => NodeId } {
  const { graph: simplified, ids } = simplify(graph, outputs, precision);
  const runner = createRunner(
    simplified,
    outputs.map((output) => ids[output]),
    precision,
  );
  return { runner, node: (id) => ids[id] };
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
