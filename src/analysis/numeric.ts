// Derivatives by differences: the check on the exact ones.

import { markAncestors, markDescendants, type Node, type NodeId } from "../graph/graph.ts";
import { allocateTensor, type Tensor } from "../graph/tensor.ts";
import { copyTensor, evaluateNodes, prepareEvaluation, type Workspace } from "./workspace.ts";

/** Step relative to max(1, |x|). */
const relativeStep = 2 ** -10;

/** Evaluates nodes with the value of one node set from outside. */
export type Probe = (value: Tensor) => readonly Tensor[];

/**
 * Cuts the graph at `x`: nodes behind it see the value that is set, also those with a stable form that bypasses x. What `stop_gradient`
 * holds stays as it is at the point, so that differences see it as derivatives do.
 */
export function createProbe(
  workspace: Workspace,
  x: NodeId,
  targets: readonly NodeId[],
): { readonly probe: Probe; readonly value: Tensor } {
  const { nodes } = workspace.build;
  const behind = markDescendants(nodes, [x]);
  const needed = markAncestors(nodes, targets);
  const held = nodes.flatMap(({ op }, id) => (op === "stop_gradient" && id !== x && behind[id] && needed[id] ? [id] : []));
  const [value, ...heldValues] = evaluateNodes(workspace, [x, ...held]);
  const cuts = new Set([x, ...held]);
  const evaluation = prepareEvaluation(workspace, targets, { graph: { nodes: nodes.map((node, id) => cutAt(node, id, cuts)) } });
  const leaves = new Map([...workspace.leaves, ...held.map((id, k) => [id, heldValues[k]] as const)]);
  return {
    value,
    probe: (changed) => {
      evaluation.run(new Map([...leaves, [x, changed]]));
      return evaluation.outputs.map((output) => copyTensor(evaluation.value(output)));
    },
  };
}

function cutAt(node: Node, id: NodeId, cuts: ReadonlySet<NodeId>): Node {
  if (cuts.has(id))
    return {
      ...node,
      op: "input",
      inputs: [],
      attributes: { shape: node.shape as readonly number[], dtype: node.dtype, cut: true },
      written: undefined,
    } as Node;
  return node.written?.bypassed.some((inner) => cuts.has(inner)) ? ({ ...node, ...node.written, written: undefined } as Node) : node;
}

/** The five points around x along a direction, as values of x. */
export function pointsAlong(value: Tensor, direction: ArrayLike<number>, step: number): readonly Tensor[] {
  return [-2, -1, 1, 2].map((k) => {
    const moved = allocateTensor("real", value.shape, "f64");
    for (let i = 0; i < value.data.length; i++) moved.data[i] = value.data[i] + k * step * direction[i];
    return moved;
  });
}

/** (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h: error of order h^4 (Abramowitz & Stegun 25.3.6). */
export function fivePoint(values: readonly number[], step: number): number {
  return (values[0] - values[3] + 8 * (values[2] - values[1])) / (12 * step);
}

/** The step for an element of size x. */
export function stepFor(x: number): number {
  const step = relativeStep * Math.max(1, Math.abs(x));
  return x + step - x;
}

/** d y / d x of shape y + x by differences. */
export function numericJacobian(workspace: Workspace, y: NodeId, x: NodeId): Tensor {
  const { probe, value } = createProbe(workspace, x, [y]);
  const rows = probe(value)[0];
  const columns = value.data.length;
  const out = allocateTensor("real", [...rows.shape, ...value.shape], "f64");
  for (let column = 0; column < columns; column++) {
    const direction = new Float64Array(columns);
    direction[column] = 1;
    const step = stepFor(value.data[column]);
    const around = pointsAlong(value, direction, step).map((point) => probe(point)[0].data);
    for (let row = 0; row < rows.data.length; row++) {
      out.data[row * columns + column] = fivePoint(
        around.map((data) => data[row]),
        step,
      );
    }
  }
  return out;
}
