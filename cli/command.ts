// What a command is, and the options that several commands share.

import { UsageError } from "./host.ts";

/** One option of a command. `value` names its argument; without it the option is a flag. */
export interface OptionRecord {
  readonly flag: string;
  readonly value?: string;
  readonly doc: string;
  /** May be given several times: its values become a list. */
  readonly repeated?: boolean;
}

/** Options as given: text, list of texts for repeated ones, true for flags. */
export interface Options {
  /** The text of an option; null if it is not given. Of a repeated one: all its texts, separated by commas. */
  text(flag: string): string | null;
  list(flag: string): readonly string[];
  has(flag: string): boolean;
  whole(flag: string, low?: number): number | null;
}

/** One command of `wengert`: one object. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** `FILE` or `FILE...`. */
  readonly operand: "FILE" | "FILE...";
  readonly options: readonly OptionRecord[];
  /** Runs and gives the exit code. Throws CommandError (1) and UsageError (2) with a message for the user. */
  run(files: readonly string[], options: Options): number | Promise<number>;
}

/** Options with which a model is loaded. */
export const modelOptions: readonly OptionRecord[] = [
  { flag: "json", doc: "print JSON" },
  { flag: "set", value: "NAME=VALUE", doc: "value of an input or parameter", repeated: true },
  { flag: "dim", value: "NAME=SIZE", doc: "size of a dimension", repeated: true },
  { flag: "params", value: "FILE", doc: "parameters from a file" },
  { flag: "rename", value: "OLD=NEW", doc: "path of a parameter or of what was fitted, in the file and in the model", repeated: true },
  { flag: "data", value: "FILE", doc: "file in the place of the model's data (or NAME=FILE)", repeated: true },
  { flag: "precision", value: "f32|f64", doc: "arithmetic of real values" },
  { flag: "engine", value: "reference", doc: "the runner" },
];

/** Wraps parsed options. Keys are flags without dashes in front. */
export function readOptions(values: Readonly<Record<string, unknown>>): Options {
  const get = (flag: string) => values[flag];
  return {
    text(flag) {
      const value = get(flag);
      if (Array.isArray(value)) return value.join();
      return typeof value === "string" ? value : null;
    },
    list: (flag) => (Array.isArray(get(flag)) ? (get(flag) as string[]) : []),
    has: (flag) => get(flag) !== undefined && get(flag) !== false,
    whole(flag, low = 0) {
      const text = get(flag);
      if (typeof text !== "string") return null;
      const number = Number(text);
      if (text.trim() === "" || !Number.isSafeInteger(number) || number < low)
        throw new UsageError(`--${flag} needs a whole number of at least ${low}, not ${text}`);
      return number;
    },
  };
}

/** `a=1` pairs as a map. */
export function readPairs(flag: string, texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at <= 0 || at === text.length - 1) throw new UsageError(`--${flag} needs NAME=VALUE, not ${text}`);
      return [text.slice(0, at).trim().normalize("NFC"), text.slice(at + 1).trim()];
    }),
  );
}

/** The name that an option gives, or null; a command that works on one node refuses several. */
export function readName(options: Options, flag: string): string | null {
  const names = readNames(options, flag);
  if (names !== null && names.length > 1) throw new UsageError(`--${flag} takes one name here, not ${names.length}: ${names.join(", ")}`);
  return names === null ? null : names[0];
}

/** The names that an option gives, separated by commas or each with the option in front; null if it is not given. */
export function readNames(options: Options, flag: string): readonly string[] | null {
  const text = options.text(flag);
  if (text === null) return null;
  const names = [...new Set(splitList(text))];
  if (names.length === 0) throw new UsageError(`--${flag} needs a name`);
  return names;
}

/** Splits at commas outside brackets: `h=1,theta=[1, 2]`. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "[" || character === "(") depth++;
    else if (character === "]" || character === ")") depth--;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
