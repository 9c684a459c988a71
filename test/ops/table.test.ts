// The table as a whole: names, docs, notation, spelling, cost of derivatives.
import { stripTypeScriptTypes } from "node:module";
import { describe, expect, it } from "vitest";
import { createBuilder } from "../../src/engine/builder.ts";
import { reverse } from "../../src/engine/reverse.ts";
import { simplify } from "../../src/engine/simplify.ts";
import { filled } from "../../src/ops/build.ts";
import { findOp, operators, ops } from "../../src/ops/index.ts";
import type { Op, Primitive } from "../../src/ops/op.ts";
import { graphOf, write } from "../support/graphs.ts";
import { addInput, leaf } from "../support/leaves.ts";
import { numbersFrom } from "../support/random.ts";
import { valuesOf } from "./differentiate.ts";

const table: Readonly<Record<string, Op>> = ops;
const records = Object.entries(table);

describe("every record", () => {
  it.each(records)("%s is described", (name, op) => {
    expect(op.name).toBe(name);
    expect(op.doc).toMatch(/^\S.*\.$/);
    expect(op.notation.glyph.length).toBeGreaterThan(0);
    expect([...op.notation.glyph].length).toBeLessThanOrEqual(3);
    for (const { doc, name: parameter } of op.parameters) expect(doc, `${name} ${parameter}`).toMatch(/^\S.*\.$/);
    expect(new Set(op.parameters.map((parameter) => parameter.name)).size).toBe(op.parameters.length);
  });

  it("is found by its own name only", () => {
    expect(findOp("add")).toBe(ops.add);
    for (const name of ["", "toString", "__proto__", "constructor", "hasOwnProperty"]) expect(findOp(name)).toBeUndefined();
  });
});

describe("operators", () => {
  it("are those of the language", () => {
    const own = ["+", "-", "*", "/", "unary -", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "not"];
    for (const operator of own) expect(operators.has(operator), operator).toBe(true);
    expect(operators.get("unary -")).toBe("neg");
  });
});

/** Primitives of numbers, element by element, that can be computed from real inputs alone. */
const scalarOps = records.filter(
  ([, op]) => op.kind === "primitive" && op.spelling.typescript !== undefined && op.parameters.some(({ kind }) => kind === "value"),
) as [string, Primitive][];

function settingsOf(op: Op): Record<string, number> {
  return Object.fromEntries(
    op.parameters.filter(({ kind }) => kind !== "value").map(({ name, default: value }) => [name, value as number]),
  );
}

function inputsOf(op: Op, point: number): number[] {
  return op.parameters
    .filter(({ kind }) => kind === "value")
    .map((_, k) => numbersFrom(`${op.name} ${k} ${point}`, 1, op.domain?.[k]?.low, op.domain?.[k]?.high)[0]);
}

describe("the TypeScript spelling", () => {
  it.each(scalarOps)("of %s computes the value", (name, op) => {
    for (const settings of op.name === "phi" || op.name === "polygamma" ? [{ order: 0 }, { order: 1 }, { order: 3 }] : [settingsOf(op)]) {
      const names = inputsOf(op, 0).map((_, k) => `x${k}`);
      const expression = op.spelling.typescript?.(names, settings) ?? "";
      const compute = new Function(...names, stripTypeScriptTypes(`const result = ${expression};`).concat(" return result;"));
      for (let point = 0; point < 20; point++) {
        const inputs = inputsOf(op, point);
        const [expected] = valuesOf(name, inputs, settings);
        const actual = compute(...inputs);
        expect(Math.abs(actual - expected), `${expression} at ${inputs}: ${actual}, not ${expected}`).toBeLessThanOrEqual(
          1e-12 * (1 + Math.abs(expected)),
        );
      }
    }
  });

  it("of the special functions holds in their tails", () => {
    for (const [name, points] of [
      ["erf", [-7, -2, -0.1, 0, 1.99, 2, 2.01, 30]],
      ["erfc", [-7, -2, 0, 1.99, 2, 2.01, 5, 10, 25]],
      ["lgamma", [-3.5, -0.25, 0.01, 1, 2, 30, 1e5]],
      ["log_sigmoid", [-1000, 0, 1000]],
      ["softplus", [-1000, 0, 1000]],
    ] as const) {
      const compute = new Function(
        "a",
        stripTypeScriptTypes(`const result = ${ops[name].spelling.typescript?.(["a"], {})};`).concat(" return result;"),
      );
      const expected = valuesOf(name, [points]);
      for (const [k, x] of points.entries()) {
        const tolerance = name === "lgamma" ? 1e-13 * (1 + Math.abs(expected[k])) : 1e-12 * Math.abs(expected[k]);
        expect(Math.abs(compute(x) - expected[k]), `${name}(${x}) = ${compute(x)}, not ${expected[k]}`).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

/** Scalar operations of value and gradient over those of the value. */
function costRatio(op: Op): number {
  const settings = settingsOf(op);
  const graph = graphOf(
    inputsOf(op, 0).map((value) => leaf([], [value])),
    (build, leaves) => write(build, op.name, leaves, settings),
  );
  const { build, output, leaves } = graph;
  // The adjoint is an input, so that nothing is saved because it is 1.
  const adjoint = addInput(build, "adjoint");
  const gradients = reverse(build, output, leaves, adjoint).filter((node) => node !== null);
  const count = (targets: readonly number[]) => {
    const { nodes } = simplify(build.graph(), targets).graph;
    return nodes.reduce((total, node) => {
      const record = findOp(node.op) as Primitive;
      return (
        total +
        record.operations(
          node.inputs.map((input) => nodes[input]),
          node,
          node.attributes,
        )
      );
    }, 0);
  };
  return count([output, ...gradients]) / count([output]);
}

describe("the cost of a gradient", () => {
  /** Several inputs, each with a partial of its own. */
  const dearer: Readonly<Record<string, number>> = { pow: 7, logaddexp: 7, atan2: 8, xlogy: 5, mod: 5, clip: 7, leg: 5 };

  it.each(scalarOps.filter(([name]) => name !== "identity" && name !== "stop_gradient"))("of %s is at most 4 values", (name, op) => {
    expect(costRatio(op)).toBeLessThanOrEqual(dearer[name] ?? 4);
  });
});

describe("rules", () => {
  it("emit only ops of the table", () => {
    const build = createBuilder();
    for (const [name, op] of scalarOps) {
      const inputs = op.parameters.filter(({ kind }) => kind === "value").map((_, k) => addInput(build, `x${k}`));
      const id = build.emit(name, inputs, settingsOf(op));
      const node = { ...build.nodes[id], id };
      op.tangent(
        build,
        node,
        inputs.map(() => filled(build, 1, [])),
      );
      op.adjoint(
        build,
        node,
        addInput(build, "adjoint"),
        inputs.map(() => true),
      );
    }
    expect(build.nodes.every((node) => findOp(node.op) !== undefined)).toBe(true);
  });
});
