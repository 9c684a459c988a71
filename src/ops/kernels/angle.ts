// Reduction of an angle to [-pi/4, pi/4] and a quadrant, exact for every finite number.

import { highWord, powerOfTwo, productError, ROUNDING, second } from "./bits.ts";
import { halfPi, halfPiParts, twoOverPi } from "./coefficients.ts";

const [PART1, PART2, PART3] = halfPiParts;
const [HALF_PI, HALF_PI_LOW] = halfPi;
const TWO_OVER_PI = 0.6366197723675814;
const BASE = 16777216;
const INVERSE_BASE = 1 / BASE;
/** Up to here k * PART1 and k * PART2 are exact. */
const CODY_WAITE_LIMIT = 200000;

/**
 * x = quadrant * pi/2 + r + rLow with |r| <= pi/4 (a little more by rounding): returns r, second[0] = rLow, second[1] = a whole
 * number congruent to the quadrant modulo 4. x finite.
 */
export function reduceAngle(x: number): number {
  if (!(x < CODY_WAITE_LIMIT && x > -CODY_WAITE_LIMIT)) return reduceLargeAngle(x);
  const k = x * TWO_OVER_PI + ROUNDING - ROUNDING;
  const first = x - k * PART1;
  const step = k * PART2;
  const next = first - step;
  const nextLow = first - next - step;
  const last = k * PART3;
  const r = next - last;
  const back = r - next;
  second[0] = nextLow + (next - (r - back) - (last + back));
  second[1] = k;
  return r;
}

const digits = new Float64Array(4);
const product = new Float64Array(9);

/**
 * Payne and Hanek's method in digits of base 2^24: the product of x and 2/pi, of which only the digits from 2^0 (modulo 2^24) down
 * to 2^-168 are needed, because no binary64 number comes closer than about 2^-62 to a multiple of pi/2.
 */
function reduceLargeAngle(x: number): number {
  const size = Math.abs(x);
  const place = Math.floor((((highWord(size) >> 20) & 2047) - 1023) / 24);
  let rest = size * powerOfTwo(-24 * place);
  for (let i = 0; i < 4; i++) {
    const digit = Math.floor(rest);
    digits[i] = digit;
    rest = (rest - digit) * BASE;
  }
  let carry = 0;
  for (let position = 7; position >= 0; position--) {
    let sum = carry;
    for (let i = 0; i < 4; i++) {
      const index = position + place - i - 1;
      if (index >= 0) sum += digits[i] * twoOverPi[index];
    }
    carry = Math.floor(sum * INVERSE_BASE);
    product[position] = sum - carry * BASE;
  }
  return fractionToAngle(x < 0);
}

/** The quadrant and rest of the digits in `product` (point after digit 0), times pi/2; for a negative angle both change sign. */
function fractionToAngle(negative: boolean): number {
  let quadrant = product[0] & 3;
  let head = (product[1] + product[2] * INVERSE_BASE) * INVERSE_BASE;
  if (head >= 0.5) {
    head -= 1;
    quadrant += 1;
  }
  const unit = powerOfTwo(-72);
  const middle = (product[3] + product[4] * INVERSE_BASE) * unit;
  const end = (product[5] + product[6] * INVERSE_BASE) * unit * powerOfTwo(-48);
  const sum = head + middle;
  const sumLow = head - sum + middle + end;
  const fraction = sum + sumLow;
  const fractionLow = sum - fraction + sumLow;
  const r = fraction * HALF_PI;
  const rLow = productError(fraction, HALF_PI, r) + (fraction * HALF_PI_LOW + fractionLow * HALF_PI);
  second[0] = negative ? -rLow : rLow;
  second[1] = negative ? -quadrant : quadrant;
  return negative ? -r : r;
}
