// The small parts of the grammar: its tables, line ends, positions, walks, suggestions, single expressions.
import { describe, expect, test } from "vitest";
import { childrenOf, closest, foldExpression, format, lineMap, parse, printExpression, walk } from "../../grammar/index.ts";
import { StatementParser } from "../../grammar/statement-parser.ts";
import { createLexer, readString } from "../../grammar/tokens.ts";
import type { Expression, Statement } from "../../grammar/tree.ts";

function statement(text: string): Statement {
  const [first] = parse(text).tree.statements;
  if (!first) throw new Error("no statement");
  return first;
}

function expression(text: string): Expression {
  const first = statement(`y = ${text}`);
  if (first.kind !== "define") throw new Error("no definition");
  return first.value;
}

test("Chevrotain finds nothing wrong with the lexer and the grammar", () => {
  expect(createLexer(true).lexerDefinitionErrors).toEqual([]);
  expect(() => new StatementParser(true)).not.toThrow();
});

describe("line ends", () => {
  test("\\r\\n, \\r and \\n end statements", () => {
    const { tree, diagnostics } = parse("a = 1\r\nb = 2\rc = f(\r\n  1)\r\n# note\r\nd = 4");
    expect(diagnostics).toEqual([]);
    expect(tree.statements.map((one) => one.span)).toEqual([
      { start: 0, end: 5 },
      { start: 7, end: 12 },
      { start: 13, end: 25 },
      { start: 35, end: 40 },
    ]);
    expect(tree.statements[3]?.leading).toEqual([{ text: "note", span: { start: 27, end: 33 } }]);
  });
  test("the canonical text ends its lines with \\n and has no byte order mark", () => {
    expect(format("\ufeff# note\r\na=1\r\n\r\n\r\nb=2\r").text).toBe("# note\na = 1\n\nb = 2\n");
  });
});

test("what is reported of is marked as damaged", () => {
  const { tree } = parse(
    "a = 1 +\nb = 2\nfn f(x) {\n  c = x x\n  return c\n}\nfn g(x = ) {\n  return x\n}\nseed { a = 1; b = 2 2 }\nd = (1\ne = 3",
  );
  const damaged = (placed: { readonly damaged?: true }) => placed.damaged === true;
  expect(tree.statements.map(damaged)).toEqual([true, false, false, true, false, true, false]);
  const [, , f, , seed] = tree.statements;
  expect(f?.kind === "function" && f.body.kind === "block" && f.body.statements.map(damaged)).toEqual([true, false]);
  expect(seed?.kind === "seed" && seed.entries.map(damaged)).toEqual([false, true]);
});

describe("spans", () => {
  const marked = (text: string, span: { start: number; end: number }): string => text.slice(span.start, span.end);
  test("a statement is marked from its first to its last character", () => {
    const text = " fn f(x) {\n  return x\n}  # note\n; input x : [n] = 3 ; ";
    expect(parse(text).tree.statements.map((one) => marked(text, one.span))).toEqual(["fn f(x) {\n  return x\n}", "input x : [n] = 3"]);
  });
  test("every expression is marked as it is written", () => {
    const text = "y = if a.b[0, 1:] < -2 then f(k: [1]) |> g(3) else (p, - q) |> h";
    const seen: string[] = [];
    walk((statement(text) as { value: Expression }).value, (one) => {
      seen.push(marked(text, one.span));
    });
    expect(seen).toEqual([
      "if a.b[0, 1:] < -2 then f(k: [1]) |> g(3) else (p, - q) |> h",
      "if a.b[0, 1:] < -2 then f(k: [1]) |> g(3) else (p, - q)",
      ...["a.b[0, 1:] < -2", "a.b[0, 1:]", "a.b", "a", "0", "1", "-2"],
      ...["f(k: [1]) |> g(3)", "f(k: [1])", "[1]", "1", "3"],
      ...["(p, - q)", "p", "- q", "q"],
    ]);
  });
  test("names, arguments, operators, types and parameters", () => {
    const text = "fn f(a, b = 1) = g(k: a) + b";
    const one = statement(text);
    if (one.kind !== "function" || one.body.kind !== "expression" || one.body.value.kind !== "binary")
      throw new Error("a function was expected");
    expect(one.parameters.map((parameter) => marked(text, parameter.span))).toEqual(["a", "b = 1"]);
    expect(marked(text, one.body.value.operatorSpan)).toBe("+");
    const call = one.body.value.left;
    expect(
      call.kind === "call" &&
        call.arguments.map((argument) => [marked(text, argument.span), argument.name && marked(text, argument.name.span)]),
    ).toEqual([["k: a", "k"]]);
    const typed = "input x : int[n, 4] = 3";
    const input = statement(typed);
    expect(input.kind === "input" && input.type && marked(typed, input.type.span)).toBe("int[n, 4]");
  });
});

