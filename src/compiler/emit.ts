// Adds nodes to the graphs: infers their types, reports what does not fit, and turns constants into nodes where they are used.

import type { Span } from "../../grammar/tree.ts";
import type { Attributes, NodeId, ValueType } from "../graph/graph.ts";
import { dimensionName, printShape, type Shape, sameSize } from "../graph/size.ts";
import { findOp } from "../ops/index.ts";
import { type Op, TypeProblem } from "../ops/op.ts";
import { isTooComplex } from "./constant-arithmetic.ts";
import { type Frame, type Lowering, placeOf, report } from "./lowering.ts";
import type { NodeValue } from "./values.ts";

/** The most elements that a value may have. */
const elementLimit = 2 ** 31;

/** The most axes that a value may have, as in NumPy. */
const axisLimit = 64;

export const noAttributes: Attributes = {};

/** The type of a node. */
export function typeOf(value: NodeValue): ValueType {
  return value.draft.nodes[value.id];
}

/** What an operation is called in messages, and where. */
export interface Written {
  readonly span: Span;
  /** "`+`", "matmul". */
  readonly label: string;
  /** The argument that names an axis. */
  readonly axis?: Span;
}

/** Adds an operation. Null, and a diagnostic, if its inputs do not fit. */
export function emit(
  context: Lowering,
  frame: Frame,
  name: string,
  inputs: readonly NodeId[],
  attributes: Attributes,
  written: Written,
): NodeValue | null {
  const op = findOp(name);
  if (!op) {
    report(context, frame, "unknown-function", written.span, `${written.label} is not available`);
    return null;
  }
  const types = inputs.map((input) => frame.draft.nodes[input]);
  const type = inferType(context, op, types, attributes);
  if (type instanceof TypeProblem) {
    const message = type.message.startsWith(written.label) ? type.message : `${written.label}: ${type.message}`;
    const span = type.code.startsWith("axis-") ? (written.axis ?? written.span) : written.span;
    report(context, frame, type.code, span, `${message}${type.code === "shape-mismatch" ? twoNames(op, types) : ""}`);
    return null;
  }
  return addNode(context, frame, name, inputs, attributes, type, written);
}

/** Operations whose axes do not meet one by one, counted from the last. */
const crossedOps: ReadonlySet<string> = new Set(["matmul", "solve", "reshape", "broadcast_to"]);

/** What is said where two dimensions with different names meet in shapes that do not fit. */
function twoNames({ name }: Op, types: readonly ValueType[]): string {
  const rank = types[0]?.shape.length ?? 0;
  if (types.some(({ shape }) => shape.length !== rank) || (crossedOps.has(name) && rank !== 1)) return "";
  const [a, b] = types.map(({ shape }) => shape);
  if (types.length === 2 && rank === 2 && sameSize(a[0], b[1]) && sameSize(a[1], b[0])) return "; transpose one of the two: x.T";
  for (let axis = 1; axis <= rank; axis++) {
    const names = new Set(types.flatMap(({ shape }) => dimensionName(shape.at(-axis)) ?? []));
    if (names.size < 2) continue;
    const [first, second] = names;
    return `; ${first} and ${second} are two dimensions, whatever their sizes: if they are the same, give them one name`;
  }
  return "";
}

/** Adds a node whose type is known. */
export function addNode(
  context: Lowering,
  frame: Frame,
  op: string,
  inputs: readonly NodeId[],
  attributes: Attributes,
  { dtype, shape }: ValueType,
  { span, label }: Written,
): NodeValue | null {
  const problem = shape.length > 0 ? shapeProblem(shape) : null;
  if (problem !== null) {
    report(context, frame, "too-large", span, `${label}: ${problem}`);
    return null;
  }
  if (!takeBudget(context, frame, span)) return null;
  return { kind: "node", draft: frame.draft, id: frame.draft.add(op, inputs, attributes, dtype, shape, frame.owner, placeOf(frame, span)) };
}

/** Counts one more node or call. False, and a diagnostic, once the model is too large. */
export function takeBudget(context: Lowering, frame: Frame, span: Span): boolean {
  if (context.budget > 0) {
    context.budget--;
    return true;
  }
  if (context.budget === 0) {
    context.budget = -1;
    report(context, frame, "expansion-budget", span, "the model expands to more than 1000000 nodes and calls: does a recursion end?");
  }
  return false;
}

/** What keeps a shape from being one, null if nothing does. */
function shapeProblem(shape: Shape): string | null {
  if (shape.length > axisLimit) return `a value has at most ${axisLimit} axes, not ${shape.length}`;
  if (isTooComplex(shape)) return "the sizes of this value are too long sums of dimensions: give parts of them names with `dim`";
  let count = 1;
  for (const size of shape) if (typeof size === "number") count *= size;
  return count > elementLimit ? `a value of shape ${printShape(shape)} has more than ${elementLimit} elements` : null;
}

/** The type an op gives, or the problem it has with its inputs. */
export function inferType(context: Lowering, op: Op, inputs: readonly ValueType[], attributes: Attributes): ValueType | TypeProblem {
  try {
    return op.infer(inputs, attributes, context.sizes.bound);
  } catch (problem) {
    if (problem instanceof TypeProblem) return problem;
    throw problem;
  }
}
