// What must hold before a run begins.

import { markAncestors } from "../graph/graph.ts";
import { namesInSize } from "../graph/size.ts";
import { explainNoRows, rowKeys } from "../graph/train-keys.ts";
import { valueMissing } from "./prepared-graph.ts";
import { ProblemError } from "./problem.ts";
import type { TrainJob } from "./run-state.ts";

/** Throws ProblemError if the model cannot be trained as its settings say. */
export function checkJob(job: TrainJob): void {
  if (!job.training.loss) throw new ProblemError("no-loss", "there is nothing to minimise: name a scalar with `loss NAME = ...`");
  if (job.training.params.length === 0) throw new ProblemError("no-params", "there is nothing to train: declare a `param`");
  checkInputs(job);
  checkRows(job);
}

/** Every input that the loss, a metric or the next value of a state needs must have a value. */
function checkInputs({ training, evaluation, parts }: TrainJob): void {
  const nexts = training.states.flatMap(({ next }) => (next === null ? [] : [next]));
  for (const program of [training, evaluation]) {
    const measured = [...(program.loss ? [program.loss] : []), ...program.metrics].map(({ node }) => node);
    const needed = markAncestors(program.graph.nodes, program === training ? [...measured, ...nexts] : measured);
    const open = program.inputs.find(({ node }) => needed[node] && !parts.train.inputs.has(node));
    if (open) throw valueMissing(open);
  }
}

/** `batch` and `split` take rows. The compiler checks it too, where no input has a value of its own (`--set`) and none is missing. */
function checkRows({ evaluation, settings }: TrainJob): void {
  if (evaluation.rowDimension !== null) return;
  const key = rowKeys.find((name) => settings[name] !== null);
  if (!key) return;
  const axes = new Set(evaluation.inputs.flatMap(({ data, type }) => (data.length > 0 ? namesInSize(type.shape[0] ?? 1) : [])));
  throw new ProblemError("train-setting", explainNoRows(key, axes), settings.places.get(key) ?? null);
}
