// What fails leaves nothing behind: a model with a broken statement is the model without it.
import { describe, expect, test } from "vitest";
import { printGraph } from "../../src/graph/print.ts";
import type { Program } from "../../src/graph/program.ts";
import { seededDraw } from "../support/programs.ts";
import { makeModel } from "./random-models.ts";
import { compileSource } from "./show-program.ts";

/** Functions that a random model may call wrongly. */
const functions = [
  "fn failing(a, u = 3) { param q = 1; b = q * a + u; state r = 0; next r = sum(b); return b @ b @ b }",
  "fn ruled(a) = square(a)",
  "rule ruled(a, da) = linear(a, 3) * da",
];

const broken = [
  "z = affine(x, scale: 3) + [1, 2, 3, 4, 5]",
  "z = deep(affine(s), 2) @ W",
  "input z = standardize(cars.mpg) + [1, 2]",
  "input z = category(cars.origin) + cars.mpg[0:3]",
  "z = common(common([1, 2])) + W",
  "z = apply(sin, x) + nothing",
  "z = _ + affine(x) |> linear(4)",
  "(z, zz) = affine(v)",
  "(z, zz) = both(v, W)",
  "z = slope(x)[1000]",
  "z = failing(x)",
  "z = failing(v, u: 2 * k) + ruled([1, 2])",
  "z = [1, ruled(linear([2, s], 3))]",
  "param z = uniform([k, 3]) + [1, 2]",
  "param z = glorot_uniform([2, 2]) @ ones([3])",
  "state z = zeros([2]) + ones([3])",
  "state z = 1; next z = failing(x)",
  "seed { s = affine([1, 2]); w = [1, 2] + [1, 2, 3]; zz = 1 }",
  "z = repeat(3, failing, x)",
  "loss Z = mean(failing(x))",
  "z = grad(failing(x), x)",
  "z = jvp(affine(x), x: ones([2]), w: failing(v))",
  "z = if s > 0 then failing(x) else affine(x)",
  "z = linear(x, 3, size: 4)",
  "z = sum(affine(x), axis: failing(x))",
];

function shapeOf({ graph, feed, params, states, inputs, groups, columns, fits, named, seeds }: Program) {
  return {
    graph: printGraph(graph).split("\n"),
    feed: printGraph(feed).split("\n"),
    ports: [...inputs, ...params, ...states].map((port) => ({ ...port, place: null })),
    groups: groups.map(({ path, result }) => [path, result]),
    columns: columns.map((leaf) => ({ ...leaf, place: null })),
    fits: fits.map((fit) => ({ ...fit, place: null })),
    named: named.map(({ name, node, kind }) => [name, node, kind]),
    seeds,
  };
}

/** The program without the names that a broken statement leaves: a state keeps its place where only its next value is wrong. */
function without(source: string, statement: string): string {
  return statement.startsWith("state z = 1;") ? `${source}\nstate z = 1` : source;
}

describe("a broken statement", () => {
  for (const statement of broken) {
    test(statement, () => {
      for (let seed = 0; seed < 12; seed++) {
        const source = [...functions, ...makeModel(seededDraw(seed))].join("\n");
        const expected = compileSource(without(source, statement));
        const { program, diagnostics } = compileSource(`${source}\n${statement}`);
        expect(diagnostics.length).toBeGreaterThan(expected.diagnostics.length);
        expect(shapeOf(program), source).toEqual(shapeOf(expected.program));
      }
    });
  }
});

test("a port with a declared type stays, so that what uses it can be checked, and its value leaves nothing", () => {
  const { program } = compileSource("dim k = 3\nparam w : [k] = zeros([2]) + ones([3])\ninput x : [k] = sin([1, 2])\ny = w * x");
  expect(printGraph(program.graph)).toBe("%0 x = input() : [k]\n%1 w = param() : [k]\n%2 y = mul(%1, %0) : [k]");
  expect(printGraph(program.feed)).toBe("%0 = number(0) : real");
  expect(program.inputs[0].feed).toBeNull();
});

test("broken statements anywhere leave as many nodes as there are without them", () => {
  for (let seed = 0; seed < 150; seed++) {
    const draw = seededDraw(seed);
    const statements = [...functions, ...makeModel(draw)];
    const { program: expected } = compileSource(statements.join("\n"));
    const chosen = broken.filter((statement) => !statement.startsWith("state z = 1;"));
    const mixed = [...statements];
    for (let k = 0; k < 3; k++) {
      const text = chosen[draw(chosen.length)].replaceAll(/\bz\b/g, `z${k}`).replaceAll(/\bzz\b/g, `zz${k}`);
      mixed.splice(draw(mixed.length + 1), 0, text);
    }
    const { program } = compileSource(mixed.join("\n"));
    expect(program.graph.nodes.length, mixed.join("\n")).toBe(expected.graph.nodes.length);
    expect(program.feed.nodes.length, mixed.join("\n")).toBe(expected.feed.nodes.length);
    for (const [id, { inputs }] of program.graph.nodes.entries()) for (const input of inputs) expect(input).toBeLessThan(id);
    const paths = ({ params, states }: Program) => [...params, ...states].map(({ path }) => path).sort();
    expect(paths(program)).toEqual(paths(expected));
  }
});

test("a broken statement of a function leaves nothing either, and what it used first is there for the others", () => {
  const model = (body: string) =>
    `input x = 2\nfn f(a, k, m = 4) {\n${body}\n good = a * k * m\n return good\n}\ny = f(x, 3)\nz = f(x, 5, m: x)`;
  const { program: expected } = compileSource(model(" "));
  for (const bad of ["bad = k + [1, 2] + [1, 2, 3]", "bad = linear([k, m], 3) @ [1]", "bad = _ * k", "(bad, worse) = k * m"]) {
    const { program, diagnostics } = compileSource(model(bad));
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(shapeOf(program)).toEqual(shapeOf(expected));
  }
});

test("what a failing part of a tuple adds is taken back, the rest stays", () => {
  const { program } = compileSource("input x = 2\n(a, b) = (sin(x), cos(x) + exp(x) + _)\nc = a");
  expect(printGraph(program.graph)).toBe("%0 x = input() : real\n%1 a = sin(%0) : real\n%2 c = identity(%1) : real");
});
