// Every op as exported TypeScript: values and gradients equal those of the reference runner.
import { beforeAll, describe, expect, it } from "vitest";
import { simplify } from "../../src/engine/simplify.ts";
import { writeTypescript } from "../../src/export/typescript.ts";
import type { FunctionGraph, Leaf } from "../../src/export/typescript-body.ts";
import type { NodeId } from "../../src/graph/graph.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { sum } from "../../src/ops/build.ts";
import { ops } from "../../src/ops/index.ts";
import type { Op } from "../../src/ops/op.ts";
import { type Sample, type SampleInput, samples } from "../ops/samples.ts";
import { graphOf, type TestGraph, write } from "../support/graphs.ts";
import { addRandomArray, gradientsOf, type LeafSpec, tensorOf } from "../support/leaves.ts";
import { listsOf } from "../support/models.ts";
import { numbersFrom } from "../support/random.ts";
import { type Call, checkFiles, type Outcome, runFiles } from "./run-files.ts";

const table: Readonly<Record<string, Op>> = ops;

/** Numbers at which formulas go wrong. */
const delicate = [-Infinity, -1000, -1, -0.5, -0, 0, 1e-300, 1e-9, 0.5, 1, 2, 1000, Infinity, NaN];

interface Case {
  readonly title: string;
  readonly graph: TestGraph;
  readonly specs: readonly LeafSpec[];
  readonly gradients: readonly NodeId[];
  readonly call: Call;
}

/** Ops without inputs, small enough to be written out and too large for it. */
const sources: Readonly<Record<string, readonly Sample["attributes"][]>> = {
  number: [
    { value: -0, dtype: "real" },
    { value: -3, dtype: "real" },
    { value: NaN, dtype: "real" },
    { value: -Infinity, dtype: "real" },
  ],
  array: [{ values: [1, -0, NaN, -Infinity, 1e-320, 0.1], shape: [2, 3], dtype: "real" }],
  zeros: [{ shape: [2] }, { shape: [3, 10] }],
  ones: [{ shape: [] }, { shape: [20] }],
  constant: [
    { value: -0.1, shape: [20] },
    { value: -0, shape: [2, 10] },
  ],
  eye: [
    { n: 2, m: null },
    { n: 3, m: 7 },
    { n: 7, m: 3 },
  ],
  range: [
    { start: 3, stop: null, step: 1 },
    { start: 40, stop: -3, step: -2 },
  ],
  linspace: [
    { start: -1, stop: 2, count: 1 },
    { start: -1, stop: 0.1, count: 30 },
  ],
  uniform: [{ shape: [4], low: 0, high: 1, path: "a" }],
  normal: [{ shape: [30], mean: 1, deviation: 2, path: "b" }],
  glorot_uniform: [{ shape: [4, 5], path: "c" }],
  glorot_normal: [{ shape: [4, 5], path: "c" }],
  he_uniform: [{ shape: [4, 5], path: "c" }],
  he_normal: [{ shape: [4, 5], path: "c" }],
};

/** Settings of an op that must be given, beside those of the samples. */
const settings: Readonly<Record<string, Sample["attributes"]>> = {
  polygamma: { order: 1 },
  phi: { order: 2 },
};

function samplesOf(op: Op): readonly Sample[] {
  if (op.name in samples) return samples[op.name];
  if (op.name in sources) return sources[op.name].map((attributes) => ({ inputs: [{ shape: [] }], ...(attributes && { attributes }) }));
  const count = op.parameters.filter(({ kind }) => kind === "value").length;
  const defaults = op.parameters.flatMap(({ kind, name, default: value }) =>
    kind !== "value" && value !== undefined ? [[name, value] as const] : [],
  );
  const attributes = { ...Object.fromEntries(defaults), ...settings[op.name] };
  const input = (k: number, shape: readonly number[]): SampleInput => ({ shape, ...(op.domain?.[k] ?? {}) });
  const shapes = (pick: (k: number) => readonly number[]): Sample => ({
    inputs: Array.from({ length: count }, (_, k) => input(k, pick(k))),
    attributes,
  });
  const line: Sample = { inputs: Array.from({ length: count }, (_, k) => ({ shape: [delicate.length], values: rotate(k) })), attributes };
  return [
    shapes(() => []),
    shapes(() => [1, 1]),
    shapes(() => [3]),
    shapes((k) => (k === 0 ? [2, 1] : [3])),
    shapes((k) => (k === 0 ? [] : [2, 1, 2])),
    line,
  ];
}

function rotate(k: number): number[] {
  return delicate.map((_, i) => delicate[(i * (k + 1) + 3 * k) % delicate.length]);
}

