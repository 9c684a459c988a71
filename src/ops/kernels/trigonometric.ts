// Sine, cosine and tangent of every finite angle.

import { reduceAngle } from "./angle.ts";
import { dividePairs, second } from "./bits.ts";
import { cosineTail, sineTail } from "./coefficients.ts";

const [S0, S1, S2, S3, S4, S5, S6] = sineTail;
const [C0, C1, C2, C3, C4, C5] = cosineTail;
const SMALL = 0.7853981633974483;

/** (sin(r + rLow) - r) for |r| <= pi/4: add it to r. */
export function sineRest(r: number, rLow: number): number {
  const z = r * r;
  const z2 = z * z;
  const tail = S0 + S1 * z + z2 * (S2 + S3 * z + z2 * (S4 + S5 * z + z2 * S6));
  return rLow * (1 - 0.5 * z) + z * r * tail;
}

/** cos(r + rLow) - (1 - r^2/2 rounded) for |r| <= pi/4: add it to 1 - 0.5 * (r * r). */
export function cosineRest(r: number, rLow: number): number {
  const z = r * r;
  const z2 = z * z;
  const half = 0.5 * z;
  const head = 1 - half;
  const tail = C0 + C1 * z + z2 * (C2 + C3 * z + z2 * (C4 + C5 * z));
  return 1 - head - half + (z2 * tail - r * rLow);
}

/** sin(x); nan at infinity. */
export function sin(x: number): number {
  if (x <= SMALL && x >= -SMALL) return x < 1e-8 && x > -1e-8 ? x : x + sineRest(x, 0);
  if (!(x < Infinity && x > -Infinity)) return NaN;
  const r = reduceAngle(x);
  const rLow = second[0];
  const quadrant = second[1];
  const value = quadrant & 1 ? 1 - 0.5 * (r * r) + cosineRest(r, rLow) : r + sineRest(r, rLow);
  return quadrant & 2 ? -value : value;
}

/** cos(x); nan at infinity. */
export function cos(x: number): number {
  if (x <= SMALL && x >= -SMALL) return 1 - 0.5 * (x * x) + cosineRest(x, 0);
  if (!(x < Infinity && x > -Infinity)) return NaN;
  const r = reduceAngle(x);
  const rLow = second[0];
  const quadrant = second[1];
  const value = quadrant & 1 ? r + sineRest(r, rLow) : 1 - 0.5 * (r * r) + cosineRest(r, rLow);
  return (quadrant + 1) & 2 ? -value : value;
}

/** tan(x) as a quotient of pairs; nan at infinity. */
export function tan(x: number): number {
  if (x < 1e-8 && x > -1e-8) return x;
  if (!(x < Infinity && x > -Infinity)) return NaN;
  const r = reduceAngle(x);
  const rLow = second[0];
  const quadrant = second[1];
  const sineTailValue = sineRest(r, rLow);
  const sine = r + sineTailValue;
  const sineLow = r - sine + sineTailValue;
  const cosineHead = 1 - 0.5 * (r * r);
  const cosineTailValue = cosineRest(r, rLow);
  const cosine = cosineHead + cosineTailValue;
  const cosineLow = cosineHead - cosine + cosineTailValue;
  return quadrant & 1 ? -dividePairs(cosine, cosineLow, sine, sineLow) : dividePairs(sine, sineLow, cosine, cosineLow);
}
