// `wengert gradcheck`: every derivative against differences, and forward against reverse mode.

import { checkGradients, type GradcheckReport } from "../../src/analysis/gradcheck.ts";
import { type Command, modelOptions } from "../command.ts";
import { writeJson } from "../json.ts";
import { nodeNamed, openModel, openWorkspace, withPlace } from "../open.ts";
import { wrtNodes } from "./grad.ts";

export const gradcheck: Command = {
  name: "gradcheck",
  summary: "compare every derivative with differences; exit 1 on disagreement",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAME", doc: "a scalar (default: the loss)" },
    { flag: "wrt", value: "NAMES", doc: "with respect to these (default: all parameters, else all real inputs)" },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
  ],
  run([path], options) {
    const opened = openModel(path, options);
    const of = nodeNamed(opened, options.text("of"));
    const wrt = wrtNodes(opened, options.text("wrt"));
    const workspace = openWorkspace(opened, options.whole("seed") ?? opened.model.settings.seed, "few rows");
    const report = withPlace(path, opened.model.text, () =>
      checkGradients(
        workspace,
        of.node,
        wrt.map(({ node }) => node),
      ),
    );
    process.stdout.write(options.has("json") ? `${writeJson(report)}\n` : formatReport(report));
    const failed = [...report.comparisons, ...report.dotProducts].some(({ status }) => status === "failed");
    return failed ? 1 : 0;
  },
};

function formatReport({ comparisons, dotProducts }: GradcheckReport): string {
  const lines = [...new Set(comparisons.map(({ wrt }) => wrt))].map((wrt) => {
    const own = comparisons.filter((comparison) => comparison.wrt === wrt);
    const count = (status: string) => own.filter((comparison) => comparison.status === status).length;
    const kinks = count("kink");
    const worst = own.find(({ status }) => status === "failed");
    const detail = worst ? `: exact ${worst.exact}, differences ${worst.numeric} at ${JSON.stringify(worst.at)}` : "";
    return `${wrt}: ${count("ok")} agree${kinks > 0 ? `, ${kinks} at a kink` : ""}${worst ? `, ${count("failed")} disagree${detail}` : ""}\n`;
  });
  const broken = dotProducts.filter(({ status }) => status === "failed");
  const products =
    broken.length === 0
      ? "forward and reverse mode agree\n"
      : broken.map(({ wrt, reverse, forward }) => `${wrt}: reverse ${reverse}, forward ${forward}\n`).join("");
  return `${lines.join("")}${products}`;
}
