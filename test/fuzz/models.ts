// Random and damaged model texts for the whole way from text to values; shared by the test and the long run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createWorkspace, evaluateNodes } from "../../src/analysis/workspace.ts";
import { loadModel } from "../../src/model.ts";
import { prepareParts, sizesFor } from "../../src/train/parts.ts";
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

/** What is wrong with how a text is treated, or null: anything thrown but a problem of the model is wrong. */
export function checkModelText(text: string): string | null {
  try {
    const { model, diagnostics } = loadModel(text, { readFile: (path) => tables.get(path) ?? null });
    const outside = diagnostics.find(({ span, file }) => !file && !(span.start >= 0 && span.start <= span.end && span.end <= text.length));
    if (outside) return `a diagnostic lies outside the text: ${outside.code}`;
    if (diagnostics.length > 200) return `${diagnostics.length} diagnostics`;
    if (!model || model.program.graph.nodes.length > 2000) return null;
    const { program, precision, settings } = model;
    const parts = prepareParts(program, { tables: model.tables, split: null, seed: 0, precision, fitted: new Map() });
    const feeds = { ...parts.feeds, inputs: parts.train.inputs };
    const workspace = createWorkspace(program, feeds, sizesFor(program, parts.train.rows), precision, settings.seed);
    evaluateNodes(
      workspace,
      program.named.map(({ node }) => workspace.ids[node]),
    );
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return null;
    return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  }
}
