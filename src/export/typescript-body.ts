// The body of one exported function: the nodes of a graph of primitives as TypeScript statements.

import { concreteShape, type Graph, markAncestors, type Node, type NodeId } from "../graph/graph.ts";
import { allocateTensor, countElements, type Tensor } from "../graph/tensor.ts";
import { findOp } from "../ops/index.ts";
import type { ArrayCall, Helper, Primitive } from "../ops/op.ts";
import { ExportProblem } from "./export-problem.ts";
import type { Preparation } from "./typescript-inputs.ts";
import { writeLoops } from "./typescript-loops.ts";
import { writeComment, writeNumber, writeNumbers, writeString } from "./typescript-text.ts";

/** A value that comes from outside the graph. The graphs of one file share the objects of their leaves. */
export interface Leaf {
  readonly kind: "input" | "param" | "state";
  readonly name: string;
  readonly dtype: Tensor["dtype"];
  readonly shape: readonly number[];
  /** Its default; null: it must be given (inputs only). */
  readonly value: Tensor | null;
  /** How it is made from data; absent for what is not. */
  readonly preparation?: Preparation;
}

/** A simplified graph of primitives with known sizes, what its leaves are, and the nodes that are wanted. */
export interface FunctionGraph {
  readonly graph: Graph;
  readonly leaves: ReadonlyMap<NodeId, Leaf>;
  readonly outputs: readonly NodeId[];
}

/** What the functions of a file share. */
export interface FileParts {
  /** Constant arrays: expression to name. */
  readonly constants: Map<string, string>;
  readonly helpers: Set<Helper>;
  /** Leaves that are used. */
  readonly leaves: Set<Leaf>;
  /** Seed of random nodes. */
  readonly seed: number;
}

/** Statements, and the expressions of the outputs: numbers for scalars, else Float64Arrays. */
export interface Body {
  readonly lines: readonly string[];
  readonly results: readonly string[];
}

/** Constant arrays up to this size are written out even where a shorter expression exists. */
const shortArray = 16;

/** More variables than this would not fit on the stack of many an engine: values are kept in lists then. */
const mostVariables = 4000;

/** Expressions whose literals TypeScript would take for a mistake if it saw that they never change. */
const comparing = /[=<>?%]/;

/** Writes the body. Throws ExportProblem naming an op without a TypeScript spelling. */
export function writeBody(source: FunctionGraph, file: FileParts): Body {
  const writer = new BodyWriter(source, file);
  const needed = markAncestors(source.graph.nodes, source.outputs);
  for (const [id, node] of source.graph.nodes.entries()) if (needed[id]) writer.add(id, node);
  return { lines: writer.lines, results: source.outputs.map((output) => writer.expressionOf(output)) };
}

class BodyWriter {
  readonly lines: string[] = [];
  private readonly source: FunctionGraph;
  private readonly file: FileParts;
  /** Values are in two lists instead of variables. */
  private readonly large: boolean;
  /** Expression of each node: a variable, a constant or a literal. */
  private readonly expressions = new Map<NodeId, string>();
  /** Scalar constants that have no variable yet. */
  private readonly literals = new Set<NodeId>();

  constructor(source: FunctionGraph, file: FileParts) {
    this.source = source;
    this.file = file;
    const { length } = source.graph.nodes;
    this.large = length > mostVariables;
    if (this.large) this.push(`const scalars = new Float64Array(${length});`, "const arrays: Float64Array[] = [];");
  }

  expressionOf(id: NodeId): string {
    return this.expressions.get(id) as string;
  }

  add(id: NodeId, node: Node): void {
    const leaf = this.source.leaves.get(id);
    const op = primitiveOf(node);
    if (leaf) this.addLeaf(id, leaf);
    else if (node.inputs.length === 0) this.addConstant(id, node, op);
    else if (op.spelling.typescript) this.addElementwise(id, node, op.spelling.typescript);
    else if (op.spelling.typescriptArrays) this.addCall(id, node, op);
    else throw new ExportProblem(`${node.op} cannot be exported to TypeScript: there is no TypeScript form of it`, node.place);
  }

  private addLeaf(id: NodeId, leaf: Leaf): void {
    this.file.leaves.add(leaf);
    if (leaf.kind === "state") {
      this.addValue(id, leaf.value as Tensor);
      return;
    }
    const [given, defaults] = leaf.kind === "input" ? ["inputs", "defaults"] : ["params", "parameters"];
    const read = `read(${given}, ${defaults}, ${writeString(leaf.name)}, [${leaf.shape.join(", ")}], ${leaf.dtype === "int"})`;
    this.define(id, leaf.shape.length === 0 ? `${read}[0]` : read, leaf.name);
  }

  /** What depends on nothing: a short value is written out, a long one as the expression that makes it. */
  private addConstant(id: NodeId, node: Node, op: Primitive): void {
    const shape = concreteShape(node.shape);
    const spell = op.spelling.typescriptArrays;
    if (spell && countElements(shape) > shortArray) {
      const call = spell([], node.attributes, { inputs: [], output: shape });
      for (const helper of call.helpers) this.file.helpers.add(helper);
      this.expressions.set(id, this.constantNamed(call.code));
      return;
    }
    const value = allocateTensor(node.dtype, shape, "f64");
    op.evaluate(value, [], node.attributes, { single: false, seed: this.file.seed, step: 0 });
    this.addValue(id, value);
  }

