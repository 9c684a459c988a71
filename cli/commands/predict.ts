// `wengert predict`: outputs for new data with trained parameters.

import { predictedNodes, unneededInputs } from "../../src/analysis/predict.ts";
import { createWorkspace, evaluateNodes } from "../../src/analysis/workspace.ts";
import { writeCsv } from "../../src/data/index.ts";
import type { NamedNode } from "../../src/graph/program.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { keptRows } from "../../src/train/kept-rows.ts";
import { isRowInput, prepareWhole, sizesFor } from "../../src/train/parts.ts";
import { type Command, modelOptions, readNames } from "../command.ts";
import { saveFile, UsageError } from "../host.ts";
import { toLists, writeJson } from "../json.ts";
import { nodeNamed, type Opened, openModel, refuseIncomplete, withParams, withPlace } from "../open.ts";
import { checkOutputs, outputsOf } from "../outputs.ts";

export const predict: Command = {
  name: "predict",
  summary: "print outputs for new data",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAMES", doc: "these nodes (default: outputs with the row dimension that need no target)", repeated: true },
    { flag: "out", value: "FILE", doc: "write CSV to a file" },
    { flag: "seed", value: "N", doc: "seed of random nodes" },
  ],
  run([path], options) {
    if (options.text("params") === null) throw new UsageError("predict needs --params FILE");
    const opened = openModel(path, options);
    const { program, precision, tables, settings } = opened.model;
    const outputs = outputsOf(options, ["out"]);
    checkOutputs(outputs, opened.read);
    const named = readNames(options, "of")?.map((name) => nodeNamed(opened, name)) ?? defaultNodes(opened);
    if (named.length === 0) throw new UsageError("no node has the row dimension and needs no target: name nodes with --of");
    const without = unneededInputs(
      program,
      named.map(({ node }) => node),
    );
    const values = withPlace(opened, () => {
      const fitted = opened.params?.fitted ?? new Map();
      const parts = prepareWhole(program, { tables, split: null, seed: settings.seed, precision, fitted, without });
      const feeds = withParams(opened, { ...parts.feeds, inputs: parts.train.inputs });
      const workspace = createWorkspace(
        program,
        feeds,
        sizesFor(program, parts.train.rows),
        precision,
        options.whole("seed") ?? settings.seed,
      );
      return evaluateNodes(
        workspace,
        named.map(({ node }) => workspace.ids[node]),
      );
    });
    const kept = keptRows(program, tables, without);
    if (kept) warnDropped(opened, kept.dropped);
    const rows = kept && Array.from(kept.rows, (row) => row + 1);
    const output = options.has("json")
      ? `${writeJson({ ...(rows && { rows }), values: Object.fromEntries(named.map(({ name }, k) => [name, toLists(values[k])])) })}\n`
      : toCsv(named, values, rows && named.every(({ node }) => isRowInput(program, node)) ? rows : null);
    for (const { path: out } of outputs) saveFile(out, output);
    if (outputs.length === 0) process.stdout.write(output);
    return 0;
  },
};

/** Says how many rows have no prediction: the others are numbered. */
function warnDropped({ path }: Opened, dropped: number): void {
  const what = dropped === 1 ? "1 row with missing cells has" : `${dropped} rows with missing cells have`;
  process.stderr.write(`${path}: warning missing-cells: ${what} no prediction; \`row\` counts the rows of the data from 1\n`);
}

/** What a model predicts. In a half-built model that is not known where a definition is left out. */
function defaultNodes(opened: Opened): readonly NamedNode[] {
  const { tree, program } = opened.model;
  const defined = new Set(
    tree.statements.flatMap((statement) => (statement.kind === "define" ? statement.targets : [])).map((target) => target?.text),
  );
  refuseIncomplete(opened, ({ kind, name }) => kind === "node" && defined.has(name), "; name nodes that do not with --of");
  return predictedNodes(program);
}

/** One line a row; an array of k numbers a row becomes k columns `name[0]`, `name[1]`, ... `rows`: their numbers, if some are left out. */
function toCsv(named: readonly NamedNode[], values: readonly Tensor[], rows: readonly number[] | null): string {
  const columns = named.flatMap(({ name }, k) => {
    const { shape, data } = values[k];
    const rows = shape[0] ?? 1;
    const width = rows === 0 ? 0 : data.length / rows;
    if (shape.length <= 1) return [{ name, values: data }];
    return Array.from({ length: width }, (_, j) => ({
      name: `${name}[${j}]`,
      values: Float64Array.from({ length: rows }, (_row, row) => data[row * width + j]),
    }));
  });
  const uneven = columns.find(({ values: own }) => own.length !== columns[0].values.length);
  if (uneven) {
    const [first] = columns;
    const both = `${first.name} has ${first.values.length} rows and ${uneven.name} ${uneven.values.length}`;
    throw new UsageError(`a table cannot hold them side by side: ${both}; ask for them one by one, or give --json`);
  }
  return writeCsv(rows ? [{ name: "row", values: rows }, ...columns] : columns);
}
