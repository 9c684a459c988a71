// A number that a person sets in a call of the `train` block, such as `adam(rate: 1e-3)`.

/** What a setting takes; flags are 0 or 1. */
export interface CallSetting {
  readonly name: string;
  /** A count is a whole number; a number if nothing is said. */
  readonly kind?: "number" | "flag" | "count";
  /** Without one the setting must be given. */
  readonly default?: number;
  /** The least and the largest value. */
  readonly low: number;
  readonly high: number;
  /** True if `high` itself is too large. */
  readonly open?: boolean;
  readonly doc: string;
}

/** True for a number that the setting takes. */
export function takesNumber({ kind, low, high, open }: Omit<CallSetting, "name" | "doc">, value: number): boolean {
  return value >= low && (open ? value < high : value <= high) && (kind !== "count" || Number.isSafeInteger(value));
}

/** What the setting takes, in words: `at least 0`, `a whole number, at least 1`. */
export function describeRange({ kind, low, high, open }: Omit<CallSetting, "name" | "doc">): string {
  if (kind === "flag") return "true or false";
  const range =
    high >= Number.MAX_SAFE_INTEGER ? `at least ${low}` : open ? `at least ${low} and below ${high}` : `between ${low} and ${high}`;
  return kind === "count" ? `a whole number, ${range}` : low <= -Number.MAX_SAFE_INTEGER ? "a number" : range;
}
