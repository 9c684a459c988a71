// Values of inputs, parameters and states from the command line (`--set`): which node each is for, and what cannot be set.

import { closest } from "../grammar/index.ts";
import { abbreviates, listNodes } from "../src/analysis/find-node.ts";
import type { Program } from "../src/graph/program.ts";
import { type Loaded, type LoadOptions, loadModel } from "../src/model.ts";
import { UsageError } from "./host.ts";
import { formatReported, type Reported } from "./report.ts";

/** What the compiler says of a value for something that the model does not have. */
const unknownCode = "unknown-setting";
/** How the compiler names the source of a value from the command line, in front of its path. */
const prefix = "--set ";

/** A line for a person: diagnostics of a value from the command line show that value instead of a place in it. */
export function formatLoaded(reported: Reported, { set }: LoadOptions): string {
  const { file, severity, code, message } = reported;
  const value = file.startsWith(prefix) ? set?.get(file.slice(prefix.length)) : undefined;
  return value === undefined ? formatReported(reported) : `${file}=${value}: ${severity} ${code}: ${message}`;
}

/**
 * Loads a model with the values of `--set`, and gives the options with whole paths in them. Names may be abbreviated as parameters are (`h.W` for `h.linear_1.W`). Throws UsageError for
 * one that is not an input, parameter or state.
 */
export function loadGiven(text: string, options: LoadOptions): Loaded & { readonly options: LoadOptions } {
  const loaded = loadModel(text, options);
  if (!options.set || !loaded.diagnostics.some(({ code }) => code === unknownCode)) return { ...loaded, options };
  const { model } = loadModel(text, { ...options, set: new Map() });
  if (!model) return { model: null, diagnostics: loaded.diagnostics.filter(({ code }) => code !== unknownCode), options };
  const ports = settable(model.program);
  const set = new Map<string, string>();
  for (const [name, value] of options.set) {
    const path = ports.includes(name) ? name : expand(model.program, ports, name);
    if (set.has(path)) throw new UsageError(`--set gives ${path} two values, ${set.get(path)} and ${value}`);
    set.set(path, value);
  }
  const whole = { ...options, set };
  return { ...loadModel(text, whole), options: whole };
}

/** Inputs, parameters and states. */
function settable({ inputs, params, states }: Program): string[] {
  return [...inputs.map(({ name }) => name), ...params.map(({ path }) => path), ...states.map(({ path }) => path)];
}

/** The path that an abbreviation stands for. */
function expand(program: Program, ports: readonly string[], name: string): string {
  const fitting = ports.filter((path) => abbreviates(name, path));
  if (fitting.length === 1) return fitting[0];
  if (fitting.length > 1) throw new UsageError(`--set ${name} fits ${listNames(fitting)}: write the whole path of one`);
  throw new UsageError(`--set ${name}: ${explain(program, ports, name)}`);
}

function explain(program: Program, ports: readonly string[], name: string): string {
  const may = ports.length === 0 ? "; this model has nothing that can be set" : `; what can be set: ${listNames(ports)}`;
  if (listNodes(program).has(name)) return `${name} is computed from other nodes${may}`;
  if (program.data.some((source) => source.name === name)) return `${name} is data: give its file with --data ${name}=FILE${may}`;
  if (program.sizes.has(name)) return `${name} is a size: give it with --dim ${name}=SIZE${may}`;
  const ends = ports.filter((path) => path.endsWith(`.${name}`));
  if (ends.length > 0) return `there is no input or parameter ${name}, but inside calls ${listNames(ends)}`;
  const meant = closest(name, ports);
  return `there is no input or parameter ${name}${meant === null ? may : `, did you mean ${meant}?`}`;
}

/** The most names that a message lists. */
const namesShown = 20;

/** Names for a message: `a, b, c`, and how many more there are than it shows. */
export function listNames(names: readonly string[]): string {
  const more = names.length - namesShown;
  return names.slice(0, namesShown).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
