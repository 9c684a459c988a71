// `wengert export`: the model for other programs: its graph as JSON, its equations as LaTeX, its functions as TypeScript.

import { basename } from "node:path";
import { derivativeNode, gradientNodes } from "../../src/analysis/gradient.ts";
import { createWorkspace, type Workspace, withProblems } from "../../src/analysis/workspace.ts";
import { simplify } from "../../src/engine/simplify.ts";
import { ExportProblem } from "../../src/export/export-problem.ts";
import { writeGraphJson } from "../../src/export/json.ts";
import { writeLatex } from "../../src/export/latex.ts";
import { writeTypescript } from "../../src/export/typescript.ts";
import type { FunctionGraph, Leaf } from "../../src/export/typescript-body.ts";
import type { Preparation } from "../../src/export/typescript-inputs.ts";
import { concreteShape, type NodeId } from "../../src/graph/graph.ts";
import type { NamedNode, Program } from "../../src/graph/program.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { Fitted } from "../../src/train/feeds.ts";
import { isRowInput, prepareWhole, sizesFor, takePart } from "../../src/train/parts.ts";
import { ProblemError } from "../../src/train/problem.ts";
import { type Command, modelOptions, type Options } from "../command.ts";
import { saveFile, UsageError } from "../host.ts";
import { nodeNamed, type Opened, openModel, refuseIncomplete, withParams, withPlace } from "../open.ts";
import { checkOutputs, outputsOf } from "../outputs.ts";
import { preparationOf } from "../preparation.ts";
import { wrtNodes } from "./grad.ts";

/** One entry for each format. */
const formats: ReadonlyMap<string, (opened: Opened, options: Options) => string> = new Map([
  ["json", exportJson],
  ["latex", exportLatex],
  ["typescript", exportTypescript],
]);

export const exportCommand: Command = {
  name: "export",
  summary: "write the model for other programs",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "to", value: "FORMAT", doc: [...formats.keys()].join(", ") },
    { flag: "of", value: "NAME", doc: "typescript: what the functions give (default: the loss)" },
    {
      flag: "wrt",
      value: "NAMES",
      doc: "typescript: differentiated with respect to these (default: all parameters, else all real inputs)",
      repeated: true,
    },
    { flag: "rows", value: "N", doc: "typescript: rows of data that the functions take (default: as many as there are)" },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
    { flag: "out", value: "FILE", doc: "write to a file" },
  ],
  run([path], options) {
    const to = options.text("to");
    const write = to === null ? undefined : formats.get(to);
    const known = [...formats.keys()].join(", ");
    if (!write)
      throw new UsageError(
        to === null ? `export needs --to FORMAT: ${known}` : `there is no format ${to} in this version; there are ${known}`,
      );
    const opened = openModel(path, options);
    const outputs = outputsOf(options, ["out"]);
    checkOutputs(outputs, opened.read);
    const output = withPlace(opened, () => asProblem(() => write(opened, options)));
    for (const { path: out } of outputs) saveFile(out, output);
    if (outputs.length === 0) process.stdout.write(output);
    return 0;
  },
};

/** What a format cannot hold, as a problem of the model. */
function asProblem(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExportProblem) throw new ProblemError("not-exportable", error.message, error.place);
    throw error;
  }
}

/** Formats that hold the whole graph refuse a part of it. */
function wholeProgram(opened: Opened): Program {
  refuseIncomplete(opened, ({ kind }) => kind === "node" || kind === "next");
  return opened.model.program;
}

function exportLatex(opened: Opened): string {
  return writeLatex(wholeProgram(opened), basename(opened.path));
}

function exportJson(opened: Opened): string {
  const program = wholeProgram(opened);
  const nothing = { inputs: new Map(), params: new Map(), states: new Map(), seeds: new Map(), fitted: new Map() };
  const { params, states } = withParams(opened, nothing);
  return writeGraphJson({ program, model: basename(opened.path), values: opened.params ? new Map([...params, ...states]) : null });
}

