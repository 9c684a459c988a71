// The graph as JSON: nodes as written, roles, numbers bit for bit.
import { describe, expect, it } from "vitest";
import { writeGraphJson } from "../../src/export/json.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { exampleFileExists, exampleNames, openExample } from "../examples/load.ts";
import { modelOf } from "../support/models.ts";

function exported(text: string, values: readonly number[] | null = null) {
  const { program } = modelOf(text);
  const tensors =
    values &&
    new Map(
      program.params.map(({ node }): [number, Tensor] => [
        node,
        { dtype: "real", shape: [values.length], data: Float64Array.from(values) },
      ]),
    );
  return writeGraphJson({ program, model: "model.wg", values: tensors });
}

describe("the graph as JSON", () => {
  it("holds nodes as written, with their names, types and places", () => {
    const document = JSON.parse(exported("input x : [n, 2 * k]\nparam w = 2\nloss J = sum(x) * w\nmetric m = J + 1\nz = grad(J, w)"));
    expect(document).toMatchObject({ format: "wengert-graph", version: 1, model: "model.wg", precision: "f64", loss: { name: "J" } });
    const byName = (name: string) => document.nodes.find((node: { name: string }) => node.name === name);
    expect(byName("x")).toMatchObject({
      op: "input",
      inputs: [],
      dtype: "real",
      shape: ["n", "2 * k"],
      owner: "x",
      place: { file: null, start: 0, end: 20 },
    });
    expect(byName("J")).toMatchObject({ op: "mul", shape: [] });
    expect(byName("z")).toMatchObject({ op: "grad", inputs: [byName("J").id, byName("w").id] });
    expect(document.nodes.map(({ id }: { id: number }) => id)).toEqual(document.nodes.map((_: unknown, k: number) => k));
    expect(document.inputs).toEqual([{ name: "x", node: byName("x").id }]);
    expect(document.params).toEqual([{ name: "w", node: byName("w").id }]);
    expect(document.metrics).toEqual([{ name: "m", node: byName("m").id }]);
    expect(document.outputs.map(({ name }: { name: string }) => name)).toEqual(["m", "z"]);
  });

  it("writes symbolic sizes in settings as they are printed", () => {
    const document = JSON.parse(exported("input x : [n, 4]\ny = reshape(x, [2 * n, 2])"));
    expect(document.nodes.at(-1)).toMatchObject({ attributes: { shape: ["2 * n", 2] }, shape: ["2 * n", 2] });
  });

  it("writes numbers bit for bit", () => {
    const numbers = [-0, 0.1, 1e-320, -1.7976931348623157e308, 1 / 3, NaN, Infinity, -Infinity];
    const document = JSON.parse(exported(`param w : [${numbers.length}] = zeros()\ny = w`, numbers));
    const read = document.params[0].data.map((value: number | string) => Number(value));
    expect(read).toEqual(numbers);
    expect(Object.is(read[0], -0)).toBe(true);
    expect(document.params[0].shape).toEqual([numbers.length]);
    expect(exported("y = 0 * -0 + inf - nan")).toMatch(/"value": "Infinity"/);
  });

  it("holds the graph of a rule", () => {
    const text = "input x = 2\nfn cube(a) = a^3\nrule cube(a, da) = 3 * a^2 * da\ny = cube(x)";
    const ruled = JSON.parse(exported(text)).nodes.find((node: { op: string }) => node.op === "ruled");
    expect(ruled.attributes.rule.nodes.some((node: { op: string }) => node.op === "argument")).toBe(true);
  });

  it("says which nodes follow states and which calls there are", () => {
    const document = JSON.parse(exported("input x = 1\nstate s = 0\nnext s = s + x\nfn f(a) { b = 2 * a; return b }\ny = f(x)"));
    expect(document.nodes[document.states[0].next]).toMatchObject({ op: "add" });
    expect(document.groups).toEqual([{ path: "y.f_1", function: "f" }]);
  });

  it.each(exampleNames.filter((name) => name !== "digits.wg" || exampleFileExists("data/train-images-idx3-ubyte")))(
    "reads back for %s",
    (name) => {
      const { program } = openExample(name);
      const document = JSON.parse(writeGraphJson({ program, model: name, values: null }));
      expect(document.nodes.length).toBe(program.graph.nodes.length);
      for (const [id, node] of document.nodes.entries()) for (const input of node.inputs) expect(input).toBeLessThan(id);
    },
  );
});
