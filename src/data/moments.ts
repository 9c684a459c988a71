// Mean and standard deviation of numbers, accurate to the last digits.

const LARGE = 1e100;
const TINY = 1e-100;
const SCALE = 2 ** 600;

/** A running sum with Neumaier's compensation: the error of each addition is kept and added at the end. */
class CompensatedSum {
  #sum = 0;
  #error = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    this.#error += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  total(): number {
    return this.#sum + this.#error;
  }
}

/**
 * Mean and standard deviation (divided by n) in two passes. The deviations' own sum, 0 in exact arithmetic, corrects the second.
 * Equal numbers give their value and exactly 0; no numbers give 0 and 0; a number that is not finite gives NaN for both.
 */
export function momentsOf(values: Float64Array): { readonly mean: number; readonly std: number } {
  const count = values.length;
  if (count === 0) return { mean: 0, std: 0 };
  let minimum = Infinity;
  let maximum = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) return { mean: Number.NaN, std: Number.NaN };
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (minimum === maximum) return { mean: minimum, std: 0 };
  const size = Math.max(-minimum, maximum);
  const scale = size > LARGE ? 1 / SCALE : size < TINY ? SCALE : 1;

  const sum = new CompensatedSum();
  for (const value of values) sum.add(value * scale);
  const mean = sum.total() / count;
  const deviations = new CompensatedSum();
  const squares = new CompensatedSum();
  for (const value of values) {
    const deviation = value * scale - mean;
    deviations.add(deviation);
    squares.add(deviation * deviation);
  }
  const rest = deviations.total() / count;
  const variance = squares.total() / count - rest * rest;
  return { mean: mean / scale, std: Math.sqrt(Math.max(variance, 0)) / scale };
}
