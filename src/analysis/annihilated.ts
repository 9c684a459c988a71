// Where an exact 0 stood against inf or nan in a derivative: the product counts as 0, and outside an untaken branch that is worth a warning.

import type { Graph, NodeId, Place } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { prepareEvaluation, type Workspace } from "./workspace.ts";

/** One place in the text at which a factor was ignored. */
export interface Annihilation {
  readonly message: string;
  readonly place: Place;
}

const products: ReadonlySet<string> = new Set(["annihilate", "annihilate_div"]);

/** Ops through which a 0 that a `where` put into a derivative travels on. */
const carriers: ReadonlySet<string> = new Set([
  ...products,
  "neg",
  "add",
  "sub",
  "mul",
  "broadcast_to",
  "sum_to",
  "sum",
  "reshape",
  "transpose",
  "unslice",
  "slice",
  "matmul",
  "scatter_add",
  "gather",
  "concat",
]);

/**
 * Looks through the derivatives `targets` (nodes of the workspace's graph) for factors that a 0 annihilated; one entry a place. Throws
 * ProblemError if keeping all values takes too much memory.
 */
export function findAnnihilations(workspace: Workspace, targets: readonly NodeId[]): Annihilation[] {
  const { graph, run, value } = prepareEvaluation(workspace, targets, { keep: true });
  run();
  const found = new Map<string, Annihilation>();
  for (const [id, node] of graph.nodes.entries()) {
    if (!products.has(node.op) || !node.place) continue;
    const zero = annihilatingInput(graph, id, value);
    if (zero === null || comesFromBranch(graph, zero)) continue;
    const { start, end, file } = node.place;
    const message = "a factor of this derivative is inf or nan; it counts as 0 because the other factor is exactly 0";
    found.set(`${file} ${start} ${end}`, { message, place: node.place });
  }
  return [...found.values()];
}

/** The input that is 0 somewhere the other is not finite (for a quotient: its divisor 0 or nan), or null. */
function annihilatingInput(graph: Graph, id: NodeId, valueOf: (id: NodeId) => Tensor): NodeId | null {
  const { op, inputs, shape } = graph.nodes[id];
  const [a, b] = inputs;
  const spoils = op === "annihilate" ? (value: number) => !Number.isFinite(value) : (value: number) => value === 0 || Number.isNaN(value);
  const at = (input: NodeId) => alignedReader(valueOf(input), shape as readonly number[]);
  const [readA, readB] = [at(a), at(b)];
  const count = valueOf(id).data.length;
  for (let i = 0; i < count; i++) {
    if (readA(i) === 0 && spoils(readB(i))) return a;
    if (op === "annihilate" && readB(i) === 0 && spoils(readA(i))) return b;
  }
  return null;
}

/** Reads an input at the flat index of the result it broadcasts to. */
function alignedReader(tensor: Tensor, shape: readonly number[]): (index: number) => number {
  if (tensor.data.length === 1) return () => tensor.data[0];
  return (index) => {
    let rest = index;
    let offset = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const position = rest % shape[axis];
      rest = (rest - position) / shape[axis];
      const own = tensor.shape[axis - shape.length + tensor.shape.length] ?? 1;
      if (own > 1) offset += position * stride;
      stride *= own;
    }
    return tensor.data[offset];
  };
}

/** True if the 0 may stem from the branch of a `where` that was not taken. */
function comesFromBranch(graph: Graph, start: NodeId): boolean {
  const open = [start];
  const seen = new Set<NodeId>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const { op, inputs } = graph.nodes[id];
    if (op === "where") return true;
    if (carriers.has(op)) open.push(...inputs);
  }
  return false;
}
