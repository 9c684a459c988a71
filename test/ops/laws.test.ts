// Laws that every op obeys: derivatives against differences, forward against reverse mode, mixed modes at order 2.
import { describe, expect, it } from "vitest";
import type { GraphBuilder } from "../../src/engine/builder.ts";
import { forward } from "../../src/engine/forward.ts";
import type { NodeId } from "../../src/graph/graph.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { filled, sum } from "../../src/ops/build.ts";
import { ops } from "../../src/ops/index.ts";
import type { Op } from "../../src/ops/op.ts";
import { graphOf, type TestGraph, write } from "../support/graphs.ts";
import { addArray, addRandomArray, gradientsOf, type LeafSpec, tensorOf } from "../support/leaves.ts";
import { numbersFrom } from "../support/random.ts";
import { type Sample, type SampleInput, samples } from "./samples.ts";

const table: Readonly<Record<string, Op>> = ops;
const points = 20;
const step = 2 ** -13;

function samplesOf(op: Op): readonly Sample[] {
  if (op.name in samples) return samples[op.name];
  const values = op.parameters.filter(({ kind }) => kind === "value");
  const attributes = Object.fromEntries(
    op.parameters
      .filter(({ kind, default: value }) => kind !== "value" && value !== undefined)
      .map(({ name, default: value }) => [name, value ?? null]),
  );
  const input = (k: number, shape: readonly number[]): SampleInput => ({ shape, ...(op.domain?.[k] ?? {}) });
  if (values.length === 1) return [{ inputs: [input(0, [3])], attributes }];
  return [
    { inputs: values.map((_, k) => input(k, [3])), attributes },
    { inputs: values.map((_, k) => input(k, k === 0 ? [2, 1] : [3])), attributes },
    { inputs: values.map((_, k) => input(k, k === 0 ? [] : [2])), attributes },
  ];
}

function specsOf(sample: Sample, name: string, point: number): LeafSpec[] {
  return sample.inputs.map(({ shape, dtype, values, low, high }, k) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { shape, ...(dtype && { dtype }), values: values ?? numbersFrom(`${name} ${point} ${k}`, count, low, high) };
  });
}

/** sum(weights * y): a scalar that sees every element. */
function weigh(build: GraphBuilder, y: NodeId, name: string): NodeId {
  return sum(build, build.emit("mul", [addRandomArray(build, `${name} weights`, y), y]));
}

function dot(a: Tensor, b: Tensor): number {
  let total = 0;
  for (let i = 0; i < a.data.length; i++) total += a.data[i] * b.data[i];
  return total;
}

interface Case {
  readonly graph: TestGraph;
  readonly f: NodeId;
  readonly xs: readonly NodeId[];
  readonly specs: readonly LeafSpec[];
  readonly directions: readonly Tensor[];
}

function caseOf(op: Op, sample: Sample, point: number): Case {
  const specs = specsOf(sample, op.name, point);
  const graph = graphOf(specs, (build, leaves) => write(build, op.name, leaves, sample.attributes));
  const f = weigh(graph.build, graph.output, op.name);
  const xs = graph.leaves.filter((_, k) => (specs[k].dtype ?? "real") === "real");
  const real = specs.filter(({ dtype = "real" }) => dtype === "real");
  const directions = real.map(({ shape, values }, k) =>
    tensorOf({ shape, values: numbersFrom(`${op.name} ${point} along ${k}`, values.length) }),
  );
  return { graph, f, xs, specs: real, directions };
}

function seedsOf({ graph, xs, directions }: Case): Map<NodeId, NodeId> {
  return new Map(xs.map((x, k) => [x, addArray(graph.build, { shape: directions[k].shape, values: directions[k].data })]));
}

function gradient({ graph: { build }, xs }: Case, f: NodeId): NodeId[] {
  return gradientsOf(build, f, xs);
}

function tangent(test: Case, f: NodeId): NodeId {
  return forward(test.graph.build, seedsOf(test), [f])[0] ?? filled(test.graph.build, 0, []);
}

