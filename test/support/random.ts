// Numbers for tests that look random and are the same in every run.
import { fillUniform, hashPath } from "../../src/ops/kernels/index.ts";

/** `count` numbers between low and high, fixed by the name. */
export function numbersFrom(name: string, count: number, low = -2, high = 2): Float64Array {
  const out = new Float64Array(count);
  fillUniform(out, 7, 0, hashPath(name), low, high);
  return out;
}
