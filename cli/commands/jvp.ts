// `wengert jvp`: one forward sweep with given seeds.

import { tangentOf } from "../../src/analysis/gradient.ts";
import { type Command, modelOptions } from "../command.ts";
import { UsageError } from "../host.ts";
import { describeTensor, toLists, writeJson } from "../json.ts";
import { nodeNamed, openModel, openWorkspace, withPlace } from "../open.ts";
import { randomSeed, tangentSeeds } from "../seeds.ts";

export const jvp: Command = {
  name: "jvp",
  summary: "print the tangent of a node for given seeds",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAME", doc: "whose tangent (default: the loss)" },
    { flag: "seed", value: "NAME=TANGENT,...", doc: "seeds (default: the model's seed block), or the random seed", repeated: true },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const of = nodeNamed(opened, options.text("of"));
    const workspace = openWorkspace(opened, randomSeed(options, opened.model.settings.seed));
    const { value, tangent } = withPlace(opened, () => {
      const seeds = tangentSeeds(opened, workspace, options);
      if (!seeds) throw new UsageError("no seeds: give --seed NAME=1, or a seed block in the model");
      return tangentOf(workspace, of.node, seeds);
    });
    if (options.has("json")) process.stdout.write(`${writeJson({ of: of.name, value: toLists(value), tangent: toLists(tangent) })}\n`);
    else process.stdout.write(`${of.name} = ${describeTensor(value)}\ntangent of ${of.name} = ${describeTensor(tangent)}\n`);
    return 0;
  },
};
