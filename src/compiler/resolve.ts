// What each statement needs: resolves names and functions in their scopes, before anything is lowered.

import { childrenOf, walk } from "../../grammar/index.ts";
import type { Argument, Binary, Call, Expression, Identifier, Member, NameExpression, Span, TypeExpression } from "../../grammar/tree.ts";
import { findOp, ops } from "../ops/index.ts";
import type { Op } from "../ops/op.ts";
import { builtInNames, builtIns, functionPositions } from "./built-ins.ts";
import type { Block, Declaration, FunctionDeclaration, Vertex } from "./declarations.ts";
import { type Reporter, unknown } from "./diagnostics.ts";
import { foreignName, foreignSpelling, isAbsent } from "./foreign-names.ts";
import { orderBlock } from "./order.ts";
import { waitForCalls } from "./shared-paths.ts";
import { preludeName, type SourceFile } from "./source-file.ts";
import { unwrap } from "./values.ts";

/** Words of the language that stand for a value. */
const literalNames = ["true", "false", "inf", "nan"];

/** What a called name stands for. */
export type Callee =
  | { readonly kind: "function"; readonly declaration: FunctionDeclaration; readonly block: Block }
  | { readonly kind: "parameter"; readonly declaration: FunctionDeclaration; readonly index: number; readonly block: Block }
  | { readonly kind: "op"; readonly op: Op }
  | { readonly kind: "built-in"; readonly name: string };

/** Finds functions of the prelude, which is read when one is needed. */
export interface Prelude {
  find(name: string): { readonly declaration: FunctionDeclaration; readonly block: Block } | null;
  names(): Iterable<string>;
}

/** A dimension that no `dim` statement declares: where it is used first, and how often. */
export interface DimensionUse {
  count: number;
  readonly span: Span;
  readonly file: string | null;
  /** The statement that uses it first. */
  readonly vertex: Vertex;
}

/** Where names are looked up: a block and the statement of it that uses them. */
interface Site {
  readonly block: Block;
  readonly vertex: Vertex;
  /** The default of a parameter: it is evaluated before the body. */
  readonly isDefault?: boolean;
  /** A seed: only a node can have a tangent. */
  readonly takesNodesOnly?: boolean;
}

/** The same place, for the name of a node that a tangent is given for. */
function seedSite(site: Site): Site {
  return { ...site, takesNodesOnly: true };
}

/** A bare name given to a function: a function where the parameter is called, else a node. */
interface NameArgument {
  readonly site: Site;
  readonly target: FunctionDeclaration;
  readonly index: number;
  readonly expression: NameExpression;
}

/** The declaration of a name, innermost first. */
export function findName(block: Block, name: string): { readonly block: Block; readonly declaration: Declaration } | null {
  for (let at: Block | null = block; at; at = at.parent) {
    const declaration = at.names.get(name);
    if (declaration) return { block: at, declaration };
  }
  return null;
}

/** What a called name stands for: functions and parameters in scope, functions of imported files, the compiler's, ops, the prelude. */
export function findCallee(block: Block, name: string, prelude: Prelude): Callee | null {
  for (let at: Block | null = block; at; at = at.parent) {
    const declaration = at.functions.get(name);
    if (declaration) return { kind: "function", declaration, block: at };
    const parameter = at.names.get(name);
    if (parameter?.kind === "parameter" && at.owner) return { kind: "parameter", declaration: at.owner, index: parameter.index, block: at };
    for (const imported of at.imports) {
      const found = imported.functions.get(name);
      if (found) return { kind: "function", declaration: found, block: imported };
    }
  }
  if (builtIns.has(name)) return { kind: "built-in", name };
  const op = findOp(name);
  if (op?.callable) return { kind: "op", op };
  const found = prelude.find(name);
  return found && { kind: "function", ...found };
}

/** Position of the parameter that an argument of a call is for; -1 if there is none. */
export function parameterIndex(declaration: FunctionDeclaration, argument: Argument, position: number): number {
  const { statement, body } = declaration;
  if (argument.name === null) return position < statement.parameters.length ? position : -1;
  const declared = body.names.get(argument.name.text);
  return declared?.kind === "parameter" ? declared.index : -1;
}

