// Random model files: valid ones in any layout, valid ones with damage, and text of any kind.
import fc from "fast-check";

/** Gives a whole number from 0 to `limit` - 1. Where it gives only zeros, everything made with it is short. */
export type Draw = (limit: number) => number;

const NAMES = ["x", "y", "w", "θ", "x₁", "ŷ", "a_b", "mean", "loss", "train", "input", "data", "next", "fn", "seed", "É", "𝜃", "_k"];
const NUMBERS = ["1", "0", "0.5", "1e-3", "12.75", "inf", "nan", "1E+2"];
const STRINGS = ['"a.csv"', '""', '"say \\"hi\\" \\u00e9 \\\\"', '"# no { comment ("', '"é"'];
const COMMENTS = ["# note", "#note", "#", "# x = (", "#  two", "#!keep", "# λ → ∞ "];
const BINARY: readonly (readonly string[])[] = [
  ["or"],
  ["and"],
  [],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "@"],
  [],
  ["^"],
];

const LOOSEST = 0;
const CONDITIONAL = 1;
const OR = 2;
const NOT = 4;
const COMPARISON = 5;
const SIGN = 8;
const POWER = 9;
const POSTFIX = 10;

/** Writes one program, token by token, with random white space, line breaks and comments wherever the language allows them. */
class ProgramWriter {
  private readonly draw: Draw;
  private readonly parts: string[] = [];
  private brackets = 0;

  constructor(draw: Draw) {
    this.draw = draw;
  }

  program(): string {
    const count = 1 + this.draw(6);
    this.separators("\n");
    for (let index = 0; index < count; index += 1) {
      this.statement(0);
      this.separators(this.pick([";", "\n", "\r\n", "\r"]));
    }
    return this.parts.join("");
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[this.draw(items.length)] as Item;
  }

  private chance(oneIn: number): boolean {
    return this.draw(oneIn) === oneIn - 1;
  }

  private write(...texts: string[]): void {
    this.parts.push(...texts);
  }

  // ---- white space ----

  private breaks(): void {
    const count = 1 + this.draw(3);
    for (let index = 0; index < count; index += 1) {
      if (this.chance(3)) this.write(this.pick([" ", "\t", ""]), this.pick(COMMENTS));
      this.write(this.pick(["\n", "\n", "\r\n", "\n  "]));
    }
  }

  /** Where only brackets allow a line break. */
  private gap(): void {
    if (this.brackets > 0 && this.chance(12)) this.breaks();
    else this.write(this.pick(["", "", " ", "  "]));
  }

  /** Before and behind operators, and behind `=`, where a line may break. */
  private loose(): void {
    if (this.chance(14)) this.breaks();
    else this.write(this.pick([" ", " ", "", "   "]));
  }

  /** As `loose`, between words. */
  private word(text: string): void {
    if (this.chance(14)) this.breaks();
    this.write(" ", text, " ");
    if (this.chance(14)) this.breaks();
  }

  private separators(first: string): void {
    if (this.chance(4)) this.write(" ", this.pick(COMMENTS), "\n");
    else this.write(first);
    while (this.chance(4)) this.write(this.pick(["\n", "\n", ";", " ", "\r\n", `${this.pick(COMMENTS)}\n`]));
  }

  // ---- expressions ----

  private name(): string {
    return this.pick(NAMES);
  }

  private bracket(open: string, close: string, items: (() => void)[], canTrail: boolean): void {
    this.write(open);
    this.brackets += 1;
    items.forEach((item, index) => {
      if (index > 0) this.write(",");
      this.gap();
      item();
      this.gap();
    });
    if (canTrail && items.length > 0 && this.chance(8)) this.write(",");
    this.gap();
    this.brackets -= 1;
    this.write(close);
  }

  private many(item: () => void, least: number, most: number): (() => void)[] {
    return Array.from({ length: least + this.draw(most - least + 1) }, () => item);
  }

  private expression(minimum: number, budget: number): void {
    const kind = budget <= 0 ? 0 : this.draw(12);
    if (kind < 3) this.atom();
    else if (kind < 6) this.binary(minimum, budget);
    else if (kind === 6) this.prefixed(minimum, budget);
    else if (kind === 7) this.conditional(minimum, budget);
    else if (kind === 8) this.pipe(minimum, budget);
    else if (kind === 9) this.call(budget);
    else if (kind === 10) this.postfix(budget);
    else this.bracketed(budget);
  }

  private atom(): void {
    const kind = this.draw(8);
    if (kind < 4) this.write(this.name());
    else if (kind < 6) this.write(this.pick(NUMBERS));
    else if (kind === 6) this.write(this.pick(STRINGS));
    else this.write(this.pick(["_", "true", "false"]));
  }

  private parenthesized(build: () => void): void {
    this.bracket("(", ")", [build], false);
  }

