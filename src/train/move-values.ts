// A model is compiled twice, for steps and for measuring: values go from one graph to the other by the names of their ports.

import type { NodeId } from "../graph/graph.ts";
import type { InputPort, ParamPort, StatePort } from "../graph/program.ts";
import type { Tensor } from "../graph/tensor.ts";

type Port = InputPort | ParamPort | StatePort;

function nameOf(port: Port): string {
  return "path" in port ? port.path : port.name;
}

/** Values of the ports `from` by node of the ports `to` with the same names; what only one side has is left out. */
export function moveValues(values: ReadonlyMap<NodeId, Tensor>, from: readonly Port[], to: readonly Port[]): ReadonlyMap<NodeId, Tensor> {
  const nodes = new Map(to.map((port) => [nameOf(port), port.node]));
  const moved = new Map<NodeId, Tensor>();
  for (const port of from) {
    const value = values.get(port.node);
    const node = nodes.get(nameOf(port));
    if (value && node !== undefined) moved.set(node, value);
  }
  return moved;
}
