// Where a run stands, and how it is kept in a checkpoint and taken up again.

import type { Program } from "../graph/program.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import { describeSettings } from "./changed-settings.ts";
import type { Checkpoint, StoredTensor } from "./checkpoint.ts";
import type { Fitted } from "./feeds.ts";
import { listsOf } from "./fitted.ts";
import type { Parts } from "./parts.ts";
import { type Problem, ProblemError } from "./problem.ts";
import type { EpochRecord } from "./records.ts";
import type { TrainSettings } from "./settings.ts";

/** What a run works on. */
export interface TrainJob {
  /** Compiled with `training` true: the step. */
  readonly training: Program;
  /** Compiled with `training` false: loss and metrics. Its ports have the same names; nodes differ where `training` chooses a branch. */
  readonly evaluation: Program;
  readonly parts: Parts;
  readonly settings: TrainSettings;
  readonly precision: Precision;
}

/** Why a run is over. */
export type End =
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly reason: string }
  /**
   * `step` is the one that failed, which left everything as it was. `problem`: a value that an operation could not take, or the node that
   * made the loss behind the step not finite; null where a value within the step was not finite.
   */
  | { readonly kind: "failed"; readonly step: number; readonly reason: string; readonly problem: Problem | null };

/** Parameters and states at the end of the epoch with the lowest watched loss. */
export interface Best {
  readonly epoch: number;
  readonly loss: number;
  readonly params: readonly Tensor[];
  readonly states: readonly Tensor[];
}

/** What changes from step to step. */
export interface RunState {
  step: number;
  batchLoss: number;
  end: End | null;
  records: EpochRecord[];
  /** The watched loss that counted as the last improvement (better by more than delta), and the epoch that reached it. */
  best: number;
  bestEpoch: number;
  /** What a run with patience ends with; null before the first epoch, and in a run without patience. */
  kept: Best | null;
  /** True if no step length decreased the loss in the last step, which saw all rows. */
  stuck: boolean;
  params: Tensor[];
  states: Tensor[];
  slots: Tensor[];
}

function store(tensors: readonly Tensor[], names: readonly string[]): StoredTensor[] {
  return tensors.map((tensor, k) => ({ name: names[k], shape: tensor.shape, data: Array.from(tensor.data) }));
}

/** The run between two steps, to be written. */
export function saveCheckpoint(
  { training, settings, precision, parts }: TrainJob,
  state: RunState,
  slotNames: readonly string[],
): Checkpoint {
  return {
    optimizer: settings.optimizer.name,
    seed: settings.seed,
    rows: parts.train.rows,
    batch: settings.batch,
    precision,
    step: state.step,
    best: state.best,
    bestEpoch: state.bestEpoch,
    stuck: state.stuck,
    settings: describeSettings(settings),
    fitted: parts.feeds.fitted,
    records: [...state.records],
    ...storeValues(training, state),
    slots: store(state.slots, slotNames),
    kept: state.kept && { epoch: state.kept.epoch, loss: state.kept.loss, ...storeValues(training, state.kept) },
  };
}

function storeValues({ params, states }: Program, from: Pick<Best, "params" | "states">): Pick<Checkpoint, "params" | "states"> {
  return {
    params: store(
      from.params,
      params.map((port) => port.path),
    ),
    states: store(
      from.states,
      states.map((port) => port.path),
    ),
  };
}

/** Puts a run where the checkpoint was made. Throws ProblemError naming what differs from the run that made it. */
export function restoreCheckpoint(job: TrainJob, state: RunState, slotNames: readonly string[], from: Checkpoint): void {
  const { training, settings, precision, parts } = job;
  same("optimizer", settings.optimizer.name, from.optimizer);
  same("seed", settings.seed, from.seed);
  same("precision", precision, from.precision);
  same("training rows:", parts.train.rows, from.rows);
  same("batch:", settings.batch ?? "all rows", from.batch ?? "all rows");
  sameFitted(parts.feeds.fitted, from.fitted);
  const paths = [training.params.map((port) => port.path), training.states.map((port) => port.path)] as const;
  const kept: Best | null = from.kept && {
    epoch: from.kept.epoch,
    loss: from.kept.loss,
    params: state.params.map(copyTensor),
    states: state.states.map(copyTensor),
  };
  const groups = [
    [state.params, paths[0], from.params, "parameter"],
    [state.states, paths[1], from.states, "state"],
    [state.slots, slotNames, from.slots, "optimizer value"],
    [kept?.params ?? [], paths[0], from.kept?.params ?? [], "best parameter"],
    [kept?.states ?? [], paths[1], from.kept?.states ?? [], "best state"],
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
  state.kept = settings.stop?.patience == null ? null : kept;
  state.stuck = from.stuck;
  state.records = [...from.records];
}

/** The tensor with elements of its own. */
export function copyTensor(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

function same(what: string, now: unknown, then: unknown): void {
  if (now !== then)
    throw new ProblemError("checkpoint-differs", `the checkpoint was made with ${what} ${then}, but the model now has ${now}`);
}

/** The inputs of a run are made with what was fitted: it must be what the checkpoint says. */
function sameFitted(now: Fitted, then: Fitted): void {
  same("fitted", [...now.keys()].sort().join(", ") || "nothing", [...then.keys()].sort().join(", ") || "nothing");
  for (const [path, entry] of then) {
    const lists = new Map(listsOf(now.get(path) ?? entry));
    for (const [key, list] of listsOf(entry)) {
      const other = lists.get(key) ?? [];
      same(`length of the ${key} of ${path}:`, other.length, list.length);
      for (const [k, value] of list.entries()) if (!Object.is(value, other[k])) same(`the ${key} of ${path}`, other[k], value);
    }
  }
}
