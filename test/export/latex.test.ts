// Models as LaTeX: listed equations, and structure that no name can break.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeLatex } from "../../src/export/latex.ts";
import { escapeLatex, nameLatex } from "../../src/export/latex-names.ts";
import { exampleFileExists, exampleNames, openExample } from "../examples/load.ts";
import { checkCases } from "../support/cases.ts";
import { modelOf } from "../support/models.ts";
import { findLatexFault } from "./latex-structure.ts";

/** The lines of the environment, without its frame. */
function equations(text: string): string {
  return writeLatex(modelOf(text).program, "model.wg")
    .split("\n")
    .slice(2, -2)
    .map((line) => line.trim().replace(/ \\\\$/, ""))
    .join("\n");
}

checkCases(new URL("latex.txt", import.meta.url), equations);

describe("names as LaTeX", () => {
  it.each([
    ["x", "x"],
    ["theta", "\\theta"],
    ["θ", "\\theta"],
    ["Omega", "\\Omega"],
    ["x1", "x_{1}"],
    ["x₁₂", "x_{12}"],
    ["theta_2", "\\theta_{2}"],
    ["y_hat", "\\hat{y}"],
    ["yhat", "\\hat{y}"],
    ["ŷ", "\\hat{y}"],
    ["x̄", "\\bar{x}"],
    ["ẍ", "\\ddot{x}"],
    ["J_dot_h", "\\dot{J}_{h}"],
    ["x_max", "x_{\\mathrm{max}}"],
    ["σ_x1", "\\sigma_{x, 1}"],
    ["log_posterior", "\\mathrm{log\\_posterior}"],
    ["radius2", "\\mathrm{radius}_{2}"],
    ["hat", "\\mathrm{hat}"],
    ["log_σ", "\\text{log\\_\\ensuremath{\\sigma}}"],
    ["_k", "\\mathrm{\\_k}"],
    ["größe", "\\text{größe}"],
    ["h.linear_1.W", "W_{\\mathrm{h.linear\\_1}}"],
    ["h.linear_1.b2", "b_{2, \\mathrm{h.linear\\_1}}"],
  ])("%s", (name, latex) => {
    expect(nameLatex(name)).toBe(latex);
  });

  it("cannot leave their place", () => {
    const hostile = [
      "}\\end{align*}\\input{/etc/passwd}",
      "%",
      "$x$",
      "a&b",
      "\\",
      "{",
      "x\ny",
      "\u2028",
      "#1",
      "~",
      "^",
      "\u0000",
      "\ud800",
      "_",
      ".",
      "",
    ];
    for (const name of hostile) expect(findLatexFault(nameLatex(name))).toBe("");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        for (const latex of [nameLatex(name), escapeLatex(name)]) {
          expect(findLatexFault(latex)).toBe("");
          expect(latex).not.toMatch(/[\n\r\u2028]/);
          expect(latex).not.toMatch(/(?<!\\)&/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("documents", () => {
  it.each(exampleNames.filter((name) => name !== "digits.wg" || exampleFileExists("data/train-images-idx3-ubyte")))(
    "%s is well formed",
    (name) => {
      const latex = writeLatex(openExample(name).program, name);
      const [heading, begin, ...rest] = latex.split("\n");
      expect(heading).toBe(`% ${escapeLatex(name)}, written by Wengert. Needs \\usepackage{amsmath, amssymb}.`);
      expect(begin).toBe("\\begin{align*}");
      expect(findLatexFault([begin, ...rest].join("\n"))).toBe("");
    },
  );

  it("keeps names apart that look alike", () => {
    expect(equations("input yhat = 1; input y_hat = 2; z = yhat - y_hat")).toBe(
      [
        "\\hat{y} &\\in \\mathbb{R} && \\text{input}",
        "\\text{y\\_hat} &\\in \\mathbb{R} && \\text{input}",
        "z &= \\hat{y} - \\text{y\\_hat}",
      ].join("\n"),
    );
  });

  it("gives no line more than a few hundred characters, however long a chain is", () => {
    const text = `input x = 1\ny = ${Array.from({ length: 180 }, (_, k) => `sin(x) * ${k}`).join(" + ")}`;
    const lines = equations(text).split("\n");
    for (const line of lines) expect(line.length).toBeLessThan(500);
    expect(lines[1]).toMatch(/^v_\{1\} &= \\sin/);
  });

  it("names what is used twice, after no name of the model", () => {
    const { program } = modelOf("input v_1 = 1\ny = sin(v_1) * 2");
    const nodes = program.graph.nodes.map((node) => (node.name === "y" ? { ...node, inputs: [node.inputs[0], node.inputs[0]] } : node));
    const latex = writeLatex({ ...program, graph: { nodes } }, "model.wg");
    expect(latex).toContain("v_{2} &= \\sin\\left(v_{1}\\right) \\\\\n  y &= v_{2} \\cdot v_{2}\n");
  });

  it("writes nothing but the heading for an empty model", () => {
    expect(writeLatex(modelOf("# nothing").program, "a%b\nc.wg")).toBe(
      "% a\\%bU+000Ac.wg, written by Wengert. Needs \\usepackage{amsmath, amssymb}.\n",
    );
  });
});
