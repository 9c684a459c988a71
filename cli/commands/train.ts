// `wengert train`: minimises the loss; parameters, curve and checkpoints leave as files.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { explainFailure } from "../../src/analysis/failure.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { compileForTraining, diagnosticOf } from "../../src/model.ts";
import { changedSettings } from "../../src/train/changed-settings.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.ts";
import { collectParams, writeParams } from "../../src/train/params.ts";
import { prepareParts } from "../../src/train/parts.ts";
import { ProblemError } from "../../src/train/problem.ts";
import { curveColumns, curveRow, type EpochRecord } from "../../src/train/records.ts";
import type { TrainSettings } from "../../src/train/settings.ts";
import { createTrainer, type End, type Trainer, type TrainJob } from "../../src/train/trainer.ts";
import { type Command, modelOptions, type Options } from "../command.ts";
import { CommandError, digestText, outputClosed, readText, saveFile, UsageError } from "../host.ts";
import { toLists, writeJson } from "../json.ts";
import { type Opened, openModel, withParams, withPlace } from "../open.ts";
import { checkOutputs, type Output, outputsOf, saveOrKeep } from "../outputs.ts";
import { createProgress } from "../progress.ts";
import { printDiagnostics } from "../report.ts";

/** Milliseconds of steps between two looks at the outside (Ctrl-C). */
const slice = 50;
/** The name of the checkpoint in its folder. */
const checkpointFile = "checkpoint.json";
/** Numbers of parameters that are printed where they are not saved. */
const mostShown = 20;
/** Milliseconds between two checkpoints, at least, where steps are not counted. */
const checkpointPause = 5000;
/** Exit code of a run that ended because nobody was left to see its result: that of a program that a closed pipe ends. */
const abandonedCode = 141;

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
    if (options.has("epochs") && options.has("steps")) throw new UsageError("--epochs and --steps both say how long: give one of them");
    const outputs = trainOutputs(options);
    const folder = options.text("checkpoint") ?? `${path === "-" ? "model" : path}.checkpoint`;
    const checkpoint = options.has("resume") ? openCheckpoint(folder) : null;
    const opened = openModel(path, options, { withTest: true, ...(checkpoint && { fitted: checkpoint.fitted }) });
    checkOutputs(outputs, opened.read);
    const job = withPlace(opened, () => prepareJob(opened, options, checkpoint));
    const trainer = withPlace(opened, () => createTrainer(job));
    if (checkpoint) withPlace(opened, () => resume(trainer, checkpoint, job, folder));
    const interrupted = await drive(trainer, options, folder, outputs.length > 0);
    const unsaved = saveCurve(job, trainer, options);
    if (interrupted) return leave(trainer, path, folder, options, unsaved);
    return trainer.end === null ? abandonedCode : finish(opened, job, trainer, options, unsaved);
  },
};

/** What training writes. Parameters may be trained on in their file. */
function trainOutputs(options: Options): readonly Output[] {
  const outputs = outputsOf(options, ["params-out", "curve", "checkpoint"], { checkpoint: checkpointFile });
  return outputs.map((output) => (output.option === "--params-out" ? { ...output, replaces: options.text("params-in") } : output));
}

