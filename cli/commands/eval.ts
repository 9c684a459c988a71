// `wengert eval`: values of the outputs, or of every named node.

import { evaluateNodes, explainNonFinite } from "../../src/analysis/workspace.ts";
import { isFiniteTensor } from "../../src/engine/nonFinite.ts";
import { type Command, modelOptions, readNames } from "../command.ts";
import { describeTensor, toLists, writeJson } from "../json.ts";
import { codeForAll, nodeNamed, openModel, openWorkspace, withPlace } from "../open.ts";
import { warnNonFinite } from "../warn.ts";

export const evaluate: Command = {
  name: "eval",
  summary: "print the values of the outputs",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "nodes", doc: "every named node" },
    { flag: "of", value: "NAMES", doc: "these nodes", repeated: true },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const { program } = opened.model;
    const workspace = openWorkspace(opened, options.whole("seed") ?? opened.model.settings.seed);
    const asked = readNames(options, "of");
    const named = asked
      ? asked.map((name) => nodeNamed(opened, name))
      : program.named.filter(({ name }) => options.has("nodes") || program.outputs.includes(name));
    const values = withPlace(opened, () =>
      evaluateNodes(
        workspace,
        named.map(({ node }) => workspace.ids[node]),
      ),
    );
    if (options.has("json"))
      process.stdout.write(`${writeJson({ values: Object.fromEntries(named.map(({ name }, k) => [name, toLists(values[k])])) })}\n`);
    else for (const [k, { name }] of named.entries()) process.stdout.write(`${name} = ${describeTensor(values[k])}\n`);
    const bad = named.filter((_, k) => !isFiniteTensor(values[k])).map(({ node }) => workspace.ids[node]);
    if (bad.length > 0) warnNonFinite(opened, () => explainNonFinite(workspace, bad));
    return asked ? 0 : codeForAll(opened);
  },
};
