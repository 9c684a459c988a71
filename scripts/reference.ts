// Writes the generated tables of docs/language.md: operations, optimizers, schedules, settings of `train`, diagnostics.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, printExpression, RESERVED_WORDS, SYNTAX_CODES } from "../grammar/index.ts";
import type { FunctionStatement } from "../grammar/tree.ts";
import { builtIns } from "../src/compiler/built-ins.ts";
import { compilerCodes } from "../src/compiler/diagnostics.ts";
import { trainKeys } from "../src/graph/train-keys.ts";
import { findOp, ops } from "../src/ops/index.ts";
import type { Op, Parameter } from "../src/ops/op.ts";
import { preludeText } from "../src/ops/prelude.ts";
import { type CallSetting, describeRange } from "../src/train/call-setting.ts";
import { optimizerChoices } from "../src/train/optimizers.ts";
import { schedules } from "../src/train/schedules.ts";
import { readTrainSettings } from "../src/train/settings.ts";
import { projectRoot } from "./bootstrap.mjs";

/** The reference of the language. */
export const referencePath = join(projectRoot, "docs", "language.md");

type Row = readonly string[];

/** A Markdown table; `|` in a cell is escaped. */
function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

// ---- operations -----------------------------------------------------------------------------------------------

interface Family {
  readonly title: string;
  readonly ops: readonly Op[];
}

/** The callable operations by family: a comment line in the table of src/ops/index.ts starts one. Throws if an operation is in none. */
function readFamilies(): readonly Family[] {
  const text = readFileSync(join(projectRoot, "src", "ops", "index.ts"), "utf8");
  const start = text.indexOf("export const ops = {");
  const lines = text.slice(start, text.indexOf("\n}", start)).split("\n");
  const families: { readonly title: string; readonly ops: Op[] }[] = [];
  for (const line of lines) {
    const title = /^ {2}\/\/ (.*)\.$/.exec(line)?.[1];
    if (title !== undefined) families.push({ title, ops: [] });
    const op = findOp(/^ {2}(\w+)[:,]/.exec(line)?.[1] ?? "");
    if (op?.callable) families.at(-1)?.ops.push(op);
  }
  const placed = new Set(families.flatMap((family) => family.ops));
  const lost = (Object.values(ops) as Op[]).filter((op) => op.callable && !placed.has(op));
  if (lost.length > 0) throw new Error(`src/ops/index.ts has no family for ${lost.map((op) => op.name).join(", ")}.`);
  return families.filter((family) => family.ops.length > 0);
}

function isSetting({ kind }: Parameter): boolean {
  return kind !== "value" && kind !== "values";
}

/** How an operation is called: `sum(x, axis?, keepdims: false)`. */
function signatureOf({ name, parameters }: Op): string {
  const parts = parameters.map((parameter, place) => {
    if (parameter.kind === "values") return place === 0 ? "a, b, ..." : "x: v, z: w, ...";
    if (parameter.default === undefined) return parameter.name;
    return parameter.default === null ? `${parameter.name}?` : `${parameter.name}: ${String(parameter.default)}`;
  });
  return `${name}(${parts.join(", ")})`;
}

/** How an operation is written with its operator, if it has one: `a + b`. */
function operatorForm({ notation: { operator }, parameters: [a, b] }: Op): string[] {
  if (operator === undefined) return [];
  if (b) return [`${a.name} ${operator} ${b.name}`];
  const sign = operator.replace("unary ", "");
  return [`${sign}${/\w$/.test(sign) ? " " : ""}${a.name}`];
}

function operationRow(op: Op): Row {
  // A reserved word cannot be called: `and` is an operator only.
  const call = RESERVED_WORDS.has(op.name) ? [] : [signatureOf(op)];
  const forms = [...operatorForm(op), ...call].map(code).join(" or ");
  const example = op.example ? `${code(op.example.source)} → ${code(op.example.result)}` : "";
  return [forms, op.doc, example];
}

/** What the settings of a family mean, each meaning once: "`axis` of `sum`, `mean`: The axis ...". */
function settingLines(family: Family): readonly string[] {
  const users = new Map<string, { readonly parameter: Parameter; readonly names: string[] }>();
  for (const op of family.ops) {
    for (const parameter of op.parameters.filter(isSetting)) {
      const key = `${parameter.name}: ${parameter.doc}`;
      const known = users.get(key);
      if (known) known.names.push(op.name);
      else users.set(key, { parameter, names: [op.name] });
    }
  }
  const ownersOf = (name: string) =>
    family.ops.filter((op) => op.parameters.some((parameter) => isSetting(parameter) && parameter.name === name));
  return [...users.values()].map(({ parameter: { name, doc }, names }) => {
    const of = ownersOf(name).length === names.length && names.length > 3 ? "" : ` of ${names.map(code).join(", ")}`;
    return `- ${code(name)}${of}: ${doc}`;
  });
}

