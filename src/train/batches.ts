// The rows that each step sees.

import type { NodeId } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { hashPath, permutation } from "../ops/kernels/index.ts";
import { moveValues } from "./move-values.ts";
import { isRowInput, takePart } from "./parts.ts";
import type { TrainJob } from "./run-state.ts";

/** Values of the inputs in a step, by node of the training program. `step` counts from 0. */
export type Batches = (step: number) => { readonly rows: number; readonly values: ReadonlyMap<NodeId, Tensor> };

const shuffleStream = hashPath("shuffle");

/** The inputs of each step: all rows, or a batch of them in an order drawn anew for each epoch; the last short batch is kept. */
export function createBatches({ training, evaluation, parts, settings }: TrainJob, batch: number, stepsPerEpoch: number): Batches {
  const { rows } = parts.train;
  const inputs = moveValues(parts.train.inputs, evaluation.inputs, training.inputs);
  let drawnEpoch = -1;
  let order: Int32Array = new Int32Array(0);
  const whole = stepsPerEpoch === 1;
  const varying = [...inputs.keys()].some((node) => isRowInput(training, node));
  return (step) => {
    if (whole || !varying) return { rows: Math.min(batch, rows), values: inputs };
    const epoch = Math.floor(step / stepsPerEpoch);
    if (epoch !== drawnEpoch) {
      order = settings.shuffle
        ? permutation(rows, settings.seed, epoch, shuffleStream)
        : Int32Array.from({ length: rows }, (_, row) => row);
      drawnEpoch = epoch;
    }
    const first = (step % stepsPerEpoch) * batch;
    const chosen = order.subarray(first, Math.min(first + batch, rows));
    return { rows: chosen.length, values: takePart(training, inputs, chosen) };
  };
}
