// Stable forms of fragile compositions, found where the last operation of the composition is placed.

import type { Attributes, Node, NodeId } from "../graph/graph.ts";
import { type GraphBuilder, opOf } from "./builder.ts";

/** What stands in the place of a fragile composition: the new op of its root, and the nodes that it no longer depends on. */
export interface StableForm {
  readonly op: string;
  readonly inputs: readonly NodeId[];
  readonly attributes: Attributes;
  readonly bypassed: readonly NodeId[];
}

/** A node met while matching, seen through identities; `passed` are the nodes from the start to it, what it bypasses itself included. */
interface Found {
  readonly id: NodeId;
  readonly node: Node;
  readonly passed: readonly NodeId[];
}

interface Root {
  readonly build: GraphBuilder;
  readonly inputs: readonly NodeId[];
  readonly attributes: Attributes;
}

type Pattern = (root: Root) => StableForm | null;

/** The stable form of `op(inputs)` if it ends a fragile composition, else null. */
export function stabilize(build: GraphBuilder, op: string, inputs: readonly NodeId[], attributes: Attributes): StableForm | null {
  const found = patterns[op]?.({ build, inputs, attributes }) ?? null;
  if (!found || opOf(found.op).kind === "primitive") return found;
  const composed = build.emit(found.op, found.inputs, found.attributes);
  return { op: "identity", inputs: [composed], attributes: {}, bypassed: found.bypassed };
}

/** One entry for each op that can end a fragile composition. */
const patterns: Readonly<Record<string, Pattern | undefined>> = {
  log: ({ build, inputs }) => logOf(build, inputs[0]),
  log1p: logOnePlus,
  div: ({ build, inputs }) => quotient(build, inputs),
  reciprocal: ({ build, inputs }) => inverseOf(build, inputs[0]),
  bce: crossEntropyOfSigmoid,
  sqrt: rootOfSquares,
  mul: productWithLogarithm,
  xlogy: weightedLogarithm,
};

/** The node behind identities. */
function find(build: GraphBuilder, start: NodeId): Found {
  const passed: NodeId[] = [];
  let id = start;
  while (build.nodes[id].op === "identity" && !build.nodes[id].written) {
    passed.push(id);
    id = build.nodes[id].inputs[0];
  }
  const node = build.nodes[id];
  return { id, node, passed: [...passed, id, ...(node.written?.bypassed ?? [])] };
}

function isNumber(build: GraphBuilder, id: NodeId, value: number): boolean {
  const { node } = find(build, id);
  return node.op === "number" && node.attributes.value === value;
}

function form(op: string, inputs: readonly NodeId[], bypassed: readonly NodeId[], attributes: Attributes = {}): StableForm {
  return { op, inputs, attributes, bypassed };
}

/** 1 + exp(t) or exp(t) + 1: t, and what was passed. */
function onePlusExponential(build: GraphBuilder, id: NodeId): Found | null {
  const outer = find(build, id);
  if (outer.node.op !== "add") return null;
  const [a, b] = outer.node.inputs;
  const other = isNumber(build, a, 1) ? b : isNumber(build, b, 1) ? a : null;
  if (other === null) return null;
  const inner = find(build, other);
  if (inner.node.op !== "exp") return null;
  return { id: inner.node.inputs[0], node: inner.node, passed: [...outer.passed, ...inner.passed] };
}

/** 1 - sigmoid(x): x, and what was passed. */
function oneMinusSigmoid(build: GraphBuilder, id: NodeId): Found | null {
  const outer = find(build, id);
  if (outer.node.op !== "sub" || !isNumber(build, outer.node.inputs[0], 1)) return null;
  const inner = find(build, outer.node.inputs[1]);
  return inner.node.op === "sigmoid" ? { ...inner, passed: [...outer.passed, ...inner.passed] } : null;
}

/** Moves of elements that commute with an elementwise log. */
const moves = new Set(["slice", "gather", "reshape", "transpose", "flip", "broadcast_to"]);

/** log(softmax(z)), log(sigmoid(x)), log(1 - sigmoid(x)), log(1 + exp(x)), log(cosh(x)), log(sum(exp(x))), and through moves of elements. */
function logOf(build: GraphBuilder, start: NodeId): StableForm | null {
  const inner = find(build, start);
  const [x] = inner.node.inputs;
  if (inner.node.op === "softmax") return form("log_softmax", [x], inner.passed, inner.node.attributes);
  if (inner.node.op === "sigmoid") return form("log_sigmoid", [x], inner.passed);
  if (inner.node.op === "cosh") return form("log_cosh", [x], inner.passed);
  const exponential = onePlusExponential(build, start);
  if (exponential) return form("softplus", [exponential.id], exponential.passed);
  const complement = oneMinusSigmoid(build, start);
  if (complement) return form("neg", [build.emit("softplus", [complement.node.inputs[0]])], complement.passed);
  if (inner.node.op === "sum") {
    const terms = find(build, x);
    if (terms.node.op === "exp")
      return form("logsumexp", [terms.node.inputs[0]], [...inner.passed, ...terms.passed], inner.node.attributes);
  }
  return moves.has(inner.node.op) ? logOfMoved(build, inner) : null;
}

