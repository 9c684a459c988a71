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
import { explainLoss } from "./non-finite-loss.ts";
import { sizesFor } from "./parts.ts";
import { catchProblem, type Problem } from "./problem.ts";
import type { EpochRecord } from "./records.ts";
import { type Best, copyTensor, type End, type RunState, restoreCheckpoint, saveCheckpoint, type TrainJob } from "./run-state.ts";
import type { TrainSettings } from "./settings.ts";
import { buildStep, type StepGraph, type StepValues } from "./step.ts";

export type { End, TrainJob } from "./run-state.ts";

/**
 * A run. Parameters in the tensors it returns change with the next step. A run with patience that is over (not failed) has the
 * parameters and states of the epoch with the lowest watched loss; its checkpoint has those of the last step too.
 */
export interface Trainer {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Steps done. */
  readonly step: number;
  /** Loss of the last step's batch, before its update; nan before the first. */
  readonly batchLoss: number;
  readonly end: End | null;
  readonly records: readonly EpochRecord[];
  /** The record of the epoch whose parameters `params`, `states` and `values` give; null where they are those within an epoch. */
  readonly kept: EpochRecord | null;
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
      kept: null,
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

  get kept(): EpochRecord | null {
    const { records, step } = this.#state;
    const best = this.#best();
    return (best ? records.find(({ epoch }) => epoch === best.epoch) : records.findLast((record) => record.step === step)) ?? null;
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
    const record = this.#measure(result);
    if (record && !Number.isFinite(record.loss)) {
      this.#fail("the loss is not finite", this.#explain(result, record.loss));
      return null;
    }
    commit(state, result);
    state.step++;
    if (!record) return null;
    state.records.push(record);
    if (settings.stop?.patience != null) keepBest(state, record);
    state.stuck = result.stuck === true && this.stepsPerEpoch === 1;
    state.end = this.#endAt(record);
    return record;
  }

  /** Loss and metrics where a step leads, at the end of an epoch or of the run; null within an epoch. */
  #measure({ params, states }: StepValues): EpochRecord | null {
    const step = this.#state.step + 1;
    if (step % this.stepsPerEpoch !== 0 && step !== this.totalSteps) return null;
    const { train, test } = this.#measuring;
    const values = this.#valuesOf(params, states);
    return { epoch: Math.ceil(step / this.stepsPerEpoch), step, ...train(values), ...(test && { test: test(values) }) };
  }

  /** What made the loss behind a step not finite. */
  #explain({ params, states }: StepValues, reached: number): Problem | null {
    const { evaluation, parts, precision, settings } = this.#job;
    const { loss } = evaluation;
    const about = { precision, seed: settings.seed };
    return loss && explainLoss({ ...evaluation, loss }, parts.train, about, this.#valuesOf(params, states), reached);
  }

  #fail(reason: string, problem: Problem | null): void {
    this.#state.end = { kind: "failed", step: this.#state.step + 1, reason, problem };
  }

  /** Whether the run is over behind its last record. */
  #endAt(record: EpochRecord): End | null {
    return endOf(this.#state, this.#job.settings, record) ?? (this.#state.step >= this.totalSteps ? { kind: "done" } : null);
  }

  /** What a run with patience ends with, once it is over. */
  #best(): Best | null {
    const { end, kept } = this.#state;
    return end === null || end.kind === "failed" ? null : kept;
  }

  params(): ReadonlyMap<string, Tensor> {
    const { params } = this.#best() ?? this.#state;
    return new Map(this.#job.training.params.map((port, k) => [port.path, params[k]]));
  }

  states(): ReadonlyMap<string, Tensor> {
    const { states } = this.#best() ?? this.#state;
    return new Map(this.#job.training.states.map((port, k) => [port.path, states[k]]));
  }

  values(): ReadonlyMap<NodeId, Tensor> {
    const { params, states } = this.#best() ?? this.#state;
    return this.#valuesOf(params, states);
  }

  /** Parameters and states of the training program by node of the evaluation program; a state that is null stays what it is. */
  #valuesOf(params: readonly Tensor[], states: readonly (Tensor | null)[]): ReadonlyMap<NodeId, Tensor> {
    const { training, evaluation, parts } = this.#job;
    const values = byNode(
      training,
      params,
      states.map((state, k) => state ?? this.#state.states[k]),
    );
    return new Map([
      ...parts.feeds.params,
      ...parts.feeds.states,
      ...moveValues(values, training.params, evaluation.params),
      ...moveValues(values, training.states, evaluation.states),
    ]);
  }

  leaves(): { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> } {
    const { rows, values } = this.#batches(this.#state.step);
    const { params, states } = this.#state;
    return { rows, values: new Map([...values, ...byNode(this.#job.training, params, states)]) };
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
function byNode(training: Program, params: readonly Tensor[], states: readonly Tensor[]): ReadonlyMap<NodeId, Tensor> {
  return new Map([
    ...training.params.map((port, k) => [port.node, params[k]] as const),
    ...training.states.map((port, k) => [port.node, states[k]] as const),
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

/** The loss that patience watches: that of the test part where there is one. */
function watchedLoss(record: EpochRecord): number {
  return record.test?.loss ?? record.loss;
}

/** Keeps the values behind a record if its watched loss is the lowest so far. */
function keepBest(state: RunState, record: EpochRecord): void {
  const loss = watchedLoss(record);
  if (state.kept && !(loss < state.kept.loss) && !Number.isNaN(state.kept.loss)) return;
  state.kept = { epoch: record.epoch, loss, params: state.params.map(copyTensor), states: state.states.map(copyTensor) };
}

/** Why a run stops early behind this record. */
function endOf(state: RunState, { stop }: TrainSettings, record: EpochRecord): End | null {
  const watched = watchedLoss(record);
  if (watched < state.best - (stop?.delta ?? 0)) {
    state.best = watched;
    state.bestEpoch = record.epoch;
  }
  if (stop && stop.below !== null && record.loss <= stop.below) return { kind: "stopped", reason: `the loss is at most ${stop.below}` };
  const best = state.kept && state.kept.epoch !== record.epoch ? `; the parameters of epoch ${state.kept.epoch}, the best, are kept` : "";
  if (stop && stop.patience !== null && record.epoch - state.bestEpoch >= stop.patience) {
    return { kind: "stopped", reason: `no improvement for ${stop.patience} ${stop.patience === 1 ? "epoch" : "epochs"}${best}` };
  }
  return state.stuck ? { kind: "stopped", reason: `no step decreases the loss any more${best}` } : null;
}
