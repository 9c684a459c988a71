// Every example as exported TypeScript: the loss and its gradient equal those of the reference runner.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOptions } from "../../cli/command.ts";
import { exportCommand } from "../../cli/commands/export.ts";
import { differentiate } from "../../src/analysis/gradient.ts";
import type { Workspace } from "../../src/analysis/workspace.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { exampleFileExists, exampleNames, openExample } from "../examples/load.ts";
import { listsOf, workspaceOf } from "../support/models.ts";
import { checkFiles, type Outcome, runFiles } from "./run-files.ts";

const folder = mkdtempSync(join(tmpdir(), "wengert-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows of data; more would only take longer. */
const rows = 40;

const names = exampleNames.filter((name) => name !== "digits.wg" || exampleFileExists("data/train-images-idx3-ubyte"));

interface Example {
  readonly name: string;
  readonly text: string;
  readonly workspace: Workspace;
}

function openWorkspace(name: string): Workspace {
  const model = openExample(name);
  return workspaceOf({ ...model, precision: "f64" }, rows);
}

async function exportExample(name: string): Promise<Example> {
  const out = join(folder, `${name}.ts`);
  const workspace = openWorkspace(name);
  const { program } = workspace;
  const loss = program.loss ?? program.named[program.named.length - 1];
  const some = program.rowDimension === null ? {} : { rows: String(rows) };
  const given = { to: "typescript", of: loss.name, precision: "f64", out, ...some };
  expect(await exportCommand.run([join(import.meta.dirname, "..", "..", "examples", name)], readOptions(given))).toBe(0);
  return { name, text: readFileSync(out, "utf8"), workspace };
}

/** Elements agree to 1e-12 relative to the largest of their array. */
function expectNear(actual: unknown, expected: Tensor, what: string): void {
  const numbers = (Array.isArray(actual) ? actual.flat(Number.POSITIVE_INFINITY) : [actual]) as number[];
  expect(numbers.length, what).toBe(expected.data.length);
  const scale = Math.max(...Array.from(expected.data, Math.abs));
  for (const [i, value] of numbers.entries())
    expect(Math.abs(value - expected.data[i]), `${what}[${i}]`).toBeLessThanOrEqual(1e-12 * scale);
}

describe("exported examples", () => {
  let examples: Example[] = [];
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    examples = await Promise.all(names.map(exportExample));
    outcomes = runFiles(
      examples.map(({ text, workspace: { program, ids, leaves } }) => {
        const inputs = program.inputs.flatMap(({ name, node }) => {
          const value = leaves.get(ids[node]);
          return value ? [[name, listsOf(value)] as const] : [];
        });
        return { text, inputs: Object.fromEntries(inputs) };
      }),
    );
  }, 60_000);

  it.each(names)("%s", (name) => {
    const k = names.indexOf(name);
    const { program } = examples[k].workspace;
    const { value, both, error } = outcomes[k];
    expect(error).toBeUndefined();
    const of = program.loss ?? program.named[program.named.length - 1];
    const wrt = Object.keys(both?.gradient ?? {});
    const nodes = wrt.map(
      (path) =>
        [...program.params.map((port) => ({ name: port.path, node: port.node })), ...program.inputs].find((port) => port.name === path)
          ?.node ?? -1,
    );
    expect(wrt.length).toBe(program.params.length > 0 ? program.params.length : program.inputs.length);
    const expected = differentiate(examples[k].workspace, of.node, nodes, "reverse", 1);
    expectNear(value, expected.value, of.name);
    expectNear(both?.value, expected.value, of.name);
    for (const [i, path] of wrt.entries()) expectNear(both?.gradient[path], expected.derivatives[i], path);
  });

  it("type-checks under strict", () => {
    expect(checkFiles(examples.map(({ text }) => text))).toBe("");
  }, 60_000);
});
