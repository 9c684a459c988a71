// Splits rows into a training part and a test part.

/**
 * The first round(share * rows) rows of the permutation train, the others test; with two rows or more each part has at least one,
 * and a single row trains. Both parts are in ascending order. `permutation` holds 0 .. rows - 1 in any order.
 */
export function splitRows(rows: number, share: number, permutation: Int32Array): { readonly train: Int32Array; readonly test: Int32Array } {
  if (permutation.length !== rows) throw new RangeError(`a permutation of ${permutation.length} does not split ${rows} rows`);
  const count = rows < 2 ? rows : Math.min(rows - 1, Math.max(1, Math.round(share * rows)));
  return { train: permutation.slice(0, count).sort(), test: permutation.slice(count).sort() };
}