/** Resolves the names of files and orders their statements. */
export class Resolver {
  /** Dimensions named in types, of all files together. */
  private readonly dimensions: Map<string, DimensionUse>;
  private readonly reporter: Reporter;
  private readonly prelude: Prelude;
  /** Where names begin that are compared with a data column. */
  private readonly texts = new Set<number>();
  private readonly nameArguments: NameArgument[] = [];
  /** Shared functions, with the statements of the file that name their parameters. */
  private readonly pathUses = new Map<Vertex, Set<Vertex>>();
  /** A parameter that is passed on to another function's parameter. */
  private readonly passedOn: {
    readonly from: FunctionDeclaration;
    readonly index: number;
    readonly to: FunctionDeclaration;
    readonly toIndex: number;
  }[] = [];
  private unknownNames: { readonly site: Site; readonly name: string; readonly span: Span }[] = [];

  constructor(reporter: Reporter, prelude: Prelude, dimensions: Map<string, DimensionUse>) {
    this.reporter = reporter;
    this.prelude = prelude;
    this.dimensions = dimensions;
  }

  /** Resolves one file: reports unknown names, holes and cycles, and orders its blocks. */
  resolveFile(block: Block): void {
    const blocks = [block];
    for (let at = 0; at < blocks.length; at++) {
      for (const declared of this.resolveBlock(blocks[at])) blocks.push(declared.body);
    }
    this.findFunctionParameters();
    this.resolveNameArguments();
    this.reportUnknownNames();
    waitForCalls(block, this.pathUses);
    for (const each of blocks) each.order = orderBlock(each, this.reporter);
  }

  /** Resolves the statements of one block; returns the functions in it, which are still to be resolved. */
  private resolveBlock(block: Block): readonly FunctionDeclaration[] {
    const declared: FunctionDeclaration[] = [];
    for (const vertex of block.vertices) {
      const site = { block, vertex };
      const { statement } = vertex;
      switch (statement.kind) {
        case "function": {
          const declaration = block.functions.get(statement.name.text);
          if (declaration?.statement !== statement) break;
          declared.push(declaration);
          for (const parameter of statement.parameters) {
            if (parameter.default) this.resolveExpression({ block: declaration.body, vertex, isDefault: true }, parameter.default);
          }
          if (declaration.rule) this.resolveExpression({ block: declaration.rule.body, vertex }, declaration.rule.statement.value);
          break;
        }
        case "input":
        case "param":
        case "state":
          if (statement.type) this.resolveType(site, statement.type);
          if (statement.value) this.resolveExpression(site, statement.value);
          break;
        case "next":
          this.resolveNext(site, statement.name);
          this.resolveExpression(site, statement.value);
          break;
        case "seed":
          for (const entry of statement.entries) {
            this.useName(seedSite(site), entry.key.text, entry.key.span);
            this.resolveExpression(site, entry.value);
          }
          break;
        case "data":
          walk(statement.value, (inner) => {
            if (inner.kind === "hole") this.useHole(site, inner.span);
          });
          break;
        default:
          this.resolveExpression(site, statement.value);
      }
    }
    return declared;
  }

  private resolveNext(site: Site, name: Identifier): void {
    const declaration = site.block.names.get(name.text);
    if (declaration?.kind === "broken") return;
    if (declaration?.kind === "vertex" && declaration.vertex.statement.kind === "state") {
      this.need(site, site.block, declaration.vertex);
      return;
    }
    const states = site.block.vertices.flatMap(({ statement }) => (statement.kind === "state" ? [statement.name.text] : []));
    const { message, fix } = unknown("state", name.text, name.span, this.reporter.suggest(name.text, states), ": declare it with `state`");
    this.reporter.add("unknown-state", site.block.file.name, name.span, message, fix);
  }

  private resolveType(site: Site, type: TypeExpression): void {
    for (const dimension of type.dims) {
      this.resolveExpression(site, dimension, (name, span) => {
        const known = this.dimensions.get(name);
        if (known) known.count++;
        else this.dimensions.set(name, { count: 1, span, file: site.block.file.name, vertex: site.vertex });
      });
    }
  }

