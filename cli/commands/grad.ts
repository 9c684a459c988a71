// `wengert grad`: derivatives of a node with respect to others, in three modes that agree.

import { findAnnihilations } from "../../src/analysis/annihilated.ts";
import { type Derivatives, differentiate, type Mode } from "../../src/analysis/gradient.ts";
import { explainNonFinite, type Workspace } from "../../src/analysis/workspace.ts";
import { isFiniteTensor } from "../../src/engine/nonFinite.ts";
import type { NamedNode } from "../../src/graph/program.ts";
import { type Command, modelOptions, readNames, splitList } from "../command.ts";
import { UsageError } from "../host.ts";
import { describeTensor, toLists, writeJson } from "../json.ts";
import { nodeNamed, type Opened, openModel, openWorkspace, withPlace } from "../open.ts";
import { warnAnnihilated, warnNonFinite } from "../warn.ts";

export const grad: Command = {
  name: "grad",
  summary: "print derivatives",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAMES", doc: "what is differentiated (default: the loss)", repeated: true },
    {
      flag: "wrt",
      value: "NAMES",
      doc: "with respect to these, separated by commas (default: all parameters, else all real inputs)",
      repeated: true,
    },
    { flag: "mode", value: "MODE", doc: "reverse (default), forward or numeric" },
    { flag: "order", value: "K", doc: "order of the derivative (default 1)" },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const mode = readMode(options.text("mode"));
    const order = options.whole("order", 1) ?? 1;
    const named = (readNames(options, "of") ?? [null]).map((name) => nodeNamed(opened, name));
    const wrt = wrtNodes(opened, options.text("wrt"));
    const workspace = openWorkspace(opened, options.whole("seed") ?? opened.model.settings.seed);
    const targets = wrt.map(({ node }) => node);
    const results = withPlace(opened, () => named.map((of) => ({ of, ...differentiate(workspace, of.node, targets, mode, order) })));
    if (options.has("json")) {
      const entries = results.map((result) => toJson(result, wrt, mode, order));
      process.stdout.write(`${writeJson(entries.length === 1 ? entries[0] : entries)}\n`);
    } else for (const result of results) process.stdout.write(formatResult(result, wrt, order));
    for (const result of results) warn(opened, workspace, result);
    return 0;
  },
};

/** The derivatives of one node. */
interface Result extends Derivatives {
  readonly of: NamedNode;
}

function toJson({ of, value, derivatives }: Result, wrt: readonly NamedNode[], mode: Mode, order: number): unknown {
  const entries = Object.fromEntries(wrt.map(({ name }, k) => [name, toLists(derivatives[k])]));
  return { of: of.name, value: toLists(value), mode, order, grad: entries };
}

function formatResult({ of, value, derivatives }: Result, wrt: readonly NamedNode[], order: number): string {
  const lines = wrt.map(({ name }, k) => `${derivativeName(of.name, name, order)} = ${describeTensor(derivatives[k])}\n`);
  return `${of.name} = ${describeTensor(value)}\n${lines.join("")}`;
}

/** Warns of factors that a 0 annihilated, and of what is not finite. */
function warn(opened: Opened, workspace: Workspace, { of, value, derivatives, nodes }: Result): void {
  if (nodes.length > 0) warnAnnihilated(opened, () => findAnnihilations(workspace, nodes));
  const bad = [...(isFiniteTensor(value) ? [] : [workspace.ids[of.node]]), ...nodes.filter((_, k) => !isFiniteTensor(derivatives[k]))];
  if (bad.length > 0) warnNonFinite(opened, () => explainNonFinite(workspace, bad));
}

function readMode(text: string | null): Mode {
  if (text === null) return "reverse";
  if (text === "reverse" || text === "forward" || text === "numeric") return text;
  throw new UsageError(`--mode is reverse, forward or numeric, not ${text}`);
}

function derivativeName(of: string, wrt: string, order: number): string {
  return order === 1 ? `d ${of} / d ${wrt}` : `d^${order} ${of} / d ${wrt}^${order}`;
}

/** The nodes named by --wrt, each once; by default all parameters, else all real inputs. */
export function wrtNodes(opened: Opened, text: string | null): NamedNode[] {
  const { params, inputs } = opened.model.program;
  const real = inputs.filter(({ type }) => type.dtype === "real").map(({ name }) => name);
  const chosen = text !== null ? splitList(text) : params.length > 0 ? params.map((param) => param.path) : real;
  if (text !== null && chosen.length === 0) throw new UsageError("--wrt needs a name");
  if (chosen.length === 0) throw new UsageError("the model has no parameters and no real inputs: name nodes with --wrt");
  const named = chosen.map((name) => nodeNamed(opened, name));
  return named.filter(({ node }, k) => named.findIndex((other) => other.node === node) === k);
}
