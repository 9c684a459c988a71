// Functions that come from elsewhere: files that a model imports, and the prelude.

import { parse } from "../../grammar/index.ts";
import type { Diagnostic, ImportStatement } from "../../grammar/tree.ts";
import { preludeText } from "../ops/prelude.ts";
import { type Block, declareFile } from "./declarations.ts";
import { Reporter } from "./diagnostics.ts";
import { type DimensionUse, type Prelude, Resolver } from "./resolve.ts";
import { preludeName, type SourceFile } from "./source-file.ts";

let preludeBlock: Block | undefined;

/** The prelude, read and resolved on first use and then kept: it depends on no model. */
function loadPrelude(): Block {
  if (preludeBlock) return preludeBlock;
  const reporter = new Reporter();
  const { tree, diagnostics } = parse(preludeText);
  const block = declareFile({ name: preludeName, text: preludeText, tree }, true, reporter);
  preludeBlock = block;
  new Resolver(reporter, preludeFunctions, new Map()).resolveFile(block);
  const [wrong] = [...diagnostics, ...reporter.list()];
  if (wrong) throw new Error(`The prelude is broken at offset ${wrong.span.start}: ${wrong.message}`);
  return block;
}

/** The functions of the prelude. */
export const preludeFunctions: Prelude = {
  find(name) {
    const block = loadPrelude();
    const declaration = block.functions.get(name);
    return declaration ? { declaration, block } : null;
  },
  names: () => loadPrelude().functions.keys(),
};

/** Reads the files that a model imports, and those that they import. */
export class Library {
  private readonly reporter: Reporter;
  private readonly readImport: (path: string) => string | null;
  private readonly loaded = new Map<string, Block>();
  private readonly loading: string[] = [];
  private readonly dimensions: Map<string, DimensionUse>;

  /** `dimensions`: gets the dimensions that types of imported files name. */
  constructor(reporter: Reporter, readImport: (path: string) => string | null, dimensions: Map<string, DimensionUse>) {
    this.dimensions = dimensions;
    this.reporter = reporter;
    this.readImport = readImport;
  }

  /** Puts the files that `block` imports into its `imports`. */
  loadImports(block: Block): void {
    for (const statement of block.file.tree.statements) {
      const { start } = statement.span;
      if (statement.kind === "broken" && block.file.text.startsWith("import", start)) block.lacksImport = true;
      if (statement.kind !== "import") continue;
      const imported = this.load(block.file, statement);
      if (imported === null) block.lacksImport = true;
      if (imported === null || block.imports.includes(imported)) continue;
      this.reportClashes(block, imported, statement);
      block.imports.push(imported);
    }
  }

  private load(from: SourceFile, statement: ImportStatement): Block | null {
    const { value, span } = statement.path;
    const path = joinPath(from.name, value);
    const known = path === null ? undefined : this.loaded.get(path);
    if (known) return known;
    if (path !== null && this.loading.includes(path)) {
      const cycle = [...this.loading.slice(this.loading.indexOf(path)), path].join(" -> ");
      this.reporter.add("import-cycle", from.name, span, `files import each other: ${cycle}`);
      return null;
    }
    const text = path === null || this.loading.length >= importDepth ? null : this.readImport(path);
    if (path === null || text === null) {
      this.reporter.add(
        "missing-import",
        from.name,
        span,
        `the imported file ${value} is not there: imports are files in the folder of the model or below it`,
      );
      return null;
    }
    return this.read(path, text);
  }

  private read(path: string, text: string): Block {
    const { tree, diagnostics } = parse(text);
    for (const diagnostic of diagnostics) this.reporter.pass({ ...diagnostic, file: path } satisfies Diagnostic);
    const block = declareFile({ name: path, text, tree }, true, this.reporter);
    this.loading.push(path);
    this.loadImports(block);
    this.loading.pop();
    this.loaded.set(path, block);
    new Resolver(this.reporter, preludeFunctions, this.dimensions).resolveFile(block);
    return block;
  }

  /** Two imported files with one function: which is meant cannot be told. */
  private reportClashes(block: Block, imported: Block, statement: ImportStatement): void {
    for (const name of imported.functions.keys()) {
      const other = block.imports.find((known) => known.functions.has(name));
      if (!other || block.functions.has(name)) continue;
      const message = `both ${other.file.name} and ${imported.file.name} define the function '${name}': only the first is used`;
      this.reporter.add("duplicate-name", block.file.name, statement.path.span, message);
    }
  }
}

/** Files that import files that import files. */
const importDepth = 64;

/** The path of an import from the model's folder, with "/" between its parts, or null if it leaves the folder. */
function joinPath(from: string | null, path: string): string | null {
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.includes("\\")) return null;
  const parts = from === null ? [] : from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : parts.join("/");
}
