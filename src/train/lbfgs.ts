// L-BFGS: direction and history are graphs; the loop here tries step lengths.

import { createBuilder, type GraphBuilder } from "../engine/builder.ts";
import { isFiniteTensor } from "../engine/nonFinite.ts";
import type { NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import type { Shape, SizeBindings } from "../graph/size.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { add, constant, divide, negate, subtract, where } from "../ops/build.ts";
import { addLeaf } from "./leaves.ts";
import { prepareGraph } from "./prepared-graph.ts";
import type { TrainSettings } from "./settings.ts";
import { buildLoss, type Slot, type StepGraph, type StepValues, scalar } from "./step.ts";

/** Step lengths tried before a step is given up. */
const maximumTrials = 20;

/** Share of the predicted decrease that a step must reach (Armijo's condition; Nocedal & Wright 2006, section 3.1). */
const sufficient = 1e-4;

/** The last `history` pairs (newest first) of one parameter's steps s and gradient changes y. */
interface History {
  readonly steps: readonly (readonly NodeId[])[];
  readonly changes: readonly (readonly NodeId[])[];
  /** 1 / (y . s) of each pair; 0 where there is no pair yet. */
  readonly inverses: readonly NodeId[];
  /** (s . y) / (y . y) of the newest pair; 1 before there is one. */
  readonly scale: NodeId;
}

function product(build: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return build.emit("mul", [a, b]);
}

/** The inner product over all parameters together. */
function inner(build: GraphBuilder, a: readonly NodeId[], b: readonly NodeId[]): NodeId {
  const terms = a.map((left, k) => build.emit("sum", [product(build, left, b[k])], { axis: null, keepdims: false }));
  return terms.reduce((total, term) => add(build, total, term));
}

/** Adds leaves for a history; `slots` receives their names and shapes in order. */
function historyLeaves(
  build: GraphBuilder,
  paths: readonly string[],
  shapes: readonly Shape[],
  length: number,
  slots: Slot[],
  ids: NodeId[],
): History {
  const leaf = (name: string, shape: Shape) => {
    slots.push({ name, shape });
    const id = addLeaf(build, name, shape);
    ids.push(id);
    return id;
  };
  const pairs = (what: string) => Array.from({ length }, (_, k) => paths.map((path, p) => leaf(`${path} ${what} ${k}`, shapes[p])));
  const steps = pairs("step");
  const changes = pairs("change");
  const inverses = Array.from({ length }, (_, k) => leaf(`inverse ${k}`, []));
  return { steps, changes, inverses, scale: leaf("scale", []) };
}

/** The two-loop recursion (Nocedal & Wright 2006, algorithm 7.4): minus the inverse Hessian estimate times the gradient. */
function buildDirection(build: GraphBuilder, gradient: readonly NodeId[], history: History): NodeId[] {
  const factors: NodeId[] = [];
  let direction = [...gradient];
  for (const [k, inverse] of history.inverses.entries()) {
    const factor = product(build, inverse, inner(build, history.steps[k], direction));
    factors.push(factor);
    direction = direction.map((part, p) => subtract(build, part, product(build, factor, history.changes[k][p])));
  }
  // The scale is kept less 1, so that a history of zeros means 1.
  const scale = add(build, history.scale, constant(build, 1));
  direction = direction.map((part) => product(build, scale, part));
  for (let k = history.inverses.length - 1; k >= 0; k--) {
    const back = product(build, history.inverses[k], inner(build, history.changes[k], direction));
    const factor = subtract(build, factors[k], back);
    direction = direction.map((part, p) => add(build, part, product(build, factor, history.steps[k][p])));
  }
  return direction.map((part) => negate(build, part));
}

/** The history after a step: the new pair in front where its curvature is positive, else unchanged. */
function buildHistory(build: GraphBuilder, step: readonly NodeId[], change: readonly NodeId[], history: History): NodeId[] {
  const curvature = inner(build, step, change);
  const size = inner(build, change, change);
  const bends = build.emit("greater", [curvature, product(build, constant(build, 1e-12), size)]);
  const keep = (fresh: NodeId, old: NodeId) => where(build, bends, fresh, old);
  const shift = (fresh: readonly NodeId[], old: readonly (readonly NodeId[])[]) =>
    old.map((pair, k) => pair.map((node, p) => keep(k === 0 ? fresh[p] : old[k - 1][p], node)));
  const safe = (value: NodeId) => where(build, bends, value, constant(build, 1));
  const inverse = divide(build, constant(build, 1), safe(curvature));
  const scale = subtract(build, divide(build, curvature, safe(size)), constant(build, 1));
  return [
    ...shift(step, history.steps).flat(),
    ...shift(change, history.changes).flat(),
    ...history.inverses.map((old, k) => keep(k === 0 ? inverse : history.inverses[k - 1], old)),
    keep(scale, history.scale),
  ];
}

/** A graph of its own: values of its leaves in, values of its outputs out, both in order. */
type Formula = (values: readonly Tensor[]) => readonly Tensor[];

function prepareFormula(build: GraphBuilder, leaves: readonly NodeId[], outputs: readonly NodeId[], precision: Precision): Formula {
  const graph = prepareGraph(build.graph(), [], outputs, precision);
  return (values) => {
    graph.run({ own: new Map(leaves.map((leaf, k) => [leaf, values[k]])) }, { seed: 0, step: 0 });
    return outputs.map((output) => copy(graph.value(output)));
  };
}

function copy(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

/** Direction and slope from gradient and history. */
function prepareDirection(
  paths: readonly string[],
  shapes: readonly Shape[],
  length: number,
  precision: Precision,
): { formula: Formula; slots: Slot[] } {
  const build = createBuilder();
  const slots: Slot[] = [];
  const leaves = paths.map((path, p) => addLeaf(build, `${path} gradient`, shapes[p]));
  const gradient = [...leaves];
  const history = historyLeaves(build, paths, shapes, length, slots, leaves);
  const direction = buildDirection(build, gradient, history);
  return { formula: prepareFormula(build, leaves, [inner(build, gradient, direction), ...direction], precision), slots };
}

/** The new history from the old and new parameters and gradients. */
function prepareHistory(paths: readonly string[], shapes: readonly Shape[], length: number, precision: Precision): Formula {
  const build = createBuilder();
  const group = (what: string) => paths.map((path, p) => addLeaf(build, `${path} ${what}`, shapes[p]));
  const groups = [group("old"), group("new"), group("old gradient"), group("new gradient")];
  const leaves = groups.flat();
  const history = historyLeaves(build, paths, shapes, length, [], leaves);
  const step = paths.map((_, p) => subtract(build, groups[1][p], groups[0][p]));
  const change = paths.map((_, p) => subtract(build, groups[3][p], groups[2][p]));
  return prepareFormula(build, leaves, buildHistory(build, step, change, history), precision);
}

/** params + length * direction. */
function prepareMove(paths: readonly string[], shapes: readonly Shape[], precision: Precision): Formula {
  const build = createBuilder();
  const from = paths.map((path, p) => addLeaf(build, path, shapes[p]));
  const along = paths.map((path, p) => addLeaf(build, `${path} direction`, shapes[p]));
  const length = addLeaf(build, "length", []);
  const moved = from.map((node, p) => add(build, node, product(build, length, along[p])));
  return prepareFormula(build, [...from, ...along, length], moved, precision);
}

/** Loss, gradients and next states at given parameters. */
function prepareLoss(program: Program, sizes: SizeBindings, precision: Precision) {
  const { build, ids, loss, params, gradients, states } = buildLoss(program, sizes);
  const outputs = [loss, ...gradients, ...states.filter((state) => state !== null)];
  const graph = prepareGraph(build.graph(), ids, outputs, precision);
  const read = (id: NodeId) => copy(graph.value(id));
  const evaluate = (leaves: ReadonlyMap<NodeId, Tensor>, seed: number, step: number) => {
    graph.run({ written: leaves }, { seed, step });
    return { loss: graph.value(loss).data[0], gradients: gradients.map(read), states: states.map((id) => (id === null ? null : read(id))) };
  };
  return { evaluate, shapes: params.map((param) => build.nodes[param].shape), bytes: graph.bytes };
}

/** The L-BFGS step: same contract as an optimizer with an update rule. If no step length decreases the loss, the parameters stay. */
export function buildLbfgs(program: Program, sizes: SizeBindings, settings: TrainSettings, precision: Precision): StepGraph {
  const loss = prepareLoss(program, sizes, precision);
  const paths = program.params.map((param) => param.path);
  const { history: length } = settings.optimizer.settings;
  const direction = prepareDirection(paths, loss.shapes, length, precision);
  const history = prepareHistory(paths, loss.shapes, length, precision);
  const move = prepareMove(paths, loss.shapes, precision);
  return {
    slots: direction.slots,
    bytes: loss.bytes,
    run(leaves, slots, rate, count, seed): StepValues {
      const params = program.params.map((param) => leaves.get(param.node) as Tensor);
      const start = loss.evaluate(leaves, seed, count);
      const unmoved = { loss: start.loss, params, gradients: start.gradients, states: start.states, slots, stuck: true };
      const [slopeTensor, ...along] = direction.formula([...start.gradients, ...slots]);
      const slope = slopeTensor.data[0];
      if (!(slope < 0)) return unmoved;
      let size = count === 1 ? rate * Math.min(1, 1 / absoluteSum(start.gradients)) : rate;
      for (let trial = 0; trial < maximumTrials; trial++, size /= 2) {
        const moved = move([...params, ...along, scalar(size, precision)]);
        const there = new Map(leaves);
        for (const [k, param] of program.params.entries()) there.set(param.node, moved[k]);
        const reached = loss.evaluate(there, seed, count);
        if (!(reached.loss <= start.loss + sufficient * size * slope) || !reached.gradients.every(isFiniteTensor)) continue;
        const newSlots = history([...params, ...moved, ...start.gradients, ...reached.gradients, ...slots]);
        return { loss: start.loss, params: moved, gradients: start.gradients, states: start.states, slots: newSlots };
      }
      return unmoved;
    },
  };
}

function absoluteSum(tensors: readonly Tensor[]): number {
  let total = 0;
  for (const { data } of tensors) for (let i = 0; i < data.length; i++) total += Math.abs(data[i]);
  return total > 0 ? total : 1;
}
