// Adjoints of nodes of which many parts are used: they cost as much as the parts, and equal what forward mode gives.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countCost } from "../../src/analysis/cost.ts";
import { findNamed } from "../../src/analysis/workspace.ts";
import { countOperations } from "../../src/engine/count.ts";
import { forward } from "../../src/engine/forward.ts";
import { jacobianByColumns, jacobianByRows } from "../../src/engine/jacobian.ts";
import { createRunner } from "../../src/engine/reference.ts";
import { simplify } from "../../src/engine/simplify.ts";
import type { NodeId } from "../../src/graph/graph.ts";
import { add, filled, sum } from "../../src/ops/build.ts";
import { graphOf, type TestGraph, write } from "../support/graphs.ts";
import { addArray, addRandomArray, gradientsOf, leaf, randomLeaf } from "../support/leaves.ts";
import { modelOf, workspaceOf } from "../support/models.ts";

function list(count: number, term: (k: number) => string): string {
  return Array.from({ length: count }, (_, k) => term(k)).join(" + ");
}

const models: Readonly<Record<string, string>> = {
  "64 elements": `param X : [64] = normal(); loss J = ${list(64, (k) => `sin(X[${k}])`)}`,
  "64 rows": `param X : [64, 3] = normal(); loss J = ${list(64, (k) => `sum(sin(X[${k}, :]))`)}`,
  "64 rows and the whole": `param X : [64, 3] = normal(); loss J = mean(X^2) + ${list(64, (k) => `sum(sin(X[${k}, :]))`)}`,
  "columns, backwards": `param X : [3, 64] = normal(); loss J = ${list(64, (k) => `sum(sin(X[::-1, ${63 - k}]))`)}`,
  "overlapping windows": `param X : [99] = normal(); loss J = ${list(64, (k) => `sum(sin(X[${k}:${k + 32}:3]))`)}`,
  "elements of rows": `param X : [8, 8] = normal(); loss J = ${list(64, (k) => `sin(X[${k >> 3}][${k % 8}])`)}`,
  "a list from its head": `fn f(x) = if last(x) == 1 then sin(x[0]) else sin(x[0]) + f(x[1:]); param X : [64] = normal(); loss J = f(X)`,
  "gathered rows": `param X : [64, 3] = normal(); input i : int[64] = range(64); loss J = ${list(64, (k) => `sum(sin(X[i[${k}]]))`)}`,
};

describe.each(Object.entries(models))("%s", (_name, text) => {
  const workspace = workspaceOf(modelOf(text));
  const [J, X] = ["J", "X"].map((name) => findNamed(workspace.program, name)?.node as NodeId);

  it("cost at most 4 values with the gradient, 8.2 with a Hessian-vector product", () => {
    const { value, gradient, hvp } = countCost(workspace, J, [X]);
    expect(gradient.ratio).toBeLessThanOrEqual(4);
    expect(hvp.ratio + 1).toBeLessThanOrEqual(8.2);
    const { build, ids } = workspace;
    const [gradientNode] = gradientsOf(build, ids[J], [ids[X]]);
    const [product] = gradientsOf(build, sum(build, build.emit("mul", [gradientNode, ids[X]])), [ids[X]]);
    const flops = countOperations(simplify(build.graph(), [ids[J], product]).graph);
    expect(flops / value.flops).toBeLessThanOrEqual(8.2);
  });
});

it("holds no more memory for overlapping parts than three arrays of their node", () => {
  const graph = graphOf([randomLeaf("memory", [1000])], (build, [x]) => {
    const parts = Array.from({ length: 100 }, (_, k) => write(build, "slice", [x], { start: [k], size: [900] }));
    return parts.map((part) => sum(build, write(build, "sin", [part]))).reduce((a, b) => add(build, a, b));
  });
  const { build, output, leaves } = graph;
  const [gradient] = gradientsOf(build, output, leaves);
  const simple = simplify(build.graph(), [gradient]);
  const outputs = [simple.ids[gradient]];
  // The slices themselves must be held for the derivatives of sin.
  expect(createRunner(simple.graph, outputs, "f64").bytes).toBeLessThanOrEqual(8 * (100 * 900 + 3 * 1000));
});

