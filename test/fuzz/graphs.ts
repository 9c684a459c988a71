// One random graph and what must hold for it; shared by the test and the long run.
import { forward } from "../../src/engine/forward.ts";
import { createRunner } from "../../src/engine/reference.ts";
import { reverse } from "../../src/engine/reverse.ts";
import type { NodeId } from "../../src/graph/graph.ts";
import { filled, sum } from "../../src/ops/build.ts";
import { graphOf } from "../support/graphs.ts";
import { addArray, randomLeaf, tensorOf } from "../support/leaves.ts";
import { addRandomNodes, drawFrom } from "../support/randomGraphs.ts";

/** What is wrong with the graph of this seed, or null. */
export function checkRandomGraph(seed: number): string | null {
  const draw = drawFrom(seed);
  const shapes = Array.from({ length: 1 + draw(4) }, () => (draw(3) === 0 ? [] : draw(3) === 0 ? [1, 3] : [2, 3]));
  const specs = shapes.map((shape, k) => randomLeaf(`fuzz ${seed} ${k}`, shape));
  const graph = graphOf(specs, (build, leaves) => addRandomNodes(build, leaves, 3 + draw(25), draw));
  const { build, leaves, output: y } = graph;
  const seeds = new Map(leaves.map((leaf, k) => [leaf, addArray(build, randomLeaf(`fuzz ${seed} along ${k}`, shapes[k]))]));
  const adjoints = reverse(build, y, leaves, filled(build, 1, []));
  const tangent = forward(build, seeds, [y])[0] ?? filled(build, 0, []);
  const terms = adjoints.flatMap((adjoint, k) =>
    adjoint === null ? [] : [sum(build, build.emit("mul", [adjoint, seeds.get(leaves[k]) as NodeId]))],
  );
  const product = terms.length > 0 ? terms.reduce((a, b) => build.emit("add", [a, b])) : filled(build, 0, []);
  const [value, byForward, byReverse] = graph.run([y, tangent, product]).map(({ data }) => data[0]);
  if (!Number.isFinite(value)) return `value ${value}`;
  if (Math.abs(byForward - byReverse) > 1e-12 * (1 + Math.abs(byForward))) return `forward ${byForward}, reverse ${byReverse}`;
  const plain = createRunner(build.graph(), [y], "f64");
  plain.run(new Map(leaves.map((leaf, k) => [leaf, tensorOf(specs[k])])), { seed: 1, step: 0 });
  return Object.is(plain.value(y).data[0], value) ? null : `simplified ${value}, plain ${plain.value(y).data[0]}`;
}
