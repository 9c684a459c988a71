// The training loop as an object that is stepped from outside: deterministic, stoppable and resumable at any step.

import { isFiniteTensor } from "../engine/nonFinite.ts";
import { concreteShape, type NodeId } from "../graph/graph.ts";
import type { ParamPort, Program, StatePort } from "../graph/program.ts";
import { allocateTensor, type Precision, type Tensor } from "../graph/tensor.ts";
import { hashPath, permutation } from "../ops/kernels/index.ts";
import type { Checkpoint, StoredTensor } from "./checkpoint.ts";
import { buildLbfgs } from "./lbfgs.ts";
import { type Measure, prepareMeasure } from "./measure.ts";
import { isRowInput, type Parts, sizesFor, takePart } from "./parts.ts";
import { ProblemError } from "./problem.ts";
import type { EpochRecord } from "./records.ts";
import type { TrainSettings } from "./settings.ts";
import { buildStep, type StepGraph, type StepValues } from "./step.ts";

/** What a run works on. */
export interface TrainJob {
  /** Compiled with `training` true: the step. */
  readonly training: Program;
  /** Compiled with `training` false: loss and metrics. Ports in the same order. */
  readonly evaluation: Program;
  readonly parts: Parts;
  readonly settings: TrainSettings;
  readonly precision: Precision;
}

/** Why a run is over. */
export type End =
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "failed"; readonly step: number; readonly reason: string };

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
  /** Values of parameters and states by node of the evaluation program. */
  values(): ReadonlyMap<NodeId, Tensor>;
  /** What the step to come (or the one that failed) starts from, by node of the training program. */
  leaves(): { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> };
}

const shuffleStream = hashPath("shuffle");

interface Mutable {
  step: number;
  batchLoss: number;
  end: End | null;
  records: EpochRecord[];
  /** Best watched loss so far and the epoch that reached it. */
  best: number;
  bestEpoch: number;
  params: Tensor[];
  states: Tensor[];
  slots: Tensor[];
}

