// What a file or the body of a function declares: names of nodes, and functions. The two are separate name spaces.

import type {
  DataStatement,
  DefineStatement,
  DimStatement,
  FunctionStatement,
  Identifier,
  InputStatement,
  LossStatement,
  MetricStatement,
  NextStatement,
  ParamStatement,
  ReturnStatement,
  RuleStatement,
  SeedStatement,
  Span,
  Statement,
  StateStatement,
} from "../../grammar/tree.ts";
import type { Place } from "../graph/graph.ts";
import type { Reporter } from "./diagnostics.ts";
import type { SourceFile } from "./source-file.ts";

/** Statements that are lowered: what else stands in a file is read apart. */
export type OrderedStatement =
  | InputStatement
  | ParamStatement
  | DefineStatement
  | LossStatement
  | MetricStatement
  | StateStatement
  | NextStatement
  | DataStatement
  | DimStatement
  | SeedStatement
  | ReturnStatement;

/** A statement or function with what it needs: the nodes of the graph of names of one block. */
export interface Vertex {
  readonly statement: OrderedStatement | FunctionStatement;
  /** What its messages call it; the path of a statement in its block. */
  readonly name: string;
  readonly needs: Set<Vertex>;
  /** The first hole in it; null if there is none. Of a function: in its defaults, its body or its rule. */
  hole: Place | null;
  /** Part of a cycle, or a second definition of its name: reported, and not lowered. */
  broken: boolean;
}

/** A name of a block. */
export type Declaration =
  | { readonly kind: "vertex"; readonly vertex: Vertex; readonly span: Span }
  | { readonly kind: "parameter"; readonly index: number; readonly span: Span }
  | { readonly kind: "broken"; readonly span: Span };

export interface FunctionDeclaration {
  readonly name: string;
  readonly statement: FunctionStatement;
  readonly body: Block;
  readonly vertex: Vertex;
  /** Positions of the parameters that are called: their arguments are functions. */
  readonly functionParameters: Set<number>;
  rule: Rule | null;
}

/** A function's own tangent rule; its parameters are declared in `body`. */
export interface Rule {
  readonly statement: RuleStatement;
  readonly body: Block;
}

/** A file, or the body of a function or rule. */
export interface Block {
  readonly parent: Block | null;
  readonly file: SourceFile;
  /** The function whose body or rule this is. */
  owner: FunctionDeclaration | null;
  /** Files whose functions can be called here; only of a file. */
  readonly imports: Block[];
  /** True if an imported file is not there or cannot be told: a function that nothing defines may be one of it. */
  lacksImport: boolean;
  readonly names: Map<string, Declaration>;
  readonly functions: Map<string, FunctionDeclaration>;
  readonly vertices: Vertex[];
  /** Statements, each after what it needs. */
  order: readonly Vertex[];
}

/** Declares the statements of a file. An imported file declares its functions only. */
export function declareFile(file: SourceFile, functionsOnly: boolean, reporter: Reporter): Block {
  const block = createBlock(null, file);
  muteDamaged(file.name, file.tree.statements, reporter);
  for (const statement of file.tree.statements) {
    if (functionsOnly && statement.kind !== "function" && statement.kind !== "rule") continue;
    declareStatement(block, statement, reporter);
  }
  attachRules(block, file.tree.statements, reporter);
  return block;
}

/** Says nothing more of statements that could not be read as they stand: most of it would follow from that. */
function muteDamaged(file: string | null, statements: readonly Statement[], reporter: Reporter): void {
  for (const statement of statements) {
    const { span } = statement;
    const block = statement.kind === "function" && statement.body.kind === "block" ? statement.body : null;
    if (statement.damaged) reporter.mute(file, block ? { start: span.start, end: block.span.start } : span);
    if (block) muteDamaged(file, block.statements, reporter);
    if (statement.kind !== "train" && statement.kind !== "seed") continue;
    for (const entry of statement.entries) if (entry.damaged) reporter.mute(file, entry.span);
  }
}

function createBlock(parent: Block | null, file: SourceFile): Block {
  return { parent, file, owner: null, imports: [], lacksImport: false, names: new Map(), functions: new Map(), vertices: [], order: [] };
}

