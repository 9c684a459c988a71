// What a value or a size can make wrong when a model runs: a problem with its place, from evaluation and from gradients, never an exception.
import { afterEach, describe, expect, it, vi } from "vitest";
import { differentiate, gradientNodes } from "../../src/analysis/gradient.ts";
import { evaluateNodes, findNamed, prepareEvaluation } from "../../src/analysis/workspace.ts";
import { createBuilder } from "../../src/engine/builder.ts";
import { forward } from "../../src/engine/forward.ts";
import { createRunner, MemoryProblem } from "../../src/engine/reference.ts";
import { reverse } from "../../src/engine/reverse.ts";
import { simplify } from "../../src/engine/simplify.ts";
import { filled } from "../../src/ops/build.ts";
import { catchProblem } from "../../src/train/problem.ts";
import { addInput } from "../support/leaves.ts";
import { modelOf, workspaceOf } from "../support/models.ts";

const table = new TextEncoder().encode("a,b\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n7,8\n");

/** What is said of `y` of a model over some rows of its data: the text at the place, and the message. */
function problemOf(text: string, rows?: number): string | null {
  const model = modelOf(text, { readFile: () => table });
  const { problem } = catchProblem(() => {
    const workspace = workspaceOf(model, rows);
    const y = findNamed(model.program, "y")?.node ?? -1;
    return evaluateNodes(workspace, [workspace.ids[y]]);
  });
  return problem && `${problem.code} at ${text.slice(problem.place?.start, problem.place?.end)}: ${problem.message}`;
}

/** The same for the gradient of sum(y) with respect to w. */
function gradientProblemOf(text: string, rows?: number): string | null {
  const whole = `param w = 1\n${text}\nJ = w * sum(y)`;
  const model = modelOf(whole, { readFile: () => table });
  const [J, w] = ["J", "w"].map((name) => findNamed(model.program, name)?.node ?? -1);
  const { problem } = catchProblem(() => differentiate(workspaceOf(model, rows), J, [w], "reverse", 1));
  return problem && `${problem.code} at ${whole.slice(problem.place?.start, problem.place?.end)}: ${problem.message}`;
}

describe("an index that only its value shows to be outside", () => {
  const outside = "i = argmax([1, 2, 3]) + 5\n";
  it.each([
    ["y = one_hot(i, 3)", "one_hot(i, 3): index 7 is outside 0 to 2"],
    ["y = gather([10, 20, 30], i)", "gather([10, 20, 30], i): index 7 is outside 0 to 2"],
    ["x = [1, 2, 3]; y = x[i]", "x[i]: index 7 is outside 0 to 2"],
    ["input x : [3] = [1, 2, 3]; y = x[i]", "x[i]: index 7 is outside 0 to 2"],
    ["y = gather([[1, 2], [3, 4]], [i, 0 * i], axis: 1)", "gather([[1, 2], [3, 4]], [i, 0 * i], axis: 1): index 7 is outside 0 to 1"],
    ["y = one_hot(argmax([1, 2]) - 2, 3)", "one_hot(argmax([1, 2]) - 2, 3): index -1 is outside 0 to 2"],
    ["y = cross_entropy([1, 2, 3], i)", "cross_entropy([1, 2, 3], i): index 7 is outside 0 to 2"],
    ["fn f(a) = one_hot(a, 3)\ny = f(i)", "one_hot(a, 3): index 7 is outside 0 to 2"],
    ["y = embedding(i, 4, 5)", "embedding(i, 4, 5): in embedding: index 7 is outside 0 to 3"],
    ["fn f(a) = embedding(a, 4, 5) + 1\ny = f(i)", "embedding(a, 4, 5): in embedding: index 7 is outside 0 to 3"],
  ])("%s", (text, expected) => {
    expect(problemOf(outside + text)).toBe(`run at ${expected}`);
    expect(gradientProblemOf(outside + text)).toBe(`run at ${expected}`);
  });

  it("is nothing where its value is not needed", () => {
    expect(problemOf(`${outside}z = one_hot(i, 3)\ny = i + 1`)).toBeNull();
  });
});

