// What an op is: one record that holds everything the product knows about an operation.

import type { Attribute, Attributes, Node, NodeId, ValueType } from "../graph/graph.ts";
import type { SizeBindings } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A type error in the use of an op. Thrown by `infer` only, and turned into a diagnostic where the op was written. */
export class TypeProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * How an argument of a call is read. `value` and `values` (any number of them) become inputs of the node; the others must be known
 * when compiling and become attributes: `number` a real; `size` a whole number or size; `axis` a whole number that may count from the
 * end; `axes` one axis, a tuple of axes or null for all; `shape` a list of sizes; `sizes` a list of whole numbers or of pairs of them.
 */
export type ParameterKind = "value" | "values" | "number" | "size" | "axis" | "axes" | "shape" | "sizes" | "boolean" | "text";

/** One argument of an op as a person writes it. Without `default` it must be given. */
export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly doc: string;
  readonly default?: Attribute;
}

/** How an op is drawn and typeset. */
export interface Notation {
  /** One to three characters for a node in the graph. */
  readonly glyph: string;
  /**
   * LaTeX of the result from the LaTeX of the inputs. Inputs of operators (strength 0 and 1) come in parentheses where they bind more
   * loosely; other forms set off their inputs themselves.
   */
  latex(inputs: readonly string[], attributes: Attributes): string;
  /** Binding strength of the LaTeX form: 0 sum, 1 product, 2 power, 3 atom (default). */
  readonly strength?: 0 | 1 | 2 | 3;
  /** The operator this op is written with: `+`. */
  readonly operator?: string;
}

/** A TypeScript function that exported code calls: its text stands in the file once. */
export interface Helper {
  readonly name: string;
  /** The whole function, with a comment above it. */
  readonly text: string;
  /** Helpers that it calls. */
  readonly uses?: readonly Helper[];
}

/** Shapes of the inputs and of the result of an op, all known. */
export interface CallShapes {
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
}

/** An expression of type Float64Array, row-major, made of such inputs, which it leaves unchanged. */
export interface ArrayCall {
  readonly code: string;
  readonly helpers: readonly Helper[];
}

/** How the op is written elsewhere; arguments are the spellings of its inputs. A missing entry means: no counterpart. */
export interface Spelling {
  /** A TypeScript expression of numbers for one element (elementwise ops). */
  typescript?(inputs: readonly string[], attributes: Attributes): string;
  /** A TypeScript expression of whole arrays (ops that are not elementwise). */
  typescriptArrays?(inputs: readonly string[], attributes: Attributes, shapes: CallShapes): ArrayCall;
  torch?(inputs: readonly string[], attributes: Attributes): string;
  jax?(inputs: readonly string[], attributes: Attributes): string;
}

/** What derivative rules and compositions build with. Nodes added by it share equal nodes that it added before. */
export interface Builder {
  readonly nodes: readonly Node[];
  emit(op: string, inputs: readonly NodeId[], attributes?: Attributes): NodeId;
}

/** A node as rules see it: with its own id. */
export interface PlacedNode extends Node {
  readonly id: NodeId;
}

/** What `evaluate` may depend on besides its inputs. */
export interface EvaluationContext {
  /** True where real values are binary32: every scalar operation rounds. */
  readonly single: boolean;
  readonly seed: number;
  /** Training step; 0 outside training. */
  readonly step: number;
}

/** A value of one argument at which a law test must not sample, or the interval it samples from. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** An expression of the model language and what it evaluates to, as `wengert eval` prints it. */
export interface Example {
  readonly source: string;
  readonly result: string;
}

interface Described {
  readonly name: string;
  /** One sentence that ends in a period. */
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  /** False for ops that only rules emit: a person cannot call them. */
  readonly callable: boolean;
  readonly example?: Example;
  readonly notation: Notation;
  readonly spelling: Spelling;
  /** Result type from input types. Throws TypeProblem. */
  infer(inputs: readonly ValueType[], attributes: Attributes, sizes: SizeBindings): ValueType;
  /**
   * The output axis along which the op keeps the indices of `axis` of input `input` apart (element i of the output depends only on
   * element i of the input), or null if it mixes them.
   */
  carry(input: number, axis: number, inputs: readonly ValueType[], output: ValueType, attributes: Attributes): number | null;
  /** Smooth sampling interval of each input for law tests; default [-2, 2]. */
  readonly domain?: readonly Interval[];
}

/** An operation that the runners execute. */
export interface Primitive extends Described {
  readonly kind: "primitive";
  /** Computes the node into `out.data`. Inputs have the shapes of their nodes. */
  evaluate(out: Tensor, inputs: readonly Tensor[], attributes: Attributes, context: EvaluationContext): void;
  /** Tangent of the node (of its shape) from tangents of its inputs (null: structurally zero), or null. */
  tangent(build: Builder, node: PlacedNode, tangents: readonly (NodeId | null)[]): NodeId | null;
  /** Adjoint of each input (of its shape), or null where structurally zero or not `wanted`, from the node's adjoint. */
  adjoint(build: Builder, node: PlacedNode, adjoint: NodeId, wanted: readonly boolean[]): readonly (NodeId | null)[];
  /** Scalar operations: one per scalar result or element reduced, 2mnk for contractions, 0 for moves. */
  operations(inputs: readonly ValueType[], output: ValueType, attributes: Attributes): number;
  /** Groups of inputs in which the node is jointly linear, the others held fixed; -1 stands for all inputs of an op that takes any number. */
  readonly linearIn: readonly (readonly number[])[];
}

/** An operation that is built from others before anything is derived or run. */
export interface Composed extends Described {
  readonly kind: "composed";
  compose(build: Builder, inputs: readonly NodeId[], attributes: Attributes): NodeId;
}

/** A derivative or another operation that the derivation phase itself replaces: grad, jvp, vjp, jacobian, hessian, ruled calls. */
export interface Derivation extends Described {
  readonly kind: "derivation";
}

export type Op = Primitive | Composed | Derivation;
