// `wengert gradcheck`: every derivative against differences, and forward against reverse mode.

import { type Along, type Comparison, checkGradients, type GradcheckReport } from "../../src/analysis/gradcheck.ts";
import type { CallGroup, NamedNode } from "../../src/graph/program.ts";
import { stridesOf } from "../../src/graph/tensor.ts";
import { lossName } from "../../src/model.ts";
import { type Command, modelOptions, readNames } from "../command.ts";
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
    { flag: "of", value: "NAMES", doc: "what is differentiated (default: the loss, else the real outputs)", repeated: true },
    { flag: "wrt", value: "NAMES", doc: "with respect to these (default: all parameters, else all real inputs)", repeated: true },
    { flag: "seed", value: "N", doc: "seed of initial parameters and random nodes" },
  ],
  run([path], options) {
    if (options.text("precision") === "f32") throw new UsageError("gradcheck computes in f64: differences need its digits");
    const loaded = openModel(path, options);
    const opened: Opened = { ...loaded, model: { ...loaded.model, precision: "f64" } };
    const targets = targetNodes(opened, readNames(options, "of"));
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
    const shapes = new Map(wrt.map(({ name, node }) => [name, workspace.build.nodes[workspace.ids[node]].shape as readonly number[]]));
    process.stdout.write(
      options.has("json") ? `${writeJson(report)}\n` : formatReport(report, { shapes, groups: opened.model.program.groups }),
    );
    const isFailed = [...report.comparisons, ...report.dotProducts].some(({ status }) => status === "failed");
    return isFailed ? 1 : 0;
  },
};

/** The nodes named by --of, else the loss, else the real outputs. */
function targetNodes(opened: Opened, of: readonly string[] | null): readonly NamedNode[] {
  const { program } = opened.model;
  if (of !== null) return of.map((name) => nodeNamed(opened, name));
  if (lossName(opened.model) !== null) return [nodeNamed(opened, null)];
  const outputs = program.named.filter(({ name, node }) => program.outputs.includes(name) && program.graph.nodes[node].dtype === "real");
  if (outputs.length === 0) throw new UsageError("the model has no loss and no real output: name a node with --of");
  return outputs;
}

/** What a report needs of the model to be read. */
interface Subject {
  /** Shapes by the names of what was differentiated for. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly groups: readonly CallGroup[];
}

function formatReport({ comparisons, dotProducts }: GradcheckReport, subject: Subject): string {
  const lines = [...new Set(comparisons.map(title))].map((name) => {
    const own = comparisons.filter((comparison) => title(comparison) === name);
    return `${name}: ${formatComparisons(own, subject)}\n`;
  });
  const broken = dotProducts.filter(({ status }) => status === "failed");
  const products = broken.map((product) => {
    return `${title(product)}: reverse ${product.reverse}, forward ${product.forward} ${formatAlong(product, subject)}\n`;
  });
  return `${lines.join("")}${products.length === 0 ? "forward and reverse mode agree\n" : products.join("")}`;
}

function title({ of, wrt }: { readonly of: string; readonly wrt: string }): string {
  return `d ${of} / d ${wrt}`;
}

/** `3 agree, 1 at a kink, 2 by the rule of f, 1 disagrees: ...`. */
function formatComparisons(own: readonly Comparison[], subject: Subject): string {
  const having = (status: Comparison["status"]) => own.filter((comparison) => comparison.status === status);
  const [kinks, ruled, failed] = [having("kink"), having("rule"), having("failed")];
  const detail = (comparison: Comparison) =>
    `exact ${comparison.exact}, differences ${comparison.numeric} ${formatAlong(comparison, subject)}`;
  return [
    `${having("ok").length} agree`,
    ...(kinks.length > 0 ? [`${kinks.length} at a kink`] : []),
    ...(ruled.length > 0 ? [`${ruled.length} by ${nameRules(ruled, subject)}, which differences do not see (${detail(ruled[0])})`] : []),
    ...(failed.length > 0 ? [`${failed.length} disagree: ${detail(failed[0])}`] : []),
  ].join(", ");
}

/** The functions whose own rules gave the derivatives. */
function nameRules(ruled: readonly Comparison[], { groups }: Subject): string {
  const calls = new Set(ruled.flatMap((comparison) => comparison.calls ?? []));
  const names = new Set([...calls].map((call) => groups.find(({ path }) => path === call)?.function ?? call));
  return `the ${names.size === 1 ? "rule" : "rules"} of ${[...names].join(", ")}`;
}

/** `at w[3, 1]`, `at x` for a number, `along random direction 2`. */
function formatAlong({ wrt, at }: { readonly wrt: string; readonly at: Along }, { shapes }: Subject): string {
  if ("direction" in at) return `along random direction ${at.direction} of ${wrt}`;
  const shape = shapes.get(wrt) ?? [];
  if (shape.length === 0) return `at ${wrt}`;
  const index = stridesOf(shape).map((stride, axis) => Math.floor(at.element / stride) % shape[axis]);
  return `at ${wrt}[${index.join(", ")}]`;
}
