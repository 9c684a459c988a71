// Where values that are not finite come from, and which factors a 0 annihilated.
import { describe, expect, test } from "vitest";
import { findAnnihilations } from "../../src/analysis/annihilated.ts";
import { differentiate } from "../../src/analysis/gradient.ts";
import { createWorkspace, explainNonFinite, findNamed, prepareEvaluation, type Workspace } from "../../src/analysis/workspace.ts";
import { realTensor } from "../../src/graph/tensor.ts";
import { catchProblem } from "../../src/train/problem.ts";
import { modelOf, workspaceOf } from "../support/models.ts";

function nodeOf({ program }: Workspace, name: string): number {
  const found = findNamed(program, name);
  if (!found) throw new Error(`No node ${name}.`);
  return found.node;
}

describe("values that are not finite", () => {
  const explain = (text: string, of: string) => {
    const workspace = workspaceOf(modelOf(text));
    const found = explainNonFinite(workspace, [workspace.ids[nodeOf(workspace, of)]]);
    return found && { message: found.message, text: found.place && text.slice(found.place.start, found.place.end) };
  };

  test("name the first node", () => {
    expect(explain("input x = 0\nz = log(x)\ny = z * 0 + 1", "y")).toEqual({ message: "z became -Infinity", text: "log(x)" });
  });

  test("are none where all is finite", () => {
    expect(explain("input x = 1\ny = log(x)", "y")).toBeNull();
  });

  test("are looked for in derivatives too", () => {
    const workspace = workspaceOf(modelOf("input x = 0\ny = sqrt(x)"));
    const [y, x] = [nodeOf(workspace, "y"), nodeOf(workspace, "x")];
    const { nodes } = differentiate(workspace, y, [x], "reverse", 1);
    expect(explainNonFinite(workspace, nodes)?.message).toMatch(/became Infinity$/);
  });
});

describe("annihilated factors", () => {
  const find = (expression: string) => {
    const workspace = workspaceOf(modelOf(`input x = 0\ny = ${expression}`));
    const { nodes } = differentiate(workspace, nodeOf(workspace, "y"), [nodeOf(workspace, "x")], "reverse", 1);
    return findAnnihilations(workspace, nodes).length;
  };

  test("are named where no branch explains them", () => {
    expect(find("x * 0 * sqrt(x)")).toBeGreaterThan(0);
    expect(find("if x > 0 then sqrt(x) else 0")).toBe(0);
    expect(find("x^2")).toBe(0);
  });
});

describe("an evaluation", () => {
  test("runs again with other leaves", () => {
    const workspace = workspaceOf(modelOf("input x = 2\nparam w = 3\ny = w * x"));
    const [x, y] = [workspace.ids[nodeOf(workspace, "x")], workspace.ids[nodeOf(workspace, "y")]];
    const { run, value, outputs } = prepareEvaluation(workspace, [y]);
    const found = [2, 5].map((input) => {
      run(new Map([...workspace.leaves, [x, realTensor([input], [])]]));
      return value(outputs[0]).data[0];
    });
    expect(found).toEqual([6, 15]);
  });

  test("names an input without a value", () => {
    const workspace = workspaceOf(modelOf("input x\ny = 2 * x"));
    const problem = catchProblem(() => prepareEvaluation(workspace, [workspace.ids[nodeOf(workspace, "y")]]).run()).problem;
    expect(problem).toMatchObject({ code: "no-value", message: expect.stringContaining("x has no value") });
  });

  test("that keeps too much is refused before it begins", () => {
    const chain = Array.from({ length: 40 }, (_, k) => `a${k + 1} = sin(a${k})`).join("\n");
    const model = modelOf(`input a0 : [n]\n${chain}`, { sizes: new Map([["n", 2 ** 26]]) });
    const none = { inputs: new Map(), params: new Map(), states: new Map(), seeds: new Map(), fitted: new Map() };
    const workspace = createWorkspace(model.program, none, model.program.sizes, "f64", 0);
    const target = workspace.ids[nodeOf(workspace, "a40")];
    expect(catchProblem(() => explainNonFinite(workspace, [target])).problem?.code).toBe("too-large");
    expect(catchProblem(() => findAnnihilations(workspace, [target])).problem?.code).toBe("too-large");
  });
});
