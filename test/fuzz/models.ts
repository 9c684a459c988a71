// Random and damaged model texts for the whole way from text to values; shared by the test and the long run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gradientNodes } from "../../src/analysis/gradient.ts";
import { createWorkspace, prepareEvaluation } from "../../src/analysis/workspace.ts";
import { countOperations } from "../../src/engine/count.ts";
import { derive } from "../../src/engine/derive.ts";
import { bindGraph, concreteShape, type Graph } from "../../src/graph/graph.ts";
import type { Program } from "../../src/graph/program.ts";
import { isSymbolic } from "../../src/graph/size.ts";
import { countElements } from "../../src/graph/tensor.ts";
import { loadModel, type Model } from "../../src/model.ts";
import type { Feeds } from "../../src/train/feeds.ts";
import { type Part, prepareParts, sizesFor, takePart } from "../../src/train/parts.ts";
import { ProblemError } from "../../src/train/problem.ts";
import { projectRoot } from "../support/cli.ts";
import { type Draw, damage, makeProgram, makeSoup } from "../support/programs.ts";

const folder = join(projectRoot, "examples");
const examples = readdirSync(folder)
  .filter((name) => name.endsWith(".wg") && name !== "digits.wg")
  .map((name) => readFileSync(join(folder, name), "utf8"));
const tables = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".csv"))
    .map((name) => [name, readFileSync(join(folder, name)).subarray(0, 2000)]),
);

/** Small programs that mean something, so that damage reaches what stands behind the parser. */
const seeds: readonly string[] = [
  ...examples,
  "input x = 5; param w = 2; param b = -3; input y = 7\nv = w*x; z = v + b; h = relu(z); yhat = h + z\nloss J = (yhat - y)^2",
  "fn f(a, k = 2) { param W : [last(a), k] = glorot_uniform(); return a @ W }\ninput x : [3] = [1, 2, 3]\ny = x |> f(4) |> f\ng = grad(sum(y), x)",
  "input x : [n] = [1, 2, 3]; y = sum(x^3); H = hessian(y, x); d = jvp(y, x: [1, 0, 0]); s = x[::-1][1:]; c = concat(s, x, axis: 0)",
  "fn p(n, x) = if n <= 0 then 1 else x * p(n - 1, x)\ninput x = 2; y = p(5, x); z = repeat(3, tanh, x)\nstate s = 0; next s = s + 1",
  "fn sq(x) = x * x\nrule sq(x, dx) = 2 * x * dx\ninput x = 3; y = sq(x); g = grad(y, x)\nseed { x = 1 }\ntrain { epochs = 3; optimizer = adam() }\nprecision f32",
];

/** One text: a seed program damaged a few times, a random program, a damaged one, or soup. */
export function makeModelText(draw: Draw): string {
  const kind = draw(10);
  if (kind < 5) return damageOften(seeds[draw(seeds.length)], draw);
  if (kind < 7) return makeProgram(draw);
  return kind < 9 ? damage(makeProgram(draw), draw) : makeSoup(draw);
}

function damageOften(text: string, draw: Draw): string {
  let result = text;
  for (let times = draw(3); times >= 0; times--) result = damage(result, draw);
  return result;
}

/** Models above these bounds are compiled, and derived where only their operations are too many, but not run. */
export const bounds = { nodes: 2000, operations: 10_000_000, bytes: 2 ** 28 } as const;

/** The rows of a small batch. */
const batchRows = Int32Array.of(0, 1);

/** How far texts come: to diagnostics, to a problem that is met with their data or when running, to values and gradients, or to a bound. */
export const endings = ["with errors", "refused when run", "evaluated", "not evaluated"] as const;

export interface Outcome {
  /** What is wrong with how the text was treated, or null. */
  readonly failure: string | null;
  readonly ending: (typeof endings)[number];
}

