// Compiles the source of a case and prints what comes out: the graph, what is asked for beside it, and the diagnostics.
import { parse } from "../../grammar/index.ts";
import type { Diagnostic } from "../../grammar/tree.ts";
import { type CompileOptions, compile } from "../../src/compiler/compile.ts";
import { printGraph, printType } from "../../src/graph/print.ts";
import type { DataSource, DataSummary, Program, Setting } from "../../src/graph/program.ts";

/** Files that cases may import. */
const imports = new Map([
  ["layers.wg", 'import "parts/inner.wg"\nk = 3\nfn twice(x) = inner(inner(x))\nfn usesNode(x) = x + k\nparam w = 1'],
  ["parts/inner.wg", 'import "../top.wg"\nfn inner(x) = top(x) * 2'],
  ["top.wg", "fn top(x) = x + 1"],
  ["other.wg", "fn twice(x) = x\nfn sized(x) { param W : [last(x), q] = ones()\n return x @ W }"],
  ["cycle-a.wg", 'import "cycle-b.wg"\nfn a(x) = b(x)'],
  ["cycle-b.wg", 'import "cycle-a.wg"\nfn b(x) = x'],
  ["holey.wg", "fn imported(x) = helper(x)\nfn helper(x) = x + _"],
  ["broken.wg", "fn good(x) = x\nfn bad(x) = \n"],
]);

/** Data that cases may read: names of columns with the shape of a row, or the number of labels of a text column. */
const tables: Readonly<Record<string, { readonly rows: number; readonly columns: Readonly<Record<string, readonly number[] | number>> }>> =
  {
    "cars.csv": { rows: 392, columns: { mpg: [], horsepower: [], "engine size": [], origin: 3 } },
    "trucks.csv": { rows: 20, columns: { load: [] } },
    "digits.idx": { rows: 60_000, columns: { images: [28, 28], labels: [] } },
    "points.npy": { rows: 50, columns: { "": [4] } },
  };

function describeData({ files }: DataSource): DataSummary | readonly Diagnostic[] | null {
  if (files[0] === "wrong.csv") return [{ code: "ragged-row", severity: "error", message: "row 3 is short", span: { start: 0, end: 4 } }];
  const table = tables[files[0]];
  if (!table) return null;
  const columns = Object.entries(table.columns).map(([name, shape]) => {
    const isText = typeof shape === "number";
    const summary = { kind: isText ? "cells" : "numeric", dtype: "real", shape: [table.rows, ...(isText ? [] : shape)] } as const;
    return [name, summary] as const;
  });
  return {
    rows: table.rows,
    columns: new Map(columns),
    classes: (name) => (typeof table.columns[name] === "number" ? (table.columns[name] as number) : null),
  };
}

/** How a case is compiled and what of it is shown: lines `#: training`, `#: dim n=3`, `#: set x=5`, `#: show feed ports`. */
interface Directives {
  readonly options: CompileOptions;
  readonly shown: ReadonlySet<string>;
}

const surroundings: CompileOptions = { readImport: (path) => imports.get(path) ?? null, describeData, sizes: new Map(), training: false };