describe("sizes of a batch that do not fit", () => {
  const data = 'data t = csv("t.csv")\ninput x : [n] = t.a\n';
  const sized = (op: string) => `${op}, with the sizes of this run: `;
  it.each([
    ["y = sum(x[3:])", `x[3:]: ${sized("slice")}shape [-1] has a negative size`],
    ["y = x[2:5]", `x[2:5]: ${sized("slice")}index 2 is outside axis 0 of shape [2], which has indices 0 to 1`],
    ["y = x[4] + 1", `x[4]: ${sized("slice")}index 4 is outside axis 0 of shape [2], which has indices 0 to 1`],
    [
      "y = reshape(x, [-1, 7])",
      `reshape(x, [-1, 7]): ${sized("reshape")}a value of shape [2] (2 elements) cannot take shape [-1, 7]: 7 does not divide 2`,
    ],
    [
      "param v : [7] = ones()\ny = v * x",
      `v * x: ${sized("`*`")}shapes [7] and [2] do not fit together: sizes must be equal or 1, counted from the last axis`,
    ],
    ["param v : [n] = ones()\ny = v * x", "param v : [n] = ones(): the value of v has shape [7], but this run needs [2]"],
    ["y = linspace(0, 1, n - 5)", `linspace(0, 1, n - 5): ${sized("linspace")}shape [-3] has a negative size`],
    ["y = max(x[2:])", `max(x[2:]): ${sized("max")}max of nothing: shape [0] has no element to choose`],
    ["y = one_hot(range(7), n)", "one_hot(range(7), n): index 2 is outside 0 to 1"],
    ["y = grad(sum(x[3:]), x)", `x[3:]: ${sized("slice")}shape [-1] has a negative size`],
    [
      "param v : [7] = ones()\nfn f(a) = sum(a)\nrule f(a, da) = sum(v * da)\ny = grad(f(x), x)",
      `v * da: ${sized("`*`")}shapes [7] and [2] do not fit together: sizes must be equal or 1, counted from the last axis`,
    ],
  ])("%s", (text, expected) => {
    expect(problemOf(data + text)).toBeNull();
    expect(problemOf(data + text, 2)).toBe(`run at ${expected}`);
    expect(gradientProblemOf(data + text, 2)).toBe(`run at ${expected}`);
  });

  it("are found in one row too, where 1 would broadcast", () => {
    expect(problemOf(`${data}y = x + [1, 2, 3, 4, 5, 6, 7]`, 1)).toContain("the result has shape [7], but [1] is needed");
  });

  it("are nothing where they are not needed", () => {
    expect(problemOf(`${data}z = x[4]\nw = z^2\ny = sum(x)`, 2)).toBeNull();
  });

  it("are found over all rows", () => {
    expect(problemOf(`${data}y = range(3 - n)`)).toContain("shape [-4] has a negative size");
  });
});

describe("memory", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("that is too much is refused", () => {
    expect(problemOf("y = ones([1e9, 2]) + 1")).toContain("too-large");
  });

  it("that the host does not have is a problem of the model", () => {
    const workspace = workspaceOf(modelOf("input x = 2\ny = exp(x)"));
    const refuse = class {
      constructor() {
        throw new RangeError("Array buffer allocation failed");
      }
    };
    vi.stubGlobal("Float64Array", refuse);
    expect(() => createRunner(workspace.build.graph(), [workspace.ids[1]], "f64")).toThrow(MemoryProblem);
    expect(catchProblem(() => prepareEvaluation(workspace, [workspace.ids[1]])).problem?.code).toBe("too-large");
  });

  it("is not filled by the seeds of a large Jacobian", () => {
    const { build, ids } = workspaceOf(modelOf("input x : [5000] = ones([5000])\ny = 2 * x\nJ = jacobian(y, x)"));
    expect(build.nodes.filter(({ op, shape }) => op === "array" && shape.length > 0)).toEqual([]);
    const { graph } = simplify(build.graph(), [ids[ids.length - 1]]);
    expect(graph.nodes.length).toBeGreaterThan(5000);
  });

  it("is not filled by folded constants", () => {
    const { build, ids } = workspaceOf(modelOf("input x : [3000] = ones([3000])\ny = 2 * x\nJ = jacobian(y, x)"));
    const { graph } = simplify(build.graph(), [ids[ids.length - 1]]);
    const folded = graph.nodes.reduce((sum, { attributes }) => sum + (Array.isArray(attributes.values) ? attributes.values.length : 0), 0);
    expect(folded).toBeGreaterThan(0);
    expect(folded).toBeLessThanOrEqual(2 ** 22);
  });
});

it("more leaves than a call takes arguments have gradients", () => {
  const build = createBuilder();
  const xs = Array.from({ length: 200_000 }, (_, k) => addInput(build, `x${k}`));
  const y = build.emit("add", [xs[0], xs[1]]);
  const adjoints = reverse(build, y, xs, filled(build, 1, []));
  expect(adjoints.filter((adjoint) => adjoint !== null).length).toBe(2);
  expect(forward(build, new Map([[xs[0], filled(build, 1, [])]]), xs).filter((tangent) => tangent !== null).length).toBe(1);
});

it("gradients of a model with a misfit beside them are computed", () => {
  const text = 'data t = csv("t.csv")\ninput x : [n] = t.a\nparam w = 2\nz = x[6]\nJ = w * sum(x)';
  const workspace = workspaceOf(modelOf(text, { readFile: () => table }), 2);
  const at = (name: string) => workspace.ids[findNamed(workspace.program, name)?.node ?? -1];
  expect(evaluateNodes(workspace, gradientNodes(workspace, at("J"), [at("w")]))[0].data[0]).toBe(3);
});
