// `wengert trace`: the evaluation trace of the graph as written.

import { type TraceEntry, traceForward, traceReverse, traceValues } from "../../src/analysis/trace.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { lossName } from "../../src/model.ts";
import { type Command, modelOptions, type Options, readName } from "../command.ts";
import { UsageError } from "../host.ts";
import { describeTensor, roundTensor, toLists, writeJson } from "../json.ts";
import { codeForAll, nodeNamed, type Opened, openModel, openWorkspace, withPlace } from "../open.ts";
import { hasTangents, randomSeed, tangentSeeds } from "../seeds.ts";

/** Significant digits of numbers in the table, and the most that a number has. */
const defaultDigits = 10;
const mostDigits = 17;
/** The most elements of an array that stand in the table. */
const elementsInTable = 4;

export const trace: Command = {
  name: "trace",
  summary: "print each node's value with its tangent or adjoint",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "mode", value: "MODE", doc: "forward or reverse (default)" },
    { flag: "of", value: "NAME", doc: "reverse: adjoints of this node (default: the loss)", repeated: true },
    {
      flag: "seed",
      value: "NAME=TANGENT,...",
      doc: "forward: tangents to start from (default: the model's seed block); or the random seed",
      repeated: true,
    },
    { flag: "digits", value: "N", doc: `significant digits in the table (default ${defaultDigits}); --json has all` },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const mode = options.text("mode") ?? "reverse";
    if (mode !== "forward" && mode !== "reverse") throw new UsageError(`--mode is forward or reverse, not ${mode}`);
    const of = readName(options, "of");
    refuseWithoutEffect(mode, of, options);
    const digits = readDigits(options);
    const workspace = openWorkspace(opened, randomSeed(options, opened.model.settings.seed));
    const entries = withPlace(opened, () => {
      if (mode === "forward") return traceForward(workspace, tangentSeeds(opened, workspace, options));
      return isLossIncomplete(opened, of) ? traceValues(workspace) : traceReverse(workspace, nodeNamed(opened, of).node);
    });
    process.stdout.write(options.has("json") ? `${writeJson(entries.map(toJson))}\n` : formatTrace(entries, digits));
    if (!options.has("json") && !options.has("digits") && entries.some((entry) => isRounded(entry, digits)))
      process.stderr.write(`Numbers are rounded to ${digits} digits: --digits ${mostDigits} or --json shows all.\n`);
    return of === null ? codeForAll(opened) : 0;
  },
};

/** What belongs to the other mode is a mistake, not a wish. */
function refuseWithoutEffect(mode: "forward" | "reverse", of: string | null, options: Options): void {
  if (mode === "reverse" && hasTangents(options))
    throw new UsageError("--seed NAME=TANGENT starts forward mode and has no effect on adjoints: give --mode forward too, or leave it out");
  if (mode === "forward" && of !== null)
    throw new UsageError("--of says whose adjoints reverse mode gives; forward mode gives the tangents of all nodes: leave it out");
}

function readDigits(options: Options): number {
  const digits = options.whole("digits", 1) ?? defaultDigits;
  if (digits > mostDigits) throw new UsageError(`--digits is at most ${mostDigits}, not ${digits}: no number needs more`);
  return digits;
}

/** True where the table does not show all digits. */
function isRounded({ value, tangent, adjoint }: TraceEntry, digits: number): boolean {
  return [value, tangent, adjoint].some((tensor) => {
    if (!tensor) return false;
    const { data } = roundTensor(tensor, digits);
    return tensor.data.some((number, k) => !Object.is(number, data[k]));
  });
}

/** True where no node is named and the loss depends on a hole: there are values to show, but no adjoints. */
function isLossIncomplete({ model }: Opened, of: string | null): boolean {
  return of === null && model.program.loss === null && lossName(model) !== null;
}

function toJson({ id, op, name, inputs, value, tangent, adjoint }: TraceEntry): unknown {
  return {
    id,
    op,
    name,
    inputs,
    value: toLists(value),
    ...(tangent && { tangent: toLists(tangent) }),
    ...(adjoint && { adjoint: toLists(adjoint) }),
  };
}

function formatTrace(entries: readonly TraceEntry[], digits: number): string {
  const derivative = ["tangent", "adjoint"].find((kind) => entries.some((entry) => kind in entry));
  const names = entries.map(({ name, id }) => name ?? `v${id}`);
  const short = (tensor: Tensor | undefined) => (tensor ? describeTensor(tensor, { limit: elementsInTable, digits }) : "");
  const rows = entries.map((entry) => [
    names[entry.id],
    entry.inputs.length > 0 ? `${entry.op}(${entry.inputs.map((input) => names[input]).join(", ")})` : entry.op,
    short(entry.value),
    ...(derivative ? [short(entry.tangent ?? entry.adjoint)] : []),
  ]);
  const head = ["node", "operation", "value", ...(derivative ? [derivative] : [])];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  return [head, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
