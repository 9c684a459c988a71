// What compiling a model gives: the graph as written, the graph of everything outside it, and the roles of their nodes.

import type { Graph, NodeId, Place, ValueType } from "./graph.ts";
import type { SizeBindings } from "./size.ts";
import type { Precision } from "./tensor.ts";

/** A node fed from outside. `feed` is the node of `Program.feed` that gives its data or default. */
export interface InputPort {
  readonly name: string;
  readonly node: NodeId;
  readonly feed: NodeId | null;
  /** Names of the data statements its feed depends on; empty: a plain default. */
  readonly data: readonly string[];
  readonly type: ValueType;
  readonly place: Place;
}

/** A trainable node; `path` as in the parameters file, `feed` its initial value. */
export interface ParamPort {
  readonly path: string;
  /** Path of the outermost statement it belongs to. */
  readonly owner: string;
  readonly node: NodeId;
  readonly feed: NodeId;
  readonly type: ValueType;
  readonly place: Place;
}

/** A value kept between training steps; `next` is its value after the step (null: it stays). */
export interface StatePort {
  readonly path: string;
  readonly node: NodeId;
  readonly feed: NodeId;
  readonly next: NodeId | null;
  readonly type: ValueType;
  readonly place: Place;
}

/** A `data` statement: which files it reads and how. */
export interface DataSource {
  readonly name: string;
  readonly format: "csv" | "json" | "npy" | "idx";
  readonly files: readonly string[];
  /** Files of a separate test part, or null. */
  readonly testFiles: readonly string[] | null;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly place: Place;
}

/**
 * What the compiler must know of a data source's content. The shape of a column has the rows as its first axis. Columns of text cells are
 * `cells`: read as numbers, labels or text on use.
 */
export interface DataSummary {
  readonly rows: number;
  readonly columns: ReadonlyMap<
    string,
    { readonly kind: "numeric" | "cells"; readonly dtype: "real" | "int"; readonly shape: readonly number[] }
  >;
  /** Number of different labels of a column, null if there is no such column. */
  classes(column: string): number | null;
}

/** A leaf of the feed graph: a column of a table, read in the way `as` says. `path` names a fitted one (`category`). */
export interface ColumnLeaf {
  readonly node: NodeId;
  readonly data: string;
  readonly columns: readonly string[];
  readonly as: "numbers" | "category" | "equals";
  /** The text that `equals` compares with. */
  readonly text: string | null;
  readonly path: string;
  readonly place: Place;
}

/** A `standardize`: `mean` and `deviation` are leaves of the feed graph, fitted on the training rows of `of`. */
export interface Fit {
  readonly path: string;
  readonly of: NodeId;
  readonly mean: NodeId;
  readonly deviation: NodeId;
  readonly place: Place;
}

/**
 * A function call expanded into the graph: the nodes owned by `path` and what is below it. `path` is the statement that owns the call,
 * then the function as called with the number of the call in that statement's text: `y.linear_1`, and in a block `y.block_1.h.linear_1`.
 */
export interface CallGroup {
  readonly path: string;
  readonly function: string;
  readonly place: Place;
  /** The nodes of the value of the call: one, or as many as the tuple has that it returns. */
  readonly result: readonly NodeId[];
}

/** A node that a person named; `place` is its statement. */
export interface NamedNode {
  readonly name: string;
  readonly node: NodeId;
  readonly kind: "input" | "param" | "state" | "value" | "loss" | "metric";
  readonly place: Place;
}

/**
 * A value in the `train` block as plain data: numbers are evaluated by the compiler (`1e-3`, `2 * n`, bound sizes), a call such as
 * `sgd(rate: 1e-3)` or a bare name such as `cosine` stays a call for the training room to check.
 */
export type Setting =
  | { readonly kind: "number"; readonly value: number; readonly place: Place }
  | { readonly kind: "boolean"; readonly value: boolean; readonly place: Place }
  | { readonly kind: "text"; readonly value: string; readonly place: Place }
  | { readonly kind: "list"; readonly items: readonly Setting[]; readonly place: Place }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly SettingArgument[]; readonly place: Place };

export interface SettingArgument {
  readonly name: string | null;
  readonly value: Setting;
}

/** An entry of the `train` block. */
export interface TrainEntry {
  readonly key: string;
  readonly value: Setting;
  readonly place: Place;
}

/** A tangent given by the `seed` block: a node of the graph and a node of the feed graph. */
export interface SeedEntry {
  readonly name: string;
  readonly node: NodeId;
  readonly feed: NodeId;
}

/**
 * Something of the file that is left out because it depends on a hole (`_`): it has no node, no port and no entry in this program, and
 * everything that is there can be evaluated. `place` is that of the nearest hole it depends on.
 */
export interface Incomplete {
  /** A named node (of any kind, ports too); the next value of a state; an entry of the `seed` or of the `train` block. */
  readonly kind: "node" | "next" | "seed" | "train";
  /** The name of the node or state, or the key of the entry. */
  readonly name: string;
  readonly place: Place;
}

/** One compiled model. Sizes stay symbolic where they are not bound in `sizes`. */
export interface Program {
  /** Nodes as written: calls expanded, derivatives and composed ops still single nodes. */
  readonly graph: Graph;
  /** Defaults, data expressions and initial values: evaluated once, nothing is differentiated through it. */
  readonly feed: Graph;
  readonly inputs: readonly InputPort[];
  readonly params: readonly ParamPort[];
  readonly states: readonly StatePort[];
  readonly loss: NamedNode | null;
  readonly metrics: readonly NamedNode[];
  /** Every named node of the file (not those inside calls), in order of definition in the text. */
  readonly named: readonly NamedNode[];
  /** Names that no other named node uses: what `eval` prints. */
  readonly outputs: readonly string[];
  readonly groups: readonly CallGroup[];
  readonly columns: readonly ColumnLeaf[];
  readonly fits: readonly Fit[];
  readonly data: readonly DataSource[];
  readonly seeds: readonly SeedEntry[];
  readonly train: readonly TrainEntry[] | null;
  readonly precision: Precision;
  /** Sizes bound by `dim`, by options and by data. */
  readonly sizes: SizeBindings;
  /** The named first axis shared by the inputs with data, or null. */
  readonly rowDimension: string | null;
  /** What is left out because of holes, in the order of the text. Empty for a model without holes. */
  readonly incomplete: readonly Incomplete[];
  /** Text of each top-level statement by the name it defines: what the parameters file hashes. */
  readonly statements: ReadonlyMap<string, string>;
}
