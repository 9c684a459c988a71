// `wengert grad`: derivatives of a node with respect to others, in three modes that agree.

import { findAnnihilations } from "../../src/analysis/annihilated.ts";
import { differentiate, type Mode } from "../../src/analysis/gradient.ts";
import { explainNonFinite } from "../../src/analysis/workspace.ts";
import { isFiniteTensor } from "../../src/engine/nonFinite.ts";
import type { NamedNode } from "../../src/graph/program.ts";
import { type Command, modelOptions, splitList } from "../command.ts";
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
    { flag: "of", value: "NAME", doc: "what is differentiated (default: the loss)" },
    { flag: "wrt", value: "NAMES", doc: "with respect to these, separated by commas (default: all parameters, else all real inputs)" },
    { flag: "mode", value: "MODE", doc: "reverse (default), forward or numeric" },
    { flag: "order", value: "K", doc: "order of the derivative (default 1)" },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const mode = readMode(options.text("mode"));
    const order = options.whole("order", 1) ?? 1;
    const of = nodeNamed(opened, options.text("of"));
    const wrt = wrtNodes(opened, options.text("wrt"));
    const workspace = openWorkspace(opened, options.whole("seed") ?? opened.model.settings.seed);
    const { value, derivatives, nodes } = withPlace(opened, () =>
      differentiate(
        workspace,
        of.node,
        wrt.map(({ node }) => node),
        mode,
        order,
      ),
    );
    if (options.has("json")) {
      const entries = Object.fromEntries(wrt.map(({ name }, k) => [name, toLists(derivatives[k])]));
      process.stdout.write(`${writeJson({ of: of.name, value: toLists(value), mode, order, grad: entries })}\n`);
    } else {
      process.stdout.write(`${of.name} = ${describeTensor(value)}\n`);
      for (const [k, { name }] of wrt.entries())
        process.stdout.write(`${derivativeName(of.name, name, order)} = ${describeTensor(derivatives[k])}\n`);
    }
    if (nodes.length > 0) warnAnnihilated(opened, () => findAnnihilations(workspace, nodes));
    const bad = [...(isFiniteTensor(value) ? [] : [workspace.ids[of.node]]), ...nodes.filter((_, k) => !isFiniteTensor(derivatives[k]))];
    if (bad.length > 0) warnNonFinite(opened, () => explainNonFinite(workspace, bad));
    return 0;
  },
};

function readMode(text: string | null): Mode {
  if (text === null) return "reverse";
  if (text === "reverse" || text === "forward" || text === "numeric") return text;
  throw new UsageError(`--mode is reverse, forward or numeric, not ${text}`);
}

function derivativeName(of: string, wrt: string, order: number): string {
  return order === 1 ? `d ${of} / d ${wrt}` : `d^${order} ${of} / d ${wrt}^${order}`;
}

/** The nodes named by --wrt; by default all parameters, else all real inputs. */
export function wrtNodes(opened: Opened, text: string | null): NamedNode[] {
  if (text !== null) return splitList(text).map((name) => nodeNamed(opened, name));
  const { params, inputs } = opened.model.program;
  const chosen =
    params.length > 0 ? params.map((param) => param.path) : inputs.filter(({ type }) => type.dtype === "real").map(({ name }) => name);
  if (chosen.length === 0) throw new UsageError("the model has no parameters and no real inputs: name nodes with --wrt");
  return chosen.map((name) => nodeNamed(opened, name));
}
