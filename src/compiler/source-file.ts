// A text that is compiled: the model itself, an imported file, or the prelude.

import type { Tree } from "../../grammar/tree.ts";

export interface SourceFile {
  /** Null: the model itself. */
  readonly name: string | null;
  readonly text: string;
  readonly tree: Tree;
  /** Characters of `text` in front of what a person wrote: places do not count them. */
  readonly lead?: number;
}

/** The name under which places in the prelude are known. */
export const preludeName = "prelude.wg";
