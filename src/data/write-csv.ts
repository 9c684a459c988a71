// Writes columns as CSV text.

/** One column to write: numbers or texts, one per row. */
export interface CsvColumn {
  readonly name: string;
  readonly values: ArrayLike<number> | readonly string[];
}

/**
 * CSV text with a header line, commas and line feeds. Numbers are printed in the shortest form that reads back to the same float64
 * (negative zero as -0, others as NaN, Infinity, -Infinity). Text is kept as it is, in quotes where a reader or a spreadsheet could
 * take it for something else: empty, with delimiters, quotes, line breaks or outer blanks, or starting with = + - @.
 */
export function writeCsv(columns: readonly CsvColumn[]): string {
  const rows = columns[0]?.values.length ?? 0;
  for (const column of columns) {
    if (column.values.length !== rows) throw new RangeError(`column ${column.name} has ${column.values.length} rows, not ${rows}`);
  }
  const lines = [columns.map((column) => textCell(column.name)).join(",")];
  for (let row = 0; row < rows; row++) lines.push(columns.map((column) => writeCell(column.values[row])).join(","));
  return `${lines.join("\n")}\n`;
}

function writeCell(value: number | string | undefined): string {
  if (typeof value === "string") return textCell(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

function textCell(text: string): string {
  const plain = text !== "" && !/[",;\t\r\n]|^[=+\-@\s\ufeff]|\s$/.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
