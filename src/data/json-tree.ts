// Parses JSON text into a tree that remembers lines and keeps the keys of objects in maps only.

import { type DataProblem, dataProblem, quoted } from "./table.ts";

export type JsonValue = number | boolean | null | string | JsonArray | JsonObject;

export interface JsonArray {
  readonly kind: "array";
  readonly items: JsonValue[];
  /** The 1-based line of the opening bracket. */
  readonly line: number;
  /** The line of each item; null where all stand on the line of the bracket. */
  readonly lines: number[] | null;
}

export interface JsonObject {
  readonly kind: "object";
  readonly entries: Map<string, JsonValue>;
  /** The 1-based line of the opening brace. */
  readonly line: number;
}

/** The deepest nesting that is read; arrays in files have far fewer axes. */
export const MAXIMUM_JSON_DEPTH = 64;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /-?[A-Za-z]+/y;
const WORDS: ReadonlyMap<string, number | boolean | null> = new Map<string, number | boolean | null>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Thrown and caught in this file only. */
class JsonFailure {
  readonly line: number;
  readonly text: string;
  constructor(line: number, text: string) {
    this.line = line;
    this.text = text;
  }
}

/**
 * Parses one JSON value. Beyond the standard, NaN, Infinity and -Infinity are read as Python writes them. A duplicate key, a number
 * that overflows, nesting deeper than MAXIMUM_JSON_DEPTH and anything after the value are problems naming their line.
 */
export function parseJson(text: string, file: string): { readonly value: JsonValue } | DataProblem {
  try {
    return { value: new JsonReader(text).document() };
  } catch (failure) {
    if (failure instanceof JsonFailure) return dataProblem("json-syntax", { file, line: failure.line }, failure.text);
    throw failure;
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail("expected the end of the file after its one value (put several records into [ ])");
    return value;
  }

  #value(depth: number): JsonValue {
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === "[" || next === "{") {
      if (depth >= MAXIMUM_JSON_DEPTH) this.#fail(`brackets may be nested ${MAXIMUM_JSON_DEPTH} deep`);
      return next === "[" ? this.#array(depth) : this.#object(depth);
    }
    if (next === '"') return this.#string();
    const digits = this.#match(NUMBER);
    if (digits !== "") {
      const number = Number(digits);
      if (!Number.isFinite(number)) this.#failWith(`${quoted(digits)} is too large for a 64-bit number`);
      return number;
    }
    const start = this.#at;
    const word = WORDS.get(this.#match(WORD));
    if (word === undefined) {
      this.#at = start;
      this.#fail("expected a value");
    }
    return word as number | boolean | null;
  }

  #array(depth: number): JsonArray {
    const line = this.#line;
    const items: JsonValue[] = [];
    let lines: number[] | null = null;
    this.#at++;
    if (this.#accept("]")) return { kind: "array", items, line, lines };
    do {
      this.#skipBlanks();
      if (lines === null && this.#line !== line) lines = new Array<number>(items.length).fill(line);
      lines?.push(this.#line);
      items.push(this.#value(depth + 1));
    } while (this.#accept(","));
    if (!this.#accept("]")) this.#fail('expected "," or "]"');
    return { kind: "array", items, line, lines };
  }

  #object(depth: number): JsonObject {
    const line = this.#line;
    const entries = new Map<string, JsonValue>();
    this.#at++;
    if (this.#accept("}")) return { kind: "object", entries, line };
    do {
      this.#skipBlanks();
      if (this.#text[this.#at] !== '"') this.#fail("expected a key in double quotes");
      const key = this.#string();
      if (entries.has(key)) this.#failWith(`the key ${quoted(key)} appears twice in one object`);
      if (!this.#accept(":")) this.#fail('expected ":"');
      entries.set(key, this.#value(depth + 1));
    } while (this.#accept(","));
    if (!this.#accept("}")) this.#fail('expected "," or "}"');
    return { kind: "object", entries, line };
  }

  #string(): string {
    const parts: string[] = [];
    let start = ++this.#at;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x22) {
        parts.push(this.#text.slice(start, this.#at++));
        return parts.length === 1 ? (parts[0] as string) : parts.join("");
      }
      if (Number.isNaN(unit) || unit < 0x20) this.#fail("expected the closing quote of a text");
      if (unit === 0x5c) {
        parts.push(this.#text.slice(start, this.#at++), this.#escape());
        start = this.#at;
      } else this.#at++;
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? "";
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) return plain;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) this.#failWith(`${quoted(`\\${letter}`)} is not an escape of JSON`);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #accept(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string {
    const start = this.#at;
    pattern.lastIndex = start;
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  #skipBlanks(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x0a) this.#line++;
      else if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0d) return;
      this.#at++;
    }
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    return this.#failWith(`${expected}, found ${rest === "" ? "the end of the file" : quoted(rest)}`);
  }

  #failWith(text: string): never {
    throw new JsonFailure(this.#line, text);
  }
}