function prepareJob(opened: Opened, options: Options, checkpoint: Checkpoint | null): TrainJob {
  const { model, params } = opened;
  const settings = withOptions(model.settings, options);
  const training = compileForTraining(model);
  const { program, precision, tables } = model;
  const parts = prepareParts(program, {
    tables,
    split: settings.split,
    seed: settings.seed,
    precision,
    fitted: checkpoint?.fitted ?? params?.fitted ?? new Map(),
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

/** The checkpoint in a folder. */
function openCheckpoint(folder: string): Checkpoint {
  const file = join(folder, checkpointFile);
  if (!existsSync(file)) throw new CommandError(`there is no checkpoint in ${folder}`);
  const text = readText(file);
  try {
    return readCheckpoint(text);
  } catch (error) {
    if (error instanceof ProblemError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Puts a run where its checkpoint was made, and says what is set otherwise since then. */
function resume(trainer: Trainer, checkpoint: Checkpoint, job: TrainJob, folder: string): void {
  trainer.restore(checkpoint);
  for (const { name, before, now } of changedSettings(checkpoint, job.settings))
    process.stderr.write(`${name}: ${now} from here on, ${before} before the checkpoint\n`);
  if (trainer.end !== null && trainer.end.kind !== "failed")
    process.stderr.write(`The run of ${folder} is finished already, at step ${trainer.step}: more epochs would go on from there.\n`);
}

/** Writes checkpoints on the way. A disk that is full for a while is no reason to end the run: it is said once, until one is written. */
function createKeeper(trainer: Trainer, folder: string): () => void {
  let isFailing = false;
  return () => {
    const error = attempt(() => saveFile(join(folder, checkpointFile), writeCheckpoint(trainer.checkpoint())));
    if (error && !isFailing) process.stderr.write(`warning: no checkpoint at step ${trainer.step}: ${error.message}\n`);
    isFailing = error !== null;
  };
}

/** Steps until the end, Ctrl-C, or until nobody is left to see the result of a run that `saves` nothing; true for Ctrl-C. */
async function drive(trainer: Trainer, options: Options, folder: string, saves: boolean): Promise<boolean> {
  const progress = createProgress(trainer.totalSteps, trainer.step);
  const every = options.whole("checkpoint-every", 1);
  const keep = options.text("checkpoint") !== null;
  const save = createKeeper(trainer, folder);
  let interrupted = false;
  let saved = 0;
  const interrupt = () => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  if (keep && trainer.step === 0) save();
  let pause = Date.now() + slice;
  while (trainer.end === null && !interrupted && (saves || !outputClosed())) {
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

/** Collects what cannot be saved, so that the rest is saved all the same. */
function attempt(work: () => void): CommandError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/** Says what could not be saved; true if there is something. */
function printErrors(errors: readonly (CommandError | null)[]): boolean {
  const found = errors.filter((error) => error !== null);
  for (const { message } of found) process.stderr.write(`wengert: ${message}\n`);
  return found.length > 0;
}

function saveCurve(job: TrainJob, trainer: Trainer, options: Options): CommandError | null {
  const curve = options.text("curve");
  return curve === null ? null : attempt(() => saveOrKeep(curve, writeCurve(job, trainer)));
}

/** Leaves a checkpoint behind Ctrl-C, and says how to go on. `unsaved`: what could not be written so far. */
function leave(trainer: Trainer, path: string, folder: string, options: Options, unsaved: CommandError | null): number {
  const noCheckpoint = attempt(() => saveOrKeep(join(folder, checkpointFile), writeCheckpoint(trainer.checkpoint())));
  printErrors([unsaved, noCheckpoint]);
  const model = path === "-" ? "FILE (the same model, saved as a file)" : quote(path);
  const goOn = `npx --no-install wengert train ${model} --resume --checkpoint ${quote(folder)}${givenAgain(options)}`;
  process.stderr.write(`Interrupted at step ${trainer.step}.${noCheckpoint ? "" : ` Go on with: ${goOn}`}\n`);
  return 130;
}

/** The options of this run as they would be given again. */
function givenAgain(options: Options): string {
  return train.options
    .filter(({ flag }) => flag !== "resume" && flag !== "checkpoint" && options.has(flag))
    .flatMap(({ flag, value, repeated }) => {
      if (!value) return ` --${flag}`;
      return (repeated ? options.list(flag) : [options.text(flag) as string]).map((text) => ` --${flag} ${quote(text)}`);
    })
    .join("");
}

/** A word as a shell takes it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Writes parameters and says how the run ended. `unsaved`: what could not be written so far. */
function finish(opened: Opened, job: TrainJob, trainer: Trainer, options: Options, unsaved: CommandError | null): number {
  const record = trainer.kept;
  const out = options.text("params-out");
  const folder = options.text("checkpoint");
  const lost = [unsaved];
  if (out !== null) {
    const training = {
      epochs: record?.epoch ?? 0,
      seed: job.settings.seed,
      loss: record?.loss ?? Number.NaN,
      metrics: record?.metrics ?? {},
    };
    const about = { model: basename(opened.path), precision: job.precision, fitted: job.parts.feeds.fitted, training, digest: digestText };
    const file = withPlace(opened, () => collectParams(job.evaluation, trainer.values(), about));
    lost.push(attempt(() => saveOrKeep(out, writeParams(file))));
  } else if (!options.has("json")) showParams(job, trainer);
  const { end } = trainer;
  if (folder !== null && end?.kind !== "failed")
    lost.push(attempt(() => saveOrKeep(join(folder, checkpointFile), writeCheckpoint(trainer.checkpoint()))));
  const hasLost = printErrors(lost);
  if (end?.kind === "failed") return reportFailure(opened, job, trainer, end);
  if (end?.kind === "done" && record && record !== trainer.records.at(-1))
    process.stderr.write(`The parameters of epoch ${record.epoch}, the best, are kept.\n`);
  if (end?.kind === "stopped") process.stderr.write(`Stopped after epoch ${trainer.records.at(-1)?.epoch ?? 0}: ${end.reason}.\n`);
  return hasLost ? 1 : 0;
}

/** Prints a few parameters whole; of many it says that they are not saved. */
function showParams({ evaluation }: TrainJob, trainer: Trainer): void {
  const values = trainer.values();
  const params = evaluation.params.map(({ path, node }) => ({ path, value: values.get(node) as Tensor }));
  const count = params.reduce((sum, { value }) => sum + value.data.length, 0);
  if (count <= mostShown) for (const { path, value } of params) process.stdout.write(`${path} = ${writeJson(toLists(value))}\n`);
  process.stderr.write(`The ${count === 1 ? "parameter is" : `${count} parameters are`} not saved: --params-out FILE keeps them.\n`);
}

function reportFailure(opened: Opened, job: TrainJob, trainer: Trainer, end: Extract<End, { kind: "failed" }>): number {
  const found = explainFailure(job, trainer);
  const code = end.problem?.code ?? "not-finite";
  const message = `stopped at step ${end.step}: ${found ? found.message : "the update overflowed"}; the parameters of step ${end.step - 1} are kept`;
  if (!found?.place) process.stderr.write(`${opened.path}: error ${code}: ${message}\n`);
  else {
    printDiagnostics(opened, [diagnosticOf({ code, message, place: found.place })]);
  }
  return 1;
}
