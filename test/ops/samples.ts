// Where the law tests sample ops that are not elementwise: shapes, attributes, intervals.
import type { Attributes, Dtype } from "../../src/graph/graph.ts";

/** One input of a sample: a shape with an interval, or fixed values. */
export interface SampleInput {
  readonly shape: readonly number[];
  readonly dtype?: Dtype;
  readonly values?: readonly number[];
  readonly low?: number;
  readonly high?: number;
}

export interface Sample {
  readonly inputs: readonly SampleInput[];
  readonly attributes?: Attributes;
}

const vector: SampleInput = { shape: [4] };
const matrix: SampleInput = { shape: [2, 3] };
const cube: SampleInput = { shape: [2, 3, 2] };

const reductions: readonly Sample[] = [
  { inputs: [vector], attributes: { axis: null, keepdims: false } },
  { inputs: [matrix], attributes: { axis: 1, keepdims: false } },
  { inputs: [matrix], attributes: { axis: 0, keepdims: true } },
  { inputs: [cube], attributes: { axis: [0, 2], keepdims: false } },
  { inputs: [{ shape: [] }], attributes: { axis: null, keepdims: false } },
];
const alongAxis: readonly Sample[] = [
  { inputs: [vector], attributes: { axis: -1 } },
  { inputs: [matrix], attributes: { axis: 0 } },
  { inputs: [cube], attributes: { axis: 1 } },
];
const below: SampleInput = { shape: [3], low: -2, high: 0 };
const above: SampleInput = { shape: [2, 1], low: 0.1, high: 2 };
/** Away from ties. */
const extremes: readonly Sample[] = [{ inputs: [below, above] }, { inputs: [above, below] }];
/** A matrix far from singular. */
const regular = [4, 1, -0.5, 0.5, 3, 1, -1, 0.25, 5];

