// The surface of exported TypeScript: defaults, checks of what is given, hostile names, literals, what cannot be exported.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ExportProblem } from "../../src/export/export-problem.ts";
import { writeTypescript } from "../../src/export/typescript.ts";
import type { FunctionGraph, Leaf } from "../../src/export/typescript-body.ts";
import { writeComment, writeKey, writeNested, writeString } from "../../src/export/typescript-text.ts";
import type { Attributes, Node } from "../../src/graph/graph.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { type Call, checkFiles, type Outcome, runFiles } from "./run-files.ts";

function node(op: string, inputs: readonly number[], name: string | null = null, attributes: Attributes = {}): Node {
  return { op, inputs, attributes, name, owner: "", place: null, dtype: "real", shape: [] };
}

function scalar(value: number): Tensor {
  return { dtype: "real", shape: [], data: Float64Array.of(value) };
}

/** The sum of an input with a default, a parameter and a state, under names of any kind. */
function fileWith(input: string, param: string, of = "y", model = "model.wg"): string {
  const leaf = (kind: Leaf["kind"], name: string, value: Tensor | null): Leaf => ({ kind, name, dtype: "real", shape: [], value });
  const leaves = new Map([
    [0, leaf("input", input, scalar(5))],
    [1, leaf("param", param, scalar(0.1))],
    [2, leaf("state", "s", scalar(-2))],
  ]);
  const nodes = [
    node("input", [], input),
    node("param", [], param),
    node("state", [], "s"),
    node("add", [0, 1], of),
    node("mul", [3, 2], of),
  ];
  const graph = (outputs: readonly number[]): FunctionGraph => ({ graph: { nodes }, leaves, outputs });
  return writeTypescript({ model, of, value: graph([4]), gradient: graph([4, 2]), wrt: [param], seed: 0, precision: "f64" });
}

const hostile = [
  "__proto__",
  "constructor",
  "toString",
  "valueOf",
  "class",
  "v3",
  "read",
  "θ",
  "ŷ",
  "a.b_1.W",
  "*/ process.exit(1) /*",
  '"]; process.exit(1); ["',
  "x\nprocess.exit(1)",
  "\u2028process.exit(1)//",
  `$${"{process.exit(1)}"}`,
  "`",
  "\\",
  "\ud800",
  "",
];

describe("exported files", () => {
  const calls: Call[] = [
    { text: fileWith("x", "w"), inputs: {} },
    { text: fileWith("x", "w"), inputs: { x: -0 }, params: { w: -0 } },
    { text: fileWith("x", "w"), inputs: { x: "5" } },
    { text: fileWith("x", "w"), inputs: { x: [5] } },
    ...hostile.map((name): Call => ({ text: fileWith(name, `${name}2`, name, name), inputs: Object.fromEntries([[name, 7]]) })),
    ...hostile.map((name): Call => ({ text: fileWith(name, `${name}2`, name, name), inputs: {} })),
  ];
  let outcomes: Outcome[] = [];
  beforeAll(() => {
    outcomes = runFiles(calls);
  });

  it("take defaults and given values", () => {
    expect(outcomes[0]).toEqual({
      exports: ["parameters", "value", "valueAndGradient"],
      value: -10.2,
      both: { value: -10.2, gradient: { w: -2 } },
    });
    expect(outcomes[1].value).toBe(0);
  });

  it("say what is wrong with what is given", () => {
    expect(outcomes[2].error).toBe("x must hold numbers");
    expect(outcomes[3].error).toBe("x must hold numbers");
  });

  it.each(hostile.map((name, k) => [JSON.stringify(name), k] as const))("take an input called %s", (_name, k) => {
    expect(outcomes[4 + k].error).toBeUndefined();
    expect(outcomes[4 + k].value).toBe(-2 * (7 + 0.1));
    expect(outcomes[4 + k].both?.gradient).toEqual(Object.fromEntries([[`${hostile[k]}2`, -2]]));
    expect(outcomes[4 + hostile.length + k].value).toBe(-10.2);
  });

  it("type-check", () => {
    expect(checkFiles(calls.map(({ text }) => text))).toBe("");
  }, 60_000);
});

describe("pieces of source", () => {
  it("give back what they were made of, whatever that is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(new Function(`return ${writeString(name)};`)()).toBe(name);
        expect(Object.keys(new Function(`return { ${writeKey(name)}: 1 };`)())).toEqual([name]);
        expect(writeComment(name)).not.toMatch(/[\n\r\u2028\u2029*/]/);
      }),
      { numRuns: 2000 },
    );
  });

  it("hold numbers bit for bit", () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 2, 3), (numbers, copies) => {
        const data = Float64Array.from(Array.from({ length: copies }, () => numbers).flat());
        const text = writeNested({ dtype: "real", shape: [copies, numbers.length], data }, "");
        expect(new Function(`return ${text};`)()).toEqual(Array.from({ length: copies }, () => numbers));
      }),
    );
  });

  it("hold arrays without elements", () => {
    expect(writeNested({ dtype: "real", shape: [0], data: new Float64Array(0) }, "")).toBe("[]");
    expect(writeNested({ dtype: "real", shape: [0, 3], data: new Float64Array(0) }, "")).toBe("[]");
    expect(writeNested({ dtype: "real", shape: [2, 0], data: new Float64Array(0) }, "")).toBe("[\n  [],\n  [],\n]");
  });
});

describe("what cannot be exported", () => {
  const withNode = (op: string) => {
    const nodes = [node("number", [], null, { value: 1, dtype: "real" }), node(op, [0, 0], "y")];
    const graph: FunctionGraph = { graph: { nodes }, leaves: new Map(), outputs: [1] };
    return () => writeTypescript({ model: "model.wg", of: "y", value: graph, gradient: graph, wrt: [], seed: 0, precision: "f64" });
  };

  it.each(["grad", "mse", "nonsense"])("names %s", (op) => {
    expect(withNode(op)).toThrow(ExportProblem);
    expect(withNode(op)).toThrow(op);
  });
});
