// `wengert jvp`: one forward sweep with given seeds.

import { tangentOf } from "../../src/analysis/gradient.ts";
import { type Command, modelOptions, readNames } from "../command.ts";
import { describeTensor, toLists, writeJson } from "../json.ts";
import { nodeNamed, openModel, openWorkspace, withPlace } from "../open.ts";
import { randomSeed, tangentSeeds } from "../seeds.ts";

export const jvp: Command = {
  name: "jvp",
  summary: "print the tangent of a node for given seeds",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAMES", doc: "whose tangent (default: the loss)", repeated: true },
    { flag: "seed", value: "NAME=TANGENT,...", doc: "seeds (default: the model's seed block), or the random seed", repeated: true },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const named = (readNames(options, "of") ?? [null]).map((name) => nodeNamed(opened, name));
    const workspace = openWorkspace(opened, randomSeed(options, opened.model.settings.seed));
    const results = withPlace(opened, () => {
      const seeds = tangentSeeds(opened, workspace, options);
      return named.map(({ name, node }) => ({ of: name, ...tangentOf(workspace, node, seeds) }));
    });
    if (options.has("json")) {
      const entries = results.map(({ of, value, tangent }) => ({ of, value: toLists(value), tangent: toLists(tangent) }));
      process.stdout.write(`${writeJson(entries.length === 1 ? entries[0] : entries)}\n`);
    } else {
      for (const { of, value, tangent } of results)
        process.stdout.write(`${of} = ${describeTensor(value)}\ntangent of ${of} = ${describeTensor(tangent)}\n`);
    }
    return 0;
  },
};
