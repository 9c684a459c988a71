// Tables read from files: columns, problems that name their place, and the selection of columns and rows.

/** Compact storage of a numeric column; numbers are converted to real only where they are used. */
export type NumericValues = Float64Array | Float32Array | Int32Array | Uint8Array | Int8Array | Int16Array | Uint16Array | Uint32Array;

/** Numbers with a shape whose first axis is the rows, in row-major order. `dtype` is "int" for every integer (and bool) storage. */
export interface NumericColumn {
  readonly kind: "numeric";
  readonly name: string;
  readonly dtype: "real" | "int";
  readonly shape: readonly number[];
  readonly values: NumericValues;
  /** The file it was read from, for messages. */
  readonly file?: string;
}

/** Cells as they stand in the file; `lines` holds the 1-based line of each row. */
export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  readonly cells: readonly string[];
  readonly lines: Int32Array;
  /** The file it was read from, for messages. */
  readonly file?: string;
  /** The decimal mark of the file; a full stop where absent. */
  readonly decimal?: DecimalMark;
  /** Why nobody can use it: it has no name, or shares its name with another column. */
  readonly fault?: DataProblem;
}

export type Column = NumericColumn | TextColumn;

export type DecimalMark = "." | ",";

/** What to do with rows whose used columns have missing cells. */
export type MissingPolicy = "error" | "drop" | "mean";

/** How a CSV file is written, as given or guessed. */
export interface Dialect {
  readonly delimiter: string;
  readonly decimal: DecimalMark;
  readonly header: boolean;
}

/** Columns of equal length. A file that is one array is a table with the single column "". */
export interface Table {
  readonly file: string;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** Only of CSV files. */
  readonly dialect?: Dialect;
}

/** One thing that is wrong with a file. The message is complete: it names file, line and column where they are known. */
export interface DataProblem {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  /** 1-based line in the (unzipped) file. */
  readonly line?: number;
  readonly column?: string;
}

/** The outcome of reading: a table, or null with at least one problem. */
export type Read = { readonly table: Table | null; readonly problems: readonly DataProblem[] };

/** A file as the host hands it over. */
export interface DataFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a problem is. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: string;
}

/** The largest number of elements of one array. */
export const MAXIMUM_ELEMENTS = 2 ** 31;

/** Builds a problem; its message starts with the place: `cars.csv:7: column "mpg": TEXT`. */
export function dataProblem(code: string, place: Place, text: string): DataProblem {
  const line = place.line === undefined ? "" : `:${place.line}`;
  const column = place.column ? ` column ${quoted(place.column)}:` : "";
  return { ...place, code, message: `${place.file}${line}:${column} ${text}` };
}

/** Tells a problem from any other result of this folder. */
export function isProblem(value: unknown): value is DataProblem {
  return typeof value === "object" && value !== null && "code" in value && "message" in value && "file" in value;
}

/** A failed read. */
export function failed(...problems: readonly DataProblem[]): Read {
  return { table: null, problems };
}

/** Text of a file for a message: in quotes, control characters escaped, at most `limit` characters. */
export function quoted(text: string, limit = 40): string {
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}

/** "a", "b", "c" and 4 more: names for a message. */
export function listed(names: readonly string[], limit = 12): string {
  const shown = names.slice(0, limit).map((name) => quoted(name));
  return names.length > limit ? `${shown.join(", ")} and ${names.length - limit} more` : shown.join(", ");
}

/** The product of a shape, or null above MAXIMUM_ELEMENTS. */
export function elementCount(shape: readonly number[]): number | null {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count > MAXIMUM_ELEMENTS) return null;
  }
  return count;
}

/** The number of elements in one row of a shape whose first axis is the rows. */
export function rowSize(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** A table of one unnamed column, for a file that is one array. */
export function arrayTable(file: string, column: Column): Table {
  return { file, rows: columnRows(column), columns: new Map([[column.name, column]]) };
}

/** The number of rows of a column. */
export function columnRows(column: Column): number {
  return column.kind === "text" ? column.cells.length : (column.shape[0] ?? 0);
}

/** The column of that name, or a problem: it cannot be used, or there is none, and these are the columns there are. */
export function columnOf(table: Table, name: string): Column | DataProblem {
  const column = table.columns.get(name);
  if (column !== undefined) return column.kind === "text" && column.fault ? column.fault : column;
  const names = [...table.columns.keys()].filter((other) => other !== "" || table.columns.size === 1);
  const unnamed = names.length === 1 && names[0] === "";
  const close = names.find((other) => other.trim().toLowerCase() === name.trim().toLowerCase());
  const known = unnamed
    ? "the file is one array without named columns"
    : close === undefined
      ? `its columns are ${listed(names)}`
      : `did you mean ${quoted(close)}?`;
  return dataProblem("data-unknown-column", { file: table.file }, `there is no column ${quoted(name)}; ${known}`);
}

/** The rows at the given indices (0-based, each below `table.rows`, in any order), all columns. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) columns.set(name, takeColumnRows(column, rows));
  return { ...table, rows: rows.length, columns };
}

function takeColumnRows(column: Column, rows: Int32Array): Column {
  if (column.kind === "text") {
    const lines = Int32Array.from(rows, (row) => column.lines[row] as number);
    return { ...column, cells: Array.from(rows, (row) => column.cells[row] as string), lines };
  }
  const width = rowSize(column.shape);
  const Storage = column.values.constructor as new (length: number) => NumericValues;
  const values = new Storage(rows.length * width);
  rows.forEach((row, index) => {
    values.set(column.values.subarray(row * width, (row + 1) * width), index * width);
  });
  return { ...column, shape: [rows.length, ...column.shape.slice(1)], values };
}

/** The cells of a column as labels, one per row, without surrounding blanks; numbers are written in their shortest form. */
export function labelsOf(column: Column): readonly string[] | DataProblem {
  if (column.kind === "text") return column.cells.map((cell) => cell.trim());
  if (column.shape.length === 1) return Array.from(column.values, String);
  const place = { file: column.file ?? "data", column: column.name };
  return dataProblem("data-labels-shape", place, `labels need one value per row, but its shape is [${column.shape.join(", ")}]`);
}
