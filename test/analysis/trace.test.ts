// The evaluation trace: values of every node, derivatives of what varies.
import { describe, expect, test } from "vitest";
import { type TraceEntry, traceForward, traceReverse, traceValues } from "../../src/analysis/trace.ts";
import { findNamed, type Workspace } from "../../src/analysis/workspace.ts";
import { realTensor } from "../../src/graph/tensor.ts";
import { catchProblem } from "../../src/train/problem.ts";
import { modelOf, workspaceOf } from "../support/models.ts";

const text = "input x = 3\nparam w = 2\nstate s = 1\nk = 4\ny = w * x^2 + k * 5 + s\nlabel = argmax([x, w])\naside = 7 * x";

function nodeOf({ program }: Workspace, name: string): number {
  const found = findNamed(program, name);
  if (!found) throw new Error(`No node ${name}.`);
  return found.node;
}

const reverseOf = (of: string, source = text): TraceEntry[] => {
  const workspace = workspaceOf(modelOf(source));
  return traceReverse(workspace, nodeOf(workspace, of));
};

/** What is shown of each node: `name or op = value, derivative`. */
const show = (entries: readonly TraceEntry[]) =>
  entries.map(({ op, name, value, adjoint, tangent }) => {
    const derivative = adjoint ?? tangent;
    return `${name ?? op} = ${value.data}${derivative ? `, ${derivative.data}` : ""}`;
  });

describe("reverse mode", () => {
  test("gives adjoints to what varies and to what has a name, none to constants", () => {
    expect(show(reverseOf("y"))).toEqual([
      "x = 3, 12",
      "w = 2, 9",
      "s = 1, 1",
      "k = 4, 5",
      "number = 2",
      "pow = 9, 2",
      "mul = 18, 1",
      "number = 5",
      "mul = 20",
      "add = 38, 1",
      "y = 39, 1",
      "stack = 3,2, 0,0",
      "label = 0",
      "number = 7",
      "aside = 21, 0",
    ]);
  });

  test("takes the sum of the elements of an array", () => {
    expect(show(reverseOf("y", "input x : [2] = [1, 2]\ny = x^2"))).toEqual(["x = 1,2, 2,4", "number = 2", "y = 1,4, 1,1"]);
  });

  test("needs a real node", () => {
    expect(catchProblem(() => reverseOf("label")).problem).toMatchObject({ code: "not-differentiable" });
  });
});

test("forward mode gives tangents to the same nodes", () => {
  const workspace = workspaceOf(modelOf(text));
  const entries = traceForward(workspace, new Map([[nodeOf(workspace, "x"), realTensor([1], [])]]));
  const shown = (found: readonly TraceEntry[]) => found.filter(({ tangent, adjoint }) => tangent ?? adjoint).map(({ id }) => id);
  expect(shown(entries)).toEqual(shown(reverseOf("y")));
  expect(show(entries).find((line) => line.startsWith("y ="))).toBe("y = 39, 12");
  expect(show(entries).find((line) => line.startsWith("w ="))).toBe("w = 2, 0");
});

test("values alone have no derivatives", () => {
  const entries = traceValues(workspaceOf(modelOf(text)));
  expect(entries.map(({ value }) => value.data[0])).toEqual(reverseOf("y").map(({ value }) => value.data[0]));
  expect(entries.some((entry) => "adjoint" in entry || "tangent" in entry)).toBe(false);
});
