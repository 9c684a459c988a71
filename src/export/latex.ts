// The model as aligned LaTeX equations, one for each named statement.

import type { Attribute, Attributes, Node, NodeId } from "../graph/graph.ts";
import type { Program } from "../graph/program.ts";
import { isSymbolic, printSize, type Shape, type Size } from "../graph/size.ts";
import { findOp } from "../ops/index.ts";
import type { Notation, Op } from "../ops/op.ts";
import { ExportProblem } from "./export-problem.ts";
import { escapeLatex, literalName, nameLatex } from "./latex-names.ts";

/** How tightly a piece of LaTeX binds: -1 a comparison or logic, 0 a sum, 1 a product, 2 a power, 3 a symbol or what sets itself off. */
type Strength = -1 | 0 | 1 | 2 | 3;

/** The LaTeX by which a node is referred to. */
interface Piece {
  readonly latex: string;
  readonly strength: Strength;
  /** True for what begins with a sign such as that of a sum, which says itself how far it reaches. */
  readonly prefix: boolean;
  /** True for the name of a node. */
  readonly reference: boolean;
}

/** Expressions longer than this are given a name of their own. */
const longestExpression = 300;

/** The document: a heading comment and one `align*` environment. Needs amsmath and amssymb. */
export function writeLatex(program: Program, model: string): string {
  const { nodes } = program.graph;
  const names = nameNodes(program);
  const uses = countUses(program);
  const leaves = new Set([...program.inputs, ...program.params, ...program.states].map(({ node }) => node));
  const pieces: Piece[] = [];
  const lines = leafLines(program, names);
  const taken = new Set(names.values());
  let next = 1;
  for (const [id, node] of nodes.entries()) {
    const name = names.get(id);
    if (name !== undefined && leaves.has(id)) {
      pieces.push(reference(name));
      continue;
    }
    const written = writeNode(
      node,
      node.inputs.map((input) => pieces[input]),
    );
    if (name === undefined && staysInline(node, written, uses[id])) {
      pieces.push(written);
      continue;
    }
    while (taken.has(`v_{${next}}`)) next++;
    const symbol = name ?? `v_{${next++}}`;
    lines.push(`${symbol} &= ${written.latex}${roleOf(program, id)}`);
    pieces.push(reference(symbol));
  }
  for (const { node, next } of program.states) if (next !== null) lines.push(`${pieces[node].latex} &\\leftarrow ${pieces[next].latex}`);
  const heading = `% ${escapeLatex(model)}, written by Wengert. Needs \\usepackage{amsmath, amssymb}.`;
  if (lines.length === 0) return `${heading}\n`;
  return `${heading}\n\\begin{align*}\n${lines.map((line) => `  ${line}`).join(" \\\\\n")}\n\\end{align*}\n`;
}

function reference(symbol: string): Piece {
  return { latex: symbol, strength: 3, prefix: false, reference: true };
}

function opOf(node: Node): Op {
  const op = findOp(node.op);
  if (!op) throw new ExportProblem(`${node.op} is not an operation that can be written as LaTeX`, node.place);
  return op;
}

/** The LaTeX of every named node; names that look alike are told apart by their letters. */
function nameNodes({ graph, params, inputs, states }: Program): Map<NodeId, string> {
  const result = new Map<NodeId, string>();
  const owners = new Map<string, string>();
  const add = (id: NodeId, name: string): void => {
    if (result.has(id)) return;
    const symbol = nameLatex(name);
    const own = (owners.get(symbol) ?? name) === name;
    owners.set(own ? symbol : literalName(name), name);
    result.set(id, own ? symbol : literalName(name));
  };
  for (const { node, name } of inputs) add(node, name);
  for (const { node, path } of [...params, ...states]) add(node, path);
  for (const [id, { name }] of graph.nodes.entries()) if (name !== null) add(id, name);
  return result;
}

function countUses({ graph, states }: Program): Int32Array {
  const uses = new Int32Array(graph.nodes.length);
  for (const { inputs } of graph.nodes) for (const input of inputs) uses[input]++;
  for (const { next } of states) if (next !== null) uses[next]++;
  return uses;
}

