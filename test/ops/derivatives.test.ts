// Types of derivatives, and what they refuse.
import { describe, expect, it } from "vitest";
import { TypeProblem } from "../../src/ops/op.ts";
import { n } from "../support/leaves.ts";
import { type, typeOf } from "./differentiate.ts";

const scalar = type([]);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (problem) {
    if (problem instanceof TypeProblem) return problem.code;
    throw problem;
  }
  return "none";
}

describe("types", () => {
  it.each([
    ["grad", [scalar, type([n, 4])], {}, [n, 4]],
    ["grad", [type([n]), type([n, 4])], { each: true }, [n, 4]],
    ["jvp", [type([3]), type([2]), scalar, scalar, scalar], {}, [3]],
    ["vjp", [type([3]), type([2]), type([3])], {}, [2]],
    ["jacobian", [type([3]), type([2, 5])], {}, [3, 2, 5]],
    ["jacobian", [type([n, 3]), type([n, 2])], { each: true }, [n, 3, 2]],
    ["hessian", [scalar, type([2, 3])], {}, [2, 3, 2, 3]],
    ["hessian", [type([n]), type([n, 2])], { each: true }, [n, 2, 2]],
    ["ruled", [type([n]), type([n])], { arguments: 1 }, [n]],
  ] as const)("%s of %j with %j", (op, inputs, attributes, shape) => {
    expect(typeOf(op, inputs, attributes)).toEqual(type(shape));
  });
});

describe("what cannot be differentiated", () => {
  it("names the side that is not real", () => {
    for (const op of ["grad", "jacobian", "hessian"]) {
      expect(() => typeOf(op, [scalar, type([n], "int")])).toThrow(`${op}: the derivative is asked with respect to int[n]`);
      expect(() => typeOf(op, [type([], "bool"), scalar])).toThrow(`${op}: what is differentiated is bool`);
      expect(codeOf(() => typeOf(op, [scalar, type([], "bool")]))).toBe("not-differentiable");
    }
    expect(() => typeOf("jvp", [scalar, type([n], "int"), scalar])).toThrow(/with respect to int\[n\]/);
    expect(() => typeOf("vjp", [scalar, type([n], "int"), scalar])).toThrow(/with respect to int\[n\]/);
  });

  it("proposes sum or each where a scalar is needed", () => {
    expect(codeOf(() => typeOf("grad", [type([n]), type([n, 2])]))).toBe("needs-scalar");
    expect(() => typeOf("grad", [type([n]), type([n, 2])])).toThrow(/sum\(\.\.\.\), or each: n/);
    expect(() => typeOf("hessian", [type([n, 2]), type([n])])).toThrow(/is \[n, 2\]: take its sum\(\.\.\.\)$/);
    expect(() => typeOf("grad", [type([n, 2]), type([n])], { each: true })).toThrow(/one number a row/);
  });

  it("names both shapes", () => {
    expect(() => typeOf("grad", [type([n]), type([3])], { each: true })).toThrow(/shapes \[n\] and \[3\]/);
    expect(() => typeOf("jvp", [scalar, type([2]), type([3])])).toThrow(/\[2\] and \[3\]/);
    expect(() => typeOf("jvp", [scalar, scalar, type([3])])).toThrow(/shape \[3\] does not fit a node of shape \[\]/);
    expect(() => typeOf("vjp", [type([3]), type([2]), type([2])])).toThrow(/shape \[2\], but must have that of y, \[3\]/);
  });
});