function readDirectives(source: string): Directives {
  const sizes = new Map<string, number>();
  const set = new Map<string, string>();
  let training = false;
  const shown = new Set<string>();
  for (const [, word, rest] of source.matchAll(/^#: (\w+) ?(.*)$/gm)) {
    const [key, value] = [rest.slice(0, rest.indexOf("=")), rest.slice(rest.indexOf("=") + 1)];
    if (word === "training") training = true;
    else if (word === "dim") sizes.set(key, Number(value));
    else if (word === "set") set.set(key, value);
    else if (word === "show") for (const part of rest.split(" ")) shown.add(part);
    else throw new Error(`Unknown directive ${word}.`);
  }
  return { options: { ...surroundings, sizes, training, set }, shown };
}

interface Compiled {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles any text, whatever its comments say. */
export function compileText(source: string, options: CompileOptions = surroundings): Compiled {
  const { tree, diagnostics: syntax } = parse(source);
  const { program, diagnostics } = compile(tree, source, options);
  if (!program) throw new Error("There is no program.");
  return { program, diagnostics: [...syntax, ...diagnostics] };
}

/** Compiles a source as its directives say. */
export function compileSource(source: string, change: Partial<CompileOptions> = {}): Compiled {
  return compileText(source, { ...readDirectives(source).options, ...change });
}

/** The graph and what the directives ask for, then the diagnostics. */
export function showProgram(source: string): string {
  const { program, diagnostics } = compileSource(source);
  const { shown } = readDirectives(source);
  const parts = shown.has("nothing") ? [] : [printGraph(program.graph)];
  const show = (name: string, lines: readonly string[]) => {
    if (shown.has(name)) parts.push(...lines.map((line) => `${name}: ${line}`));
  };
  show("feed", program.feed.nodes.length > 0 ? printGraph(program.feed).split("\n") : []);
  show(
    "inputs",
    program.inputs.map(
      (port) => `${port.name} ${printType(port.type)} from ${port.feed ?? "nothing"} data ${port.data.join(" ") || "none"}`,
    ),
  );
  show(
    "params",
    program.params.map((port) => `${port.path} of ${port.owner} ${printType(port.type)} from ${port.feed}`),
  );
  show(
    "states",
    program.states.map((port) => `${port.path} ${printType(port.type)} from ${port.feed} next ${port.next ?? "itself"}`),
  );
  show("named", [program.named.map((node) => `${node.kind} ${node.name}`).join(", ")]);
  show("outputs", [program.outputs.join(", ")]);
  show(
    "groups",
    program.groups.map((group) => `${group.path} of ${group.function}: ${group.result.map((id) => `%${id}`).join(", ")}`),
  );
  show(
    "owners",
    program.graph.nodes.map((node, id) => `%${id} ${node.owner}`),
  );
  show(
    "columns",
    program.columns.map(
      (leaf) =>
        `%${leaf.node} ${leaf.data}[${leaf.columns.join(", ")}] as ${leaf.as}${leaf.text === null ? "" : ` "${leaf.text}"`} ${leaf.path}`,
    ),
  );
  show(
    "fits",
    program.fits.map((fit) => `${fit.path} of %${fit.of}: %${fit.mean}, %${fit.deviation}`),
  );
  show(
    "data",
    program.data.map(
      (data) =>
        `${data.name} ${data.format} ${data.files.join(" ")} test ${data.testFiles?.join(" ") ?? "none"} ${JSON.stringify(data.options)}`,
    ),
  );
  show(
    "seeds",
    program.seeds.map((seed) => `${seed.name} %${seed.node} from ${seed.feed}`),
  );
  show(
    "train",
    (program.train ?? []).map((entry) => `${entry.key} = ${printSetting(entry.value)}`),
  );
  show("precision", [program.precision]);
  show("sizes", [[...program.sizes].map(([name, size]) => `${name} = ${size}`).join(", ")]);
  show("rows", [String(program.rowDimension)]);
  show("loss", [program.loss?.name ?? "none"]);
  show(
    "incomplete",
    program.incomplete.map(({ kind, name, place }) => `${kind} ${name} for ${place.file ?? "the file"} ${place.start}`),
  );
  show("metrics", [program.metrics.map((metric) => metric.name).join(", ")]);
  show(
    "statements",
    [...program.statements].map(([name, text]) => `${name}: ${JSON.stringify(text)}`),
  );
  return [...parts, ...diagnostics.map((diagnostic) => showDiagnostic(diagnostic, source))].filter((part) => part !== "").join("\n");
}

function printSetting(setting: Setting): string {
  if (setting.kind === "list") return `[${setting.items.map(printSetting).join(", ")}]`;
  if (setting.kind !== "call") return JSON.stringify(setting.value);
  const given = setting.arguments.map(({ name, value }) => (name === null ? printSetting(value) : `${name}: ${printSetting(value)}`));
  return `${setting.name}(${given.join(", ")})`;
}

function showDiagnostic({ code, severity, message, span, file, fix }: Diagnostic, source: string): string {
  const place = file === undefined ? JSON.stringify(source.slice(span.start, span.end)) : `${file} ${span.start}-${span.end}`;
  const mended =
    fix && file === undefined
      ? `\n  fix ${fix.title}: ${JSON.stringify(source.slice(fix.span.start, fix.span.end))} -> ${JSON.stringify(fix.text)}`
      : "";
  return `${severity} ${code} at ${place}: ${message}${mended}`;
}
