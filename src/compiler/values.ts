// What an expression is while it is lowered: a node, a constant not yet in the graph, a tuple, a function, a text, data columns.

import type { Expression, Identifier, Span } from "../../grammar/tree.ts";
import type { NodeId } from "../graph/graph.ts";
import type { DataSource, DataSummary } from "../graph/program.ts";
import type { Op } from "../ops/op.ts";
import type { Block, FunctionDeclaration } from "./declarations.ts";
import type { Constant, Draft } from "./draft.ts";

/** A node of a draft. */
export interface NodeValue {
  readonly kind: "node";
  readonly draft: Draft;
  readonly id: NodeId;
}

/** A scalar that becomes a node where it is used; `weak`: a literal, which takes the type of what it meets. */
export interface ConstantValue {
  readonly kind: "constant";
  readonly value: Constant;
  readonly weak: boolean;
  readonly span: Span;
}

/** An array of literals, which takes the type of what it meets. */
export interface LiteralsValue {
  readonly kind: "literals";
  readonly values: readonly number[];
  readonly shape: readonly number[];
  readonly span: Span;
}

export interface TupleValue {
  readonly kind: "tuple";
  readonly items: readonly (Value | null)[];
}

/** A function with the scope in which it was written, or an op used as a function. */
export type FunctionValue =
  | { readonly kind: "function"; readonly declaration: FunctionDeclaration; readonly scope: Scope }
  | { readonly kind: "op"; readonly op: Op };

export interface TextValue {
  readonly kind: "text";
  readonly text: string;
}

/** A data statement and what its files hold; the summary is null where they cannot be read. */
export interface LoadedData {
  readonly source: DataSource;
  readonly summary: DataSummary | null;
}

/** Columns of data, not yet read as anything. Null columns: none chosen yet. */
export interface ColumnsValue {
  readonly kind: "columns";
  readonly data: LoadedData;
  readonly columns: readonly string[] | null;
  readonly span: Span;
}

export type Value = NodeValue | ConstantValue | LiteralsValue | TupleValue | FunctionValue | TextValue | ColumnsValue;

/** A value that a name stands for. Arguments that are known when compiling become nodes only where a node is needed. */
export interface Binding {
  /** Null: broken, already reported. */
  value: Value | null;
  readonly constant: Constant | null;
  /** Lowers the value on its first use. */
  lazy: (() => Value | null) | null;
  /** An argument as it was given, before it became a node: settings such as axes and shapes are read from it. */
  readonly given: Value | null;
}

/** The names of one file, call or rule, inside the scope where the function was written. */
export interface Scope {
  readonly block: Block;
  readonly parent: Scope | null;
  readonly bindings: Map<string, Binding>;
  /** Path of the call; "" for the file. */
  readonly path: string;
  /** Path of parameters made here: the call's, or the function's if that is shared. */
  readonly parameterPath: string;
}

/** A binding of a value that is there already. */
export function bound(value: Value | null): Binding {
  return { value, constant: constantOf(value), lazy: null, given: value };
}

/** The value of a binding, lowered if it was not yet. */
export function valueOf(binding: Binding): Value | null {
  if (binding.lazy) {
    const { lazy } = binding;
    binding.lazy = null;
    binding.value = lazy();
  }
  return binding.value;
}

/** What is known of a value when compiling. */
export function constantOf(value: Value | null): Constant | null {
  if (value === null) return null;
  if (value.kind === "constant") return value.value;
  if (value.kind === "node") return value.draft.constantOf(value.id) ?? null;
  return null;
}

/** An argument of a call: an expression of the caller, or, without one, a value that is there already. */
export interface CallArgument {
  readonly name: Identifier | null;
  readonly expression: Expression | null;
  readonly value: Value | null;
  readonly span: Span;
}

/** The expression without parentheses around it. */
export function unwrap(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "parenthesized") inner = inner.inner;
  return inner;
}

/** How a value is named in messages. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case "tuple":
      return `a tuple of ${value.items.length} values`;
    case "function":
      return `the function ${value.declaration.name}`;
    case "op":
      return `the function ${value.op.name}`;
    case "text":
      return "a text";
    case "columns":
      return "data";
    default:
      return "a value";
  }
}
