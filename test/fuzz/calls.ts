// Random calls of every op, with arguments that often do not fit; shared by the test and the long run.
import { ops } from "../../src/ops/index.ts";
import type { Op, Parameter } from "../../src/ops/op.ts";
import type { Draw } from "../support/programs.ts";

/** Data of the models. */
export const callFiles = new Map([["t.csv", new TextEncoder().encode("a,b\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n7,8\n")]]);

const around = `data t = csv("t.csv")
input x : [n] = t.a
input y : [n] = t.b
input i : int[n] = t.b
input m : [2, 3] = [[1, 2, 3], [4, 5, 6]]
param w = 0.5
param v : [p] = ones()
state s = 1
k = argmax(x)
b = x > 2`;

const values = [
  ..."x y m i k w v b s 1 0 -1 2.5 [1,2,3] [[1,2],[3,4]] [] i+5 range(n) range(3) n p x[2:] x[:3] m.T m[0] x>2 inf nan 1e300 x[5]".split(
    " ",
  ),
  ..."m[:,i] x[i] (x,y) [x,x] eye(3) zeros([0]) zeros([2,0,3]) -3 m@m.T argmax(x) argmax(m,axis:1)+4".split(" "),
];
const numbers = "0 1 -1 2 3 7 -2 n p n-3 p-1 2*n 1e3 0.5 1e300 -1e9 nan inf argmax([1,2]) size(x,0) last(m) true".split(" ");
const settings: Readonly<Record<Parameter["kind"], readonly string[]>> = {
  value: [...values, ...numbers],
  values,
  number: numbers,
  size: numbers,
  axis: "0 1 -1 2 -2 5 0.5".split(" "),
  axes: "0 1 -1 (0,1) (1,0) 2 -3 (0,0) ()".split(" "),
  shape: "[n] [2,3] [-1] [n-3,2] [3-n] [0] [] [n,n] [7,-1] [1,-1] [p,2] n [2,[3]] shape(m)".split(" "),
  sizes: "[n] [2,3] [[1,1],[0,2]] [1,-1] 2 [] [1,n]".split(" "),
  boolean: "true false training 1".split(" "),
  text: ["x", '"same"', '"valid"'],
};

const size: Pick<Parameter, "kind"> = { kind: "size" };
const layers = ["linear", "embedding", "attention", "layer_norm", "batch_norm", "dropout"].map((name) => ({
  name,
  parameters: [{ kind: "value" }, size, size] as readonly Pick<Parameter, "kind">[],
}));
const called = [...(Object.values(ops) as readonly Op[]).filter((op) => op.callable && op.kind !== "derivation"), ...layers];

/** A model with a few calls, their derivatives, and a loss that depends on them. */
export function makeCalls(draw: Draw): string {
  const pick = <Item>(items: readonly Item[]): Item => items[draw(items.length)];
  const lines = [around, draw(2) === 0 ? `dim p = ${pick([1, 2, 3, 7])}` : "input q : [p] = [1, 2, 3]"];
  const made: string[] = [];
  for (let count = 1 + draw(3); count > 0; count--) {
    const name = `r${count}`;
    lines.push(`${name} = ${makeCall(draw, pick, made)}`);
    const derivatives = [`grad(sum(${name}), w)`, `jacobian(${name}, x)`, `jvp(${name}, x: 1)`, `hessian(sum(${name}), x)`];
    if (draw(3) === 0) lines.push(`d${count} = ${pick([...derivatives, `vjp(${name}, v, ${name})`, `grad(${name}, x, each: n)`])}`);
    made.push(name);
  }
  lines.push(`loss J = sum(${made[made.length - 1]}) * w`);
  return lines.join("\n");
}

function makeCall(draw: Draw, pick: <Item>(items: readonly Item[]) => Item, made: readonly string[]): string {
  const op = pick(called);
  const given: string[] = [];
  for (const parameter of op.parameters) {
    const isOptional = "default" in parameter && parameter.default !== undefined;
    if (isOptional && draw(3) === 0) continue;
    const argument = () => pick(draw(12) === 0 ? values : settings[parameter.kind]);
    const text = parameter.kind === "values" ? Array.from({ length: 1 + draw(3) }, argument).join(", ") : argument();
    given.push(isOptional && "name" in parameter ? `${parameter.name}: ${text}` : text);
  }
  const call = `${op.name}(${given.join(", ")})`;
  const joined = made.length > 0 && draw(2) === 0 ? `${call} ${pick(["+", "*", "@", "/", "^"])} ${pick(made)}` : call;
  return draw(8) === 0 ? `if training then ${joined} else x` : joined;
}
