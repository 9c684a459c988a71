// `wengert trace`: the evaluation trace of the graph as written.

import { type TraceEntry, traceForward, traceReverse, traceValues } from "../../src/analysis/trace.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { lossName } from "../../src/model.ts";
import { type Command, modelOptions } from "../command.ts";
import { UsageError } from "../host.ts";
import { describeTensor, toLists, writeJson } from "../json.ts";
import { codeForAll, nodeNamed, type Opened, openModel, openWorkspace, withPlace } from "../open.ts";
import { randomSeed, tangentSeeds } from "../seeds.ts";

export const trace: Command = {
  name: "trace",
  summary: "print each node's value with its tangent or adjoint",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "mode", value: "MODE", doc: "forward or reverse (default)" },
    { flag: "of", value: "NAME", doc: "adjoints of this node (default: the loss)" },
    {
      flag: "seed",
      value: "NAME=TANGENT,...",
      doc: "seeds of forward mode (default: the model's seed block), or the random seed",
      repeated: true,
    },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const mode = options.text("mode") ?? "reverse";
    if (mode !== "forward" && mode !== "reverse") throw new UsageError(`--mode is forward or reverse, not ${mode}`);
    const workspace = openWorkspace(opened, randomSeed(options, opened.model.settings.seed));
    const of = options.text("of");
    const entries = withPlace(opened, () => {
      if (mode === "reverse")
        return isLossIncomplete(opened, of) ? traceValues(workspace) : traceReverse(workspace, nodeNamed(opened, of).node);
      const seeds = tangentSeeds(opened, workspace, options);
      if (!seeds) throw new UsageError("no seeds: give --seed NAME=1, or a seed block in the model");
      return traceForward(workspace, seeds);
    });
    process.stdout.write(options.has("json") ? `${writeJson(entries.map(toJson))}\n` : formatTrace(entries));
    return of === null ? codeForAll(opened) : 0;
  },
};

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

function formatTrace(entries: readonly TraceEntry[]): string {
  const derivative = ["tangent", "adjoint"].find((kind) => entries.some((entry) => kind in entry));
  const names = entries.map(({ name, id }) => name ?? `v${id}`);
  const short = (tensor: Tensor | undefined) => (tensor ? describeTensor(tensor, 8) : "");
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
