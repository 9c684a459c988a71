// Why a training step failed: the node whose value was the first that is not finite.

import type { Program } from "../graph/program.ts";
import { sizesFor } from "../train/parts.ts";
import type { Trainer, TrainJob } from "../train/trainer.ts";
import { gradientNodes } from "./gradient.ts";
import { createWorkspace, explainNonFinite, type NonFiniteReport } from "./workspace.ts";

/** What the step that failed said of itself, or the first value in it that is not finite. Null if its loss and gradients are finite: then the update itself overflowed. */
export function explainFailure(job: TrainJob, trainer: Trainer): NonFiniteReport | null {
  if (trainer.end?.kind === "failed" && trainer.end.problem) {
    const { message, place } = trainer.end.problem;
    return { message, place: place ?? null };
  }
  const { training, precision, settings } = job;
  const { rows, values } = trainer.leaves();
  const feeds = { inputs: values, params: new Map(), states: new Map(), seeds: new Map(), fitted: new Map() };
  const workspace = createWorkspace(training, feeds, sizesFor(training, rows), precision, settings.seed);
  const loss = workspace.ids[(training.loss as NonNullable<Program["loss"]>).node];
  const gradients = gradientNodes(
    workspace,
    loss,
    training.params.map((param) => workspace.ids[param.node]),
  );
  return explainNonFinite(workspace, [loss, ...gradients], trainer.step + 1);
}
