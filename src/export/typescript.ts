// The model as one TypeScript file without imports: its value and its gradient as functions.

import { concreteShape } from "../graph/graph.ts";
import type { Precision, Tensor } from "../graph/tensor.ts";
import type { Helper } from "../ops/op.ts";
import { type Body, type FileParts, type FunctionGraph, type Leaf, writeBody } from "./typescript-body.ts";
import { writeFitted, writePreparations } from "./typescript-inputs.ts";
import { nestHelper, readHelper } from "./typescript-runtime.ts";
import { writeComment, writeGivenType, writeKey, writeNested, writeResultType } from "./typescript-text.ts";

/** What is exported. */
export interface TypescriptSource {
  /** File name of the model. */
  readonly model: string;
  /** Name of what `value` gives, the only output of its graph. */
  readonly of: string;
  readonly value: FunctionGraph;
  /** Outputs: the value, then its derivative with respect to each of `wrt`. */
  readonly gradient: FunctionGraph;
  readonly wrt: readonly string[];
  /** Seed of random nodes. */
  readonly seed: number;
  /** Arithmetic of the model. */
  readonly precision: Precision;
}

/**
 * The text of the file. Its arithmetic is float64 with the functions of Math, whatever that of the model. Throws ExportProblem naming
 * what TypeScript has no form for.
 */
