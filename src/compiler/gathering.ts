// Gathers along one axis or, with several arrays of integers broadcast together, along several at once.

import type { Span } from "../../grammar/tree.ts";
import type { Attribute, NodeId } from "../graph/graph.ts";
import { multiplySizes, type Shape, type Size } from "../graph/size.ts";
import { addNode, emit, noAttributes, typeOf, type Written } from "./emit.ts";
import { checkIndices } from "./index-range.ts";
import type { Frame, Lowering } from "./lowering.ts";
import type { NodeValue } from "./values.ts";

/** An axis that is indexed by integers. */
export interface GatheredAxis {
  readonly axis: number;
  readonly indices: NodeValue;
  readonly span: Span;
}

/**
 * `x[i]`, `x[:, i]`: the axes of the indices stand in the place of the axis. `x[i, j]`: the element at the pair for each pair; the axes
 * of the pairs stand in the place of the first axis, or in front where other axes lie between, as in NumPy.
 */
export function gatherAxes(
  context: Lowering,
  frame: Frame,
  value: NodeValue,
  gathered: readonly GatheredAxis[],
  written: Written,
): NodeValue | null {
  for (const { axis, indices, span } of gathered) {
    if (!checkIndices(context, frame, "gather", [value.id, indices.id], { axis }, [span, span])) return null;
  }
  if (gathered.length === 0) return value;
  if (gathered.length === 1) {
    return emit(context, frame, "gather", [value.id, gathered[0].indices.id], { axis: gathered[0].axis }, written);
  }
  const { shape } = typeOf(value);
  const axes = gathered.map((item) => item.axis);
  const isAdjacent = axes.every((axis, k) => k === 0 || axis === axes[k - 1] + 1);
  const rest = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = isAdjacent ? value : emit(context, frame, "transpose", [value.id], { axes: [...axes, ...rest] }, written);
  if (moved === null) return null;
  const first = isAdjacent ? axes[0] : 0;
  const { shape: movedShape } = typeOf(moved);
  const joined = [
    ...movedShape.slice(0, first),
    joinedSize(movedShape, first, first + axes.length - 1),
    ...movedShape.slice(first + axes.length),
  ];
  const flat = emit(context, frame, "reshape", [moved.id], { shape: joined as Attribute }, written);
  const position = flatPosition(context, frame, gathered, movedShape.slice(first, first + axes.length), written);
  return flat && position && emit(context, frame, "gather", [flat.id, position.id], { axis: first }, written);
}

/** The position in the joined axes: i * size of the second + j, and so on; negative indices count from the end of their axis. */
function flatPosition(
  context: Lowering,
  frame: Frame,
  gathered: readonly GatheredAxis[],
  sizes: Shape,
  written: Written,
): NodeValue | null {
  let position: NodeValue | null = null;
  for (const [k, { indices }] of gathered.entries()) {
    const counted = countFromStart(context, frame, indices, sizes[k], written);
    if (counted === null) return null;
    if (position === null) {
      position = counted;
      continue;
    }
    const size = addSize(context, frame, sizes[k], written);
    const scaled: NodeValue | null = size && combine(context, frame, "mul", [position.id, size.id], written);
    position = scaled && combine(context, frame, "add", [scaled.id, counted.id], written);
    if (position === null) return null;
  }
  return position;
}

/** Indices counted from the start of their axis: taking them from 0, 1, ... also refuses those that are out of range. */
function countFromStart(context: Lowering, frame: Frame, indices: NodeValue, size: Size, written: Written): NodeValue | null {
  const positions = emit(context, frame, "range", [], { start: 0, stop: size, step: 1 }, written);
  return positions && emit(context, frame, "gather", [positions.id, indices.id], { axis: 0 }, written);
}

function addSize(context: Lowering, frame: Frame, value: Size, written: Written): NodeValue | null {
  return addNode(context, frame, "number", [], { value, dtype: "int" }, { dtype: "int", shape: [] }, written);
}

function combine(context: Lowering, frame: Frame, op: string, inputs: readonly NodeId[], written: Written): NodeValue | null {
  return emit(context, frame, op, inputs, noAttributes, written);
}

/** The number of elements of the axes from `first` to `last`. */
function joinedSize(shape: Shape, first: number, last: number): Size {
  return shape.slice(first, last + 1).reduce<Size>((product, size) => multiplySizes(product, size), 1);
}