function exportTypescript(opened: Opened, options: Options): string {
  const of = nodeNamed(opened, options.text("of"));
  const wrt = wrtNodes(opened, options.text("wrt"));
  const seed = options.whole("seed") ?? opened.model.settings.seed;
  const { workspace, fitted } = openForRows(opened, options.whole("rows", 1), seed);
  const leaves = leavesOf(workspace, fitted);
  const y = workspace.ids[of.node];
  const derivatives = derivativesOf(workspace, of, wrt);
  return writeTypescript({
    model: basename(opened.path),
    of: of.name,
    value: functionOf(workspace, leaves, [y]),
    gradient: functionOf(workspace, leaves, [y, ...derivatives]),
    wrt: wrt.map(({ name }) => name),
    seed,
    precision: workspace.precision,
  });
}

/** What is exported, with what its inputs were fitted to. */
interface Prepared {
  readonly workspace: Workspace;
  readonly fitted: Fitted;
}

/** A workspace in which inputs with the row dimension have `count` rows; null: as many as the data. */
function openForRows(opened: Opened, count: number | null, seed: number): Prepared {
  const { program, precision, tables, settings } = opened.model;
  if (count !== null && program.rowDimension === null)
    throw new UsageError("--rows needs a model with data: its inputs have no row dimension");
  const known = opened.params?.fitted ?? new Map();
  const parts = prepareWhole(program, { tables, split: settings.split, seed, precision, fitted: known });
  const rows = count ?? parts.train.rows;
  const inputs = rows === parts.train.rows ? parts.train.inputs : inputsWithRows(program, parts.train.inputs, rows, parts.train.rows);
  const feeds = withParams(opened, { ...parts.feeds, inputs });
  return { workspace: createWorkspace(program, feeds, sizesFor(program, rows), precision, seed), fitted: feeds.fitted };
}

/** The first rows of inputs; without the inputs that have too few. */
function inputsWithRows(
  program: Program,
  inputs: ReadonlyMap<NodeId, Tensor>,
  rows: number,
  available: number,
): ReadonlyMap<NodeId, Tensor> {
  if (rows > available) return new Map([...inputs].filter(([node]) => !isRowInput(program, node)));
  return takePart(
    program,
    inputs,
    Int32Array.from({ length: rows }, (_, row) => row),
  );
}

/** Gradients of a scalar; for an array of shape s, arrays of shape s + wrt. */
function derivativesOf(workspace: Workspace, of: NamedNode, wrt: readonly NamedNode[]): NodeId[] {
  for (const { node, name, place } of [of, ...wrt]) {
    const { dtype } = workspace.program.graph.nodes[node];
    if (dtype !== "real") throw new ProblemError("not-differentiable", `${name} is ${dtype}: derivatives need real values`, place);
  }
  const y = workspace.ids[of.node];
  const xs = wrt.map(({ node }) => workspace.ids[node]);
  if (workspace.build.nodes[y].shape.length === 0) return gradientNodes(workspace, y, xs);
  return withProblems(() => xs.map((x) => derivativeNode(workspace, y, x, "reverse", 1)));
}

/** Leaves by node of the workspace's graph. An input that is read from data has no default. */
function leavesOf({ program, ids, build, leaves }: Workspace, fitted: Fitted): ReadonlyMap<NodeId, Leaf> {
  const result = new Map<NodeId, Leaf>();
  const add = (kind: Leaf["kind"], name: string, written: NodeId, fed: boolean, preparation: Preparation | null = null): void => {
    const node = build.nodes[ids[written]];
    const value = fed ? (leaves.get(ids[written]) ?? null) : null;
    result.set(ids[written], {
      kind,
      name,
      dtype: node.dtype,
      shape: concreteShape(node.shape),
      value,
      ...(preparation && { preparation }),
    });
  };
  for (const port of program.inputs) add("input", port.name, port.node, port.data.length === 0, preparationOf(program, port, fitted));
  for (const port of program.params) add("param", port.path, port.node, true);
  for (const port of program.states) add("state", port.path, port.node, true);
  return result;
}

/** The simplified graph of some nodes of the workspace. */
function functionOf(workspace: Workspace, leaves: ReadonlyMap<NodeId, Leaf>, targets: readonly NodeId[]): FunctionGraph {
  const { graph, ids } = simplify(workspace.build.graph(), targets);
  const moved = [...leaves].flatMap(([node, leaf]) => (ids[node] < 0 ? [] : [[ids[node], leaf] as const]));
  return { graph, leaves: new Map(moved), outputs: targets.map((target) => ids[target]) };
}
