// From the syntax tree of a model to its program: names, sizes, graphs and ports, with everything that is wrong on the way.

import type { Diagnostic, Expression, LossStatement, Span, Statement, Tree } from "../../grammar/tree.ts";
import { markAncestors, type NodeId } from "../graph/graph.ts";
import type { NamedNode, Program } from "../graph/program.ts";
import { type Block, declareFile, type Vertex } from "./declarations.ts";
import { Reporter, unknown } from "./diagnostics.ts";
import { lowerExpression } from "./expressions.ts";
import { findIncomplete, spreadHoles } from "./holes.ts";
import { Library, preludeFunctions } from "./library.ts";
import { type CompileOptions, type Frame, Lowering } from "./lowering.ts";
import { type DimensionUse, Resolver } from "./resolve.ts";
import { attempt } from "./roll-back.ts";
import { rowDimensionOf } from "./row-dimension.ts";
import { createScope } from "./scope.ts";
import type { SourceFile } from "./source-file.ts";
import { lowerStatement } from "./statements.ts";
import { readPrecision, readTrain } from "./train-block.ts";

export type { CompileOptions } from "./lowering.ts";

const nowhere: Span = { start: 0, end: 0 };

/** What compiling gives. */
export interface Compilation {
  readonly program: Program | null;
  readonly diagnostics: readonly Diagnostic[];
  /** False where compiling with the other value of `training` would give the same. */
  readonly dependsOnTraining: boolean;
}

/**
 * Compiles a model. Never throws on what a person wrote: what is wrong is reported, at most 100 times, and left out with all that
 * depends on it; the program holds the rest. Time is linear in the text and in what its calls expand to.
 */
export function compile(tree: Tree, text: string, options: CompileOptions): Compilation {
  const reporter = new Reporter();
  const file: SourceFile = { name: null, text, tree };
  const block = declareFile(file, false, reporter);
  const dimensions = new Map<string, DimensionUse>();
  new Library(reporter, options.readImport, dimensions).loadImports(block);
  new Resolver(reporter, preludeFunctions, dimensions).resolveFile(block);
  const context = new Lowering(options, reporter, new Set(dimensions.keys()), lowerExpression, lowerStatement);
  context.firstLoss = tree.statements.find((statement): statement is LossStatement => statement.kind === "loss") ?? null;
  if (reporter.saw("hole")) context.holes = spreadHoles(block);
  const frame = fileFrame(context, file, block);
  for (const [name, size] of options.sizes) bindOption(context, block, dimensions, name, size);
  for (const vertex of block.order) lowerTopStatement(context, frame, vertex);
  const program = assemble(context, frame, tree, text);
  warnOfUnbound(context, block, dimensions);
  refuseUnusedOptions(context);
  return { program, diagnostics: reporter.list(), dependsOnTraining: context.dependsOnTraining };
}

function fileFrame(context: Lowering, file: SourceFile, block: Block): Frame {
  const scope = createScope(block, null, "", "");
  context.files.set(block, scope);
  const root: Expression = { kind: "invalid", span: nowhere };
  return { scope, file, owner: "", parameterOwner: "", draft: context.graph, root, depth: 0, site: null, outside: null, captures: null };
}

/** Lowers a statement of the file. A host with a smaller stack than lowering is made for gives a diagnostic too. */
function lowerTopStatement(context: Lowering, frame: Frame, vertex: Vertex): void {
  context.isAborted = false;
  context.nesting = 0;
  context.current = vertex;
  const isLowered = attempt(context, frame, () => {
    try {
      return context.lowerStatement(frame, vertex);
    } catch (error) {
      if (!(error instanceof RangeError) || !error.message.includes("stack")) throw error;
      context.abort(frame, vertex.statement.span, "expressions and calls");
      return false;
    }
  });
  if (!isLowered) context.failed.add(vertex);
}

/** Binds a size that is given from outside, if the model has that dimension. */
function bindOption(context: Lowering, block: Block, dimensions: ReadonlyMap<string, DimensionUse>, name: string, size: number): void {
  const known = [...dimensions.keys(), ...dimensionNames(block)];
  if (!known.includes(name)) {
    const has =
      known.length === 0 ? ": the model has no named dimensions" : `: the model has ${[...new Set(known)].slice(0, 12).join(", ")}`;
    const { message } = unknown("dimension", name, nowhere, context.reporter.suggest(name, known), has);
    context.reporter.add("unknown-dimension", null, nowhere, message);
  } else if (!Number.isInteger(size) || size < 1) {
    context.reporter.add("wrong-size", null, nowhere, `the size of ${name} must be a whole number, at least 1, not ${size}`);
  } else context.sizes.bind(name, size, "the given size", "option");
}