  /** Goes through an expression without recursion. `declare`: what to do with a name that nothing defines. */
  private resolveExpression(site: Site, expression: Expression, declare?: (name: string, span: Span) => void): void {
    const open: Expression[] = [expression];
    for (let next = open.pop(); next; next = open.pop()) {
      switch (next.kind) {
        case "name":
          this.useName(site, next.name, next.span, declare);
          break;
        case "hole":
          this.useHole(site, next.span);
          break;
        case "member":
          this.resolvePath(site, next, open);
          break;
        case "call":
          this.resolveCall(site, next, 0, open);
          break;
        case "binary":
          if (next.operator === "==" || next.operator === "!=") this.noteText(site, next);
          open.push(next.right, next.left);
          break;
        case "pipe":
          open.push(next.left);
          this.resolveCall(site, next.call, 1, open);
          break;
        default:
          for (const child of childrenOf(next)) open.push(child);
      }
    }
  }

  /** `cars.origin == Japan`: a name beside a data column is probably a text without its quotes. */
  private noteText({ block }: Site, { left, right }: Binary): void {
    for (const [side, other] of [
      [left, right],
      [right, left],
    ]) {
      const [name, column] = [unwrap(side), unwrap(other)];
      if (name.kind !== "name" || (column.kind !== "member" && column.kind !== "index") || column.object.kind !== "name") continue;
      const data = findName(block, column.object.name)?.declaration;
      if (data?.kind === "vertex" && data.vertex.statement.kind === "data") this.texts.add(name.span.start);
    }
  }

  /** `h.W`, `cars.mpg`, and `encode.W` with a shared function where no node has the name. */
  private resolvePath(site: Site, member: Member, open: Expression[]): void {
    let root: Expression = member;
    while (root.kind === "member") root = root.object;
    const isNode = root.kind !== "name" || findName(site.block, root.name) !== null;
    const callee = isNode || root.kind !== "name" ? null : findCallee(site.block, root.name, this.prelude);
    if (callee?.kind !== "function" || !callee.declaration.statement.shared) {
      open.push(root);
      return;
    }
    let [vertex, at] = [site.vertex, site.block];
    for (; at.owner && at.parent; at = at.parent) vertex = at.owner.vertex;
    const uses = this.pathUses.get(callee.declaration.vertex);
    if (uses) uses.add(vertex);
    else this.pathUses.set(callee.declaration.vertex, new Set([vertex]));
  }

  /** Resolves the called function, and its arguments as far as they are bare names; the others are put on `open`. */
  private resolveCall(site: Site, call: Call, before: number, open: Expression[]): void {
    const callee = this.useFunction(site, call.callee);
    let position = before;
    for (const argument of call.arguments) {
      const index = argument.name === null ? position++ : -1;
      if (argument.name && callee?.kind === "op" && callee.op.name === "jvp")
        this.useName(seedSite(site), argument.name.text, argument.name.span);
      const value = unwrap(argument.value);
      if (value.kind !== "name" || callee?.kind === "op") open.push(argument.value);
      else if (callee === null) this.useEither(site, value);
      else if (callee.kind === "built-in") this.resolveBuiltInArgument(site, callee.name, index, value);
      else if (callee.kind === "parameter") this.useEither(site, value);
      else {
        const target = parameterIndex(callee.declaration, argument, index);
        this.nameArguments.push({ site, target: callee.declaration, index: target, expression: value });
        this.notePassedOn(site, value, callee.declaration, target);
      }
    }
  }

  private resolveBuiltInArgument(site: Site, name: string, index: number, value: NameExpression): void {
    if (functionPositions.get(name) !== index) this.useName(site, value.name, value.span);
    else this.useFunction(site, { text: value.name, span: value.span });
  }

  private notePassedOn(site: Site, value: NameExpression, to: FunctionDeclaration, toIndex: number): void {
    const found = findName(site.block, value.name);
    if (found?.declaration.kind !== "parameter" || !found.block.owner) return;
    this.passedOn.push({ from: found.block.owner, index: found.declaration.index, to, toIndex });
  }

