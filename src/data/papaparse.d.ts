// The part of papaparse that is used here; its published types would bring in Node's and the browser's.

interface ParseOptions {
  readonly delimiter: string;
  readonly newline: "\n";
  readonly quoteChar: '"';
  /** Stop after this many records. */
  readonly preview?: number;
}

interface ParseError {
  readonly code: string;
  /** Index into the text where the cell's content starts. */
  readonly index?: number;
}

declare const Papa: {
  parse(text: string, options: ParseOptions): { readonly data: string[][]; readonly errors: readonly ParseError[] };
};
export default Papa;
