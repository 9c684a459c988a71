// Inverse trigonometric functions: arcsine, arccosine, arctangent and the angle of a point.

import { highWord, powerOfTwo, quotientError, second, sumError } from "./bits.ts";
import { arcsineTail, arctangentAngles, arctangentTail, halfPi, pi } from "./coefficients.ts";

const [A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11] = arctangentTail;
const [N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10, N11, N12, N13] = arcsineTail;
const [HALF_PI, HALF_PI_LOW] = halfPi;
const [PI, PI_LOW] = pi;

/** (atan(t) - t) / t^3 in z = t^2, for |t| <= 7/16. */
function evaluateArctangentTail(z: number): number {
  const z2 = z * z;
  const z4 = z2 * z2;
  const low = A0 + A1 * z + z2 * (A2 + A3 * z);
  const middle = A4 + A5 * z + z2 * (A6 + A7 * z);
  const high = A8 + A9 * z + z2 * (A10 + A11 * z);
  return low + z4 * (middle + z4 * high);
}

/** (asin(r) - r) / r^3 in z = r^2, for |r| <= 1/2. */
function evaluateArcsineTail(z: number): number {
  const z2 = z * z;
  const z4 = z2 * z2;
  const low = N0 + N1 * z + z2 * (N2 + N3 * z);
  const middle = N4 + N5 * z + z2 * (N6 + N7 * z);
  const high = N8 + N9 * z + z2 * (N10 + N11 * z) + z4 * (N12 + N13 * z);
  return low + z4 * (middle + z4 * high);
}

/**
 * atan(x + xLow) for x >= 0 as a pair, second[0] the low part: atan(c) + atan((x - c) / (1 + c x)) with the nearest c of 0, 1/2, 1, 3/2 and
 * infinity.
 */
function arctangentPair(x: number, xLow: number): number {
  let piece = 0;
  let t = x;
  if (x >= 2.4375) {
    piece = 8;
    t = -1 / x;
  } else if (x >= 1.1875) {
    piece = 6;
    t = (x - 1.5) / (1 + 1.5 * x);
  } else if (x >= 0.6875) {
    piece = 4;
    t = (x - 1) / (1 + x);
  } else if (x >= 0.4375) {
    piece = 2;
    t = (x + x - 1) / (2 + x);
  }
  const z = t * t;
  const correction = xLow === 0 ? 0 : xLow / (1 + x * x);
  const tail = z * t * evaluateArctangentTail(z) + correction;
  const angle = arctangentAngles[piece];
  const head = angle + t;
  const headLow = angle === 0 ? 0 : angle - head + t;
  const rest = headLow + (arctangentAngles[piece + 1] + tail);
  const result = head + rest;
  second[0] = head - result + rest;
  return result;
}

/** Arctangent, in (-pi/2, pi/2). */
export function atan(x: number): number {
  if (x < 1e-8 && x > -1e-8) return x;
  if (Number.isNaN(x)) return x;
  const value = arctangentPair(Math.abs(x), 0);
  return x < 0 ? -value : value;
}

/** True for -0 and negative numbers. */
function isNegative(x: number): boolean {
  return x < 0 || (x === 0 && 1 / x < 0);
}

/** The angle for infinite or zero coordinates, as IEEE 754 lists them; 0 <= angle <= pi before the sign of y. */
function specialAngle(y: number, x: number): number {
  if (y === 0) return isNegative(x) ? PI : 0;
  if (x === 0) return HALF_PI;
  if (x === Infinity) return y === Infinity ? PI / 4 : 0;
  if (x === -Infinity) return y === Infinity ? 2.356194490192345 : PI;
  return HALF_PI;
}

/** The angle of the finite point (x, y), y > 0, x not 0. */
function pointAngle(y: number, x: number): number {
  const size = Math.abs(x);
  const exponents = (highWord(y) >> 20) - (highWord(size) >> 20);
  if (exponents > 60) return HALF_PI;
  if (exponents < -60) return x > 0 ? y / size : PI;
  const larger = Math.max(y, size);
  const lift = larger < 1e-290 ? powerOfTwo(1000) : 1;
  const scale = powerOfTwo(1023 - ((highWord(larger * lift) >> 20) & 2047));
  const top = y * lift * scale;
  const bottom = size * lift * scale;
  const quotient = top / bottom;
  const angle = arctangentPair(quotient, quotientError(top, bottom, quotient));
  if (x > 0) return angle;
  const angleLow = second[0];
  const value = PI - angle;
  return value + (PI - value - angle + (PI_LOW - angleLow));
}

/** The angle of the point (x, y) in [-pi, pi], with the signs of zeros and the infinities of IEEE 754. */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const height = Math.abs(y);
  const special = height === 0 || x === 0 || height === Infinity || x === Infinity || x === -Infinity;
  const angle = special ? specialAngle(height, x) : pointAngle(height, x);
  return isNegative(y) ? -angle : angle;
}

/** For w in [0, 1/4]: asin(sqrt(w)) = head + rest with a head of 24 bits; second[0] receives the rest. */
function rootArcsine(w: number): number {
  const root = Math.sqrt(w);
  const head = Math.fround(root);
  const low = head === 0 ? 0 : (w - head * head) / (root + head);
  second[0] = low + root * w * evaluateArcsineTail(w);
  return head;
}

/** Arcsine, in [-pi/2, pi/2]; nan outside [-1, 1]. */
export function asin(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) return size < 1e-8 ? x : x + x * (x * x) * evaluateArcsineTail(x * x);
  if (!(size <= 1)) return NaN;
  const head = 2 * rootArcsine((1 - size) * 0.5);
  const rest = 2 * second[0] - HALF_PI_LOW;
  const value = HALF_PI - head - rest;
  return x < 0 ? -value : value;
}

/** Arccosine, in [0, pi]; nan outside [-1, 1]. */
export function acos(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) {
    const head = HALF_PI - x;
    return head + (sumError(HALF_PI, -x, head) + (HALF_PI_LOW - x * (x * x) * evaluateArcsineTail(x * x)));
  }
  if (!(size <= 1)) return NaN;
  const head = 2 * rootArcsine((1 - size) * 0.5);
  const rest = 2 * second[0];
  if (x > 0) return head + rest;
  const value = PI - head;
  return value + (PI - value - head + (PI_LOW - rest));
}