/** Takes a text the whole way to values and gradients. Anything thrown but a problem of the model is a failure. */
export function checkModelText(text: string, files: ReadonlyMap<string, Uint8Array> = tables): Outcome {
  try {
    const { model, diagnostics } = loadModel(text, { readFile: (path) => files.get(path) ?? null });
    const outside = diagnostics.find(({ span, file }) => !file && !(span.start >= 0 && span.start <= span.end && span.end <= text.length));
    const failure =
      (outside && `a diagnostic lies outside the text: ${outside.code}`) ??
      (diagnostics.length > 200 ? `${diagnostics.length} diagnostics` : null);
    const lost = model && failure === null ? findLost(model) : undefined;
    if (lost !== undefined) return { failure: `nothing is wrong, but ${lost} is not there`, ending: "evaluated" };
    return { failure, ending: model && failure === null ? evaluate(model) : "with errors" };
  } catch (error) {
    if (error instanceof ProblemError) return { failure: null, ending: "refused when run" };
    return { failure: error instanceof Error ? `${error.message}\n${error.stack}` : String(error), ending: "evaluated" };
  }
}

/** A name that the text defines, or the seed of one, that the program lacks without saying why. */
function findLost({ tree, program }: Model): string | undefined {
  const there = new Set([...program.named, ...program.incomplete].map(({ name }) => name));
  const seeded = new Set([...program.seeds, ...program.incomplete].map(({ name }) => name));
  for (const statement of tree.statements) {
    const { kind } = statement;
    const names = kind === "define" ? statement.targets : kind === "seed" ? statement.entries.map(({ key }) => key) : [];
    const own = kind === "input" || kind === "param" || kind === "state" || kind === "loss" || kind === "metric" ? [statement.name] : names;
    const lost = own.find((name) => name && !(kind === "seed" ? seeded : there).has(name.text));
    if (lost) return lost.text;
  }
  return undefined;
}

/** True for a graph of primitives (sizes bound) that does not take too long. */
function isWithinBounds(graph: Graph): boolean {
  const elements = graph.nodes.reduce((sum, { shape }) => sum + countElements(concreteShape(shape)), 0);
  return elements * 8 <= bounds.bytes && countOperations(graph) <= bounds.operations;
}

/** True unless the data expressions and initial values of a model are too much to compute. Without a size, it is refused anyway. */
function isFeedWithinBounds({ feed, sizes }: Program): boolean {
  const bound = bindGraph(feed, sizes);
  return bound.nodes.some(({ shape }) => shape.some(isSymbolic)) || isWithinBounds(derive(bound).build.graph());
}

/** Computes all named values and the gradient of the loss, over all rows and a batch. Throws ProblemError for what is wrong with them. */
function evaluate(model: Model): Outcome["ending"] {
  const { program, tables: read, precision } = model;
  if (program.graph.nodes.length > bounds.nodes || !isFeedWithinBounds(program)) return "not evaluated";
  const parts = prepareParts(program, { tables: read, split: null, seed: 0, precision, fitted: new Map() });
  if (!evaluatePart(model, parts.feeds, parts.train)) return "not evaluated";
  if (program.rowDimension === null || parts.train.rows < batchRows.length) return "evaluated";
  const inputs = takePart(program, parts.train.inputs, batchRows);
  return evaluatePart(model, parts.feeds, { rows: batchRows.length, inputs }) ? "evaluated" : "not evaluated";
}

/** False if that would take too long. */
function evaluatePart({ program, precision, settings }: Model, feeds: Feeds, { rows, inputs }: Part): boolean {
  const workspace = createWorkspace(program, { ...feeds, inputs }, sizesFor(program, rows), precision, settings.seed);
  const targets = program.named.map(({ node }) => workspace.ids[node]);
  if (program.loss) {
    const params = program.params.map(({ node }) => workspace.ids[node]);
    targets.push(...gradientNodes(workspace, workspace.ids[program.loss.node], params));
  }
  const { graph, run } = prepareEvaluation(workspace, targets);
  if (!isWithinBounds(graph)) return false;
  run();
  return true;
}
