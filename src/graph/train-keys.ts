// The keys of the `train` block: one table for the compiler, the settings and the documentation.

/** A key of the `train` block. */
export interface TrainKey {
  readonly name: string;
  /** What it sets, as a sentence. */
  readonly doc: string;
  /** What fits behind `=`, for messages and tables. */
  readonly takes: string;
}

/** All keys, in the order in which they are shown. */
export const trainKeys: readonly TrainKey[] = [
  { name: "optimizer", doc: "How parameters are updated.", takes: "an optimizer such as adam(rate: 1e-3)" },
  { name: "epochs", doc: "How often all training rows are gone through.", takes: "a whole number of passes over the data" },
  { name: "steps", doc: "How many updates are made, in the place of epochs.", takes: "a whole number of steps" },
  { name: "batch", doc: "How many rows one step sees.", takes: "a whole number of rows a step" },
  { name: "rows", doc: "The dimension that counts rows, where there are several.", takes: "the name of the row dimension" },
  { name: "split", doc: "How many of the rows train; the others test.", takes: "the share of the rows to train on, such as 0.8" },
  { name: "shuffle", doc: "Whether rows get a new order for each epoch.", takes: "true or false" },
  { name: "seed", doc: "The number from which all random numbers follow.", takes: "a whole number" },
  { name: "schedule", doc: "How the learning rate changes.", takes: "a schedule such as cosine(warmup: 100)" },
  { name: "clip", doc: "How large gradients may be.", takes: "a number (the largest norm of all gradients), norm(1) or value(1)" },
  {
    name: "stop",
    doc: "When to stop early; with patience, the run ends with the parameters of its best epoch.",
    takes: "patience(10) or below(1e-6)",
  },
];

/** The keys that take rows: there must be a dimension that counts them. */
export const rowKeys = ["batch", "split"] as const;

/** What is said of one of `rowKeys` in a model without a row dimension; `axes` are the first axes of the inputs with data. */
export function explainNoRows(key: (typeof rowKeys)[number], axes: ReadonlySet<string>): string {
  const [first] = axes;
  const why =
    axes.size > 1
      ? `inputs with data count their rows by ${[...axes].join(", ")}: choose one, as in rows = ${first}`
      : "no input with data has a named first axis, as in input x : [n] = ...";
  return `${key} needs a row dimension, but ${why}`;
}
