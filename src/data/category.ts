// Categories: the sorted labels of a text column, and its cells as codes.

import { parseNumber } from "./numbers.ts";
import { type DataProblem, dataProblem, listed, quoted } from "./table.ts";

/** The different labels in order: by number if every label is a number, else by Unicode code point. */
export function fitCategories(cells: readonly string[]): string[] {
  const labels = [...new Set(cells)];
  const numbers = new Map<string, number>();
  for (const label of labels) {
    const value = parseNumber(label);
    if (value === null) return labels.sort(compareCodePoints);
    numbers.set(label, value);
  }
  return labels.sort((a, b) => compareNumbers(numbers.get(a) as number, numbers.get(b) as number) || compareCodePoints(a, b));
}

/**
 * The index of each cell in `labels`. A label that is not there is a problem naming its line (`lines[row]`, where given), its row
 * and the known labels.
 */
export function encodeCategories(
  cells: readonly string[],
  labels: readonly string[],
  lines: Int32Array | null,
  place: { readonly file?: string; readonly column?: string } = {},
): Int32Array | DataProblem {
  const codes = new Map(labels.map((label, code) => [label, code]));
  const result = new Int32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] as string;
    const code = codes.get(cell);
    if (code === undefined) {
      const line = lines?.[row];
      const where = { ...place, file: place.file ?? "data", ...(line === undefined ? {} : { line }) };
      const text = `row ${row + 1} has the label ${quoted(cell)}, which is unknown; the labels are ${listed(labels)}`;
      return dataProblem("data-unknown-label", where, text);
    }
    result[row] = code;
  }
  return result;
}

function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of UTF-16 units, except that surrogates come after all other units, as the code points they stand for do. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
