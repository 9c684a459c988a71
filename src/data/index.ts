// The entry of this folder: reading data files, and preparing their columns for a model.

export { encodeCategories, fitCategories } from "./category.ts";
export { type CsvOptions, readCsv } from "./csv.ts";
export { type GzipLimits, gunzip } from "./gzip.ts";
export { readIdx } from "./idx.ts";
export { readJson } from "./json.ts";
export { applyMissing, columnMeans, fillMeans } from "./missing.ts";
export { readNpy, writeNpy } from "./npy.ts";
export { guessColumn, isMissing, numbersOf, parseNumber } from "./numbers.ts";
export { type DataKind, type DataOptions, optionNames, readData } from "./read-data.ts";
export { splitRows } from "./split.ts";
export { applyStandardize, fitStandardize } from "./standardize.ts";
export * from "./table.ts";
export { writeCsv } from "./write-csv.ts";
