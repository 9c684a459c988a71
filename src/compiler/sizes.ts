// Sizes of named dimensions: bound by `dim`, by options, by data, and by arrays that are given as values.

import type { Span } from "../../grammar/tree.ts";
import type { SizeBindings } from "../graph/size.ts";

/** What bound a dimension. */
export interface SizeSource {
  readonly size: number;
  /** As a message names it: "dim n", "the data cars". */
  readonly source: string;
  /** Where a person fixed it: in a `dim` statement of the model, or nowhere in it ("option"). Null: it follows from a value. */
  readonly fixed: Span | "option" | null;
}

/** What is said of a size that is given to a dimension that counts rows: `counted` are those. */
export function fixedRows(name: string, size: number, counted: string): string {
  return `${name} counts ${counted}, so it cannot be ${size}: leave its size to the data; how many rows a training step sees is set by \`batch = ${size}\` in train`;
}

export class Sizes {
  /** All sizes that are known. */
  readonly bound = new Map<string, number>();
  private readonly sources = new Map<string, SizeSource>();
  private readonly rows = new Set<string>();
  private fixed: Map<string, number> | null = null;
  /** What waits for a dimension: sizes that are computed from it. */
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Binds a dimension; returns what bound it before if that was another size. */
  bind(name: string, size: number, source: string, fixed: SizeSource["fixed"] = null): SizeSource | null {
    const known = this.sources.get(name);
    if (known) return known.size === size ? null : known;
    this.sources.set(name, { size, source, fixed });
    this.bound.set(name, size);
    this.fixed = null;
    const waiting = this.waiting.get(name) ?? [];
    this.waiting.delete(name);
    for (const resume of waiting) resume();
    return null;
  }

  /** Takes a binding back that turned out not to hold. */
  release(name: string): void {
    this.sources.delete(name);
    this.bound.delete(name);
    this.rows.delete(name);
    this.fixed = null;
  }

  /** Calls `resume` once the dimension is bound. */
  whenBound(name: string, resume: () => void): void {
    const waiting = this.waiting.get(name);
    if (waiting) waiting.push(resume);
    else this.waiting.set(name, [resume]);
  }

  /** Marks a dimension as counting the rows of data: its size differs from batch to batch. */
  markRows(name: string): void {
    this.rows.add(name);
    this.fixed = null;
  }

  isRows(name: string): boolean {
    return this.rows.has(name);
  }

  /** The sizes that are the same in every step: all but those that count rows. */
  get constant(): SizeBindings {
    if (this.rows.size === 0) return this.bound;
    this.fixed ??= new Map([...this.bound].filter(([name]) => !this.rows.has(name)));
    return this.fixed;
  }
}
