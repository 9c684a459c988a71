// Sizes of axes: whole numbers, or polynomials in named dimensions while those are not bound.

/** One product of dimension names with a whole coefficient. `names` is sorted and may repeat (n * n). */
interface Term {
  readonly coefficient: number;
  readonly names: readonly string[];
}

/** A polynomial in dimension names: canonical (terms sorted by their names, no zero coefficient, at least one name somewhere). */
export interface SymbolicSize {
  readonly terms: readonly Term[];
}

export type Size = number | SymbolicSize;
export type Shape = readonly Size[];

/** Sizes of named dimensions that are known. */
export type SizeBindings = ReadonlyMap<string, number>;

export function isSymbolic(value: unknown): value is SymbolicSize {
  return typeof value === "object" && value !== null && "terms" in value;
}

/** The size of the dimension `name`, not bound. */
export function namedSize(name: string): SymbolicSize {
  return { terms: [{ coefficient: 1, names: [name] }] };
}

/** The name of a size that is one dimension and nothing else. */
export function dimensionName(size: Size | undefined): string | null {
  if (size === undefined || typeof size === "number" || size.terms.length !== 1) return null;
  const { coefficient, names } = size.terms[0];
  return coefficient === 1 && names.length === 1 ? names[0] : null;
}

function termsOf(size: Size): readonly Term[] {
  if (typeof size !== "number") return size.terms;
  return size === 0 ? [] : [{ coefficient: size, names: [] }];
}

function normalize(terms: Iterable<Term>): Size {
  const sums = new Map<string, Term>();
  for (const term of terms) {
    const key = term.names.join("\u0000");
    const known = sums.get(key);
    sums.set(key, known ? { ...known, coefficient: known.coefficient + term.coefficient } : term);
  }
  const kept = [...sums].filter(([, term]) => term.coefficient !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (kept.length === 0) return 0;
  if (kept.length === 1 && kept[0][1].names.length === 0) return kept[0][1].coefficient;
  return { terms: kept.map(([, term]) => term) };
}

export function addSizes(a: Size, b: Size): Size {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return normalize([...termsOf(a), ...termsOf(b)]);
}

export function subtractSizes(a: Size, b: Size): Size {
  return addSizes(a, multiplySizes(b, -1));
}

export function multiplySizes(a: Size, b: Size): Size {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const products: Term[] = [];
  for (const left of termsOf(a)) {
    for (const right of termsOf(b)) {
      products.push({ coefficient: left.coefficient * right.coefficient, names: [...left.names, ...right.names].sort() });
    }
  }
  return normalize(products);
}

/** a / b where it divides exactly (b a number or a single product of names), else null. */
export function divideSizes(a: Size, b: Size): Size | null {
  if (sameSize(a, b)) return b === 0 ? null : 1;
  const divisors = termsOf(b);
  if (divisors.length !== 1) return null;
  const divisor = divisors[0];
  const quotients: Term[] = [];
  for (const term of termsOf(a)) {
    const names = [...term.names];
    for (const name of divisor.names) {
      const at = names.indexOf(name);
      if (at < 0) return null;
      names.splice(at, 1);
    }
    const coefficient = term.coefficient / divisor.coefficient;
    if (!Number.isInteger(coefficient)) return null;
    quotients.push({ coefficient, names });
  }
  return normalize(quotients);
}

/** True if both are the same polynomial. Names that are bound to equal numbers do not make sizes the same: bind first for that. */
export function sameSize(a: Size, b: Size): boolean {
  if (typeof a === "number" || typeof b === "number") return a === b;
  return a.terms.length === b.terms.length && a.terms.every((term, k) => sameTerm(term, b.terms[k]));
}

function sameTerm(a: Term, b: Term): boolean {
  return a.coefficient === b.coefficient && a.names.length === b.names.length && a.names.every((name, k) => name === b.names[k]);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => sameSize(size, b[axis]));
}

/** Number of elements of a shape. */
export function elementCount(shape: Shape): Size {
  return shape.reduce<Size>((product, size) => multiplySizes(product, size), 1);
}

/** Puts known sizes in the place of names. */
export function bindSize(size: Size, bindings: SizeBindings): Size {
  if (typeof size === "number") return size;
  return normalize(
    size.terms.map(({ coefficient, names }) => {
      const open = names.filter((name) => !bindings.has(name));
      return { coefficient: names.reduce((product, name) => product * (bindings.get(name) ?? 1), coefficient), names: open };
    }),
  );
}

export function bindShape(shape: Shape, bindings: SizeBindings): Shape {
  return shape.map((size) => bindSize(size, bindings));
}

/** Puts another dimension in the place of one. */
export function renameInSize(size: Size, from: string, to: string): Size {
  if (typeof size === "number") return size;
  return normalize(
    size.terms.map(({ coefficient, names }) => ({ coefficient, names: names.map((name) => (name === from ? to : name)).sort() })),
  );
}

/** The dimension that makes `size` equal to `value`, with its size, where that is the only open one and stands alone: `2 * n + 1`. */
export function solveSize(size: Size, value: number): { readonly name: string; readonly size: number } | null {
  if (typeof size === "number" || size.terms.length > 2) return null;
  const open = size.terms.find(({ names }) => names.length > 0);
  const rest = size.terms.find((term) => term !== open);
  if (open?.names.length !== 1 || (rest && rest.names.length > 0)) return null;
  return { name: open.names[0], size: (value - (rest?.coefficient ?? 0)) / open.coefficient };
}

/** The names of the dimensions that a size depends on. */
export function namesInSize(size: Size): readonly string[] {
  return typeof size === "number" ? [] : [...new Set(size.terms.flatMap((term) => term.names))];
}

/** Terms as a person writes them: what is added first, what is taken away behind it, of each the number last. */
function printedOrder(terms: readonly Term[]): readonly Term[] {
  const rank = ({ coefficient, names }: Term) => (coefficient > 0 ? 0 : 2) + (names.length > 0 ? 0 : 1);
  return terms.toSorted((a, b) => rank(a) - rank(b));
}

/** `n`, `2 * n + 1`, `n - 1`, `784`. */
export function printSize(size: Size): string {
  if (typeof size === "number") return String(size);
  return printedOrder(size.terms)
    .map(({ coefficient, names }, index) => {
      const magnitude = Math.abs(coefficient);
      const factors = magnitude === 1 && names.length > 0 ? names : [String(magnitude), ...names];
      const sign = coefficient < 0 ? (index === 0 ? "-" : " - ") : index === 0 ? "" : " + ";
      return sign + factors.join(" * ");
    })
    .join("");
}

/** `[n, 4]`; a scalar is `[]`. */
export function printShape(shape: Shape): string {
  return `[${shape.map(printSize).join(", ")}]`;
}
