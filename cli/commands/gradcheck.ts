// `wengert gradcheck`: every derivative against differences, and forward against reverse mode.

import { checkGradients, type GradcheckReport } from "../../src/analysis/gradcheck.ts";
import type { NamedNode } from "../../src/graph/program.ts";
import { lossName } from "../../src/model.ts";
import { type Command, modelOptions } from "../command.ts";
import { UsageError } from "../host.ts";
import { writeJson } from "../json.ts";
import { nodeNamed, type Opened, openModel, openWorkspace, withPlace } from "../open.ts";
import { wrtNodes } from "./grad.ts";

export const gradcheck: Command = {
  name: "gradcheck",
  summary: "compare every derivative with differences, in f64; exit 1 on disagreement",
  operand: "FILE",
  options: [
    ...modelOptions,
    { flag: "of", value: "NAME", doc: "what is differentiated (default: the loss, else the real outputs)" },
    { flag: "wrt", value: "NAMES", doc: "with respect to these (default: all parameters, else all real inputs)" },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
  ],
  run([path], options) {
    if (options.text("precision") === "f32") throw new UsageError("gradcheck computes in f64: differences need its digits");
    const loaded = openModel(path, options);
    const opened: Opened = { ...loaded, model: { ...loaded.model, precision: "f64" } };
    const targets = targetNodes(opened, options.text("of"));
    const wrt = wrtNodes(opened, options.text("wrt"));
    const workspace = openWorkspace(opened, options.whole("seed") ?? opened.model.settings.seed, "few rows");
    const reports = withPlace(opened, () =>
      targets.map(({ node }) =>
        checkGradients(
          workspace,
          node,
          wrt.map((named) => named.node),
        ),
      ),
    );
    const report: GradcheckReport = {
      comparisons: reports.flatMap(({ comparisons }) => comparisons),
      dotProducts: reports.flatMap(({ dotProducts }) => dotProducts),
    };
    process.stdout.write(options.has("json") ? `${writeJson(report)}\n` : formatReport(report));
    const isFailed = [...report.comparisons, ...report.dotProducts].some(({ status }) => status === "failed");
    return isFailed ? 1 : 0;
  },
};

/** The node named by --of, else the loss, else the real outputs. */
function targetNodes(opened: Opened, of: string | null): readonly NamedNode[] {
  const { program } = opened.model;
  if (of !== null || lossName(opened.model) !== null) return [nodeNamed(opened, of)];
  const outputs = program.named.filter(({ name, node }) => program.outputs.includes(name) && program.graph.nodes[node].dtype === "real");
  if (outputs.length === 0) throw new UsageError("the model has no loss and no real output: name a node with --of");
  return outputs;
}

function formatReport({ comparisons, dotProducts }: GradcheckReport): string {
  const title = ({ of, wrt }: { readonly of: string; readonly wrt: string }) => `d ${of} / d ${wrt}`;
  const lines = [...new Set(comparisons.map(title))].map((name) => {
    const own = comparisons.filter((comparison) => title(comparison) === name);
    const count = (status: string) => own.filter((comparison) => comparison.status === status).length;
    const kinks = count("kink");
    const worst = own.find(({ status }) => status === "failed");
    const detail = worst ? `: exact ${worst.exact}, differences ${worst.numeric} at ${JSON.stringify(worst.at)}` : "";
    return `${name}: ${count("ok")} agree${kinks > 0 ? `, ${kinks} at a kink` : ""}${worst ? `, ${count("failed")} disagree${detail}` : ""}\n`;
  });
  const broken = dotProducts.filter(({ status }) => status === "failed");
  const products =
    broken.length === 0
      ? "forward and reverse mode agree\n"
      : broken
          .map((product) => `${title(product)}: reverse ${product.reverse}, forward ${product.forward} at ${JSON.stringify(product.at)}\n`)
          .join("");
  return `${lines.join("")}${products}`;
}