/** Samples of every op that is not elementwise and has real inputs. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  identity: [{ inputs: [matrix] }],
  sum: reductions,
  mean: reductions,
  prod: reductions,
  max: reductions,
  min: reductions,
  logsumexp: reductions,
  norm: reductions,
  var: reductions,
  std: reductions.slice(0, 4),
  softmax: alongAxis,
  log_softmax: alongAxis,
  cumsum: alongAxis,
  cumprod: alongAxis,
  reshape: [
    { inputs: [matrix], attributes: { shape: [3, 2] } },
    { inputs: [cube], attributes: { shape: [-1, 4] } },
  ],
  transpose: [
    { inputs: [matrix], attributes: { axes: null } },
    { inputs: [cube], attributes: { axes: [2, 0, 1] } },
  ],
  broadcast_to: [
    { inputs: [{ shape: [3] }], attributes: { shape: [2, 3] } },
    { inputs: [{ shape: [2, 1] }], attributes: { shape: [4, 2, 3] } },
  ],
  sum_to: [
    { inputs: [cube], attributes: { shape: [3, 1] } },
    { inputs: [matrix], attributes: { shape: [] } },
  ],
  concat: [
    { inputs: [matrix, matrix], attributes: { axis: 0 } },
    { inputs: [matrix, { shape: [2, 1] }, matrix], attributes: { axis: 1 } },
  ],
  stack: [
    { inputs: [vector, vector], attributes: { axis: 0 } },
    { inputs: [matrix, matrix], attributes: { axis: -1 } },
  ],
  flip: [{ inputs: [matrix], attributes: { axis: 1 } }],
  pad: [
    {
      inputs: [matrix],
      attributes: {
        widths: [
          [1, 0],
          [2, 1],
        ],
        value: 0.5,
      },
    },
  ],
  diag: [{ inputs: [vector] }, { inputs: [{ shape: [3, 3] }] }],
  trace: [{ inputs: [{ shape: [3, 3] }] }],
  tril: [{ inputs: [{ shape: [3, 3] }], attributes: { offset: 0 } }],
  triu: [{ inputs: [{ shape: [2, 3, 3] }], attributes: { offset: 1 } }],
  slice: [
    { inputs: [{ shape: [5, 3] }], attributes: { start: [3, 1], size: [2, 1], step: [-2, 1], drop: [false, true] } },
    { inputs: [vector], attributes: { start: [1], size: [3], step: [1], drop: [false] } },
  ],
  unslice: [
    {
      inputs: [{ shape: [2] }],
      attributes: { shape: [5, 3], parts: [{ start: [3, 1], size: [2, 1], step: [-2, 1], drop: [false, true] }] },
    },
    {
      inputs: [{ shape: [] }, { shape: [4] }, { shape: [2] }],
      attributes: {
        shape: [4],
        parts: [
          { start: [2], size: [1], step: [1], drop: [true] },
          { start: [0], size: [4], step: [1], drop: [false] },
          { start: [2], size: [2], step: [-1], drop: [false] },
        ],
      },
    },
  ],
  gather: [
    { inputs: [{ shape: [4, 3] }, { shape: [3], dtype: "int", values: [2, 0, 2] }], attributes: { axis: 0 } },
    { inputs: [cube, { shape: [2, 2], dtype: "int", values: [0, -1, 1, 1] }], attributes: { axis: 1 } },
  ],
  scatter_add: [{ inputs: [{ shape: [3], dtype: "int", values: [2, 0, 2] }, { shape: [3, 2] }], attributes: { axis: 0, shape: [4, 2] } }],
  matmul: [
    { inputs: [{ shape: [2, 3] }, { shape: [3, 4] }] },
    { inputs: [vector, vector] },
    { inputs: [{ shape: [2, 3] }, { shape: [3] }] },
    { inputs: [{ shape: [3] }, { shape: [3, 2] }] },
    { inputs: [{ shape: [2, 2, 3] }, { shape: [3, 2] }] },
    { inputs: [{ shape: [1, 2, 3] }, { shape: [2, 3, 2] }] },
  ],
  dot: [{ inputs: [vector, vector] }],
  outer: [{ inputs: [vector, { shape: [3] }] }],
  cross: [{ inputs: [{ shape: [3] }, { shape: [3] }] }, { inputs: [{ shape: [2, 3] }, { shape: [2, 3] }] }],
  solve: [
    { inputs: [{ shape: [3, 3], values: regular }, { shape: [3] }] },
    { inputs: [{ shape: [3, 3], values: regular }, { shape: [3, 2] }] },
  ],
  linear_recurrence: [
    { inputs: [vector, vector], attributes: { reverse: false } },
    { inputs: [matrix, matrix], attributes: { reverse: true } },
  ],
  phi: [
    { inputs: [vector], attributes: { order: 0 } },
    { inputs: [vector], attributes: { order: 2 } },
  ],
  polygamma: [
    { inputs: [{ shape: [4], low: 0.5, high: 4 }], attributes: { order: 0 } },
    { inputs: [{ shape: [4], low: 0.5, high: 4 }], attributes: { order: 2 } },
  ],
  minimum: extremes,
  maximum: extremes,
  one_hot: [{ inputs: [{ shape: [3], dtype: "int", values: [2, 0, 2] }], attributes: { classes: 3 } }],
  mse: [{ inputs: [matrix, matrix] }],
  bce: [
    {
      inputs: [
        { shape: [3], low: 0.1, high: 0.9 },
        { shape: [3], low: 0.1, high: 0.9 },
      ],
    },
  ],
  bce_logits: [{ inputs: [matrix, { shape: [2, 3], low: 0, high: 1 }] }],
  cross_entropy: [
    { inputs: [matrix, { shape: [2], dtype: "int", values: [2, 0] }], attributes: { axis: -1 } },
    { inputs: [matrix, { shape: [2, 3], low: 0, high: 1 }], attributes: { axis: -1 } },
  ],
};
