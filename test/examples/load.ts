// The example models for tests: read, loaded with their data, trained.
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compileForTraining, type Loaded, loadModel, type Model } from "../../src/model.ts";
import { prepareParts } from "../../src/train/parts.ts";
import type { EpochRecord } from "../../src/train/records.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";

const folder = join(import.meta.dirname, "..", "..", "examples");

/** File names of all examples, sorted. */
export const exampleNames: readonly string[] = globSync("*.wg", { cwd: folder })
  .map((path) => basename(path))
  .toSorted();

/** Whether a file of examples/ is there. */
export function exampleFileExists(path: string): boolean {
  return existsSync(join(folder, path));
}

/** The text of an example. */
export function readExample(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** Loads an example with its data as the command line does. */
export function loadExample(name: string): Loaded {
  const readFile = (path: string) => (exampleFileExists(path) ? new Uint8Array(readFileSync(join(folder, path))) : null);
  return loadModel(readExample(name), { readFile, withTest: true });
}

/** An example that must load. */
export function openExample(name: string): Model {
  const { model, diagnostics } = loadExample(name);
  if (!model) throw new Error(`${name}: ${diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n")}`);
  return model;
}

/** A finished run of an example: its last record and the run itself. */
export function trainExample(name: string, epochs: number | null = null): { readonly last: EpochRecord; readonly trainer: Trainer } {
  const model = openExample(name);
  const { program, tables, precision } = model;
  const settings = epochs === null ? model.settings : { ...model.settings, epochs, steps: null };
  const parts = prepareParts(program, { tables, split: settings.split, seed: settings.seed, precision, fitted: new Map() });
  const trainer = createTrainer({ training: compileForTraining(model), evaluation: program, parts, settings, precision });
  while (trainer.end === null) trainer.advance();
  if (trainer.end.kind === "failed") throw new Error(`${name}: step ${trainer.end.step}: ${trainer.end.reason}`);
  const last = trainer.records.at(-1);
  if (!last) throw new Error(`${name} was not measured`);
  return { last, trainer };
}
