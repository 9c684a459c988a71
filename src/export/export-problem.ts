// What cannot be exported, and why.

import type { Place } from "../graph/graph.ts";

/** Thrown by exports before anything is written; the message names what the format cannot hold. */
export class ExportProblem extends Error {
  readonly place: Place | null;
  constructor(message: string, place: Place | null) {
    super(message);
    this.place = place;
  }
}
