// Names of nodes: statements, paths into calls, and paths with parts left out.
import { expect, test } from "vitest";
import { findNamed, listNodes, searchNode } from "../../src/analysis/find-node.ts";
import { modelOf } from "../support/models.ts";

const { program } = modelOf(`input x = 2
fn inner(u) {
  param W = 3
  W2 = W * u
  return W2
}
fn outer(u) = inner(u) + inner(2 * u)
y = outer(x)
z = inner(x)
W2 = y + z`);

test("every named node is listed once, statements first", () => {
  expect([...listNodes(program).keys()]).toEqual([
    "x",
    "y",
    "z",
    "W2",
    "y.outer_1.inner_1.W",
    "y.outer_1.inner_2.W",
    "z.inner_1.W",
    "y.outer_1.u",
    "y.outer_1.inner_1.u",
    "y.outer_1.inner_1.W2",
    "y.outer_1.inner_2.u",
    "y.outer_1.inner_2.W2",
    "z.inner_1.u",
    "z.inner_1.W2",
  ]);
});

test.each([
  ["W2", "W2", "value"],
  ["z.W", "z.inner_1.W", "param"],
  ["z.W2", "z.inner_1.W2", "value"],
  ["y.inner_2.W", "y.outer_1.inner_2.W", "param"],
  ["y.outer_1.inner_1.W2", "y.outer_1.inner_1.W2", "value"],
])("%s is %s", (short, name, kind) => {
  expect(searchNode(program, short)).toMatchObject({ found: { name, kind }, fitting: [] });
});

test.each([
  ["y.W", ["y.outer_1.inner_1.W", "y.outer_1.inner_2.W"]],
  ["outer_1.u", []],
  ["y.inner_3.W", []],
  ["y.outer_1", []],
  ["", []],
])("'%s' is none", (short, fitting) => {
  expect(searchNode(program, short)).toEqual({ found: null, fitting });
  expect(findNamed(program, short)).toBeNull();
});
