// The limits of the grammar: depth, length, the number of diagnostics, and time.
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { foldExpression, format, parse, printExpression, walk } from "../../grammar/index.ts";

const nested: Record<string, (depth: number) => string> = {
  parentheses: (depth) => `a = ${"(".repeat(depth)}1${")".repeat(depth)}`,
  arrays: (depth) => `a = ${"[".repeat(depth)}1${"]".repeat(depth)}`,
  calls: (depth) => `a = ${"f(1 + ".repeat(depth)}1${")".repeat(depth)}`,
  "named arguments": (depth) => `a = ${"f(k: ".repeat(depth)}1${")".repeat(depth)}`,
  indices: (depth) => `a = ${"x[".repeat(depth)}1${"]".repeat(depth)}`,
  slices: (depth) => `a = ${"x[1:".repeat(depth)}1${"]".repeat(depth)}`,
  "pipes in parentheses": (depth) => `a = ${"(".repeat(depth)}x${" |> f)".repeat(depth)}`,
  signs: (depth) => `a = ${"- ".repeat(depth)}x`,
  "signs and parentheses": (depth) => `a = ${"-(".repeat(depth / 2)}${depth % 2 === 1 ? "-" : ""}x${")".repeat(depth / 2)}`,
  not: (depth) => `a = ${"not ".repeat(depth)}x`,
  powers: (depth) => `a = ${"x^".repeat(depth)}x`,
  "powers and signs": (depth) => `a = ${"x^-".repeat(depth / 2)}${depth % 2 === 1 ? "x^" : ""}x`,
  "else if": (depth) => `a = ${"if c then 1 else ".repeat(depth)}x`,
  "if in then": (depth) => `a = ${"if c then ".repeat(depth)}x${" else 1".repeat(depth)}`,
  "if in if": (depth) => `a = ${"if ".repeat(depth)}x${" then 1 else 2".repeat(depth)}`,
  types: (depth) => `input x : [${"(".repeat(depth - 1)}1${")".repeat(depth - 1)}]`,
  "functions on lines": (depth) => `${"fn f() {\n".repeat(depth)}${"return 1\n}\n".repeat(depth)}`,
  "functions on one line": (depth) => `${"fn f() {".repeat(depth)}${"return 1 };".repeat(depth)}`,
  "open parentheses": (depth) => `a = ${"(".repeat(depth)}x`,
  "open functions": (depth) => "fn f() {\n".repeat(depth),
};
/** What they all lack, so that depth 200 has one diagnostic too. */
const UNCLOSED = new Set(["open parentheses", "open functions"]);

describe("depth", () => {
  for (const [name, make] of Object.entries(nested)) {
    test(name, () => {
      const codes = (depth: number): string[] => parse(make(depth)).diagnostics.map((diagnostic) => diagnostic.code);
      if (!UNCLOSED.has(name)) {
        expect(codes(200)).toEqual([]);
        expect(format(make(200)).diagnostics).toEqual([]);
      }
      expect(codes(201)).toEqual(["too-deep"]);
      expect(codes(50_000)).toEqual(["too-deep"]);
      const { diagnostics } = parse(`${make(300)}\nb = )`);
      expect(diagnostics[0]?.code).toBe("too-deep");
    });
  }

  test("functions and brackets count together", () => {
    const make = (functions: number, brackets: number): string =>
      `${"fn f() {".repeat(functions)}return ${"(".repeat(brackets)}1${")".repeat(brackets)}${"}; return 1".repeat(functions - 1)}}`;
    expect(parse(make(100, 100)).diagnostics).toEqual([]);
    expect(parse(make(100, 101)).diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["too-deep"]);
  });

  test("a million brackets", () => {
    const codes = parse(`a = ${"(".repeat(1_000_000)}1${")".repeat(1_000_000)}\nb = 1`).diagnostics.map((diagnostic) => diagnostic.code);
    expect(codes).toEqual(["too-deep"]);
  });

  test("what stands behind a statement that is too deep is read", () => {
    const { tree } = parse(`${nested.parentheses?.(1000)}\nb = 2\n`);
    expect(tree.statements.map((statement) => statement.kind)).toEqual(["define", "define"]);
  });

  test("on a cold stack of 0.6 MB", async () => {
    const worker = new Worker(new URL("cold-worker.ts", import.meta.url), {
      workerData: Object.entries(nested).flatMap(([name, make]) => (UNCLOSED.has(name) ? [] : [make(200), make(201)])),
      resourceLimits: { stackSizeMb: 0.6 },
    });
    const counts = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    await worker.terminate();
    expect(counts).toEqual(Object.keys(nested).flatMap((name) => (UNCLOSED.has(name) ? [] : [0, 1])));
  });
});

describe("length", () => {
  const chains: Record<string, string> = {
    sums: `y = a${" + b".repeat(100_000)}`,
    products: `y = a${" * b - c".repeat(50_000)}`,
    pipes: `y = x${" |> f".repeat(100_000)}`,
    members: `y = x${".a".repeat(100_000)}`,
    indices: `y = x${"[0]".repeat(100_000)}`,
    "and and or": `y = a${" and b or c".repeat(50_000)}`,
    arrays: `y = [${"1, ".repeat(100_000)}1]`,
    arguments: `y = f(${"x, ".repeat(100_000)}x)`,
  };
  for (const [name, text] of Object.entries(chains)) {
    test(`a long chain of ${name}`, () => {
      const { tree, diagnostics } = parse(text);
      expect(diagnostics).toEqual([]);
      const [statement] = tree.statements;
      if (statement?.kind !== "define") throw new Error("a definition was expected");
      let count = 0;
      walk(statement.value, () => {
        count += 1;
      });
      expect(count).toBeGreaterThan(100_000);
      expect(foldExpression<number>(statement.value, (_, children) => children.reduce((sum, one) => sum + one, 1))).toBe(count);
      expect(parse(`y = ${printExpression(statement.value)}`).diagnostics).toEqual([]);
      const [again] = parse(format(text).text).tree.statements;
      expect(again?.kind === "define" && printExpression(again.value)).toBe(printExpression(statement.value));
    });
  }
});

describe("errors in masses", () => {
  const repeated = (unit: string): string => unit.repeat(Math.ceil(400_000 / unit.length));
  const units = [
    "a=+;",
    "a b;",
    "a;",
    "(;",
    ")",
    "(",
    "[",
    "{",
    "}",
    "a=(",
    "a=[1\n",
    "if ",
    "f(x)\n",
    '"',
    "'\n",
    "$ ",
    "a=f(;",
    "fn f(x) {\n",
  ];
  units.push(
    "param ",
    "train {",
    "(a,3)=1;",
    "=",
    "a=b c\n",
    "not ",
    "-",
    "|>",
    "1 < 2 < ",
    "a = x[;",
    "a=(a,b\n(",
    "\\",
    "a.b.c\n",
    "\r",
    "#\n",
    ";",
    ",",
  );
  units.push("fn f(a,\n", "fn f(\nb=1,", "a=(\n\n\n\n", "x;(", "(a,\n", "a = (\n#\n#\n");
  for (const unit of units) {
    test(JSON.stringify(unit), () => {
      const text = repeated(unit);
      const { diagnostics } = parse(text);
      expect(diagnostics.length).toBeLessThanOrEqual(100);
    });
  }
});
