// `wengert train`: minimises the loss; parameters, curve and checkpoints leave as files.

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { explainFailure } from "../../src/analysis/failure.ts";
import { compileForTraining, diagnosticOf } from "../../src/model.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.ts";
import { collectParams, writeParams } from "../../src/train/params.ts";
import { prepareParts } from "../../src/train/parts.ts";
import { curveColumns, curveRow, type EpochRecord } from "../../src/train/records.ts";
import type { TrainSettings } from "../../src/train/settings.ts";
import { createTrainer, type Trainer, type TrainJob } from "../../src/train/trainer.ts";
import { type Command, modelOptions, type Options } from "../command.ts";
import { CommandError, digestText, saveFile } from "../host.ts";
import { writeJson } from "../json.ts";
import { type Opened, openModel, withParams, withPlace } from "../open.ts";
import { createProgress } from "../progress.ts";
import { printDiagnostics } from "../report.ts";

/** Milliseconds of steps between two looks at the outside (Ctrl-C). */
const slice = 50;
/** Milliseconds between two checkpoints, at least, where steps are not counted. */
const checkpointPause = 5000;

export const train: Command = {
  name: "train",
  summary: "minimise the loss",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "epochs", value: "N", doc: "epochs in the place of the model's" },
    { flag: "steps", value: "N", doc: "steps in the place of the model's epochs" },
    { flag: "seed", value: "N", doc: "random seed in the place of the model's" },
    { flag: "params-in", value: "FILE", doc: "start from these parameters" },
    { flag: "params-out", value: "FILE", doc: "write the trained parameters" },
    { flag: "curve", value: "FILE", doc: "write loss and metrics of each epoch as CSV" },
    { flag: "checkpoint", value: "DIR", doc: "folder for checkpoints (default FILE.checkpoint, written on Ctrl-C only)" },
    { flag: "checkpoint-every", value: "N", doc: "steps between checkpoints (default: at the end of epochs, every few seconds)" },
    { flag: "resume", doc: "go on from the checkpoint" },
  ],
  async run([path], options) {
    const opened = openModel(path, options, { withTest: true });
    const job = withPlace(opened, () => prepareJob(opened, options));
    const trainer = withPlace(opened, () => createTrainer(job));
    const folder = options.text("checkpoint") ?? `${path === "-" ? "model" : path}.checkpoint`;
    if (options.has("resume")) withPlace(opened, () => resume(trainer, folder));
    const interrupted = await drive(trainer, options, folder);
    if (options.text("curve")) saveFile(options.text("curve") as string, writeCurve(job, trainer));
    if (interrupted) {
      saveFile(join(folder, "checkpoint.json"), writeCheckpoint(trainer.checkpoint()));
      process.stderr.write(`Interrupted at step ${trainer.step}. Go on with: wengert train ${path} --resume --checkpoint ${folder}\n`);
      return 130;
    }
    return finish(opened, job, trainer, options);
  },
};

function prepareJob(opened: Opened, options: Options): TrainJob {
  const { model, params } = opened;
  const settings = withOptions(model.settings, options);
  const training = compileForTraining(model);
  const { program, precision, tables } = model;
  const parts = prepareParts(program, {
    tables,
    split: settings.split,
    seed: settings.seed,
    precision,
    fitted: params?.fitted ?? new Map(),
  });
  return {
    training,
    evaluation: program,
    parts: { ...parts, feeds: withParams(opened, parts.feeds) },
    settings,
    precision,
  };
}

function withOptions(settings: TrainSettings, options: Options): TrainSettings {
  const epochs = options.whole("epochs", 1);
  const steps = options.whole("steps", 1);
  const seed = options.whole("seed") ?? settings.seed;
  if (steps !== null) return { ...settings, seed, steps, epochs: null };
  return epochs === null ? { ...settings, seed } : { ...settings, seed, epochs, steps: null };
}

function resume(trainer: Trainer, folder: string): void {
  const file = join(folder, "checkpoint.json");
  if (!existsSync(file)) throw new CommandError(`there is no checkpoint in ${folder}`);
  trainer.restore(readCheckpoint(readFileSync(file, "utf8")));
}

/** Steps until the end or Ctrl-C; true if interrupted. */
async function drive(trainer: Trainer, options: Options, folder: string): Promise<boolean> {
  const progress = createProgress(trainer.totalSteps, trainer.step);
  const every = options.whole("checkpoint-every", 1);
  const keep = options.text("checkpoint") !== null;
  const save = () => saveFile(join(folder, "checkpoint.json"), writeCheckpoint(trainer.checkpoint()));
  let interrupted = false;
  let saved = 0;
  const interrupt = () => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  if (keep && trainer.step === 0) save();
  let pause = Date.now() + slice;
  while (trainer.end === null && !interrupted) {
    const record = trainer.advance();
    progress.step(trainer.step, trainer.batchLoss);
    if (record) report(record, progress.epoch, options.has("json"));
    const due = every === null ? record !== null && Date.now() - saved > checkpointPause : trainer.step % every === 0;
    if (keep && due) {
      save();
      saved = Date.now();
    }
    if (Date.now() < pause) continue;
    await new Promise((resolve) => setImmediate(resolve));
    pause = Date.now() + slice;
  }
  if (keep && !interrupted && trainer.end?.kind !== "failed") save();
  progress.close();
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  return interrupted;
}

function report(record: EpochRecord, show: (record: EpochRecord) => void, json: boolean): void {
  if (json) process.stdout.write(`${writeJson(record)}\n`);
  else show(record);
}

function writeCurve({ evaluation, parts }: TrainJob, trainer: Trainer): string {
  const metrics = evaluation.metrics.map(({ name }) => name);
  const rows = trainer.records.map((record) =>
    curveRow(record, metrics)
      .map((value) => (Object.is(value, -0) ? "-0" : String(value)))
      .join(","),
  );
  return `${[curveColumns(metrics, parts.test !== null).join(","), ...rows].join("\n")}\n`;
}

/** Writes parameters and says how the run ended. */
function finish(opened: Opened, job: TrainJob, trainer: Trainer, options: Options): number {
  const last = trainer.records[trainer.records.length - 1];
  const out = options.text("params-out");
  if (out !== null) {
    const training = { epochs: last?.epoch ?? 0, seed: job.settings.seed, loss: last?.loss ?? Number.NaN, metrics: last?.metrics ?? {} };
    const about = { model: basename(opened.path), precision: job.precision, fitted: job.parts.feeds.fitted, training, digest: digestText };
    const file = withPlace(opened, () => collectParams(job.evaluation, trainer.values(), about));
    saveFile(out, writeParams(file));
  }
  if (trainer.end?.kind === "failed") return reportFailure(opened, job, trainer);
  if (trainer.end?.kind === "stopped") process.stderr.write(`Stopped after epoch ${last?.epoch ?? 0}: ${trainer.end.reason}.\n`);
  return 0;
}

function reportFailure(opened: Opened, job: TrainJob, trainer: Trainer): number {
  const found = explainFailure(job, trainer);
  const step = trainer.step + 1;
  const message = `stopped at step ${step}: ${found ? found.message : "the update overflowed"}; the parameters of step ${step - 1} are kept`;
  if (!found?.place) process.stderr.write(`${opened.path}: error not-finite: ${message}\n`);
  else {
    printDiagnostics(opened, [diagnosticOf({ code: "not-finite", message, place: found.place })]);
  }
  return 1;
}