function operationTables(): string {
  const sections = readFamilies().map((family) => {
    const rows = table(["call", "gives", "example"], family.ops.map(operationRow));
    const settings = settingLines(family);
    return [`### ${family.title}`, rows, ...(settings.length > 0 ? [settings.join("\n")] : [])].join("\n\n");
  });
  const compiled = [...builtIns.values()].map(({ signature, doc }) => [code(signature), doc]);
  return [...sections, "### Sizes, data and repetition", table(["call", "gives"], compiled)].join("\n\n");
}

// ---- layers ---------------------------------------------------------------------------------------------------

function layerRow({ name, parameters, leading, body }: FunctionStatement): Row {
  const parts = parameters.map((parameter) => parameter.name.text + (parameter.default ? `: ${printExpression(parameter.default)}` : ""));
  const kept = body.kind === "block" ? body.statements : [];
  const made = kept.flatMap((statement) => (statement.kind === "param" || statement.kind === "state" ? [statement] : []));
  const words = made.map((statement) => `${statement.kind === "state" ? "state " : ""}${code(statement.name.text)}`);
  return [code(`${name.text}(${parts.join(", ")})`), leading.map(({ text }) => text).join(" "), words.join(", ")];
}

/** The functions of the prelude: how they are called, the comment above them, the parameters and states they make. */
function layerTable(): string {
  const { statements } = parse(preludeText).tree;
  const functions = statements.filter((statement) => statement.kind === "function");
  return table(["call", "gives", "makes"], functions.map(layerRow));
}

// ---- training -------------------------------------------------------------------------------------------------

function printNumber(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

function defaultOf({ kind, default: value }: CallSetting): string {
  if (value === undefined) return "must be given";
  return code(kind === "flag" ? String(value === 1) : printNumber(value));
}

/** One row for each setting; the name of the choice and its sentence stand in the first. */
function choiceTable(
  what: string,
  choices: readonly { readonly name: string; readonly doc: string; readonly settings: readonly CallSetting[] }[],
): string {
  const rows = choices.flatMap(({ name, doc, settings }): readonly Row[] => {
    const head = [code(name), doc];
    if (settings.length === 0) return [[...head, "", "", "", ""]];
    return settings.map((setting, k) => [
      ...(k === 0 ? head : ["", ""]),
      code(setting.name),
      defaultOf(setting),
      describeRange(setting),
      setting.doc,
    ]);
  });
  return table([what, "does", "setting", "default", "takes", "meaning"], rows);
}

/** What holds where the `train` block says nothing. */
function defaultsOfTraining(): ReadonlyMap<string, string> {
  const { optimizer, schedule, places: _, ...others } = readTrainSettings([]);
  const words: Readonly<Record<string, string>> = {
    steps: "as many as the epochs have",
    batch: "all rows",
    split: "all rows train",
    clip: "no limit",
    stop: "after the last epoch",
  };
  const plain = Object.entries(others).map(([key, value]) => [key, value === null ? (words[key] ?? "") : code(String(value))] as const);
  return new Map([
    ["optimizer", code(`${optimizer.name}()`)],
    ["schedule", code(`${schedule.rule.name}()`)],
    ["rows", "the only one"],
    ...plain,
  ]);
}

function trainTable(): string {
  const defaults = defaultsOfTraining();
  const rows = trainKeys.map(({ name, doc, takes }) => [code(name), doc, takes, defaults.get(name) ?? ""]);
  return table(["key", "sets", "takes", "default"], rows);
}

// ---- diagnostics ----------------------------------------------------------------------------------------------

function diagnosticTable(): string {
  const syntax = Object.entries(SYNTAX_CODES).map(([name, doc]): Row => [code(name), "error", doc]);
  const meaning = Object.entries(compilerCodes).map(([name, [severity, doc]]): Row => [code(name), severity, doc]);
  return table(["code", "severity", "says"], [...syntax, ...meaning]);
}

// ---- the document ---------------------------------------------------------------------------------------------

/** What stands between `<!-- generated: NAME -->` and `<!-- end -->`, by name. */
const sections: Readonly<Record<string, () => string>> = {
  layers: layerTable,
  operations: operationTables,
  optimizers: () => choiceTable("optimizer", optimizerChoices),
  schedules: () => choiceTable("schedule", schedules),
  train: trainTable,
  diagnostics: diagnosticTable,
};

/** The document with all its generated parts written anew. Throws if a part is missing, unknown or not closed. */
export function fillReference(text: string): string {
  const found: string[] = [];
  const filled = text.replaceAll(/^<!-- generated: (\w+) -->\n.*?^<!-- end -->$/gms, (_match, name: string) => {
    found.push(name);
    const section = sections[name];
    if (!section) throw new Error(`There is no generated part called ${name}.`);
    return `<!-- generated: ${name} -->\n\n${section()}\n\n<!-- end -->`;
  });
  const lost = Object.keys(sections).filter((name) => !found.includes(name));
  if (lost.length > 0) throw new Error(`The document has no place for ${lost.join(", ")}.`);
  return filled;
}

if (import.meta.main) writeFileSync(referencePath, fillReference(readFileSync(referencePath, "utf8")));
