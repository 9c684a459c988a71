// Random graphs with fan-out for fuzzing: smooth ops over a few leaves, any node used any number of times.
import type { GraphBuilder } from "../../src/engine/builder.ts";
import type { NodeId } from "../../src/graph/graph.ts";

/** Whole numbers below a bound, fixed by the seed. */
export type Draw = (bound: number) => number;

/** A stream of draws that depends on the seed alone. */
export function drawFrom(seed: number): Draw {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x85ebca6b) >>> 0;
  return (bound) => {
    // xorshift32 (Marsaglia 2003); enough for choosing shapes of tests.
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}

const unary = [
  "neg",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "softplus",
  "exp",
  "square",
  "atan",
  "identity",
  "relu",
  "abs",
  "log_sigmoid",
  "erf",
];
const binary = ["add", "sub", "mul", "maximum", "minimum"];

/** Adds `count` nodes over the leaves (of shapes [2, 3], [1, 3] or []) and returns a scalar that depends on the last few. */
export function addRandomNodes(build: GraphBuilder, leaves: readonly NodeId[], count: number, draw: Draw): NodeId {
  const pool: NodeId[] = [...leaves];
  const pick = () => pool[draw(4) === 0 ? draw(pool.length) : Math.max(0, pool.length - 1 - draw(6))];
  for (let k = 0; k < count; k++) pool.push(addRandomNode(build, pick, draw));
  const last = pool.slice(-3).map((node) => build.emit("mean", [node], { axis: null, keepdims: false }));
  return last.reduce((a, b) => build.emit("add", [a, b]));
}

function addRandomNode(build: GraphBuilder, pick: () => NodeId, draw: Draw): NodeId {
  const kind = draw(10);
  if (kind < 4) return bounded(build, append(build, binary[draw(binary.length)], [pick(), pick()]));
  if (kind < 8) return bounded(build, append(build, unary[draw(unary.length)], [pick()]));
  const node = pick();
  const { shape } = build.nodes[node];
  if (shape.length === 2) {
    const move = draw(4);
    if (move === 0) return appendSlice(build, node, shape as readonly number[], draw);
    if (move === 1) return append(build, "softmax", [node], { axis: draw(2) });
    return append(build, "sum", [node], { axis: draw(2), keepdims: true });
  }
  return append(build, "tanh", [node]);
}

/** A row, or all rows, with the columns backwards. */
function appendSlice(build: GraphBuilder, node: NodeId, [rows, columns]: readonly number[], draw: Draw): NodeId {
  const one = draw(2) === 0;
  return append(build, "slice", [node], {
    start: [one ? draw(rows) : 0, columns - 1],
    size: [one ? 1 : rows, columns],
    step: [1, -1],
    drop: [one, false],
  });
}

/** Written nodes are never shared. */
function append(build: GraphBuilder, op: string, inputs: readonly NodeId[], attributes = {}): NodeId {
  const id = build.emit(op, inputs, attributes);
  return build.append({ ...build.nodes[id], op: "identity", inputs: [id], attributes: {} });
}

/** Keeps values moderate, so that exponentials do not overflow. */
function bounded(build: GraphBuilder, node: NodeId): NodeId {
  const scaled = build.emit("mul", [node, build.emit("number", [], { value: 0.25, dtype: "real" })]);
  return append(build, "sin", [scaled]);
}
