// What a run reports at the end of each epoch, and the curve file.

/** Loss and metrics of one part of the data. */
export interface Measures {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One point of the curve. `step` counts training steps so far. */
export interface EpochRecord extends Measures {
  readonly epoch: number;
  readonly step: number;
  readonly test?: Measures;
}

/** The columns of the curve file: epoch, step, loss, metrics, then the same of the test part with `test `. */
export function curveColumns(metrics: readonly string[], test: boolean): string[] {
  const own = ["loss", ...metrics];
  return ["epoch", "step", ...own, ...(test ? own.map((name) => `test ${name}`) : [])];
}

/** The numbers of a record in the order of its columns. */
export function curveRow(record: EpochRecord, metrics: readonly string[]): number[] {
  const values = ({ loss, metrics: own }: Measures) => [loss, ...metrics.map((name) => own[name])];
  return [record.epoch, record.step, ...values(record), ...(record.test ? values(record.test) : [])];
}
