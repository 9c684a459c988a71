// Pieces of TypeScript source: names, comments, literals and types. Nothing of a model can leave the place it is put in.

import { stridesOf, type Tensor } from "../graph/tensor.ts";

/** Characters to a line of a long list. */
const lineWidth = 120;

/** Text for a comment: what is no letter, digit or plain sign as its number. */
export function writeComment(text: string): string {
  return Array.from(text, (character) =>
    /^[\p{L}\p{N}\p{M} ._()=,:-]$/u.test(character) ? character : `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  ).join("");
}

/** Text for the rest of a line behind `//`: what is no letter, digit or printable sign of ASCII as its number. */
export function writeLineComment(text: string): string {
  return text.replace(/[^ -~\p{L}\p{N}\p{M}]/gu, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

/** A string literal; beyond ASCII only letters and digits stand as they are. */
export function writeString(text: string): string {
  return JSON.stringify(text).replace(/[^ -~\p{L}\p{N}\p{M}]/gu, (character) =>
    Array.from({ length: character.length }, (_, k) => `\\u${character.charCodeAt(k).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** The key of a property: bare where it is a plain identifier. */
export function writeKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : writeString(name);
}

/** A number bit for bit, in parentheses where it has a sign. */
export function writeNumber(value: number): string {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? `(${text})` : text;
}

/** A number bit for bit, for a list. */
export function writeItem(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Items in brackets, over several lines where they are long. */
export function writeList(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    if (line !== "" && line.length + item.length > lineWidth) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? item : ` ${item}`;
    line += ",";
  }
  if (lines.length === 0) return `[${line.slice(0, -1)}]`;
  return `[\n${[...lines, line].map((text) => `${indent}  ${text}\n`).join("")}${indent}]`;
}

/** A flat list of numbers. */
export function writeNumbers(values: ArrayLike<number>): string {
  return writeList(Array.from(values, writeItem), "");
}

/** A value as nested lists. */
export function writeNested({ data, shape }: Tensor, indent: string): string {
  if (shape.length === 0) return writeItem(data[0]);
  const strides = stridesOf(shape);
  const write = (axis: number, start: number, inner: string): string => {
    if (axis === shape.length - 1) return writeList(Array.from(data.subarray(start, start + shape[axis]), writeItem), inner);
    const rows = Array.from({ length: shape[axis] }, (_, k) => `\n${inner}  ${write(axis + 1, start + k * strides[axis], `${inner}  `)},`);
    return rows.length === 0 ? "[]" : `[${rows.join("")}\n${inner}]`;
  };
  return write(0, 0, indent);
}

/** The type of nested lists with so many axes. */
export function writeResultType(rank: number): string {
  return `number${"[]".repeat(rank)}`;
}

/** The type of what is accepted for a value: nested lists, the innermost any list. */
export function writeGivenType(rank: number, dtype: Tensor["dtype"]): string {
  const element = dtype === "bool" ? "number | boolean" : "number";
  if (rank === 0) return element;
  const row = `ArrayLike<${element}>`;
  return Array.from({ length: rank - 1 }).reduce<string>((inner) => `readonly ${inner === row ? row : `(${inner})`}[]`, row);
}
