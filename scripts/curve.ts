// Prints a training curve (the CSV that `wengert train --curve` writes) as a table with a small drawing of each column.
import { readFileSync } from "node:fs";

/** A table of numbers with named columns; an empty or non-numeric cell is NaN. */
export interface Curve {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

const bars = "▁▂▃▄▅▆▇█";
/** Columns that count instead of measuring: shown, but not drawn. */
const counters = new Set(["epoch", "step"]);

/** Reads a curve; its cells are plain numbers and its column names hold no comma. */
export function parseCurve(text: string): Curve {
  const [header = "", ...lines] = text.trim().split(/\r?\n/);
  const parseCell = (cell: string): number => (cell === "" ? Number.NaN : Number(cell));
  return { columns: header.split(","), rows: lines.filter((line) => line !== "").map((line) => line.split(",").map(parseCell)) };
}

/** One character a value, at most `width` (values in between are left out), from lowest to highest; a space for what is not finite. */
export function drawSparkline(values: readonly number[], width = 60): string {
  const count = Math.min(values.length, width);
  const shown = Array.from({ length: count }, (_, i) => values[count === 1 ? 0 : Math.round((i * (values.length - 1)) / (count - 1))]);
  const finite = shown.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      return bars[range === 0 ? 0 : Math.round(((value - low) / range) * (bars.length - 1))];
    })
    .join("");
}

/** The table (at most 24 rows, evenly spread, first and last among them) and one drawing a measured column. */
export function formatCurve({ columns, rows }: Curve): string {
  if (rows.length === 0) return "The curve is empty.\n";
  const count = Math.min(rows.length, 24);
  const shown = Array.from({ length: count }, (_, i) => rows[count === 1 ? 0 : Math.round((i * (rows.length - 1)) / (count - 1))]);
  const cells = [columns, ...shown.map((row) => columns.map((name, j) => formatCell(name, row[j])))];
  const widths = columns.map((_, j) => Math.max(...cells.map((row) => row[j].length)));
  const table = cells.map((row) => row.map((cell, j) => cell.padStart(widths[j])).join("  ")).join("\n");
  const nameWidth = Math.max(...columns.map((name) => name.length));
  const drawings = columns
    .map((name, j) => ({ name, values: rows.map((row) => row[j]) }))
    .filter(({ name, values }) => !counters.has(name) && values.some(Number.isFinite))
    .map(({ name, values }) => `${name.padEnd(nameWidth)}  ${drawSparkline(values)}`);
  return `${table}\n\n${drawings.join("\n")}\n`;
}

function formatCell(column: string, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  return counters.has(column) ? String(value) : value.toPrecision(5);
}

if (import.meta.main) {
  const path = process.argv[2];
  if (path === undefined) {
    process.stderr.write("usage: curve.ts CURVE.csv\n");
    process.exitCode = 2;
  } else process.stdout.write(formatCurve(parseCurve(readFileSync(path, "utf8"))));
}
