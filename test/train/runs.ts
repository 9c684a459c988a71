// Training runs for tests: from the text of a model and its files, without the command line.
import { compileForTraining, loadModel, type Model } from "../../src/model.ts";
import type { Fitted } from "../../src/train/feeds.ts";
import { type PartOptions, type Parts, prepareParts } from "../../src/train/parts.ts";
import { catchProblem, type Problem } from "../../src/train/problem.ts";
import { createTrainer, type Trainer, type TrainJob } from "../../src/train/trainer.ts";

/** Texts of the files beside a model, by name. */
export type Files = Readonly<Record<string, string>>;

/** What `loadModel` says of a model. */
export function load(text: string, files: Files = {}, fitted?: Fitted) {
  const readFile = (path: string) => (path in files ? new TextEncoder().encode(files[path]) : null);
  return loadModel(text, { readFile, withTest: true, ...(fitted && { fitted }) });
}

/** A model that must load. */
export function open(text: string, files: Files = {}, fitted?: Fitted): Model {
  const { model, diagnostics } = load(text, files, fitted);
  if (!model) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  return model;
}

/** The parts of a model's data. */
export function partsOf({ program, tables, precision, settings }: Model, options: Partial<PartOptions> = {}): Parts {
  return prepareParts(program, { tables, split: settings.split, seed: settings.seed, precision, fitted: new Map(), ...options });
}

/** A run of a model as its `train` block says. */
export function jobOf(text: string, files: Files = {}, options: Partial<PartOptions> = {}): TrainJob {
  const model = open(text, files);
  const { program, precision, settings } = model;
  return { training: compileForTraining(model), evaluation: program, parts: partsOf(model, options), settings, precision };
}

/** A trainer at its first step. */
export function trainerOf(text: string, files: Files = {}): Trainer {
  return createTrainer(jobOf(text, files));
}

/** Steps to the end, or at most `steps`. */
export function advance(trainer: Trainer, steps = 10_000): Trainer {
  for (let k = 0; k < steps && trainer.end === null; k++) trainer.advance();
  return trainer;
}

/** The elements of a parameter. */
export function numbersOf(trainer: Trainer, path: string): number[] {
  return Array.from(trainer.params().get(path)?.data ?? []);
}

/** The problem that `work` must meet. */
export function problemOf(work: () => unknown): Problem {
  const { problem } = catchProblem(work);
  if (!problem) throw new Error("There is no problem.");
  return problem;
}

/** The part of a text that a problem points to. */
export function placeIn(text: string, { place }: Problem): string | null {
  return place && text.slice(place.start, place.end);
}