  /** Parameters that are called, directly or by a function that they are passed on to. */
  private findFunctionParameters(): void {
    const sources = new Map<FunctionDeclaration, typeof this.passedOn>();
    for (const pass of this.passedOn) {
      const known = sources.get(pass.to);
      if (known) known.push(pass);
      else sources.set(pass.to, [pass]);
    }
    const open = [...sources.keys()];
    for (let at = 0; at < open.length; at++) {
      for (const { from, index, to, toIndex } of sources.get(open[at]) ?? []) {
        if (!to.functionParameters.has(toIndex) || from.functionParameters.has(index)) continue;
        from.functionParameters.add(index);
        open.push(from);
      }
    }
  }

  private resolveNameArguments(): void {
    for (const { site, target, index, expression } of this.nameArguments) {
      const { name, span } = expression;
      if (target.functionParameters.has(index)) this.useFunction(site, { text: name, span });
      else this.useName(site, name, span);
    }
    this.nameArguments.length = 0;
    this.passedOn.length = 0;
  }

  /** A bare name given to a function that is itself an argument: a node if there is one of that name, else a function. */
  private useEither(site: Site, { name, span }: NameExpression): void {
    const isFunction = !findName(site.block, name) && findCallee(site.block, name, this.prelude) !== null;
    if (isFunction) this.useFunction(site, { text: name, span });
    else this.useName(site, name, span);
  }

  /** Reports a hole and notes it for its statement and the functions around. */
  private useHole({ block, vertex }: Site, span: Span): void {
    const file = block.file.name;
    this.reporter.add("hole", file, span, "argument not connected yet");
    for (let [at, owner]: [Block | null, Vertex] = [block, vertex]; at; at = at.parent) {
      if (owner.hole === null || owner.hole.start > span.start) owner.hole = { file, start: span.start, end: span.end };
      if (!at.owner) break;
      owner = at.owner.vertex;
    }
  }

  private useName(site: Site, name: string, span: Span, declare?: (name: string, span: Span) => void): void {
    const found = findName(site.block, name);
    if (!found) {
      if (declare && !builtInNames.has(name)) declare(name, span);
      else this.unknownNames.push({ site, name, span });
    } else if (found.declaration.kind === "vertex") {
      if (site.isDefault && found.block === site.block) this.refuseInDefault(site, name, span);
      else this.need(site, found.block, found.declaration.vertex);
    }
  }

  private refuseInDefault(site: Site, name: string, span: Span): void {
    this.reporter.add(
      "unknown-name",
      site.block.file.name,
      span,
      `the default of a parameter cannot use '${name}', which its function defines`,
    );
  }

  private useFunction(site: Site, { text, span }: Identifier): Callee | null {
    const callee = findCallee(site.block, text, this.prelude);
    if (callee === null) this.reportUnknownFunction(site, text, span);
    else if (callee.kind === "parameter") callee.declaration.functionParameters.add(callee.index);
    else if (callee.kind === "function" && (callee.block.file === site.block.file || callee.block.file.name !== preludeName)) {
      if (site.isDefault && callee.block === site.block) this.refuseInDefault(site, text, span);
      else this.need(site, callee.block, callee.declaration.vertex);
    }
    return callee;
  }

  /** The statement needs a vertex of `block`, which is its own block or one around it. */
  private need(site: Site, block: Block, needed: Vertex): void {
    let { block: at, vertex } = site;
    while (at !== block && at.owner && at.parent) {
      vertex = at.owner.vertex;
      at = at.parent;
    }
    vertex.needs.add(needed);
  }

  private reportUnknownFunction(site: Site, name: string, span: Span): void {
    if (this.reporter.full) return;
    if (findName(site.block, name)) {
      this.reporter.add(
        "not-a-function",
        site.block.file.name,
        span,
        `'${name}' is a node, not a function: it cannot be called; write * to multiply`,
      );
      return;
    }
    const { message, fix } = unknownFunction(this.reporter, site.block, name, span, this.prelude);
    const isNear = fix !== undefined && foreignName(name) === null;
    if (isNear || !lacksImport(site.block)) this.reporter.add("unknown-function", site.block.file.name, span, message, fix);
  }

