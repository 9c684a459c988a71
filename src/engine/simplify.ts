// Simplification after derivation: constants folded, equal nodes shared, what nothing needs left out.

import type { Attributes, Graph, Node, NodeId } from "../graph/graph.ts";
import { concreteShape, markAncestors } from "../graph/graph.ts";
import { sameShape } from "../graph/size.ts";
import { allocateTensor, countElements, type Precision, type Tensor, type TensorData } from "../graph/tensor.ts";
import { IndexProblem } from "../ops/index-problem.ts";
import { createBuilder, type GraphBuilder, nodeKey, opOf } from "./builder.ts";

/** A simplified graph and where the asked-for nodes went. */
export interface Simplified {
  readonly graph: Graph;
  /** For each node of the given graph: its node in the result, or -1 where nothing asked for needs it. */
  readonly ids: readonly NodeId[];
}

/** Constants larger than this are computed when running. */
const foldLimit = 4096;

/** Elements of all folded constants together: what comes after is computed when running. Keeps unrolled sweeps from filling memory. */
const foldBudget = 2 ** 22;

/**
 * Keeps the values of `outputs` bit for bit. Constants are folded in the given precision. With `keepNames`, a named node stays a node
 * of its own. Leaves (inputs, parameters, states) are always kept when needed.
 */
export function simplify(graph: Graph, outputs: readonly NodeId[], precision: Precision = "f64"): Simplified {
  const needed = markAncestors(graph.nodes, outputs);
  const state: State = { build: createBuilder(), known: new Map(), arrays: new Map(), foldedElements: 0, folded: new Map(), precision };
  const ids = graph.nodes.map(() => -1);
  for (let id = 0; id < graph.nodes.length; id++) {
    if (!needed[id]) continue;
    const node = graph.nodes[id];
    ids[id] = place(
      state,
      node,
      node.inputs.map((input) => ids[input]),
    );
  }
  return removeUnused(state.build.graph(), ids, outputs);
}

interface State {
  readonly build: GraphBuilder;
  readonly known: Map<string, NodeId>;
  /** Array nodes of equal type and hash. */
  readonly arrays: Map<string, NodeId[]>;
  foldedElements: number;
  /** Values of constant nodes. */
  readonly folded: Map<NodeId, Tensor>;
  readonly precision: Precision;
}

function place(state: State, node: Node, inputs: readonly NodeId[]): NodeId {
  const same = sameValue(state, node, inputs);
  if (same !== null) return same;
  const rewritten = rewrite(state, node, inputs);
  if (rewritten !== null) return rewritten;
  return share(state, { ...node, inputs });
}

/** Adds a node unless an equal one is there; folds it if all its inputs are small constants. */
function share(state: State, node: Node): NodeId {
  const { written: _, ...bare } = node;
  if (isLeaf(node)) return state.build.append(bare);
  const key = nodeKey(node.op, node.inputs, node.attributes);
  const known = state.known.get(key);
  if (known !== undefined) return known;
  const value = fold(state, bare);
  const id = value === null ? state.build.append(bare) : addConstant(state, bare, value);
  state.known.set(key, id);
  return id;
}

/** Leaves and random nodes differ from each other even where their attributes agree. */
function isLeaf(node: Node): boolean {
  return node.inputs.length === 0 && node.op !== "number" && node.op !== "array";
}

function emit(state: State, like: Node, op: string, inputs: readonly NodeId[]): NodeId {
  return place(state, { ...like, op, inputs, attributes: {} }, inputs);
}

/** The input that the node equals, if it does so for every value of its inputs. */
function sameValue({ build, folded }: State, node: Node, inputs: readonly NodeId[]): NodeId | null {
  const [a, b] = inputs;
  const unchanged = (id: NodeId) => sameShape(build.nodes[id].shape, node.shape) && build.nodes[id].dtype === node.dtype;
  const is = (id: NodeId, value: number) => isFilled(folded.get(id), value);
  switch (node.op) {
    case "identity":
    case "stop_gradient":
    case "ruled":
      return a;
    case "broadcast_to":
    case "sum_to":
    case "reshape":
      return unchanged(a) ? a : null;
    case "mul":
    case "annihilate":
      return is(a, 1) && unchanged(b) ? b : is(b, 1) && unchanged(a) ? a : null;
    case "div":
      return is(b, 1) && unchanged(a) ? a : null;
    case "sub":
      return is(b, 0) && unchanged(a) ? a : null;
    case "neg":
      return build.nodes[a].op === "neg" ? build.nodes[a].inputs[0] : null;
    default:
      return null;
  }
}

