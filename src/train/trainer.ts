// The training loop as an object that is stepped from outside: deterministic, stoppable and resumable at any step.

import { isFiniteTensor } from "../engine/nonFinite.ts";
import { concreteShape, type NodeId } from "../graph/graph.ts";
import type { ParamPort, Program, StatePort } from "../graph/program.ts";
import { allocateTensor, type Tensor } from "../graph/tensor.ts";
import { type Batches, createBatches } from "./batches.ts";
import { checkJob } from "./check-job.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { evaluateFeeds } from "./feeds.ts";
import { buildLbfgs } from "./lbfgs.ts";
import { type Measure, prepareMeasure } from "./measure.ts";
import { moveValues } from "./move-values.ts";
import { sizesFor } from "./parts.ts";
import { catchProblem, type Problem } from "./problem.ts";
import type { EpochRecord } from "./records.ts";
import { type End, type RunState, restoreCheckpoint, saveCheckpoint, type TrainJob } from "./run-state.ts";
import type { TrainSettings } from "./settings.ts";
import { buildStep, type StepGraph, type StepValues } from "./step.ts";

export type { End, TrainJob } from "./run-state.ts";

/** A run. Parameters in the tensors it returns change with the next step. */
export interface Trainer {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Steps done. */
  readonly step: number;
  /** Loss of the last step's batch, before its update; nan before the first. */
  readonly batchLoss: number;
  readonly end: End | null;
  readonly records: readonly EpochRecord[];
  /** Does one step; at the end of an epoch it measures and returns the new record. Call only while `end` is null. */
  advance(): EpochRecord | null;
  params(): ReadonlyMap<string, Tensor>;
  states(): ReadonlyMap<string, Tensor>;
  checkpoint(): Checkpoint;
  /** Continues from a checkpoint of the same model and settings. Throws ProblemError naming what differs. */
  restore(checkpoint: Checkpoint): void;
  /** Values of parameters and states by node of the evaluation program; what only that has keeps its first value. */
  values(): ReadonlyMap<NodeId, Tensor>;
  /** What the step to come (or the one that failed) starts from, by node of the training program. */
  leaves(): { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> };
}

/** Prepares a run from its initial parameters. Throws ProblemError if the model cannot be trained. */
export function createTrainer(job: TrainJob): Trainer {
  checkJob(job);
  return new Run(job);
}

class Run implements Trainer {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly #job: TrainJob;
  readonly #batchSize: number;
  readonly #batches: Batches;
  readonly #measuring: Measuring;
  /** The step for each number of rows that occurs: a full batch and the last short one. */
  readonly #graphs = new Map<number, StepGraph>();
  readonly #slotNames: readonly string[];
  readonly #state: RunState;