function leafOf({ shape, dtype = "real" }: LeafSpec, k: number): Leaf {
  return {
    kind: k === 0 ? "input" : "param",
    name: `x${k}`,
    dtype,
    shape,
    value:
      k === 0
        ? null
        : tensorOf({
            shape,
            dtype,
            values: new Float64Array(100).fill(1).slice(
              0,
              shape.reduce((a, b) => a * b, 1),
            ),
          }),
  };
}

function caseOf(op: Op, sample: Sample, number: number): Case {
  const specs = sample.inputs.map(({ shape, dtype, values, low, high }, k): LeafSpec => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { shape, ...(dtype && { dtype }), values: values ?? numbersFrom(`${op.name} ${number} ${k}`, count, low, high) };
  });
  const graph = graphOf(specs, (build, leaves) =>
    op.name in sources
      ? write(build, "mul", [leaves[0], write(build, op.name, [], sample.attributes)])
      : write(build, op.name, leaves, sample.attributes),
  );
  const { build, output, leaves } = graph;
  const { dtype } = build.nodes[output];
  const weights = addRandomArray(build, `${op.name} weights`, output);
  const xs = leaves.filter((_, k) => dtype === "real" && (specs[k].dtype ?? "real") === "real");
  const total = sum(build, build.emit("mul", [weights, output]));
  const gradients = gradientsOf(build, total, xs);
  const owners = new Map(leaves.map((leaf, k) => [leaf, leafOf(specs[k], k)]));
  const functionOf = (targets: readonly NodeId[]): FunctionGraph => {
    const { graph: simple, ids } = simplify(build.graph(), targets);
    return {
      graph: simple,
      leaves: new Map([...owners].flatMap(([leaf, value]) => (ids[leaf] < 0 ? [] : [[ids[leaf], value] as const]))),
      outputs: targets.map((target) => ids[target]),
    };
  };
  const text = writeTypescript({
    model: "test.wg",
    of: "y",
    value: functionOf([output]),
    gradient: functionOf([output, ...gradients]),
    wrt: xs.map((x) => build.nodes[x].name as string),
    seed: 1,
    precision: "f64",
  });
  const given = (from: number, to: number) =>
    Object.fromEntries(specs.slice(from, to).map((spec, k) => [`x${from + k}`, listsOf(tensorOf(spec))]));
  return { title: `${op.name} ${number}`, graph, specs, gradients, call: { text, inputs: given(0, 1), params: given(1, specs.length) } };
}

function flatten(value: unknown): number[] {
  return (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]) as number[];
}

/** Elements agree to 1e-12, relative each to itself; nan with nan. */
function expectNear(actual: unknown, expected: Tensor, what: string): void {
  const numbers = flatten(actual);
  expect(numbers.length, what).toBe(expected.data.length);
  for (const [i, value] of numbers.entries()) {
    const wanted = expected.data[i];
    const near = Object.is(value, wanted) || value === wanted || Math.abs(value - wanted) <= 1e-12 * Math.abs(wanted);
    if (!near) expect.fail(`${what}, element ${i}: ${value} instead of ${wanted}`);
  }
}

/** Leaves are fed by the caller. */
const leaves: ReadonlySet<string> = new Set(["input", "param", "state", "column", "argument"]);
const exported = Object.values(table).filter((op) => op.kind !== "derivation" && !leaves.has(op.name));
const cases = exported.flatMap((op) => samplesOf(op).map((sample, number) => caseOf(op, sample, number)));
let outcomes: Outcome[] = [];

beforeAll(() => {
  outcomes = runFiles(cases.map(({ call }) => call));
}, 60_000);

describe("exported ops", () => {
  it.each(cases.map((test, k) => [test.title, k] as const))("%s", (title, k) => {
    const { graph, gradients } = cases[k];
    const { value, both, error } = outcomes[k];
    expect(error).toBeUndefined();
    const [expected, ...derivatives] = graph.run([graph.output, ...gradients]);
    expectNear(value, expected, title);
    expectNear(both?.value, expected, title);
    const given = Object.values(both?.gradient ?? {});
    for (const [i, derivative] of derivatives.entries()) expectNear(given[i], derivative, `${title}, derivative ${i}`);
  });

  it("has a case for every op that is not a derivative", () => {
    expect(exported.filter((op) => samplesOf(op).length === 0).map(({ name }) => name)).toEqual([]);
  });

  it("type-checks under strict", () => {
    expect(checkFiles(cases.map(({ call }) => call.text))).toBe("");
  }, 60_000);
});
