// The reference runner: evaluates a graph of primitives node by node, in float64 or float32.

import type { Graph, NodeId, Place } from "../graph/graph.ts";
import { concreteShape, markAncestors } from "../graph/graph.ts";
import { printShape } from "../graph/size.ts";
import { allocateTensor, countElements, type Precision, type Tensor, type TensorData } from "../graph/tensor.ts";
import { IndexProblem } from "../ops/index-problem.ts";
import type { EvaluationContext, Primitive } from "../ops/op.ts";
import { opOf } from "./builder.ts";

/** Values of leaves (inputs, parameters, states, columns, arguments) by node. */
export type Feeds = ReadonlyMap<NodeId, Tensor>;

/** What a run depends on besides its feeds. */
export interface RunSettings {
  readonly seed: number;
  readonly step: number;
}

/** A graph prepared for repeated evaluation. */
export interface Runner {
  /** Bytes of all buffers together. */
  readonly bytes: number;
  /**
   * Evaluates what the outputs need. The tensors returned by `value` stay valid until the next run. Throws RunProblem for a value that does
   * not fit, MemoryProblem if memory runs out, Error if a needed leaf is not fed: callers check that first.
   */
  run(feeds: Feeds, settings: RunSettings): void;
  /** The value of an output (any needed node if the runner keeps all) after `run`. */
  value(id: NodeId): Tensor;
}

/** More than this is refused before anything is allocated. */
export const memoryLimit = 8 * 2 ** 30;

/** A value or size that an operation cannot take, met when running; `place` is where the operation was written. */
export class RunProblem extends Error {
  readonly place: Place | null;
  constructor(message: string, place: Place | null) {
    super(place?.within === undefined ? message : `in ${place.within}: ${message}`);
    this.place = place;
  }
}

/** Refused memory; the message states how much would be needed. */
export class MemoryProblem extends Error {}

const leaves: ReadonlySet<string> = new Set(["input", "param", "state", "column", "argument"]);

interface Step {
  readonly id: NodeId;
  readonly op: Primitive;
  readonly inputs: readonly NodeId[];
}

/**
 * Prepares a graph of primitives (sizes bound). With `keep`, every needed value is kept; else buffers are used again. Throws RunProblem
 * where a needed node does not fit the sizes of the run, MemoryProblem for too much memory.
 */
export function createRunner(graph: Graph, outputs: readonly NodeId[], precision: Precision, keep = false): Runner {
  const { nodes } = graph;
  const needed = markAncestors(nodes, outputs);
  const steps: Step[] = [];
  const leafIds: NodeId[] = [];
  for (let id = 0; id < nodes.length; id++) {
    if (!needed[id]) continue;
    const { op, attributes, place } = nodes[id];
    if (typeof attributes.problem === "string") throw new RunProblem(attributes.problem, place);
    if (leaves.has(op)) leafIds.push(id);
    else steps.push({ id, op: primitiveOf(op), inputs: nodes[id].inputs });
  }
  const plan = planBuffers(graph, steps, outputs, precision, keep);
  const values: (Tensor | undefined)[] = plan.tensors;
  const gathered = steps.map((step) => new Array<Tensor>(step.inputs.length));
  return {
    bytes: plan.bytes,
    run(feeds, { seed, step }) {
      const context: EvaluationContext = { single: precision === "f32", seed, step };
      for (const id of leafIds) values[id] = checkedFeed(graph, id, feeds.get(id));
      for (let k = 0; k < steps.length; k++) {
        const { id, op, inputs } = steps[k];
        const operands = gathered[k];
        for (let i = 0; i < inputs.length; i++) operands[i] = values[inputs[i]] as Tensor;
        try {
          op.evaluate(values[id] as Tensor, operands, nodes[id].attributes, context);
        } catch (error) {
          throw problemOf(error, nodes[id].place);
        }
      }
    },
    value(id) {
      const value = values[id];
      if (!value) throw new Error(`Node ${id} is not an output of this runner.`);
      return value;
    },
  };
}

/** What an operation threw, as what is said of it. */
function problemOf(error: unknown, place: Place | null): unknown {
  if (error instanceof IndexProblem) return new RunProblem(error.message, place);
  return isRefused(error) ? new MemoryProblem(refusal) : error;
}