  /** Names that could stand where an unknown one does: not what its own statement defines, and data only where data is read. */
  private *fittingNames({ block, vertex, takesNodesOnly = false }: Site): Iterable<string> {
    const { kind } = vertex.statement;
    const readsData = kind === "input" || kind === "dim" || kind === "function";
    const fits = (declaration: Declaration) => {
      if (declaration.kind !== "vertex") return true;
      if (declaration.vertex === vertex) return false;
      const { statement } = declaration.vertex;
      return statement.kind === "data" ? readsData : statement.kind !== "dim" || !takesNodesOnly;
    };
    for (let at: Block | null = block; at; at = at.parent) for (const [name, declaration] of at.names) if (fits(declaration)) yield name;
    if (takesNodesOnly) return;
    yield* this.dimensions.keys();
    yield* builtInNames.keys();
    yield* literalNames;
  }

  /** Names that are neither nodes nor dimensions: known only when all types were seen. */
  private reportUnknownNames(): void {
    for (const { site, name, span } of this.unknownNames) {
      const dimension = this.dimensions.get(name);
      if (site.takesNodesOnly && (dimension || builtInNames.has(name))) {
        const message = `${name} is no node of the graph: a tangent is given for a node`;
        this.reporter.add("not-a-name", site.block.file.name, span, message);
      } else if (dimension) dimension.count++;
      else if (!builtInNames.has(name) && !this.reporter.full) this.reportUnknownName(site, name, span);
    }
    this.unknownNames = [];
  }

  private reportUnknownName(site: Site, name: string, span: Span): void {
    const isFunction = findCallee(site.block, name, this.prelude) !== null;
    const file = site.block.file.name;
    if (this.texts.has(span.start)) {
      const fix = { title: `Write "${name}"`, span, text: JSON.stringify(name) };
      this.reporter.add("unknown-name", file, span, `unknown name '${name}': a text stands in quotes, as in "${name}"`, fix);
      return;
    }
    if (isFunction) {
      this.reporter.add("unknown-name", file, span, `'${name}' is a function, not a node: call it, as in ${name}(x)`);
      return;
    }
    if (file !== null && isDefinedIn(site.block.file, name)) {
      this.reporter.add(
        "unknown-name",
        file,
        span,
        `'${name}' is not a function: an import brings the functions of ${file} only, and they see no nodes of it`,
      );
      return;
    }
    const meant = this.reporter.suggest(name, this.fittingNames(site));
    const imported = meant === null ? fileBlock(site.block).imports.find((other) => isDefinedIn(other.file, name)) : undefined;
    const hint = imported ? `: it stands in ${imported.file.name}, but an import brings functions only` : "";
    const { message, fix } = unknown("name", name, span, meant, hint);
    this.reporter.add("unknown-name", file, span, message, fix);
  }
}

function* functionNames(block: Block, prelude: Prelude): Iterable<string> {
  for (let at: Block | null = block; at; at = at.parent) {
    yield* at.functions.keys();
    for (const imported of at.imports) yield* imported.functions.keys();
  }
  yield* builtIns.keys();
  for (const [name, op] of Object.entries(ops) as [string, Op][]) if (op.callable) yield name;
  yield* prelude.names();
}

/** What is said of a call of a function that is not there. */
export function unknownFunction(reporter: Reporter, block: Block, name: string, span: Span, prelude: Prelude): ReturnType<typeof unknown> {
  const spelling = foreignSpelling(name);
  const near = () => (isAbsent(name) ? null : reporter.suggest(name, functionNames(block, prelude)));
  const meant = spelling ? null : (foreignName(name) ?? near());
  return unknown("function", name, span, meant, spelling ? `: it is written ${spelling}` : "");
}

function fileBlock(block: Block): Block {
  let at = block;
  while (at.parent) at = at.parent;
  return at;
}

/** True where a function that nothing defines may be one of an imported file that is not there. */
function lacksImport(block: Block): boolean {
  return fileBlock(block).lacksImport;
}

/** True if a statement of the file defines the name. */
function isDefinedIn({ tree }: SourceFile, name: string): boolean {
  return tree.statements.some((statement) => {
    if (statement.kind === "define") return statement.targets.some((target) => target?.text === name);
    return statement.kind !== "function" && "name" in statement && statement.name?.text === name;
  });
}
