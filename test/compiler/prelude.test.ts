// The prelude: the same text in both files, sound by itself, and beside the op table.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "../../grammar/index.ts";
import type { Place } from "../../src/graph/graph.ts";
import { findOp } from "../../src/ops/index.ts";
import { preludeText } from "../../src/ops/prelude.ts";
import { compileSource } from "./show-program.ts";

test("prelude.ts holds the text of prelude.wg", () => {
  expect(preludeText).toBe(readFileSync(new URL("../../src/ops/prelude.wg", import.meta.url), "utf8"));
});

test("its functions are documented and hide no operation", () => {
  const { tree, diagnostics } = parse(preludeText);
  expect(diagnostics).toEqual([]);
  for (const statement of tree.statements) {
    if (statement.kind !== "function") throw new Error(`The prelude has a ${statement.kind}.`);
    expect(findOp(statement.name.text), statement.name.text).toBeUndefined();
    expect(statement.leading.length, statement.name.text).toBeGreaterThan(0);
  }
});

test("as a model of its own it has no diagnostics", () => {
  expect(compileSource(preludeText).diagnostics).toEqual([]);
});

test("its nodes stand where a person called it, and name the function that was called", () => {
  const source = "input x : [2, 3, 4]\nfn own(a) = layer_norm(a, epsilon: 1)\ny = own(x)\nz = attention(x, heads: 2)";
  const { graph, params, groups } = compileSource(source).program;
  const told = (place: Place | null | undefined) =>
    place && `${place.within ?? "the file"}: ${place.file ?? ""}${source.slice(place.start, place.end)}`;
  const calls = ["layer_norm: layer_norm(a, epsilon: 1)", "attention: attention(x, heads: 2)"];
  for (const path of ["y.own_1.layer_norm_1", "z.attention_1.query.linear_1"]) {
    const [call] = calls.filter((text) => path.includes(text.slice(0, text.indexOf(":"))));
    const inner = graph.nodes.filter(({ owner }) => owner === path || owner.startsWith(`${path}.`));
    expect(inner.length).toBeGreaterThan(2);
    expect(new Set(inner.slice(1).map(({ place }) => told(place)))).toContain(call);
    expect(params.filter((port) => port.path.startsWith(path)).map(({ place }) => told(place))).toEqual([call, call]);
  }
  expect(graph.nodes.some(({ place }) => place?.file !== null)).toBe(false);
  expect(told(groups.find(({ path }) => path === "z.attention_1.query.linear_1")?.place)).toBe(calls[1]);
  expect(told(groups.find(({ path }) => path === "z.attention_1")?.place)).toBe("the file: attention(x, heads: 2)");
});