export function writeTypescript(source: TypescriptSource): string {
  const file: FileParts = { constants: new Map(), helpers: new Set([readHelper]), leaves: new Set(), seed: source.seed };
  const value = writeBody(source.value, file);
  const gradient = writeBody(source.gradient, file);
  const inputs = leavesOf(file, "input");
  const params = leavesOf(file, "param");
  const preparations = inputs.flatMap(({ preparation }) => (preparation ? [preparation] : []));
  const sections = [
    [...writeHeading(source), ...writePreparations(preparations)].join("\n"),
    writeFitted(preparations),
    writeInterface("Inputs", "What the functions take.", inputs.map(writeInputProperty)),
    writeInterface(
      "Parameters",
      "Parameters of the model.",
      params.map((leaf) => writeProperty(leaf, "")),
    ),
    writeInterface("Gradient", `Derivatives of ${writeComment(source.of)}.`, writeGradientProperties(source)),
    writeValues("/** Parameters where none are given. */\nexport const parameters: Parameters", params),
    writeValues(
      "const defaults: Partial<Inputs>",
      inputs.filter((leaf) => leaf.value !== null),
    ),
    [...file.constants].map(([expression, name]) => `const ${name} = ${expression};`).join("\n"),
    writeValueFunction(source, value, inputs, params),
    writeGradientFunction(source, gradient, inputs, params),
    ...usedHelpers([...file.helpers, ...(needsNest(source) ? [nestHelper] : [])]).map(({ text }) => text),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** How near results are to those of the model itself. */
const nearness: Readonly<Record<Precision, readonly string[]>> = {
  f64: ["// Arithmetic is float64, as in the model; functions such as exp are those of Math, whose last bits may differ from Wengert's."],
  f32: [
    "// Arithmetic is float64, but that of the model is float32: results agree with its own to about 7 digits, fewer where terms cancel.",
    "// Parameters are the model's float32 numbers, and constants are not rounded to float32.",
  ],
};

function writeHeading({ model, of, wrt, precision }: TypescriptSource): string[] {
  return [
    `// ${writeComment(of)} of ${writeComment(model)} and its derivatives (${wrt.map(writeComment).join(", ")}), written by Wengert.`,
    ...nearness[precision],
    "// Arrays are nested lists in row-major order.",
  ];
}

function leavesOf(file: FileParts, kind: Leaf["kind"]): Leaf[] {
  return [...file.leaves].filter((leaf) => leaf.kind === kind);
}

function writeInterface(name: string, doc: string, properties: readonly string[]): string {
  return `/** ${doc} */\nexport interface ${name} {${properties.length > 0 ? "\n" : ""}${properties.join("")}}`;
}

/** `real, shape [2, 3]`. */
function describe(dtype: Leaf["dtype"], shape: readonly number[]): string {
  const kind = dtype === "int" ? "whole numbers" : dtype === "bool" ? "truth values" : "real";
  return shape.length === 0 ? `A scalar, ${kind}.` : `Shape [${shape.join(", ")}], ${kind}.`;
}

function writeProperty({ name, dtype, shape }: Leaf, optional: "" | "?"): string {
  return `  /** ${describe(dtype, shape)} */\n  readonly ${writeKey(name)}${optional}: ${writeGivenType(shape.length, dtype)};\n`;
}

function writeInputProperty(leaf: Leaf): string {
  return writeProperty(leaf, leaf.value === null ? "" : "?");
}

function writeGradientProperties({ gradient, wrt }: TypescriptSource): string[] {
  return wrt.map((name, k) => {
    const shape = concreteShape(gradient.graph.nodes[gradient.outputs[k + 1]].shape);
    return `  /** ${describe("real", shape)} */\n  ${writeKey(name)}: ${writeResultType(shape.length)};\n`;
  });
}

function writeValues(declaration: string, leaves: readonly Leaf[]): string {
  const entries = leaves.map(({ name, value }) => `  ${writeKey(name)}: ${writeNested(value as Tensor, "  ")},\n`);
  return `${declaration} = {${entries.length > 0 ? "\n" : ""}${entries.join("")}};`;
}

/** `inputs: Inputs, params: Partial<Parameters> = {}`; inputs may be left out where all have defaults. */
function writeArguments(inputs: readonly Leaf[], params: readonly Leaf[]): string {
  const optional = inputs.every((leaf) => leaf.value !== null);
  return `inputs: Inputs${optional ? ` = ${writeNothing(inputs)}` : ""}, params: Partial<Parameters> = ${writeNothing(params)}`;
}

/** An object without properties. For TypeScript `{}` has those of every object, such as `constructor`. */
function writeNothing(leaves: readonly Leaf[]): string {
  return leaves.some(({ name }) => name in {}) ? "Object.create(null)" : "{}";
}

function shapeOfOutput({ graph, outputs }: FunctionGraph, k: number): readonly number[] {
  return concreteShape(graph.nodes[outputs[k]].shape);
}

/** Arrays leave as nested lists. */
function writeResult(expression: string, shape: readonly number[]): string {
  if (shape.length === 0) return expression;
  return `nest(${expression}, [${shape.join(", ")}]) as ${writeResultType(shape.length)}`;
}

function needsNest({ value, gradient }: TypescriptSource): boolean {
  return shapeOfOutput(value, 0).length > 0 || gradient.outputs.some((_, k) => shapeOfOutput(gradient, k).length > 0);
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join("");
}

function writeValueFunction(
  { of, value }: TypescriptSource,
  { lines, results }: Body,
  inputs: readonly Leaf[],
  params: readonly Leaf[],
): string {
  const shape = shapeOfOutput(value, 0);
  const head = `export function value(${writeArguments(inputs, params)}): ${writeResultType(shape.length)} {`;
  return `/** The value of ${writeComment(of)}. */\n${head}\n${indent([...lines, `return ${writeResult(results[0], shape)};`])}}`;
}

function writeGradientFunction(
  source: TypescriptSource,
  { lines, results }: Body,
  inputs: readonly Leaf[],
  params: readonly Leaf[],
): string {
  const { of, gradient, wrt } = source;
  const rank = shapeOfOutput(gradient, 0).length;
  const entries = wrt.map((name, k) => `    ${writeKey(name)}: ${writeResult(results[k + 1], shapeOfOutput(gradient, k + 1))},`);
  const result = [
    "return {",
    `  value: ${writeResult(results[0], shapeOfOutput(gradient, 0))},`,
    "  gradient: {",
    ...entries,
    "  },",
    "};",
  ];
  const head = `export function valueAndGradient(${writeArguments(inputs, params)}): { value: ${writeResultType(rank)}; gradient: Gradient } {`;
  return `/** The value of ${writeComment(of)} and its derivatives. */\n${head}\n${indent([...lines, ...result])}}`;
}

/** Helpers with those that they call, each once. */
function usedHelpers(helpers: readonly Helper[]): Helper[] {
  const found = new Set<Helper>();
  const add = (helper: Helper): void => {
    if (found.has(helper)) return;
    found.add(helper);
    for (const used of helper.uses ?? []) add(used);
  };
  for (const helper of helpers) add(helper);
  return [...found];
}