  constructor(job: TrainJob) {
    const { parts, settings, precision } = job;
    const { rows } = parts.train;
    this.#job = job;
    this.#batchSize = Math.min(settings.batch ?? rows, rows);
    this.stepsPerEpoch = Math.max(1, Math.ceil(rows / this.#batchSize));
    this.totalSteps = settings.steps ?? (settings.epochs ?? 1) * this.stepsPerEpoch;
    this.#batches = createBatches(job, this.#batchSize, this.stepsPerEpoch);
    this.#measuring = prepareMeasures(job);
    const { slots } = this.#graphFor(this.#batchSize);
    this.#slotNames = slots.map((slot) => slot.name);
    this.#state = {
      step: 0,
      batchLoss: Number.NaN,
      end: null,
      records: [],
      best: Number.POSITIVE_INFINITY,
      bestEpoch: 0,
      stuck: false,
      ...firstValues(job),
      slots: slots.map((slot) => allocateTensor("real", concreteShape(slot.shape), precision)),
    };
  }

  get step(): number {
    return this.#state.step;
  }

  get batchLoss(): number {
    return this.#state.batchLoss;
  }

  get end(): End | null {
    return this.#state.end;
  }

  get records(): readonly EpochRecord[] {
    return this.#state.records;
  }

  advance(): EpochRecord | null {
    const { result, problem } = catchProblem(() => this.#advance());
    if (problem) this.#fail(problem.message, problem);
    return result;
  }

  #advance(): EpochRecord | null {
    const state = this.#state;
    const { settings } = this.#job;
    const { rows, values } = this.leaves();
    const epoch = Math.floor(state.step / this.stepsPerEpoch);
    const { rule, settings: schedule } = settings.schedule;
    const factor = rule.factor({ step: state.step, steps: this.totalSteps, epoch }, schedule);
    const result = this.#graphFor(rows).run(values, state.slots, settings.optimizer.settings.rate * factor, state.step + 1, settings.seed);
    state.batchLoss = result.loss;
    if (!isFiniteStep(result)) {
      this.#fail("a value is not finite", null);
      return null;
    }
    commit(state, result);
    state.step++;
    if (state.step % this.stepsPerEpoch !== 0 && state.step !== this.totalSteps) return null;
    const record = measureAll(state, this.#measuring, this.values(), Math.ceil(state.step / this.stepsPerEpoch));
    state.records.push(record);
    state.stuck = result.stuck === true && this.stepsPerEpoch === 1;
    state.end = this.#endAt(record);
    return record;
  }

  #fail(reason: string, problem: Problem | null): void {
    this.#state.end = { kind: "failed", step: this.#state.step + 1, reason, problem };
  }

  /** Whether the run is over behind its last record. */
  #endAt(record: EpochRecord): End | null {
    return endOf(this.#state, this.#job.settings, record) ?? (this.#state.step >= this.totalSteps ? { kind: "done" } : null);
  }

  params(): ReadonlyMap<string, Tensor> {
    return new Map(this.#job.training.params.map((port, k) => [port.path, this.#state.params[k]]));
  }

  states(): ReadonlyMap<string, Tensor> {
    return new Map(this.#job.training.states.map((port, k) => [port.path, this.#state.states[k]]));
  }

  values(): ReadonlyMap<NodeId, Tensor> {
    const { training, evaluation, parts } = this.#job;
    const values = valuesOf(training, this.#state);
    return new Map([
      ...parts.feeds.params,
      ...parts.feeds.states,
      ...moveValues(values, training.params, evaluation.params),
      ...moveValues(values, training.states, evaluation.states),
    ]);
  }

  leaves(): { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> } {
    const { rows, values } = this.#batches(this.#state.step);
    return { rows, values: new Map([...values, ...valuesOf(this.#job.training, this.#state)]) };
  }

  checkpoint(): Checkpoint {
    return saveCheckpoint(this.#job, this.#state, this.#slotNames);
  }

  restore(checkpoint: Checkpoint): void {
    const state = this.#state;
    restoreCheckpoint(this.#job, state, this.#slotNames, checkpoint);
    const last = state.records.at(-1);
    if (last?.step === state.step) state.end = this.#endAt(last);
    else state.end = state.step >= this.totalSteps ? { kind: "done" } : null;
  }

  #graphFor(rows: number): StepGraph {
    const known = this.#graphs.get(rows);
    if (known) return known;
    const { training, settings, precision } = this.#job;
    const build = settings.optimizer.rule ? buildStep : buildLbfgs;
    const built = build(training, sizesFor(training, rows), settings, precision);
    this.#graphs.set(rows, built);
    return built;
  }
}

function copyTensor(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

/** First values of parameters and states, in the order of the training program's ports. */
function firstValues({ training, evaluation, parts, settings, precision }: TrainJob): Pick<RunState, "params" | "states"> {
  const known = new Map([
    ...moveValues(parts.feeds.params, evaluation.params, training.params),
    ...moveValues(parts.feeds.states, evaluation.states, training.states),
  ]);
  const ports = [...training.params, ...training.states];
  if (ports.some(({ node }) => !known.has(node))) {
    // Some stand in a branch that only training takes. Initial values need no data.
    const sizes = sizesFor(training, parts.train.rows);
    const without = new Set(training.inputs.map(({ name }) => name));
    const options = { sizes, tables: new Map(), fitRows: null, fitted: new Map(), seed: settings.seed, precision, without };
    const own = evaluateFeeds(training, options);
    for (const [node, value] of [...own.params, ...own.states]) if (!known.has(node)) known.set(node, value);
  }
  const copy = ({ node }: ParamPort | StatePort) => copyTensor(known.get(node) as Tensor);
  return { params: training.params.map(copy), states: training.states.map(copy) };
}

/** Parameters and states by node of the training program. */
function valuesOf(training: Program, state: RunState): ReadonlyMap<NodeId, Tensor> {
  return new Map([
    ...training.params.map((port, k) => [port.node, state.params[k]] as const),
    ...training.states.map((port, k) => [port.node, state.states[k]] as const),
  ]);
}

/** Where no step was found, the gradients say whether there could have been one. */
function isFiniteStep({ loss, params, slots, gradients, stuck }: StepValues): boolean {
  const changed = stuck ? gradients : [...params, ...slots];
  return Number.isFinite(loss) && changed.every(isFiniteTensor);
}

function commit(state: RunState, result: StepValues): void {
  for (const [k, tensor] of result.params.entries()) state.params[k].data.set(tensor.data);
  for (const [k, tensor] of result.slots.entries()) state.slots[k].data.set(tensor.data);
  for (const [k, tensor] of result.states.entries()) if (tensor) state.states[k].data.set(tensor.data);
}

interface Measuring {
  readonly train: Measure;
  readonly test: Measure | null;
}

function prepareMeasures({ evaluation, parts, precision, settings }: TrainJob): Measuring {
  return {
    train: prepareMeasure(evaluation, parts.train, precision, settings.seed),
    test: parts.test && prepareMeasure(evaluation, parts.test, precision, settings.seed),
  };
}

function measureAll(state: RunState, { train, test }: Measuring, values: ReadonlyMap<NodeId, Tensor>, epoch: number): EpochRecord {
  const own = train(values);
  return { epoch, step: state.step, ...own, ...(test && { test: test(values) }) };
}

/** Why a run stops early behind this record. Patience watches the test loss where there is one. */
function endOf(state: RunState, { stop }: TrainSettings, record: EpochRecord): End | null {
  const watched = record.test?.loss ?? record.loss;
  if (watched < state.best - (stop?.delta ?? 0)) {
    state.best = watched;
    state.bestEpoch = record.epoch;
  }
  if (stop && stop.below !== null && record.loss <= stop.below) return { kind: "stopped", reason: `the loss is at most ${stop.below}` };
  if (stop && stop.patience !== null && record.epoch - state.bestEpoch >= stop.patience) {
    return { kind: "stopped", reason: `no improvement for ${stop.patience} epochs` };
  }
  return state.stuck ? { kind: "stopped", reason: "no step decreases the loss any more" } : null;
}
