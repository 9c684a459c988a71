// Guesses how a CSV text is written: its delimiter and its decimal mark.

import Papa from "papaparse";
import { parseNumber } from "./numbers.ts";
import type { DecimalMark } from "./table.ts";

/** The delimiters that are tried, the least ambiguous first. */
const DELIMITERS = ["\t", ";", "|", ","];
const SAMPLE_CHARACTERS = 65536;
const SAMPLE_RECORDS = 50;
const SAMPLE_ROWS = 1000;

/**
 * The delimiter with which the most of the first records have as many cells as the first one has, two at least; a comma where no
 * delimiter splits the first record. A comma that is known to be the decimal mark is no delimiter. Line ends must be line feeds.
 */
export function guessDelimiter(text: string, decimal?: DecimalMark): string {
  const cut = text.length > SAMPLE_CHARACTERS;
  const sample = cut ? text.slice(0, SAMPLE_CHARACTERS) : text;
  const candidates = DELIMITERS.filter((delimiter) => delimiter !== decimal);
  let best = decimal === "," ? ";" : ",";
  let bestShare = 0;
  for (const delimiter of candidates) {
    const parsed = Papa.parse(sample, { delimiter, newline: "\n", quoteChar: '"', preview: SAMPLE_RECORDS }).data;
    const whole = cut && parsed.length > 1 ? parsed.slice(0, -1) : parsed;
    const records = whole.filter((record) => record.length > 1 || record[0]?.trim() !== "");
    const width = records[0]?.length ?? 0;
    const share = width < 2 ? 0 : records.filter((record) => record.length === width).length / records.length;
    if (share > bestShare) {
      best = delimiter;
      bestShare = share;
    }
  }
  return best;
}

/** The decimal mark that makes more of the cells numbers; a full stop where neither or both do, and where commas delimit. */
export function guessDecimal(rows: readonly (readonly string[])[], delimiter: string): DecimalMark {
  if (delimiter === ",") return ".";
  let balance = 0;
  for (const row of rows.slice(0, SAMPLE_ROWS)) {
    for (const cell of row) {
      if (cell.includes(",")) balance += parseNumber(cell, ",") === null ? 0 : 1;
      else if (cell.includes(".")) balance -= parseNumber(cell, ".") === null ? 0 : 1;
    }
  }
  return balance > 0 ? "," : ".";
}
