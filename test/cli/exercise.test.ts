// The course's exercise from the command line: values, adjoints and tangents, by every command that shows them.
import { describe, expect, it } from "vitest";
import { jsonOf, wengertText } from "../support/cli.ts";

const lines = `input x = 5
param w = 2
param b = -3
input y = 7
v = w*x
z = v + b
h = relu(z)
yhat = h + z
loss J = (yhat - y)^2`;
const oneLine = "input x = 5; param w = 2; param b = -3; input y = 7; loss J = (relu(w*x + b) + (w*x + b) - y)^2";
const adjoints = { x: 56, w: 140, b: 28, y: -14, v: 28, z: 28, h: 14, yhat: 14 };
const tangents = { x: 56, w: 140, b: 28, y: -14 };

describe("the exercise", () => {
  it("has the value 49", () => {
    expect(jsonOf(wengertText(lines, "eval", "--json"))).toEqual({ values: { J: 49 } });
  });

  it.each(["reverse", "forward", "numeric"])("has its adjoints by grad --mode %s", (mode) => {
    const result = jsonOf(wengertText(lines, "grad", "--of", "J", "--wrt", Object.keys(adjoints).join(), "--mode", mode, "--json")) as {
      grad: Record<string, number>;
    };
    for (const [name, adjoint] of Object.entries(adjoints)) expect(result.grad[name]).toBeCloseTo(adjoint, mode === "numeric" ? 6 : 12);
  });

  it("prints the contract's JSON", () => {
    expect(wengertText(lines, "grad", "--of", "J", "--wrt", "x,w", "--json").out).toBe(
      '{"of":"J","value":49,"mode":"reverse","order":1,"grad":{"x":56,"w":140}}\n',
    );
    expect(wengertText(lines, "jvp", "--of", "J", "--seed", "x=1,w=1,b=1,y=1", "--json").out).toBe('{"of":"J","value":49,"tangent":210}\n');
  });

  it.each(Object.entries(tangents))("has the tangent for a unit seed on %s", (name, tangent) => {
    expect(jsonOf(wengertText(lines, "jvp", "--of", "J", "--seed", `${name}=1`, "--json"))).toEqual({ of: "J", value: 49, tangent });
  });

  it("takes the seeds of its seed block", () => {
    expect(jsonOf(wengertText(`${lines}\nseed { x = 1, w = 1; b = 1\n y = 1 }`, "jvp", "--json"))).toEqual({
      of: "J",
      value: 49,
      tangent: 210,
    });
  });

  it("traces adjoints of every node", () => {
    const trace = jsonOf(wengertText(lines, "trace", "--mode", "reverse", "--json")) as { name: string | null; adjoint: number }[];
    const found = Object.fromEntries(trace.filter(({ name }) => name !== null).map(({ name, adjoint }) => [name, adjoint]));
    expect(found).toMatchObject({ ...adjoints, J: 1 });
  });

  it("traces tangents", () => {
    const trace = jsonOf(wengertText(lines, "trace", "--mode", "forward", "--seed", "x=1", "--json")) as {
      name: string | null;
      tangent: number;
    }[];
    const found = Object.fromEntries(trace.filter(({ name }) => name !== null).map(({ name, tangent }) => [name, tangent]));
    expect(found).toMatchObject({ x: 1, w: 0, v: 2, z: 2, h: 2, yhat: 4, J: 56 });
  });

  it("is the same on one line", () => {
    expect(jsonOf(wengertText(oneLine, "grad", "--wrt", "x,w,b,y", "--json"))).toMatchObject({ value: 49, grad: tangents });
  });
});