const refusal = "there is not enough memory for this: use smaller batches or sizes";

/** True for the error of an array that the host has no room for. */
function isRefused(error: unknown): boolean {
  return error instanceof RangeError && /allocation|array length/i.test(error.message);
}

function primitiveOf(name: string): Primitive {
  const op = opOf(name);
  if (op.kind !== "primitive") throw new Error(`${name} was not replaced before running.`);
  return op;
}

function checkedFeed(graph: Graph, id: NodeId, tensor: Tensor | undefined): Tensor {
  const node = graph.nodes[id];
  if (!tensor) throw new Error(`No value for ${node.name ?? node.op}.`);
  const shape = concreteShape(node.shape);
  if (tensor.data.length !== countElements(shape)) {
    const given = `the value of ${node.name ?? node.op} has shape ${printShape(tensor.shape)}`;
    throw new RunProblem(`${given}, but this run needs ${printShape(shape)}`, node.place);
  }
  return tensor;
}

interface BufferPlan {
  readonly tensors: (Tensor | undefined)[];
  readonly bytes: number;
}

function bytesPerElement(dtype: Tensor["dtype"], precision: Precision): number {
  return dtype === "bool" ? 1 : dtype === "int" || precision === "f32" ? 4 : 8;
}

/** Assigns a buffer to each step: a fresh one, or one whose last reader has run. Refuses before allocating. */
function planBuffers(graph: Graph, steps: readonly Step[], outputs: readonly NodeId[], precision: Precision, keep: boolean): BufferPlan {
  const lastUse = new Int32Array(graph.nodes.length).fill(-1);
  for (let k = 0; k < steps.length; k++) for (const input of steps[k].inputs) lastUse[input] = k;
  for (const output of outputs) lastUse[output] = steps.length;
  const computed = new Uint8Array(graph.nodes.length);
  for (const step of steps) computed[step.id] = 1;
  const slotOf = new Int32Array(graph.nodes.length).fill(-1);
  const slots: { key: string; node: NodeId }[] = [];
  const free = new Map<string, number[]>();
  const keyOf = (id: NodeId) => `${graph.nodes[id].dtype} ${countElements(concreteShape(graph.nodes[id].shape))}`;
  let bytes = 0;
  for (let k = 0; k < steps.length; k++) {
    const { id, inputs } = steps[k];
    const key = keyOf(id);
    let slot = keep ? undefined : free.get(key)?.pop();
    if (slot === undefined) {
      slot = slots.push({ key, node: id }) - 1;
      bytes += countElements(concreteShape(graph.nodes[id].shape)) * bytesPerElement(graph.nodes[id].dtype, precision);
    }
    slotOf[id] = slot;
    if (lastUse[id] < 0) lastUse[id] = k;
    if (keep) continue;
    for (const used of new Set([...inputs, id])) {
      if (lastUse[used] !== k || !computed[used]) continue;
      const list = free.get(slots[slotOf[used]].key);
      if (list) list.push(slotOf[used]);
      else free.set(slots[slotOf[used]].key, [slotOf[used]]);
    }
  }
  if (bytes > memoryLimit) {
    throw new MemoryProblem(
      `this needs ${(bytes / 2 ** 30).toFixed(1)} GiB of memory, more than the limit of ${memoryLimit / 2 ** 30} GiB: use smaller batches or sizes`,
    );
  }
  return { bytes, tensors: allocateAll(graph, slots, slotOf, precision) };
}

function allocateAll(graph: Graph, slots: readonly { node: NodeId }[], slotOf: Int32Array, precision: Precision): (Tensor | undefined)[] {
  const buffers: TensorData[] = slots.map(({ node }) => {
    const { dtype, shape } = graph.nodes[node];
    try {
      return allocateTensor(dtype, concreteShape(shape), precision).data;
    } catch (error) {
      throw isRefused(error) ? new MemoryProblem(refusal) : error;
    }
  });
  return graph.nodes.map(({ dtype, shape }, id) =>
    slotOf[id] < 0 ? undefined : { dtype, shape: concreteShape(shape), data: buffers[slotOf[id]] },
  );
}
