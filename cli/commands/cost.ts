// `wengert cost`: operation counts of value, tangent, gradient and Hessian-vector product.

import { countCost } from "../../src/analysis/cost.ts";
import { type Command, modelOptions, readName } from "../command.ts";
import { writeJson } from "../json.ts";
import { nodeNamed, openModel, openWorkspace, withPlace } from "../open.ts";
import { wrtNodes } from "./grad.ts";

export const cost: Command = {
  name: "cost",
  summary: "count scalar operations of value and derivatives, and memory",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAME", doc: "a scalar (default: the loss)", repeated: true },
    { flag: "wrt", value: "NAMES", doc: "with respect to these (default: all parameters, else all real inputs)", repeated: true },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const of = nodeNamed(opened, readName(options, "of"));
    const wrt = wrtNodes(opened, options.text("wrt"));
    const workspace = openWorkspace(opened, opened.model.settings.seed);
    const counted = withPlace(opened, () =>
      countCost(
        workspace,
        of.node,
        wrt.map(({ node }) => node),
      ),
    );
    if (options.has("json")) {
      process.stdout.write(`${writeJson(counted)}\n`);
      return 0;
    }
    const line = (what: string, { flops, ratio }: { readonly flops: number; readonly ratio?: number }) =>
      `${what.padEnd(24)} ${String(flops).padStart(14)} operations${ratio === undefined ? "" : `  ${ratio.toFixed(2)} x value`}\n`;
    process.stdout.write(
      `${line("value", counted.value)}${line("value and tangent", counted.jvp)}${line("value and gradient", counted.gradient)}` +
        `${line("Hessian-vector product", counted.hvp)}${"memory".padEnd(24)} ${String(counted.peakBytes).padStart(14)} bytes\n`,
    );
    return 0;
  },
};