/** Dimensions of `dim` statements, and of data without a declared row dimension. */
function dimensionNames(block: Block): readonly string[] {
  return block.vertices.flatMap(({ name, statement: { kind } }) => (kind === "dim" || kind === "data" ? [name] : []));
}

function warnOfUnbound(context: Lowering, block: Block, dimensions: ReadonlyMap<string, DimensionUse>): void {
  const known = new Set([...dimensions.keys(), ...dimensionNames(block)]);
  for (const [name, { count, span, file, vertex }] of dimensions) {
    if (count > 1 || context.sizes.bound.has(name) || context.failed.has(vertex)) continue;
    const meant = context.reporter.suggest(name, known);
    const hint = meant === null ? `give it one with \`dim ${name} = ...\`, or write the size itself` : `did you mean ${meant}?`;
    const message = `the dimension ${name} is used once and has no size: ${hint}`;
    const fix = meant === null ? undefined : { title: `Replace by ${meant}`, span, text: meant };
    context.reporter.add("unbound-dimension", file, span, message, fix);
  }
}

function refuseUnusedOptions(context: Lowering): void {
  for (const name of context.options.set?.keys() ?? []) {
    if (context.usedSettings.has(name)) continue;
    const known = [
      ...context.inputs.map((port) => port.name),
      ...context.params.map((port) => port.path),
      ...context.states.map((port) => port.path),
    ];
    const { message } = unknown("input or parameter", name, nowhere, context.reporter.suggest(name, known));
    context.reporter.add("unknown-setting", null, nowhere, message);
  }
}

function assemble(context: Lowering, frame: Frame, tree: Tree, text: string): Program {
  const named = context.named.toSorted((a, b) => a.place.start - b.place.start);
  const train = readTrain(context, frame, tree);
  return {
    graph: context.graph.graph(),
    feed: context.feed.graph(),
    inputs: context.inputs.toSorted((a, b) => a.place.start - b.place.start),
    params: context.params,
    states: context.states,
    loss: lossOf(context, named),
    metrics: named.filter((node) => node.kind === "metric" && context.graph.nodes[node.node].shape.length === 0),
    named,
    outputs: outputsOf(context, named),
    groups: context.groups,
    columns: context.columns,
    fits: context.fits,
    data: [...context.data.values()].map((data) => data.source),
    seeds: context.seeds,
    train,
    precision: readPrecision(context, frame, tree),
    sizes: context.sizes.bound,
    rowDimension: rowDimensionOf(context, frame, train),
    incomplete: findIncomplete(context, frame.scope.block, tree),
    statements: statementTexts(tree.statements, text),
  };
}

function lossOf(context: Lowering, named: readonly NamedNode[]): NamedNode | null {
  const loss = named.find((node) => node.kind === "loss");
  if (!loss) return null;
  const { shape, dtype } = context.graph.nodes[loss.node];
  return shape.length === 0 && dtype === "real" ? loss : null;
}

/** Named nodes that no other named node depends on. */
function outputsOf(context: Lowering, named: readonly NamedNode[]): readonly string[] {
  const { nodes } = context.graph;
  const inputs: NodeId[] = [];
  for (const { node } of named) for (const input of nodes[node].inputs) inputs.push(input);
  const used = markAncestors(nodes, inputs);
  return named.filter(({ node }) => !used[node]).map(({ name }) => name);
}

/** The text of each statement by the names it defines; functions where no node has their name. */
function statementTexts(statements: readonly Statement[], text: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const add = (name: string, { start, end }: Span) => {
    if (!texts.has(name)) texts.set(name, text.slice(start, end));
  };
  for (const statement of statements) {
    if (statement.kind === "define") for (const target of statement.targets) if (target) add(target.text, statement.span);
    const isNamed = ["input", "param", "loss", "metric", "state", "data", "dim"].includes(statement.kind);
    if (isNamed && "name" in statement && statement.name) add(statement.name.text, statement.span);
  }
  for (const statement of statements) if (statement.kind === "function") add(statement.name.text, statement.span);
  return texts;
}