/** Nodes without a name stand where they are used, unless that is in several places or they are long. Symbols always do. */
function staysInline(node: Node, { latex, reference }: Piece, uses: number): boolean {
  if (uses === 0 || reference || (node.inputs.length === 0 && latex.length < longestExpression)) return true;
  return uses === 1 && latex.length < longestExpression;
}

function leafLines({ inputs, params, states }: Program, names: ReadonlyMap<NodeId, string>): string[] {
  const line = (node: NodeId, { dtype, shape }: Node, role: string) =>
    `${names.get(node)} &\\in ${writeSet(dtype, shape)} && \\text{${role}}`;
  const ports = (
    list: readonly { readonly node: NodeId; readonly type: { readonly dtype: Node["dtype"]; readonly shape: Shape } }[],
    role: string,
  ) => list.map(({ node, type }) => line(node, type as Node, role));
  return [...ports(inputs, "input"), ...ports(params, "parameter"), ...ports(states, "state")];
}

/** `\mathbb{R}^{n \times 4}`. */
function writeSet(dtype: Node["dtype"], shape: Shape): string {
  const set = dtype === "real" ? "\\mathbb{R}" : dtype === "int" ? "\\mathbb{Z}" : "\\{0, 1\\}";
  if (shape.length === 0) return set;
  const sizes = shape.map((size) => {
    const text = printSize(typesetSize(size)).replaceAll(" * ", " ");
    return shape.length > 1 && / [+-] /.test(text) ? `(${text})` : text;
  });
  return `${set}^{${sizes.join(" \\times ")}}`;
}

function roleOf({ loss, metrics }: Program, id: NodeId): string {
  if (loss?.node === id) return " && \\text{loss}";
  return metrics.some(({ node }) => node === id) ? " && \\text{metric}" : "";
}

/** The node's own LaTeX, its inputs in parentheses where they would be misread. */
function writeNode(node: Node, inputs: readonly Piece[]): Piece {
  const op = opOf(node);
  const attributes = typesetAttributes(node.attributes);
  const bare = inputs.map((input) => input.latex);
  if (inputs.length > 0 && op.notation.latex(bare, attributes) === bare[0]) return inputs[0];
  const set = inputs.map((input, k) => (needsParentheses(op, node, k, input) ? `\\left(${input.latex}\\right)` : input.latex));
  const latex = op.notation.latex(set, attributes);
  const prefix = op.kind === "derivation" || (node.inputs.length === 1 && op.notation.operator === undefined);
  return { latex, strength: strengthOf(op, node, latex), prefix, reference: false };
}

function strengthOf(op: Op, node: Node, latex: string): Strength {
  if (op.kind === "derivation") return 1;
  if (node.inputs.length === 0) return latex.startsWith("-") || latex.includes("\\cdot") ? 1 : 3;
  return ownStrength(op.notation, node);
}

/** Comparisons and logic bind more loosely than sums. */
function ownStrength({ strength = 3 }: Notation, node: Node): Strength {
  return strength === 0 && node.dtype === "bool" ? -1 : strength;
}

/** Whether input k must stand in parentheses. What follows an operator, or a sign such as that of a sum, must bind more tightly than it. */
function needsParentheses(op: Op, node: Node, k: number, { strength: inner, prefix }: Piece): boolean {
  const { notation } = op;
  if (op.kind === "derivation") return k === 0 ? inner < 3 : inner < 1;
  const own = ownStrength(notation, node);
  if (own >= 2) return false;
  if (own === -1) return inner === -1;
  const loose = k > 0 || (node.inputs.length === 1 && notation.operator === undefined);
  return loose ? inner < own || (inner === own && !prefix) : inner < own;
}

function typesetSize(size: Size): Size {
  if (typeof size === "number") return size;
  return { terms: size.terms.map(({ coefficient, names }) => ({ coefficient, names: names.map(nameLatex) })) };
}

/** Settings with the names of dimensions as LaTeX. */
function typesetAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([key, attribute]) => [key, typesetAttribute(attribute)]));
}

function typesetAttribute(attribute: Attribute): Attribute {
  if (isSymbolic(attribute)) return typesetSize(attribute);
  return Array.isArray(attribute) ? attribute.map((item: Attribute) => typesetAttribute(item)) : attribute;
}