/** Prepares a run from its initial parameters. Throws ProblemError if the model cannot be trained. */
export function createTrainer(job: TrainJob): Trainer {
  if (!job.training.loss) throw new ProblemError("no-loss", "there is nothing to minimise: name a scalar with `loss NAME = ...`");
  if (job.training.params.length === 0) throw new ProblemError("no-params", "there is nothing to train: declare a `param`");
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
  readonly #state: Mutable;

  constructor(job: TrainJob) {
    const { training, parts, settings, precision } = job;
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
      params: training.params.map((port) => copyTensor(feedOf(parts.feeds.params, port))),
      states: training.states.map((port) => copyTensor(feedOf(parts.feeds.states, port))),
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
    const state = this.#state;
    const { settings } = this.#job;
    const { rows, values } = this.leaves();
    const epoch = Math.floor(state.step / this.stepsPerEpoch);
    const { rule, settings: schedule } = settings.schedule;
    const factor = rule.factor({ step: state.step, steps: this.totalSteps, epoch }, schedule);
    const result = this.#graphFor(rows).run(values, state.slots, settings.optimizer.settings.rate * factor, state.step + 1, settings.seed);
    state.batchLoss = result.loss;
    if (!isFiniteStep(result)) {
      state.end = { kind: "failed", step: state.step + 1, reason: "a value is not finite" };
      return null;
    }
    commit(state, result);
    state.step++;
    const atEnd = state.step === this.totalSteps;
    if (state.step % this.stepsPerEpoch !== 0 && !atEnd) return null;
    const record = measureAll(state, this.#measuring, this.values(), Math.ceil(state.step / this.stepsPerEpoch));
    state.records.push(record);
    state.end = endOf(state, settings, record, atEnd, result.stuck === true && this.stepsPerEpoch === 1);
    return record;
  }

  params(): ReadonlyMap<string, Tensor> {
    return new Map(this.#job.training.params.map((port, k) => [port.path, this.#state.params[k]]));
  }

  states(): ReadonlyMap<string, Tensor> {
    return new Map(this.#job.training.states.map((port, k) => [port.path, this.#state.states[k]]));
  }

  values(): ReadonlyMap<NodeId, Tensor> {
    return valuesOf(this.#job.evaluation, this.#state);
  }

  leaves(): { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> } {
    const { rows, values } = this.#batches(this.#state.step);
    return { rows, values: new Map([...values, ...valuesOf(this.#job.training, this.#state)]) };
  }

  checkpoint(): Checkpoint {
    return saveCheckpoint(this.#job, this.#state, this.#slotNames);
  }

  restore(checkpoint: Checkpoint): void {
    restoreCheckpoint(this.#job, this.#state, this.#slotNames, checkpoint);
    this.#state.end = this.#state.step >= this.totalSteps ? { kind: "done" } : null;
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

type Batches = (step: number) => { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> };

function feedOf(values: ReadonlyMap<NodeId, Tensor>, port: ParamPort | StatePort): Tensor {
  const value = values.get(port.node);
  if (!value) throw new Error(`No initial value for ${port.path}.`);
  return value;
}

function copyTensor(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

/** Parameters and states by node of a program (ports of both programs stand in the same order). */
function valuesOf(program: Program, state: Mutable): ReadonlyMap<NodeId, Tensor> {
  return new Map([
    ...program.params.map((port, k) => [port.node, state.params[k]] as const),
    ...program.states.map((port, k) => [port.node, state.states[k]] as const),
  ]);
}

/** The inputs of each step: all rows, or a batch of them in an order drawn anew for each epoch; the last short batch is kept. */
function createBatches({ training, parts, settings }: TrainJob, batch: number, stepsPerEpoch: number): Batches {
  const { rows, inputs } = parts.train;
  let drawnEpoch = -1;
  let order: Int32Array = new Int32Array(0);
  const whole = stepsPerEpoch === 1;
  const varying = [...inputs.keys()].some((node) => isRowInput(training, node));
  return (step) => {
    if (whole || !varying) return { rows: Math.min(batch, rows), values: inputs };
    const epoch = Math.floor(step / stepsPerEpoch);
    if (epoch !== drawnEpoch) {
      order = settings.shuffle
        ? permutation(rows, settings.seed, epoch, shuffleStream)
        : Int32Array.from({ length: rows }, (_, row) => row);
      drawnEpoch = epoch;
    }
    const first = (step % stepsPerEpoch) * batch;
    const chosen = order.subarray(first, Math.min(first + batch, rows));
    return { rows: chosen.length, values: takePart(training, inputs, chosen) };
  };
}

function isFiniteStep(result: StepValues): boolean {
  return Number.isFinite(result.loss) && result.params.every(isFiniteTensor) && result.slots.every(isFiniteTensor);
}

function commit(state: Mutable, result: StepValues): void {
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

function measureAll(state: Mutable, { train, test }: Measuring, values: ReadonlyMap<NodeId, Tensor>, epoch: number): EpochRecord {
  const own = train(values);
  return { epoch, step: state.step, ...own, ...(test && { test: test(values) }) };
}

/** Whether the run is over after this record. Patience watches the test loss where there is one. */
function endOf(state: Mutable, { stop }: TrainSettings, record: EpochRecord, atEnd: boolean, stuck: boolean): End | null {
  const watched = record.test?.loss ?? record.loss;
  if (watched < state.best - (stop?.delta ?? 0)) {
    state.best = watched;
    state.bestEpoch = record.epoch;
  }
  if (stop && stop.below !== null && record.loss <= stop.below) return { kind: "stopped", reason: `the loss is at most ${stop.below}` };
  if (stop && stop.patience !== null && record.epoch - state.bestEpoch >= stop.patience) {
    return { kind: "stopped", reason: `no improvement for ${stop.patience} epochs` };
  }
  if (stuck) return { kind: "stopped", reason: "no step decreases the loss any more" };
  return atEnd ? { kind: "done" } : null;
}

function store(tensors: readonly Tensor[], names: readonly string[]): StoredTensor[] {
  return tensors.map((tensor, k) => ({ name: names[k], shape: tensor.shape, data: Array.from(tensor.data) }));
}

function saveCheckpoint({ training, settings, precision, parts }: TrainJob, state: Mutable, slotNames: readonly string[]): Checkpoint {
  return {
    optimizer: settings.optimizer.name,
    seed: settings.seed,
    rows: parts.train.rows,
    batch: settings.batch,
    precision,
    step: state.step,
    best: state.best,
    bestEpoch: state.bestEpoch,
    records: [...state.records],
    params: store(
      state.params,
      training.params.map((port) => port.path),
    ),
    states: store(
      state.states,
      training.states.map((port) => port.path),
    ),
    slots: store(state.slots, slotNames),
  };
}

function restoreCheckpoint(job: TrainJob, state: Mutable, slotNames: readonly string[], from: Checkpoint): void {
  const { training, settings, precision, parts } = job;
  const same = (what: string, now: unknown, then: unknown) => {
    if (now !== then)
      throw new ProblemError("checkpoint-differs", `the checkpoint was made with ${what} ${then}, but the model now has ${now}`);
  };
  same("optimizer", settings.optimizer.name, from.optimizer);
  same("seed", settings.seed, from.seed);
  same("precision", precision, from.precision);
  same("training rows:", parts.train.rows, from.rows);
  same("batch", settings.batch, from.batch);
  const groups = [
    [state.params, training.params.map((port) => port.path), from.params, "parameter"],
    [state.states, training.states.map((port) => port.path), from.states, "state"],
    [state.slots, slotNames, from.slots, "optimizer value"],
  ] as const;
  for (const [tensors, names, stored, what] of groups) {
    same(`number of ${what}s`, tensors.length, stored.length);
    for (const [k, tensor] of tensors.entries()) {
      same(what, names[k], stored[k].name);
      same(`shape of ${names[k]}`, tensor.shape.join(", "), stored[k].shape.join(", "));
      same(`size of ${names[k]}`, tensor.data.length, stored[k].data.length);
    }
  }
  for (const [tensors, , stored] of groups) for (const [k, tensor] of tensors.entries()) tensor.data.set(stored[k].data);
  state.step = from.step;
  state.best = from.best;
  state.bestEpoch = from.bestEpoch;
  state.records = [...from.records];
}