test("numbers have their values", () => {
  const values = parse("a = [1, 0.5, 1e-3, -2, +3, - 4, inf, -inf, -0]").tree.statements[0];
  const items = values?.kind === "define" && values.value.kind === "array" ? values.value.items : [];
  expect(items.map((item) => (item.kind === "number" ? item.value : null))).toEqual([
    1,
    0.5,
    1e-3,
    -2,
    3,
    -4,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
  ]);
  const nan = expression("nan");
  expect(nan.kind === "number" && nan.value).toBeNaN();
});

test("strings have JSON's values", () => {
  for (const text of ['""', '"a"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\ud83d\\ude00"', '"é😀"']) {
    expect(readString(text)).toEqual({ value: JSON.parse(text), problem: null });
  }
  expect(readString('"a').problem).toEqual({ kind: "unfinished", start: 0, end: 2 });
  expect(readString('"\\').problem?.kind).toBe("escape");
  expect(readString('"a\\x"').problem).toEqual({ kind: "escape", start: 2, end: 4 });
});

test("lines and columns", () => {
  const at = lineMap("ab\r\nc\rd\n\n😀x");
  expect([0, 2, 4, 5, 6, 8, 9, 11, 12, 99, -1].map((offset) => Object.values(at(offset)).join(":"))).toEqual([
    "1:1",
    "1:3",
    "2:1",
    "2:2",
    "3:1",
    "4:1",
    "5:1",
    "5:3",
    "5:4",
    "5:4",
    "1:1",
  ]);
  expect(lineMap("")(0)).toEqual({ line: 1, column: 1 });
});

describe("walking", () => {
  test("parents come before children, in the order of the text", () => {
    const seen: string[] = [];
    walk(expression("f(a, k: b[1:c]) + [d, e.g]"), (one) => {
      if (one.kind === "name") seen.push(one.name);
    });
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
  });
  test("false keeps out of what is inside", () => {
    const seen: string[] = [];
    walk(expression("f(a) + b"), (one) => {
      seen.push(one.kind);
      return one.kind !== "call";
    });
    expect(seen).toEqual(["binary", "call", "name"]);
  });
  test("folding gives the values of the children in order", () => {
    const value = foldExpression<string>(expression("x[a:, b] |> f(c, d)"), (one, children) =>
      one.kind === "name" ? one.name : `<${children.join(" ")}>`,
    );
    expect(value).toBe("<<x a b> c d>");
  });
  test("the children of every kind", () => {
    const kinds = [
      "1",
      '"s"',
      "true",
      "x",
      "_",
      "-x",
      "a + b",
      "if a then b else c",
      "x |> f(a)",
      "f(a, b)",
      "x.a",
      "x[a, b:c:d, ...]",
      "[a, b]",
      "(a, b)",
      "(a)",
    ];
    expect(kinds.map((text) => childrenOf(expression(text)).length)).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 2, 2, 1, 5, 2, 2, 1]);
  });
});

