// The error of an index that turns out, when a graph runs, to lie outside its axis.

/** Thrown by `evaluate` only; a runner turns it into a diagnostic at the node. */
export class IndexProblem extends Error {
  readonly index: number;
  /** Number of elements along the axis: indices go from 0 to size - 1. */
  readonly size: number;
  constructor(index: number, size: number) {
    super(size === 0 ? `index ${index} is outside an axis that is empty` : `index ${index} is outside 0 to ${size - 1}`);
    this.index = index;
    this.size = size;
  }
}