/** One use of a node of shape [5, 4]: a part of it, or all. */
interface Use {
  readonly op: string;
  readonly attributes: Readonly<Record<string, readonly number[] | readonly boolean[] | number>>;
  readonly indices: readonly number[];
}

const axisPart = (length: number) =>
  fc
    .tuple(fc.nat(length - 1), fc.nat(length - 1), fc.integer({ min: 1, max: 3 }), fc.boolean())
    .map(([a, b, step, drop]) => (drop ? [a, 1, 1, true] : [a, Math.floor(Math.abs(b - a) / step) + 1, b < a ? -step : step, false]));

const slices: fc.Arbitrary<Use> = fc.tuple(axisPart(5), axisPart(4)).map((parts) => ({
  op: "slice",
  attributes: {
    start: parts.map(([start]) => start as number),
    size: parts.map(([, size]) => size as number),
    step: parts.map(([, , step]) => step as number),
    drop: parts.map(([, , , drop]) => drop as boolean),
  },
  indices: [],
}));
const gathers: fc.Arbitrary<Use> = fc
  .tuple(fc.nat(1), fc.array(fc.integer({ min: -4, max: 3 }), { maxLength: 4 }))
  .map(([axis, indices]) => ({
    op: "gather",
    attributes: { axis: axis === 0 ? 0 : -1 },
    indices,
  }));
const wholes: fc.Arbitrary<Use> = fc.constant({ op: "identity", attributes: {}, indices: [] });
const uses = fc.array(fc.oneof({ weight: 4, arbitrary: slices }, { weight: 2, arbitrary: gathers }, { weight: 1, arbitrary: wholes }), {
  minLength: 1,
  maxLength: 8,
});

/** A vector of two functions of parts of tanh(x) * x, so that the node that is taken apart is not the leaf. */
function graphOfUses(list: readonly Use[]): TestGraph {
  return graphOf([randomLeaf("parts", [5, 4])], (build, [x]) => {
    const node = write(build, "mul", [write(build, "tanh", [x]), x]);
    const terms = list.map(({ op, attributes, indices }, k) => {
      const others = op === "gather" ? [addArray(build, leaf([indices.length], indices, "int"))] : [];
      const part = write(build, op, [node, ...others], attributes);
      const weights = addRandomArray(build, `weights ${k}`, part);
      return sum(build, write(build, "mul", [weights, write(build, k % 2 === 0 ? "square" : "sin", [part])]));
    });
    const total = terms.reduce((a, b) => add(build, a, b));
    return write(build, "stack", [total, write(build, "mul", [total, terms[0]])], { axis: 0 });
  });
}

function expectSame(graph: TestGraph, nodes: readonly NodeId[]): void {
  const [first, ...others] = graph.run(nodes);
  for (const { data, shape } of others) {
    expect(shape).toEqual(first.shape);
    for (const [k, value] of data.entries())
      expect(Math.abs(value - first.data[k])).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(first.data[k])));
  }
}

it("equal forward mode for any mixture of slices, gathers and whole uses, also in second order", () => {
  fc.assert(
    fc.property(uses, (list) => {
      const graph = graphOfUses(list);
      const { build, output, leaves } = graph;
      const [x] = leaves;
      expectSame(graph, [jacobianByColumns(build, output, x, false), jacobianByRows(build, output, x, false)]);
      const scalar = sum(build, output);
      const direction = addRandomArray(build, "along", x);
      const [gradient] = gradientsOf(build, scalar, [x]);
      const tangent = forward(build, new Map([[x, direction]]), [scalar])[0] ?? filled(build, 0, []);
      expectSame(graph, [
        ...gradientsOf(build, tangent, [x]),
        forward(build, new Map([[x, direction]]), [gradient])[0] ?? filled(build, 0, [5, 4]),
        ...gradientsOf(build, sum(build, build.emit("mul", [gradient, direction])), [x]),
      ]);
    }),
    { numRuns: 150 },
  );
});
