// What the teaching examples say about themselves is true: values, tangents and adjoints worked out by hand.
import { describe, expect, test } from "vitest";
import { differentiate, tangentOf } from "../../src/analysis/gradient.ts";
import { evaluateNodes, findNamed, type Workspace } from "../../src/analysis/workspace.ts";
import type { NodeId } from "../../src/graph/graph.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { workspaceOf } from "../support/models.ts";
import { openExample } from "./load.ts";

function nodeOf({ program }: Workspace, name: string): NodeId {
  const found = findNamed(program, name);
  if (!found) throw new Error(`No node ${name}.`);
  return found.node;
}

/** Elements of named nodes of an example. */
function valuesOf(example: string, names: readonly string[]): number[][] {
  const workspace = workspaceOf(openExample(example));
  const tensors = evaluateNodes(
    workspace,
    names.map((name) => workspace.ids[nodeOf(workspace, name)]),
  );
  return tensors.map(({ data }) => Array.from(data));
}

describe("exercise.wg", () => {
  const workspace = workspaceOf(openExample("exercise.wg"));
  const one: Tensor = { dtype: "real", shape: [], data: Float64Array.of(1) };
  const tangent = (...seeded: string[]) =>
    tangentOf(workspace, nodeOf(workspace, "J"), new Map(seeded.map((name) => [nodeOf(workspace, name), one]))).tangent.data[0];

  test("values", () => {
    expect(valuesOf("exercise.wg", ["v", "z", "h", "yhat", "J"])).toEqual([[10], [7], [7], [14], [49]]);
  });

  test.each(["reverse", "forward"] as const)("adjoints in %s mode", (mode) => {
    const names = ["x", "w", "b", "y", "v", "z", "h", "yhat"];
    const wrt = names.map((name) => nodeOf(workspace, name));
    const { value, derivatives } = differentiate(workspace, nodeOf(workspace, "J"), wrt, mode, 1);
    expect(value.data[0]).toBe(49);
    expect(derivatives.map(({ data }) => data[0])).toEqual([56, 140, 28, -14, 28, 28, 14, 14]);
  });

  test("tangents for unit seeds and for all ones", () => {
    expect(["x", "w", "b", "y"].map((name) => tangent(name))).toEqual([56, 140, 28, -14]);
    expect(tangent("x", "w", "b", "y")).toBe(210);
  });

  test("the seed block asks for the derivative with respect to w", () => {
    const { program } = workspace;
    expect(program.seeds.map(({ name }) => name).toSorted()).toEqual(["b", "w", "x", "y"]);
  });
});

test("chain-rule.wg: the product of the parts is the whole", () => {
  const [[whole], [product], [difference]] = valuesOf("chain-rule.wg", ["whole", "product", "difference"]);
  expect(whole).toBeCloseTo(Math.sin(1), 14);
  expect(product).toBeCloseTo(Math.sin(1), 14);
  expect(Math.abs(difference)).toBeLessThan(1e-15);
});

test("forward-mode.wg and reverse-mode.wg: step by step and at once, the same derivative", () => {
  const forward = valuesOf("forward-mode.wg", ["J_dot", "J_dot_at_once"]).flat();
  const reverse = valuesOf("reverse-mode.wg", ["theta_bar", "theta_bar_at_once"]).flat();
  for (const value of [...forward, ...reverse]) expect(value).toBeCloseTo(-1 / (1 + Math.E), 14);
});

test("seeds.wg: the third answer is the sum of the other two", () => {
  const yhat = Math.tanh(-1.5);
  const slope = -2 * (1 - yhat) * (1 - yhat ** 2);
  const [[h], [theta], [both], [difference]] = valuesOf("seeds.wg", ["J_dot_h", "J_dot_theta", "J_dot_both", "difference"]);
  expect(h).toBeCloseTo(-0.5 * slope, 13);
  expect(theta).toBeCloseTo(3 * slope, 13);
  expect(both).toBeCloseTo(2.5 * slope, 13);
  expect(Math.abs(difference)).toBeLessThan(1e-15);
});

test("second-derivative.wg: four derivatives of x^4, a gradient, a Hessian, a product", () => {
  expect(valuesOf("second-derivative.wg", ["y", "y1", "y2", "y3", "y4"]).flat()).toEqual([0.0625, 0.5, 3, 12, 24]);
  const [gradient, hessian, product, difference] = valuesOf("second-derivative.wg", ["gradient", "H", "Hv", "difference"]);
  const close = (actual: readonly number[], expected: readonly number[]) => {
    expect(actual).toHaveLength(expected.length);
    for (const [k, value] of expected.entries()) expect(actual[k]).toBeCloseTo(value, 14);
  };
  close(gradient, [4, 1 + Math.cos(2)]);
  close(hessian, [4, 2, 2, -Math.sin(2)]);
  close(product, [2, 2 + Math.sin(2)]);
  close(difference, [0, 0]);
});

test("bundle.wg: the Jacobian of an observation of the camera that is not turned", () => {
  const [jacobians, pixel] = valuesOf("bundle.wg", ["jacobians", "pixel"]);
  expect(jacobians).toHaveLength(24 * 2 * 15);
  expect([...jacobians, ...pixel].every(Number.isFinite)).toBe(true);
  // Corner 0 seen by camera 0, the first guess (-0.9, -0.8, 4.8) in the camera's frame: with q = (x, y) / depth and the lens
  // g(s) = 1 - 0.1 s + 0.01 s^2, s = |q|^2, the pixel is 800 g q + centre; its derivative with respect to the centre is 1,
  // with respect to the focal length g q.
  const q = [-0.9 / 4.8, -0.8 / 4.8];
  const s = q[0] ** 2 + q[1] ** 2;
  const g = 1 - 0.1 * s + 0.01 * s ** 2;
  expect(pixel[0]).toBeCloseTo(320 + 800 * g * q[0], 10);
  expect(jacobians[6]).toBeCloseTo(g * q[0], 12);
  expect(jacobians[7]).toBe(1);
  expect(jacobians[8]).toBe(0);
  // A turn about z moves (x, y) by (-y, x), without changing depth or radius.
  expect(jacobians[2]).toBeCloseTo(800 * g * -q[1], 10);
  expect(jacobians[15 + 2]).toBeCloseTo(800 * g * q[0], 10);
});

test("rosenbrock.wg: Newton's step solves its equation at the usual start", () => {
  const [x, step] = valuesOf("rosenbrock.wg", ["x", "newton_step"]);
  expect(x.slice(0, 4)).toEqual([-1.2, 1, -1.2, 1]);
  expect(step).toHaveLength(20);
  expect(step.every(Number.isFinite)).toBe(true);
});
