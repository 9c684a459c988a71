// What can be wrong between a compiled model and its data, parameters or settings.

import type { Place } from "../graph/graph.ts";

/** One thing that is wrong; `place` is where in the model it comes from, null where the message itself names the place. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly place: Place | null;
}

/** Carries a problem to the entry of the room that met it; never leaves it. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(code: string, message: string, place: Place | null = null) {
    super(message);
    this.problem = { code, message, place };
  }
}

/** The result of `work`, or the problem that it met. */
export function catchProblem<Result>(
  work: () => Result,
): { readonly result: Result; readonly problem: null } | { readonly result: null; readonly problem: Problem } {
  try {
    return { result: work(), problem: null };
  } catch (error) {
    if (error instanceof ProblemError) return { result: null, problem: error.problem };
    throw error;
  }
}