function declareStatement(block: Block, statement: Statement, reporter: Reporter): void {
  switch (statement.kind) {
    case "function":
      declareFunction(block, statement, reporter);
      return;
    case "broken":
      if (statement.name && !block.names.has(statement.name.text))
        block.names.set(statement.name.text, { kind: "broken", span: statement.name.span });
      return;
    case "define": {
      const first = statement.targets.find((target) => target !== null);
      const vertex = addVertex(block, statement, first?.text ?? "_");
      for (const target of statement.targets) if (target) declareName(block, target.text, target.span, vertex, reporter);
      return;
    }
    case "return":
      addVertex(block, statement, "return");
      return;
    case "next":
      addVertex(block, statement, `next ${statement.name.text}`);
      return;
    case "seed":
      if (refuseInFunction(block, statement, "a seed block", reporter)) return;
      addVertex(block, statement, "seed");
      return;
    case "input":
    case "data":
    case "dim":
    case "loss":
    case "metric":
      if (refuseInFunction(block, statement, described[statement.kind], reporter)) return;
      declareName(block, statement.name.text, statement.name.span, addVertex(block, statement, statement.name.text), reporter);
      return;
    case "param":
    case "state":
      declareName(block, statement.name.text, statement.name.span, addVertex(block, statement, statement.name.text), reporter);
      return;
    case "import":
    case "precision":
    case "train":
      refuseInFunction(block, statement, statement.kind === "import" ? "an import" : `a ${statement.kind} statement`, reporter);
      return;
    case "rule":
      return;
  }
}

const described = { input: "an input", data: "a data statement", dim: "a dim statement", loss: "a loss", metric: "a metric" } as const;

/** Reports what belongs in a file only, where a function has it. */
function refuseInFunction(block: Block, statement: Statement, what: string, reporter: Reporter): boolean {
  if (block.owner === null) return false;
  reporter.add("misplaced-statement", block.file.name, statement.span, `${what} cannot stand in a function: write it in the file`);
  return true;
}

function addVertex(block: Block, statement: Vertex["statement"], name: string): Vertex {
  const vertex: Vertex = { statement, name, needs: new Set(), hole: null, broken: false };
  block.vertices.push(vertex);
  return vertex;
}

function declareName(block: Block, name: string, span: Span, vertex: Vertex, reporter: Reporter): void {
  const known = block.names.get(name);
  if (known) {
    reportDuplicate(block, name, span, known.span, reporter);
    if (vertex.statement.kind !== "define" || vertex.statement.targets.length === 1) vertex.broken = true;
    return;
  }
  block.names.set(name, { kind: "vertex", vertex, span });
}

function reportDuplicate(block: Block, name: string, span: Span, first: Span, reporter: Reporter): void {
  if (reporter.full) return;
  const line = lineOf(block.file.text, first.start);
  reporter.add("duplicate-name", block.file.name, span, `'${name}' is defined twice: first in line ${line}; each name is defined once`);
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function declareFunction(block: Block, statement: FunctionStatement, reporter: Reporter): void {
  const name = statement.name.text;
  const vertex = addVertex(block, statement, `${name}()`);
  const known = block.functions.get(name);
  if (known) reportDuplicate(block, name, statement.name.span, known.statement.name.span, reporter);
  const body = createBlock(block, block.file);
  const declaration: FunctionDeclaration = { name, statement, body, vertex, functionParameters: new Set(), rule: null };
  body.owner = declaration;
  if (!known) block.functions.set(name, declaration);
  declareBody(declaration, reporter);
}

function declareBody({ statement, body }: FunctionDeclaration, reporter: Reporter): void {
  declareParameters(
    body,
    statement.parameters.map((parameter) => parameter.name),
    reporter,
  );
  if (statement.body.kind === "expression") {
    const { value } = statement.body;
    declareStatement(body, { kind: "return", value, span: value.span, leading: [], trailing: null }, reporter);
    return;
  }
  for (const inner of statement.body.statements) declareStatement(body, inner, reporter);
  attachRules(body, statement.body.statements, reporter);
}

function declareParameters(body: Block, names: readonly Identifier[], reporter: Reporter): void {
  for (const [index, { text, span }] of names.entries()) {
    if (body.names.has(text))
      reporter.add("repeated-parameter", body.file.name, span, `'${text}' is a parameter already: each has a name of its own`);
    else body.names.set(text, { kind: "parameter", index, span });
  }
}

/** Gives functions their tangent rules. */
function attachRules(block: Block, statements: readonly Statement[], reporter: Reporter): void {
  for (const statement of statements) {
    if (statement.kind !== "rule") continue;
    const { text, span } = statement.name;
    const declaration = block.functions.get(text);
    if (!declaration) {
      reporter.add(
        "unknown-rule",
        block.file.name,
        span,
        `there is no function '${text}' here: a rule stands beside the fn that it differentiates`,
      );
    } else if (declaration.rule) {
      reportDuplicate(block, `rule ${text}`, span, declaration.rule.statement.name.span, reporter);
    } else declaration.rule = declareRule(block, declaration, statement, reporter);
  }
}

function declareRule(block: Block, declaration: FunctionDeclaration, statement: RuleStatement, reporter: Reporter): Rule {
  const body = createBlock(block, block.file);
  body.owner = declaration;
  declareParameters(body, statement.parameters, reporter);
  return { statement, body };
}
