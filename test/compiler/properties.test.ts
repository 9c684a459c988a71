// Laws of compiling: no text makes it throw, and the order of statements does not matter.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NodeId } from "../../src/graph/graph.ts";
import type { Program } from "../../src/graph/program.ts";
import { damage, damagedPrograms, programs, seededDraw, soups } from "../support/programs.ts";
import { makeModel } from "./random-models.ts";
import { compileSource, compileText } from "./show-program.ts";

function checkDiagnostics(source: string): void {
  const { diagnostics } = compileText(source);
  expect(diagnostics.length).toBeLessThanOrEqual(200);
  for (const { span, file, message, code } of diagnostics) {
    expect(message.length, code).toBeLessThan(1000);
    if (file !== undefined) continue;
    expect(span.start, code).toBeGreaterThanOrEqual(0);
    expect(span.end, code).toBeGreaterThanOrEqual(span.start);
    expect(span.end, code).toBeLessThanOrEqual(source.length);
  }
}

test("no text makes it throw", () => {
  fc.assert(fc.property(fc.oneof(programs, damagedPrograms, soups), checkDiagnostics), { numRuns: 1000 });
}, 60_000);

test("no damaged model makes it throw", () => {
  for (let seed = 0; seed < 1500; seed++) {
    const draw = seededDraw(seed);
    checkDiagnostics(damage(makeModel(draw).join("\n"), draw));
  }
}, 60_000);

/** What each named node of a program computes, as a text that does not depend on the order of nodes. */
function meanings(program: Program): ReadonlyMap<string, string> {
  const { nodes } = program.graph;
  const texts: string[] = [];
  const describe = (id: NodeId): string => {
    const { op, inputs, attributes, name, dtype, shape, owner } = nodes[id];
    return JSON.stringify([op, attributes, name, dtype, shape, owner, inputs.map((input) => nodes[input].name ?? texts[input])]);
  };
  for (let id = 0; id < nodes.length; id++) texts.push(describe(id));
  return new Map(nodes.flatMap(({ name }, id) => (name === null ? [] : [[name, texts[id]] as const])));
}

function shuffle<Item>(items: readonly Item[], draw: (limit: number) => number): Item[] {
  const result = [...items];
  for (let k = result.length - 1; k > 0; k--) {
    const other = draw(k + 1);
    [result[k], result[other]] = [result[other], result[k]];
  }
  return result;
}

test("the order of statements does not matter", () => {
  let compared = 0;
  for (let seed = 0; seed < 400; seed++) {
    const draw = seededDraw(seed);
    const statements = makeModel(draw);
    const straight = compileSource(statements.join("\n"));
    const mixed = compileSource(shuffle(statements, draw).join("\n"));
    const codes = (found: typeof straight) => found.diagnostics.map(({ code, message }) => `${code}: ${message}`).sort();
    expect(codes(mixed), statements.join("\n")).toEqual(codes(straight));
    const [before, after] = [meanings(straight.program), meanings(mixed.program)];
    expect([...after].sort()).toEqual([...before].sort());
    const ports = ({ program }: typeof straight) => [
      program.params.map(({ path, owner }) => `${path} of ${owner}`).sort(),
      program.inputs.map(({ name, type }) => `${name} ${JSON.stringify(type)}`).sort(),
      [...program.outputs].sort(),
      [...program.sizes].sort(),
      program.rowDimension,
      program.loss?.name ?? null,
    ];
    expect(ports(mixed)).toEqual(ports(straight));
    compared += before.size;
  }
  expect(compared).toBeGreaterThan(4000);
}, 60_000);
