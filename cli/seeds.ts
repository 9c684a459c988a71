// Tangent seeds from the command line or the model's seed block.

import type { Workspace } from "../src/analysis/workspace.ts";
import type { NodeId } from "../src/graph/graph.ts";
import { realTensor, type Tensor } from "../src/graph/tensor.ts";
import { type Options, readPairs, splitList } from "./command.ts";
import { CommandError, UsageError } from "./host.ts";
import { nodeNamed, type Opened, refuseIncomplete } from "./open.ts";

/** The random seed: `--seed N` (not `--seed a=1`). */
export function randomSeed(options: Options, otherwise: number): number {
  const plain = options.list("seed").filter((text) => !text.includes("="));
  if (plain.length === 0) return otherwise;
  const seed = Number(plain[plain.length - 1]);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`--seed needs a whole number, or NAME=TANGENT, not ${plain[plain.length - 1]}`);
  return seed;
}

/** Tangents by node as written: `--seed h=1,theta=0`, else the seed block; null if there is neither. */
export function tangentSeeds(opened: Opened, workspace: Workspace, options: Options): ReadonlyMap<NodeId, Tensor> | null {
  const given = readPairs(
    "seed",
    options
      .list("seed")
      .filter((text) => text.includes("="))
      .flatMap(splitList),
  );
  if (given.size === 0) {
    refuseIncomplete(opened, ({ kind }) => kind === "seed");
    return workspace.seeds.size > 0 ? workspace.seeds : null;
  }
  return new Map([...given].map(([name, text]) => [nodeNamed(opened, name).node, readTangent(name, text)]));
}

function readTangent(name: string, text: string): Tensor {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const flat: unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  const count = shape.reduce((product, size) => product * size, 1);
  if (flat.length !== count || !flat.every((item) => typeof item === "number")) {
    throw new CommandError(`the tangent of ${name} must be a number or an array of numbers such as [1, 0], not ${text}`);
  }
  return realTensor(flat as number[], shape);
}