  private binary(minimum: number, budget: number): void {
    const precedence = OR + this.draw(POSTFIX - OR);
    const operators = BINARY[precedence - OR] as readonly string[];
    if (operators.length === 0) {
      this.prefixed(minimum, budget);
      return;
    }
    const operator = this.pick(operators);
    const build = (): void => {
      this.expression(precedence === COMPARISON ? precedence + 1 : precedence === POWER ? POSTFIX : precedence, budget - 1);
      if (operator === "or" || operator === "and") this.word(operator);
      else {
        this.loose();
        this.write(operator);
        this.loose();
      }
      this.expression(precedence === POWER ? SIGN : precedence + 1, budget - 1);
    };
    if (precedence < minimum) this.parenthesized(build);
    else build();
  }

  private prefixed(minimum: number, budget: number): void {
    const isNot = this.chance(2);
    const build = (): void => {
      this.write(isNot ? "not " : this.pick(["-", "+", "- "]));
      this.expression(isNot ? NOT : POWER, budget - 1);
    };
    if ((isNot ? NOT : SIGN) < minimum) this.parenthesized(build);
    else build();
  }

  private conditional(minimum: number, budget: number): void {
    const build = (): void => {
      this.write("if ");
      this.expression(LOOSEST, budget - 1);
      this.word("then");
      this.expression(LOOSEST, budget - 1);
      this.word("else");
      this.expression(CONDITIONAL, budget - 1);
    };
    if (minimum > CONDITIONAL) this.parenthesized(build);
    else build();
  }

  private pipe(minimum: number, budget: number): void {
    const build = (): void => {
      this.expression(LOOSEST, budget - 1);
      this.loose();
      this.write("|>");
      this.loose();
      if (this.chance(2)) this.write(this.name());
      else this.call(budget);
    };
    if (minimum > LOOSEST) this.parenthesized(build);
    else build();
  }

  private call(budget: number): void {
    this.write(this.name(), this.pick(["", "", " "]));
    const argument = (): void => {
      if (this.chance(4)) {
        this.write(this.name());
        this.gap();
        this.write(":");
        this.gap();
      }
      this.expression(LOOSEST, budget - 1);
    };
    this.bracket("(", ")", this.many(argument, 0, 3), true);
  }

  private postfix(budget: number): void {
    if (this.chance(2)) this.write(this.name());
    else this.parenthesized(() => this.expression(LOOSEST, budget - 1));
    for (let count = 1 + this.draw(3); count > 0; count -= 1) {
      if (this.chance(2)) this.write(".", this.name());
      else
        this.bracket(
          "[",
          "]",
          this.many(() => this.indexItem(budget - 1), 1, 2),
          true,
        );
    }
  }

  private indexItem(budget: number): void {
    const kind = this.draw(3);
    if (kind === 0) this.expression(LOOSEST, budget);
    else if (kind === 1) this.write("...");
    else this.slice(budget);
  }

  private slice(budget: number): void {
    for (let colons = 1 + this.draw(2); colons >= 0; colons -= 1) {
      if (this.chance(2)) this.expression(LOOSEST, budget);
      if (colons > 0) {
        this.gap();
        this.write(":");
        this.gap();
      }
    }
  }

  private bracketed(budget: number): void {
    const item = (): void => this.expression(LOOSEST, budget - 1);
    const kind = this.draw(3);
    if (kind === 0) this.bracket("(", ")", [item], false);
    else if (kind === 1) this.bracket("[", "]", this.many(item, 0, 4), true);
    else this.bracket("(", ")", this.many(item, 2, 3), true);
  }

  // ---- statements ----

  private equals(): void {
    this.write(this.pick([" ", ""]), "=");
    this.loose();
    this.expression(LOOSEST, this.draw(4));
  }

  private type(): void {
    this.write(this.pick([" : ", ":"]));
    const kind = this.draw(3);
    if (kind === 0) {
      this.write(this.pick(["real", "int", "bool"]));
      return;
    }
    this.write(this.pick(["", "int", "bool "]));
    this.bracket(
      "[",
      "]",
      this.many(() => this.expression(LOOSEST, 1), 1, 2),
      true,
    );
  }

  private statement(depth: number): void {
    const kind = this.draw(depth > 2 ? 6 : 12);
    if (kind < 4) {
      this.write(this.name());
      this.equals();
    } else if (kind === 4) {
      this.write(this.pick(["param", "state", "input"]), " ", this.name());
      if (this.chance(2)) this.type();
      this.equals();
    } else if (kind === 5) {
      this.bracket(
        "(",
        ")",
        this.many(() => this.write(this.pick([this.name(), "_"])), 2, 3),
        false,
      );
      this.equals();
    } else if (kind === 6) {
      this.write(this.pick(["loss", "metric", "next", "data", "dim"]), " ", this.name());
      this.equals();
    } else if (kind < 9) this.function(depth);
    else if (kind === 9) this.entries();
    else if (kind === 10) this.write(this.pick(["precision f32", 'import "layers.wg"', "input x", "input y : [n, 4]"]));
    else {
      this.write("rule ", this.name());
      this.bracket(
        "(",
        ")",
        this.many(() => this.write(this.name()), 0, 4),
        true,
      );
      this.equals();
    }
  }

