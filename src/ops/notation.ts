// Shorthands for how ops are typeset and spelled elsewhere.

import type { Notation, Spelling } from "./op.ts";

/** A function of its inputs: `\operatorname{relu}\left(x\right)`. `command` is the LaTeX of its name. */
export function functionNotation(glyph: string, command: string): Notation {
  return { glyph, latex: (inputs) => `${command}\\left(${inputs.join(", ")}\\right)` };
}

/** The LaTeX of a name that has no command of its own. */
export function operatorName(name: string): string {
  return `\\operatorname{${name.replaceAll("_", "\\_")}}`;
}

/** An operator between two inputs. */
export function infixNotation(glyph: string, symbol: string, strength: 0 | 1, operator?: string): Notation {
  return {
    glyph,
    strength,
    ...(operator && { operator }),
    latex: ([a, b]) => `${a} ${symbol} ${b.startsWith("-") ? parenthesize(b) : b}`,
  };
}

/** The LaTeX in parentheses that grow with it. */
export function parenthesize(latex: string): string {
  return `\\left(${latex}\\right)`;
}

/** Commands that decorate one symbol. */
const decorations: ReadonlySet<string> = new Set([
  "hat",
  "bar",
  "tilde",
  "dot",
  "ddot",
  "check",
  "breve",
  "acute",
  "grave",
  "mathring",
  "mathrm",
  "text",
]);

/** Where the brace group that opens at `start` ends, or -1. */
function endOfGroup(latex: string, start: number): number {
  let depth = 0;
  for (let at = start; at < latex.length; at++) {
    if (latex[at] === "\\") at++;
    else if (latex[at] === "{") depth++;
    else if (latex[at] === "}" && --depth === 0) return at + 1;
  }
  return -1;
}

/** True for one symbol, with decoration and subscript or without: `x`, `3.5`, `\theta`, `\hat{y}_{1}`. */
function isSymbol(latex: string): boolean {
  const head = /^(?:\d+(?:\.\d+)?|\\([a-zA-Z]+)|\w)/.exec(latex);
  if (!head) return false;
  let at = head[0].length;
  if (latex[at] === "{") {
    if (!decorations.has(head[1] ?? "")) return false;
    at = endOfGroup(latex, at);
  }
  if (at >= 0 && latex.startsWith("_{", at)) at = endOfGroup(latex, at + 1);
  return at === latex.length;
}

/** True for one pair of parentheses around everything. */
function isParenthesized(latex: string): boolean {
  if (!latex.startsWith("\\left(")) return false;
  let depth = 0;
  for (const { 0: token, index } of latex.matchAll(/\\(?:left(?![a-z])|right(?![a-z]))/g)) {
    depth += token === "\\left" ? 1 : -1;
    if (depth === 0) return index === latex.length - "\\right)".length;
  }
  return false;
}

/** The LaTeX as what a subscript or exponent is put on: in braces where it has one already, in parentheses unless it is one symbol. */
export function scriptBase(latex: string): string {
  if (isSymbol(latex)) return latex.includes("_") ? `{${latex}}` : latex;
  return isParenthesized(latex) ? latex : parenthesize(latex);
}

/** Calls of functions of the given names; null: no counterpart. `typescript` is a property of Math. */
export function spellCalls(typescript: string | null, torch: string | null, jax: string | null): Spelling {
  return {
    ...(typescript && { typescript: (inputs) => `Math.${typescript}(${inputs.join(", ")})` }),
    ...(torch && { torch: (inputs) => `torch.${torch}(${inputs.join(", ")})` }),
    ...(jax && { jax: (inputs) => `jnp.${jax}(${inputs.join(", ")})` }),
  };
}

/** The same infix expression everywhere, in parentheses. */
export function spellInfix(operator: string): Spelling {
  const spell = ([a, b]: readonly string[]) => `(${a} ${operator} ${b})`;
  return { typescript: spell, torch: spell, jax: spell };
}
