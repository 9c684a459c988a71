// Tangent seeds from the command line or the model's seed block.

import type { Workspace } from "../src/analysis/workspace.ts";
import type { NodeId } from "../src/graph/graph.ts";
import { realTensor, type Tensor } from "../src/graph/tensor.ts";
import { type Options, readPairs, splitList } from "./command.ts";
import { listNames } from "./given-values.ts";
import { UsageError } from "./host.ts";
import { nodeNamed, type Opened, refuseIncomplete } from "./open.ts";

/** The most axes of a tangent that are looked for. */
const mostAxes = 16;

/** The random seed: `--seed N` (not `--seed a=1`). */
export function randomSeed(options: Options, otherwise: number): number {
  const plain = options.list("seed").filter((text) => !text.includes("="));
  if (plain.length === 0) return otherwise;
  const seed = Number(plain[plain.length - 1]);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`--seed needs a whole number, or NAME=TANGENT, not ${plain[plain.length - 1]}`);
  return seed;
}

/** True where the command line gives a tangent: `--seed h=1`. */
export function hasTangents(options: Options): boolean {
  return options.list("seed").some((text) => text.includes("="));
}

/** Tangents by node as written: `--seed h=1,theta=0`, else the seed block. Throws UsageError where there is neither, or one does not fit. */
export function tangentSeeds(opened: Opened, workspace: Workspace, options: Options): ReadonlyMap<NodeId, Tensor> {
  if (!hasTangents(options)) {
    refuseIncomplete(opened, ({ kind }) => kind === "seed");
    if (workspace.seeds.size === 0) throw new UsageError(explainNoSeeds(opened));
    return workspace.seeds;
  }
  const texts = options.list("seed").filter((text) => text.includes("="));
  return new Map(
    [...readPairs("seed", texts.flatMap(splitList))].map(([name, text]) => {
      const { node } = nodeNamed(opened, name);
      const tangent = readTangent(name, text);
      const shape = workspace.build.nodes[workspace.ids[node]].shape as readonly number[];
      if (repeatsTo(tangent.shape, shape)) return [node, tangent];
      throw new UsageError(
        `--seed ${name}=${text}: ${name} is ${describeShape(shape)}, but this tangent is ${describeShape(tangent.shape)}`,
      );
    }),
  );
}

function describeShape(shape: readonly number[]): string {
  return shape.length === 0 ? "a number" : `of shape [${shape.join(", ")}]`;
}

/** Says what seeds could be. */
function explainNoSeeds({ model: { program } }: Opened): string {
  const leaves = [
    ...program.inputs.map(({ name, type }) => ({ name, type })),
    ...program.params.map(({ path, type }) => ({ name: path, type })),
  ];
  const names = leaves.filter(({ type }) => type.dtype === "real").map(({ name }) => name);
  const example = names[0] ?? "NAME";
  const known = names.length > 1 ? `, of any of ${listNames(names)} or another node` : "";
  return `forward mode starts from tangents: give one with --seed ${example}=1${known}, or a block seed { ${example} = 1 } in the model`;
}

/** True for a shape that broadcasts to another: counted from the last axis, its sizes are equal or 1. */
function repeatsTo(from: readonly number[], to: readonly number[]): boolean {
  const shift = to.length - from.length;
  return shift >= 0 && from.every((size, axis) => size === 1 || size === to[axis + shift]);
}

function readTangent(name: string, text: string): Tensor {
  const refuse = () => new UsageError(`--seed ${name}=${text}: a tangent is a number or an array of numbers such as [1, 0]`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse();
  }
  const shape: number[] = [];
  for (let level = value; Array.isArray(level) && shape.length < mostAxes; level = level[0]) shape.push(level.length);
  const flat: number[] = [];
  const collect = (level: unknown, axis: number): boolean => {
    if (axis < shape.length) return Array.isArray(level) && level.length === shape[axis] && level.every((item) => collect(item, axis + 1));
    return typeof level === "number" && flat.push(level) > 0;
  };
  if (!collect(value, 0)) throw refuse();
  return realTensor(flat, shape);
}