/** sum over inputs of <gradient, direction> as a node. */
function along(test: Case, nodes: readonly NodeId[]): NodeId {
  const { build } = test.graph;
  const seeds = [...seedsOf(test).values()];
  return nodes.map((node, k) => sum(build, build.emit("mul", [node, seeds[k]]))).reduce((a, b) => build.emit("add", [a, b]));
}

function differences({ graph, f, xs, specs, directions }: Case): number {
  const at = (k: number) => {
    const moved = new Map(
      xs.map((x, i) => [
        x,
        tensorOf({ ...specs[i], values: Float64Array.from(specs[i].values, (value, j) => value + k * step * directions[i].data[j]) }),
      ]),
    );
    return graph.run([f], moved)[0].data[0];
  };
  return (at(-2) - at(2) + 8 * (at(1) - at(-1))) / (12 * step);
}

function near(actual: number, expected: number, what: string, tolerance = 1e-9): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(
    tolerance + tolerance * Math.abs(expected),
  );
}

const skipped: ReadonlySet<string> = new Set(["stop_gradient", "ruled"]);

/** Ops of real inputs; what takes only int inputs has no derivative. */
function differentiable(op: Op): boolean {
  if (samples[op.name]?.every(({ inputs }) => inputs.every(({ dtype = "real" }) => dtype !== "real"))) return false;
  return op.kind !== "derivation" && !skipped.has(op.name) && op.parameters.some(({ kind }) => kind === "value" || kind === "values");
}

describe.each(
  Object.values(table)
    .filter(differentiable)
    .map((op) => [op.name, op] as const),
)("%s", (_name, op) => {
  const cases = samplesOf(op).flatMap((sample) => Array.from({ length: points }, (_, point) => () => caseOf(op, sample, point)));

  it("agrees with differences in both modes", () => {
    for (const make of cases) {
      const test = make();
      if (test.graph.build.nodes[test.graph.output].dtype !== "real") return;
      const expected = differences(test);
      const [byForward, byReverse] = test.graph.run([tangent(test, test.f), along(test, gradient(test, test.f))]);
      near(byForward.data[0], expected, "forward");
      near(byReverse.data[0], expected, "reverse");
    }
  });

  it("obeys the dot-product identity", () => {
    for (const make of cases) {
      const test = make();
      if (test.graph.build.nodes[test.graph.output].dtype !== "real") return;
      const gradients = gradient(test, test.f);
      const [jvp, ...adjoints] = test.graph.run([tangent(test, test.f), ...gradients]);
      const product = adjoints.reduce((total, adjoint, k) => total + dot(adjoint, test.directions[k]), 0);
      const size = adjoints.reduce(
        (total, adjoint, k) => total + Math.sqrt(dot(adjoint, adjoint) * dot(test.directions[k], test.directions[k])),
        0,
      );
      expect(Math.abs(product - jvp.data[0])).toBeLessThanOrEqual(1e-13 * (1 + size));
    }
  });

  it("gives the same second derivative in all four mixed modes", () => {
    for (const make of cases.slice(0, 5)) {
      const test = make();
      if (test.graph.build.nodes[test.graph.output].dtype !== "real") return;
      const { build } = test.graph;
      const seeds = seedsOf(test);
      const first = tangent(test, test.f);
      const gradients = gradient(test, test.f);
      const forwardOver = forward(build, seeds, gradients).map((node, k) => node ?? filled(build, 0, build.nodes[gradients[k]].shape));
      const nodes = [
        tangent(test, first),
        along(test, gradient(test, first)),
        along(test, forwardOver),
        along(test, gradient(test, along(test, gradients))),
      ];
      const [ff, rf, fr, rr] = test.graph.run(nodes).map(({ data }) => data[0]);
      near(rf, ff, "reverse over forward");
      near(fr, ff, "forward over reverse");
      near(rr, ff, "reverse over reverse");
    }
  });
});

it("has samples for no op that is not in the table", () => {
  expect(Object.keys(samples).filter((name) => !(name in table))).toEqual([]);
});
