// Names of models as LaTeX: Greek letters, accents, subscripts; nothing in a name can leave the place it is put in.

const greek = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(
  " ",
);
const capitals = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(" ");
const letters: ReadonlySet<string> = new Set([...greek, ...capitals]);

/** Greek characters and the names of their commands. */
const characters: ReadonlyMap<string, string> = new Map([
  ...[..."αβγδεζηθικλμνξπρστυφχψω"].map((character, k) => [character, greek[k]] as const),
  ...[..."ΓΔΘΛΞΠΣΥΦΨΩ"].map((character, k) => [character, capitals[k]] as const),
  ["ς", "varsigma"],
  ["ϑ", "vartheta"],
  ["ϕ", "phi"],
  ["ϵ", "epsilon"],
]);

/** Accents by combining character and by the word that stands for them in a name. */
const accents: ReadonlyMap<string, string> = new Map([
  ["\u0300", "grave"],
  ["\u0301", "acute"],
  ["\u0302", "hat"],
  ["\u0303", "tilde"],
  ["\u0304", "bar"],
  ["\u0306", "breve"],
  ["\u0307", "dot"],
  ["\u0308", "ddot"],
  ["\u030a", "mathring"],
  ["\u030c", "check"],
]);
const accentWords: ReadonlySet<string> = new Set(["hat", "bar", "tilde", "dot", "ddot"]);

const specials: ReadonlyMap<string, string> = new Map([
  ["\\", "\\textbackslash{}"],
  ["^", "\\textasciicircum{}"],
  ["~", "\\textasciitilde{}"],
  ...[..."{}$&#_%"].map((character) => [character, `\\${character}`] as const),
]);

/** Text that stands for itself in LaTeX. Characters that cannot be set are written as U+ and their number. */
export function escapeLatex(text: string): string {
  return Array.from(text, (character) => {
    const special = specials.get(character);
    if (special !== undefined) return special;
    const letter = characters.get(character);
    if (letter !== undefined) return `\\ensuremath{\\${letter}}`;
    if (/^[\p{L}\p{N}\p{M} !-~]$/u.test(character)) return character;
    return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}`;
  }).join("");
}

/** Upright text in a formula. */
function writeUpright(text: string): string {
  return /^[A-Za-z0-9_.]*$/.test(text) ? `\\mathrm{${escapeLatex(text)}}` : `\\text{${escapeLatex(text)}}`;
}

/** One symbol: a letter, a Greek letter by its name or character, with accents; null for anything longer. */
function writeSymbol(word: string): string | null {
  if (letters.has(word)) return `\\${word}`;
  const [character, ...marks] = [...word.normalize("NFD")];
  const base = character === undefined ? null : (characters.get(character) ?? (/^[A-Za-z]$/.test(character) ? character : null));
  if (base === null || !marks.every((mark) => accents.has(mark))) return null;
  const symbol = base.length > 1 ? `\\${base}` : base;
  return marks.reduce((inner, mark) => `\\${accents.get(mark)}{${inner}}`, symbol);
}

/** `yhat`, `thetabar`: a symbol followed by the word for an accent. */
function writeAccented(word: string): string | null {
  for (const accent of accentWords) {
    if (!word.endsWith(accent)) continue;
    const symbol = writeSymbol(word.slice(0, -accent.length));
    if (symbol !== null) return `\\${accent}{${symbol}}`;
  }
  return null;
}

function writeSubscript(parts: readonly string[]): string {
  return parts.length === 0 ? "" : `_{${parts.join(", ")}}`;
}

/** A part of a subscript: a number, a symbol or a word. */
function writePart(part: string): string {
  return /^[0-9]+$/.test(part) ? part : (writeAccented(part) ?? writeSymbol(part) ?? writeUpright(part));
}

/** A name without the digits at its end, and these. */
function splitDigits(name: string): readonly [stem: string, digits: string] {
  let end = name.length;
  while (end > 0 && name[end - 1] >= "0" && name[end - 1] <= "9") end--;
  return [name.slice(0, end), name.slice(end)];
}

interface Typeset {
  readonly base: string;
  readonly subscripts: readonly string[];
}

/** `x1` -> x_{1}; `y_hat` -> \hat{y}; `theta_max` -> \theta_{\mathrm{max}}; `log_posterior` stays one word. */
function typeset(name: string): Typeset {
  const plain = name.normalize("NFC").replace(/[₀-₉]/g, (digit) => String((digit.codePointAt(0) as number) - 0x2080));
  const [stem, digits] = splitDigits(plain);
  const end = digits === "" || stem === "" || stem === "_" ? [] : [digits];
  const word = end.length === 0 ? plain : stem.endsWith("_") ? stem.slice(0, -1) : stem;
  const [head, ...rest] = word.split("_");
  const [core, ownDigits] = splitDigits(head);
  let base = writeAccented(core) ?? writeSymbol(core);
  if (base === null || rest.includes("")) return { base: writeUpright(word), subscripts: end };
  const parts = ownDigits === "" ? [] : [ownDigits];
  for (const part of rest) {
    if (accentWords.has(part) && parts.length === 0) base = `\\${part}{${base}}`;
    else parts.push(writePart(part));
  }
  return { base, subscripts: [...parts, ...end] };
}

/** The LaTeX of a name path: the last part with its symbols, the path before it as a subscript. */
export function nameLatex(path: string): string {
  const parts = path.split(".");
  const { base, subscripts } = typeset(parts[parts.length - 1]);
  const owner = parts.slice(0, -1).join(".");
  return `${base}${writeSubscript(owner === "" ? subscripts : [...subscripts, writeUpright(owner)])}`;
}

/** The name letter by letter, for a name whose symbols another name has taken. */
export function literalName(path: string): string {
  return `\\text{${escapeLatex(path)}}`;
}
