// What was fitted to the training rows, in files: read, checked against a model, compared.

import type { Program } from "../graph/program.ts";
import { bindShape, elementCount, type Shape, type SizeBindings } from "../graph/size.ts";
import type { Fitted, FittedEntry } from "./feeds.ts";
import { markNeeded, meanColumns } from "./missing-cells.ts";

/** How a file reads lists of numbers, and what it does with what is wrong; `what` names the entry. */
export interface FittedReader {
  numbers(value: unknown, what: string): readonly number[];
  fail(message: string): never;
}

/** Reads the entries of a file's `fitted`: labels, mean and std, or a mean alone. */
export function readFitted(entries: readonly (readonly [string, Readonly<Record<string, unknown>>])[], reader: FittedReader): Fitted {
  return new Map(
    entries.map(([path, { labels, mean, std }]): [string, FittedEntry] => {
      if (labels !== undefined) return [path, { labels: readLabels(labels, path, reader) }];
      const means = reader.numbers(mean, `the mean of ${path}`);
      return [path, std === undefined ? { mean: means } : { mean: means, std: reader.numbers(std, `the std of ${path}`) }];
    }),
  );
}

function readLabels(value: unknown, path: string, reader: FittedReader): readonly string[] {
  const isText = Array.isArray(value) && value.every((label) => typeof label === "string");
  if (!isText) return reader.fail(`the labels of ${path} must be a list of texts`);
  const twice = value.find((label, k) => value.indexOf(label) < k);
  return twice === undefined ? value : reader.fail(`the labels of ${path} hold ${JSON.stringify(twice)} twice`);
}

/** The values of an entry by the name of its key. */
export function listsOf(entry: FittedEntry): readonly (readonly [string, readonly (number | string)[]])[] {
  return Object.entries(entry);
}

/** What is wrong with what a file holds as fitted: every missing, misshapen or (in a model without holes) extra entry, in words. */
export function fittedFaults(program: Program, fitted: Fitted, sizes: SizeBindings): string[] {
  const needed = neededEntries(program, sizes);
  const surplus = [...fitted].filter(([path]) => !needed.has(path));
  const faults = [...needed].flatMap(([path, { keys, width }]) => {
    const entry = fitted.get(path);
    if (!entry) {
      const twin = surplus.find(([, other]) =>
        listsOf(other).every(([key, list], k) => key === keys[k] && list.length === (width ?? list.length)),
      );
      const advice = twin ? ` (${twin[0]} has its form: --rename ${twin[0]}=${path})` : "";
      return [`${keys.join(" and ")} of ${path} ${keys.length > 1 || keys[0] === "labels" ? "are" : "is"} missing in the file${advice}`];
    }
    const lists = listsOf(entry);
    const there = lists.map(([key]) => key);
    if (there.join() !== keys.join()) return [`${path} needs ${keys.join(" and ")}, but the file has ${there.join(" and ")}`];
    return lists.flatMap(([key, list]) =>
      width === null || list.length === width
        ? []
        : [`the ${key} of ${path} has length ${width} in the model, but ${list.length} in the file`],
    );
  });
  const extra = program.incomplete.length > 0 ? [] : surplus;
  return [...faults, ...extra.map(([path]) => `the file has ${path} as fitted, which the model does not declare`)];
}

interface Needed {
  readonly keys: readonly string[];
  /** Numbers in each list; null where the data decides. */
  readonly width: number | null;
}

/** What the model must know of its data, by path. */
function neededEntries(program: Program, sizes: SizeBindings): ReadonlyMap<string, Needed> {
  const needed = markNeeded(program);
  const leaves = program.columns.filter((leaf) => needed[leaf.node]);
  const widthOf = (shape: Shape) => {
    const count = elementCount(bindShape(shape, sizes));
    return typeof count === "number" ? count : null;
  };
  const { nodes } = program.feed;
  const entries = new Map<string, Needed>();
  for (const { path, mean } of program.fits)
    if (needed[mean]) entries.set(path, { keys: ["mean", "std"], width: widthOf(nodes[mean].shape) });
  for (const { path, as } of leaves) if (as === "category") entries.set(path, { keys: ["labels"], width: null });
  for (const { path, leaf } of meanColumns(program, leaves)) {
    entries.set(path, { keys: ["mean"], width: leaf.columns.length > 1 ? 1 : widthOf(nodes[leaf.node].shape.slice(1)) });
  }
  return entries;
}