/** log(move(p)) = move(log(p)) where log(p) has a stable form. */
function logOfMoved(build: GraphBuilder, moved: Found): StableForm | null {
  const log = logOf(build, moved.node.inputs[0]);
  if (!log) return null;
  const stable = build.emit(log.op, log.inputs, log.attributes);
  return form(moved.node.op, [stable, ...moved.node.inputs.slice(1)], [...moved.passed, ...log.bypassed], moved.node.attributes);
}

/** log1p(exp(x)) = softplus(x); log1p(-sigmoid(x)) = -softplus(x). */
function logOnePlus({ build, inputs }: Root): StableForm | null {
  const inner = find(build, inputs[0]);
  if (inner.node.op === "exp") return form("softplus", [inner.node.inputs[0]], inner.passed);
  if (inner.node.op !== "neg") return null;
  const negated = find(build, inner.node.inputs[0]);
  if (negated.node.op !== "sigmoid") return null;
  return form("neg", [build.emit("softplus", [negated.node.inputs[0]])], [...inner.passed, ...negated.passed]);
}

/** 1 / (1 + exp(-x)) = sigmoid(x); expm1(x) / x and (exp(x) - 1) / x = phi(x). */
function quotient(build: GraphBuilder, [above, below]: readonly NodeId[]): StableForm | null {
  if (isNumber(build, above, 1)) return inverseOf(build, below);
  const numerator = find(build, above);
  const x = find(build, below).id;
  if (numerator.node.op === "expm1" && find(build, numerator.node.inputs[0]).id === x) {
    return form("phi", [below], numerator.passed, { order: 0 });
  }
  if (numerator.node.op !== "sub" || !isNumber(build, numerator.node.inputs[1], 1)) return null;
  const power = find(build, numerator.node.inputs[0]);
  if (power.node.op !== "exp" || find(build, power.node.inputs[0]).id !== x) return null;
  return form("phi", [below], [...numerator.passed, ...power.passed], { order: 0 });
}

/** 1 / (1 + exp(t)) = sigmoid(-t). */
function inverseOf(build: GraphBuilder, id: NodeId): StableForm | null {
  const exponential = onePlusExponential(build, id);
  if (!exponential) return null;
  const exponent = find(build, exponential.id);
  if (exponent.node.op === "neg") return form("sigmoid", [exponent.node.inputs[0]], [...exponential.passed, ...exponent.passed]);
  return form("sigmoid", [build.emit("neg", [exponential.id])], exponential.passed);
}

/** bce(sigmoid(z), y) = bce_logits(z, y). */
function crossEntropyOfSigmoid({ build, inputs: [p, y] }: Root): StableForm | null {
  const inner = find(build, p);
  return inner.node.op === "sigmoid" ? form("bce_logits", [inner.node.inputs[0], y], inner.passed) : null;
}

/** x^2, x * x or square(x): x, and what was passed. */
function squareOf(build: GraphBuilder, id: NodeId): Found | null {
  const { node, passed } = find(build, id);
  const [a, b] = node.inputs;
  const squared = node.op === "square" || (node.op === "mul" && a === b) || (node.op === "pow" && isNumber(build, b, 2));
  return squared ? { id: a, node: build.nodes[a], passed } : null;
}

/** sqrt(sum(x^2)) = norm(x) and sqrt(x^2) = |x|: squares overflow and vanish where these do not. */
function rootOfSquares({ build, inputs }: Root): StableForm | null {
  const square = squareOf(build, inputs[0]);
  if (square) return square.node.dtype === "real" ? form("abs", [square.id], square.passed) : null;
  const total = find(build, inputs[0]);
  const squares = total.node.op === "sum" ? squareOf(build, total.node.inputs[0]) : null;
  return squares && form("norm", [squares.id], [...total.passed, ...squares.passed], total.node.attributes);
}

const logarithms = new Set(["log_softmax", "log_sigmoid"]);

/** t * log p: where t is exactly 0 the product is 0 even if p is. */
function productWithLogarithm({ build, inputs }: Root): StableForm | null {
  return inputs.some((input) => logarithms.has(find(build, input).node.op)) ? form("annihilate", inputs, []) : null;
}

/** xlogy(t, p) = t * log(p) where log(p) has a stable form. */
function weightedLogarithm({ build, inputs: [t, p] }: Root): StableForm | null {
  const log = logOf(build, p);
  return log && form("annihilate", [t, build.emit(log.op, log.inputs, log.attributes)], log.bypassed);
}