  private function(depth: number): void {
    this.write(this.pick(["fn ", "fn ", "shared fn "]), this.name());
    const parameter = (): void => {
      this.write(this.name());
      if (this.chance(3)) this.equals();
    };
    this.bracket("(", ")", this.many(parameter, 0, 3), true);
    if (this.chance(2)) this.equals();
    else this.body(depth);
  }

  private body(depth: number): void {
    this.block(() => {
      for (let count = this.draw(3); count > 0; count -= 1) {
        this.statement(depth + 1);
        this.separators(this.pick([";", "\n"]));
      }
      this.write("return ");
      this.expression(LOOSEST, 2);
      if (this.chance(2)) this.separators("\n");
    });
  }

  private entries(): void {
    this.write(this.pick(["train", "seed"]));
    this.block(() => {
      for (let count = this.draw(4); count > 0; count -= 1) {
        this.write(this.name(), this.pick(["", "", ".W"]));
        this.equals();
        this.separators(this.pick([",", ";", "\n"]));
      }
    });
  }

  private block(build: () => void): void {
    this.write(this.pick([" ", "", "\n"]), "{", this.pick([" ", "", "\n", "\n\n", " # block\n", "\n# first\n"]));
    const outer = this.brackets;
    this.brackets = 0;
    build();
    this.brackets = outer;
    this.write(this.pick([" ", "\n"]), "}");
  }
}

/** A model file without syntax errors. */
export function makeProgram(draw: Draw): string {
  return new ProgramWriter(draw).program();
}

const FRAGMENTS = [
  ...[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    ".",
    "...",
    "=",
    "==",
    "+",
    "-",
    "*",
    "^",
    "|>",
    "<",
    "_",
    '"',
    "#",
    "\\",
    "\n",
    "\r",
    " ",
  ],
  ...[
    "if",
    "then",
    "else",
    "not",
    "and",
    "or",
    "return",
    "true",
    "inf",
    "x",
    "y =",
    "fn f(",
    "fn f(x) {",
    "train {",
    "param",
    "input x : [",
    "loss J",
  ],
  ...[
    "1",
    "2.5",
    "1e",
    "1e999",
    '"abc',
    '"\\q"',
    "²",
    "−",
    "\u200b",
    "\ud800",
    "\udc00",
    "😀",
    "\u0000",
    "\ufeff",
    "\u2028",
    "e\u0301",
    "&&",
    "$",
  ],
];

/** A text with a few pieces dropped, doubled, moved or put in. */
export function damage(text: string, draw: Draw): string {
  let damaged = text;
  for (let count = 1 + draw(4); count > 0; count -= 1) {
    const at = draw(damaged.length + 1);
    const end = Math.min(damaged.length, at + 1 + draw(draw(4) === 0 ? 40 : 3));
    const kind = draw(5);
    if (kind === 0) damaged = damaged.slice(0, at) + damaged.slice(end);
    else if (kind === 1) damaged = damaged.slice(0, at) + (FRAGMENTS[draw(FRAGMENTS.length)] as string) + damaged.slice(at);
    else if (kind === 2) damaged = damaged.slice(0, end) + damaged.slice(at);
    else if (kind === 3) damaged = damaged.slice(0, at) + (FRAGMENTS[draw(FRAGMENTS.length)] as string) + damaged.slice(end);
    else damaged = damaged.slice(0, end) + damaged.slice(at, end) + damaged.slice(end, end + 20);
  }
  return damaged;
}

/** Words and signs of the language, and things that are none, in any order. */
export function makeSoup(draw: Draw): string {
  const parts: string[] = [];
  for (let count = draw(60); count > 0; count -= 1) {
    parts.push(draw(12) === 0 ? String.fromCodePoint(draw(0x10ffff)) : (FRAGMENTS[draw(FRAGMENTS.length)] as string));
    if (draw(2) === 0) parts.push(" ");
  }
  return parts.join("");
}

/** Draws from a list of numbers; zeros when it is used up, so that shorter lists make shorter texts. */
function drawFrom(numbers: readonly number[]): Draw {
  let index = 0;
  return (limit) => (numbers[index++] ?? 0) % limit;
}

/** A generator of random numbers that a seed repeats. */
export function seededDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const numbers = fc.array(fc.nat(0xffffff), { maxLength: 400, size: "max" });

/** Model files without syntax errors. */
export const programs: fc.Arbitrary<string> = numbers.map((list) => makeProgram(drawFrom(list)));

/** Model files with damage. */
export const damagedPrograms: fc.Arbitrary<string> = fc
  .tuple(numbers, fc.array(fc.nat(0xffffff), { maxLength: 30 }))
  .map(([list, more]) => damage(makeProgram(drawFrom(list)), drawFrom(more)));

/** Text that has little to do with the language. */
export const soups: fc.Arbitrary<string> = numbers.map((list) => makeSoup(drawFrom(list)));