  private addValue(id: NodeId, { shape, data }: Tensor): void {
    if (shape.length > 0) {
      this.expressions.set(id, this.constantNamed(`new Float64Array(${writeNumbers(data)})`));
      return;
    }
    this.expressions.set(id, writeNumber(data[0]));
    this.literals.add(id);
  }

  private constantNamed(expression: string): string {
    const { constants } = this.file;
    const name = constants.get(expression) ?? `c${constants.size + 1}`;
    constants.set(expression, name);
    return name;
  }

  private addElementwise(id: NodeId, node: Node, spelling: NonNullable<Primitive["spelling"]["typescript"]>): void {
    const spell = (inputs: readonly string[]) => wrapWhole(stripParentheses(spelling(inputs, node.attributes)), node.dtype);
    const plain = spelling(this.operands(node), node.attributes);
    const same = node.inputs.find((input) => plain === this.expressionOf(input) && sameAs(this.shapeOf(input), node));
    if (same !== undefined) {
      this.expressions.set(id, plain);
      return;
    }
    if (comparing.test(plain)) for (const input of node.inputs) this.nameLiteral(input);
    if (node.shape.length === 0) this.define(id, spell(this.operands(node)), node.name);
    else this.addLoops(id, node, spell);
  }

  private addLoops(id: NodeId, node: Node, spell: (inputs: readonly string[]) => string): void {
    const operands = node.inputs.map((input) => {
      const shape = this.shapeOf(input);
      return { text: this.expressionOf(input), shape: shape.length === 0 ? null : shape };
    });
    const shape = concreteShape(node.shape);
    this.define(id, `new Float64Array(${countElements(shape)})`, node.name);
    this.push(...writeLoops(this.expressionOf(id), shape, operands, spell));
  }

  /** Helpers take and give arrays; scalars are arrays of one element for them. */
  private addCall(id: NodeId, node: Node, op: Primitive): void {
    const shapes = { inputs: node.inputs.map((input) => this.shapeOf(input)), output: concreteShape(node.shape) };
    const inputs = this.operands(node).map((text, k) => (shapes.inputs[k].length === 0 ? `Float64Array.of(${text})` : text));
    const call = (op.spelling.typescriptArrays as NonNullable<Primitive["spelling"]["typescriptArrays"]>)(inputs, node.attributes, shapes);
    for (const helper of call.helpers) this.file.helpers.add(helper);
    if (node.shape.length > 0 && call.code === this.expressionOf(node.inputs[0])) {
      this.expressions.set(id, call.code);
      return;
    }
    this.define(id, this.resultOf(node, op, call), node.name);
  }

  private resultOf(node: Node, op: Primitive, { code }: ArrayCall): string {
    const types = node.inputs.map((input) => this.source.graph.nodes[input]);
    const computed = op.operations(types, node, node.attributes) > 0;
    const whole = node.dtype === "int" && computed ? `${code}.map((x) => x | 0)` : code;
    return node.shape.length === 0 ? `${whole}[0]` : whole;
  }

  /** Gives a literal a variable, so that a comparison with it is not one of two known numbers. */
  private nameLiteral(id: NodeId): void {
    if (!this.literals.delete(id)) return;
    const literal = stripParentheses(this.expressionOf(id));
    this.push(this.large ? `${this.variableOf(id)} = ${literal};` : `const ${this.variableOf(id)}: number = ${literal};`);
    this.expressions.set(id, this.variableOf(id));
  }

  private operands(node: Node): string[] {
    return node.inputs.map((input) => this.expressionOf(input));
  }

  private shapeOf(id: NodeId): readonly number[] {
    return concreteShape(this.source.graph.nodes[id].shape);
  }

  private define(id: NodeId, expression: string, name: string | null): void {
    this.push(`${this.large ? "" : "const "}${this.variableOf(id)} = ${expression};${writeNote(name)}`);
    this.expressions.set(id, this.variableOf(id));
  }

  private variableOf(id: NodeId): string {
    if (!this.large) return `v${id}`;
    return this.shapeOf(id).length === 0 ? `scalars[${id}]` : `arrays[${id}]`;
  }

  private push(...lines: readonly string[]): void {
    for (const line of lines) this.lines.push(line);
  }
}

function primitiveOf(node: Node): Primitive {
  const op = findOp(node.op);
  if (op?.kind === "primitive") return op;
  throw new ExportProblem(`${node.op} cannot be exported to TypeScript before it is replaced by primitives`, node.place);
}

function sameAs(shape: readonly number[], node: Node): boolean {
  return shape.length === node.shape.length && shape.every((size, axis) => size === node.shape[axis]);
}

function writeNote(name: string | null): string {
  return name === null ? "" : ` // ${writeComment(name)}`;
}

/** Whole numbers have 32 bits. */
function wrapWhole(expression: string, dtype: Node["dtype"]): string {
  return dtype === "int" ? `(${expression}) | 0` : expression;
}

/** The expression without one pair of parentheses around everything. */
function stripParentheses(expression: string): string {
  if (!expression.startsWith("(") || !expression.endsWith(")")) return expression;
  let depth = 0;
  for (let at = 0; at < expression.length - 1; at++) {
    if (expression[at] === "(") depth++;
    else if (expression[at] === ")" && --depth === 0) return expression;
  }
  return expression.slice(1, -1);
}
