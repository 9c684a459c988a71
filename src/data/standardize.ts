// Standardization of columns to mean 0 and standard deviation 1, fitted on chosen rows.

import { momentsOf } from "./moments.ts";
import { rowSize } from "./table.ts";

/** One mean and one standard deviation per element of a row: 1 of each for [n], k for [n, k], h * w for [n, h, w]. */
export interface Standardization {
  readonly mean: number[];
  readonly std: number[];
}

/**
 * Means and standard deviations (divided by n) of the given rows (null: all) of `values`, which has the given shape in row-major
 * order. A standard deviation of 0, from a constant column, becomes 1, so that the column standardizes to zeros.
 */
export function fitStandardize(values: ArrayLike<number>, shape: readonly number[], rows: Int32Array | null): Standardization {
  const width = rowSize(shape);
  const count = rows === null ? (shape[0] ?? 0) : rows.length;
  const mean: number[] = [];
  const std: number[] = [];
  const column = new Float64Array(count);
  for (let element = 0; element < width; element++) {
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] as number);
      column[index] = values[row * width + element] as number;
    }
    const moments = momentsOf(column);
    mean.push(moments.mean);
    std.push(moments.std === 0 ? 1 : moments.std);
  }
  return { mean, std };
}

/** (value - mean) / std of each element, all rows; `fit` must have one entry per element of a row of `shape`. */
export function applyStandardize(values: ArrayLike<number>, shape: readonly number[], fit: Standardization): Float64Array {
  const width = rowSize(shape);
  if (fit.mean.length !== width || fit.std.length !== width) {
    throw new RangeError(`a standardization of ${fit.mean.length} elements does not fit rows of ${width}`);
  }
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    for (let element = 0; element < width; element++) {
      const value = values[start + element] as number;
      result[start + element] = (value - (fit.mean[element] as number)) / (fit.std[element] as number);
    }
  }
  return result;
}