/** Cheaper forms with the same bits: x + (-y) = x - y, x * -1 = -x, a product with an annihilating 0, reshape of reshape. */
function rewrite(state: State, node: Node, inputs: readonly NodeId[]): NodeId | null {
  const { build, folded } = state;
  const [a, b] = inputs;
  const inner = (id: NodeId) => build.nodes[id];
  switch (node.op) {
    case "add":
      if (inner(b).op === "neg") return emit(state, node, "sub", [a, inner(b).inputs[0]]);
      return inner(a).op === "neg" ? emit(state, node, "sub", [b, inner(a).inputs[0]]) : null;
    case "sub":
      return inner(b).op === "neg" ? emit(state, node, "add", [a, inner(b).inputs[0]]) : null;
    case "annihilate": {
      const [left, right] = [folded.get(a), folded.get(b)];
      if (isFilled(left, 0) || isFilled(right, 0)) return zeros(state, node);
      const finite = (value: Tensor | undefined) => value?.data.every((x) => Number.isFinite(x) && x !== 0);
      return finite(left) || finite(right) ? emit(state, node, "mul", inputs) : null;
    }
    case "mul":
      if (isFilled(folded.get(a), -1) && sameShape(inner(b).shape, node.shape)) return emit(state, node, "neg", [b]);
      return isFilled(folded.get(b), -1) && sameShape(inner(a).shape, node.shape) ? emit(state, node, "neg", [a]) : null;
    case "reshape":
      return inner(a).op === "reshape" ? place(state, { ...node, inputs: inner(a).inputs }, inner(a).inputs) : null;
    default:
      return null;
  }
}

function zeros(state: State, like: Node): NodeId {
  const zero = share(state, { ...like, op: "number", inputs: [], attributes: { value: 0, dtype: like.dtype }, shape: [] });
  if (like.shape.length === 0) return zero;
  return share(state, { ...like, op: "broadcast_to", inputs: [zero], attributes: { shape: like.shape } });
}

function isFilled(value: Tensor | undefined, number: number): boolean {
  if (value === undefined || value.data.length === 0) return false;
  const { data } = value;
  for (let i = 0; i < data.length; i++) if (!Object.is(data[i], number)) return false;
  return true;
}

/**
 * The value of a node whose inputs are constants, or null. Random nodes are never folded, nor is an index outside its axis: running it
 * says where it stands, and nothing is wrong where it is not needed.
 */
function fold(state: State, node: Node): Tensor | null {
  const op = opOf(node.op);
  if (op.kind !== "primitive" || isLeaf(node)) return null;
  const shape = concreteShape(node.shape);
  const count = countElements(shape);
  if (count > foldLimit || state.foldedElements + count > foldBudget) return null;
  const inputs: Tensor[] = [];
  for (const input of node.inputs) {
    const value = state.folded.get(input);
    if (value === undefined) return null;
    inputs.push(value);
  }
  const out = allocateTensor(node.dtype, shape, state.precision);
  try {
    op.evaluate(out, inputs, node.attributes, { single: state.precision === "f32", seed: 0, step: 0 });
  } catch (error) {
    if (error instanceof IndexProblem) return null;
    throw error;
  }
  state.foldedElements += count;
  return out;
}

/** A constant node: a number where it is a scalar, an array else (one value repeated stays a broadcast number). */
function addConstant(state: State, node: Node, value: Tensor): NodeId {
  if (node.op === "number" || node.op === "broadcast_to") return keepConstant(state, state.build.append(node), value);
  if (value.shape.length === 0) return addNumber(state, node, value);
  const key = `${node.dtype} ${value.shape.join(" ")} ${hashBits(value.data)}`;
  const alike = state.arrays.get(key) ?? [];
  const known = alike.find((id) => sameBits((state.folded.get(id) as Tensor).data, value.data));
  if (known !== undefined) return known;
  const attributes: Attributes = { values: listNumbers(value.data), shape: node.shape, dtype: node.dtype };
  const id = keepConstant(state, state.build.append({ ...node, op: "array", inputs: [], attributes }), value);
  if (alike.push(id) === 1) state.arrays.set(key, alike);
  return id;
}

function addNumber(state: State, node: Node, value: Tensor): NodeId {
  const attributes: Attributes = { value: value.data[0], dtype: node.dtype };
  const key = nodeKey("number", [], attributes);
  const id = state.known.get(key) ?? state.build.append({ ...node, op: "number", inputs: [], attributes });
  state.known.set(key, id);
  return keepConstant(state, id, value);
}

function keepConstant(state: State, id: NodeId, value: Tensor): NodeId {
  state.folded.set(id, value);
  return id;
}

/** A hash of the numbers rounded to 32 bits: arrays that differ less are told apart by `sameBits`. */
function hashBits(data: TensorData): number {
  const words = new Int32Array(new Float32Array(data).buffer);
  let hash = 0;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function sameBits(a: TensorData, b: TensorData): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Array.from, many times as fast. */
function listNumbers(data: TensorData): readonly number[] {
  const numbers = new Array<number>(data.length);
  for (let i = 0; i < data.length; i++) numbers[i] = data[i];
  return numbers;
}

function removeUnused(graph: Graph, ids: NodeId[], outputs: readonly NodeId[]): Simplified {
  const used = markAncestors(
    graph.nodes,
    outputs.map((output) => ids[output]),
  );
  const moved = new Int32Array(graph.nodes.length).fill(-1);
  const nodes: Node[] = [];
  for (let id = 0; id < graph.nodes.length; id++) {
    if (!used[id]) continue;
    moved[id] = nodes.length;
    const node = graph.nodes[id];
    nodes.push({ ...node, inputs: node.inputs.map((input) => moved[input]) });
  }
  return { graph: { nodes }, ids: ids.map((id) => (id < 0 ? -1 : moved[id])) };
}