describe("printing expressions that were not read", () => {
  const span = { start: 0, end: 0 };
  const name = (text: string): Expression => ({ kind: "name", name: text, span });
  const number = (text: string): Expression => ({ kind: "number", value: Number(text), text, span });
  const binary = (operator: "+" | "-" | "*" | "^" | "<" | "and", left: Expression, right: Expression): Expression => ({
    ...{ kind: "binary", operator, left, right, operatorSpan: span, span },
  });
  const unary = (operator: "-" | "not", operand: Expression): Expression => ({ kind: "unary", operator, operand, span });
  const [a, b, c] = [name("a"), name("b"), name("c")];
  const choice: Expression = { kind: "conditional", condition: a, consequent: b, alternative: c, span };
  const call = { kind: "call", callee: { text: "f", span }, arguments: [], bare: true, span } as const;
  const pipe: Expression = { kind: "pipe", left: a, call, operatorSpan: span, span };
  const cases: [Expression, string][] = [
    [binary("*", binary("+", a, b), c), "(a + b) * c"],
    [binary("+", binary("*", a, b), c), "a * b + c"],
    [binary("-", a, binary("-", b, c)), "a - (b - c)"],
    [binary("-", binary("-", a, b), c), "a - b - c"],
    [binary("^", binary("^", a, b), c), "(a^b)^c"],
    [binary("^", a, binary("^", b, c)), "a^b^c"],
    [binary("^", a, unary("-", b)), "a^-b"],
    [binary("^", unary("-", a), b), "(-a)^b"],
    [binary("^", number("-1"), number("2")), "(-1)^2"],
    [unary("-", binary("^", number("1"), number("2"))), "-1^2"],
    [unary("-", number("1")), "-(1)"],
    [unary("-", number("-1")), "--1"],
    [unary("-", binary("*", a, b)), "-(a * b)"],
    [binary("*", a, unary("-", b)), "a * -b"],
    [binary("<", binary("<", a, b), c), "(a < b) < c"],
    [binary("<", a, unary("not", b)), "a < (not b)"],
    [unary("not", binary("and", a, b)), "not (a and b)"],
    [binary("and", unary("not", a), b), "not a and b"],
    [binary("+", a, choice), "a + (if a then b else c)"],
    [
      { kind: "conditional", condition: choice, consequent: choice, alternative: choice, span },
      "if if a then b else c then if a then b else c else if a then b else c",
    ],
    [{ kind: "conditional", condition: a, consequent: pipe, alternative: pipe, span }, "if a then a |> f else (a |> f)"],
    [{ kind: "pipe", left: choice, call, operatorSpan: span, span }, "if a then b else c |> f"],
    [{ kind: "pipe", left: pipe, call, operatorSpan: span, span }, "a |> f |> f"],
    [binary("+", pipe, b), "(a |> f) + b"],
    [{ kind: "member", object: binary("+", a, b), name: { text: "T", span }, span }, "(a + b).T"],
    [{ kind: "index", object: number("-1"), items: [{ kind: "at", value: pipe, span }], span }, "(-1)[a |> f]"],
    [{ kind: "string", value: 'a"\n', span }, '"a\\"\\n"'],
    [{ kind: "invalid", span }, "_"],
  ];
  for (const [value, printed] of cases) test(printed, () => expect(printExpression(value)).toBe(printed));
});

test("the nearest word", () => {
  expect(closest("sofmax", ["relu", "softmax", "softplus"])).toBe("softmax");
  expect(closest("parma", ["param"])).toBe("param");
  expect(closest("Param", ["param", "loss"])).toBe("param");
  expect(closest("α1", ["α", "α₁"])).toBe("α₁");
  expect(closest("Jose", ["José"])).toBe("José");
  expect(closest("xy", ["ab", "yx"])).toBe(null);
  expect(closest("x", ["y"])).toBe(null);
  expect(closest("relu", ["relu"])).toBe(null);
  expect(closest("crossentropy", ["cross_entropy", "bce"])).toBe("cross_entropy");
  expect(closest("a".repeat(100_000), ["a".repeat(99_999)])).toBe(null);
});

test("at most 100 diagnostics, the first ones", () => {
  const { tree, diagnostics } = parse("a = )\n".repeat(500));
  expect(diagnostics).toHaveLength(100);
  expect(diagnostics.at(-1)?.span.start).toBe(99 * 6 + 4);
  expect(tree.statements).toHaveLength(500);
});
