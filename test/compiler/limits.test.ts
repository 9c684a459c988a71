// What must not take long, overflow a stack, or hide the rest: long chains, deep recursion, floods of errors.
import { describe, expect, test } from "vitest";
import { compileSource } from "./show-program.ts";

const many = 100_000;

function lines(count: number, line: (k: number) => string): string {
  return Array.from({ length: count }, (_, k) => line(k)).join("\n");
}

function expectSound(source: string, nodes: number): void {
  const { program, diagnostics } = compileSource(source);
  expect(diagnostics).toEqual([]);
  expect(program.graph.nodes.length).toBe(nodes);
}

describe("long models", () => {
  test("a chain of statements in reverse order", () => {
    expectSound(`${lines(many, (k) => `v${many - k} = sin(v${many - k - 1})`)}\ninput v0 = 1`, many + 1);
  }, 60_000);

  test("a sum of many terms", () => {
    expectSound(`input x = 1\ny = ${Array(many).fill("x").join(" + ")}`, many);
  }, 60_000);

  test("long pipes, members and indices", () => {
    expectSound(`input x = 1\ny = x${" |> sin".repeat(many)}`, many + 1);
    expectSound(`fn f(a) = a + 1\ninput x = 1\ny = x${" |> f".repeat(10_000)}`, 30_001);
    expectSound(`input x : [2, 3]\ny = x${".T".repeat(many)}`, many + 1);
    expectSound(`input x : [2]\ny = x${"[:]".repeat(many)}`, many + 1);
    const { diagnostics } = compileSource(`input x = 1\ny = x${".W".repeat(many)}`);
    expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-name"]);
  }, 60_000);

  test("sizes that need each other in a row", () => {
    expectSound(`${lines(20_000, (k) => `dim d${k} = d${k + 1} + 1`)}\ndim d20000 = 3\na = d0`, 1);
  }, 60_000);

  test("many functions", () => {
    expectSound(`${lines(20_000, (k) => `fn f${k + 1}(x) = f${k}(x) + 1`)}\nfn f0(x) = x\ny = f100(2)`, 301);
  }, 60_000);
});

describe("recursion", () => {
  const tooDeep = (source: string) => {
    const { diagnostics } = compileSource(`${source}\ninput q = 1\nz = q + 1`);
    expect(diagnostics.map(({ code }) => code)).toContain("expansion-depth");
    expect(diagnostics.length).toBeLessThan(5);
  };
  const nest = (open: string, inner: string, close: string, count: number) => open.repeat(count) + inner + close.repeat(count);

  test("200 calls are expanded", () => {
    const { program, diagnostics } = compileSource("fn f(n, x) = if n == 0 then x else 1 + f(n - 1, sin(x))\ninput q = 1\ny = f(199, q)");
    expect(diagnostics).toEqual([]);
    expect(program.graph.nodes.length).toBeGreaterThan(700);
  });

  test("more are one diagnostic, whatever they are nested in", () => {
    tooDeep("fn f(x) = f(x)\ny = f(1)");
    tooDeep("fn f(n) = f(n - 1) + f(n - 2)\ny = f(22)");
    tooDeep(`fn f(n, x) = if n < 1 then x else ${nest("(sin(x) * -", "f(n - 1, sin(x))", ")", 90)}\ny = f(190, q)`);
    tooDeep(`fn g(x) = x\nfn f(n, x) = if n < 1 then x else ${nest("g(", "f(n - 1, sin(x))", ")", 180)}\ny = f(190, q)`);
    tooDeep("fn g(x) = repeat(1, f, x)\nfn f(x) = repeat(1, g, x)\ny = f(q)");
    tooDeep(`fn f(n, x) = ${nest("[", "f(n - 1, x)", "]", 180)}\ny = f(190, q)`);
    tooDeep("fn f(n, x) { param W : [last(f(n - 1, x))] = zeros([last(f(n - 1, x))])\n return W }\ny = f(190, q)");
  });

  test("too many nodes are one diagnostic", () => {
    const { diagnostics } = compileSource("input x = 1\ny = repeat(10000000, f, x)\nfn f(a) = sin(a)\nz = x + 1");
    expect(diagnostics.map(({ code }) => code)).toEqual(["expansion-budget"]);
  }, 60_000);
});

describe("floods of errors", () => {
  const flood = (source: string) => {
    const start = performance.now();
    const { diagnostics } = compileSource(source);
    expect(diagnostics.length).toBe(100);
    expect(performance.now() - start).toBeLessThan(15_000);
  };

  test("unknown names, duplicates, unknown functions", () => {
    flood(lines(20_000, (k) => `v${k} = w${k} + 1`));
    flood(lines(20_000, () => "v = 1"));
    flood(lines(20_000, (k) => `v${k} = f${k}(1)`));
    flood(lines(20_000, (k) => `v${k} = _`));
  }, 60_000);

  test("a cycle of many definitions is one diagnostic", () => {
    const { diagnostics } = compileSource(lines(20_000, (k) => `v${k} = v${(k + 1) % 20_000} + 1`));
    expect(diagnostics.map(({ code }) => code)).toEqual(["cycle"]);
    expect(diagnostics[0].message.length).toBeLessThan(300);
  }, 60_000);
});
