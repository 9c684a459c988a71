// Exact helpers of the scalar kernels: words of a binary64 number, powers of two, and the low parts of two-number sums and products.

const numberView = new Float64Array(1);
const wordView = new Int32Array(numberView.buffer);
numberView[0] = 1;
/** Index of the word with sign and exponent: 1 on little-endian machines. */
const highIndex = wordView[1] === 0 ? 0 : 1;

/** Adding and subtracting this number rounds |x| < 2^51 to the nearest whole number, ties to even. */
export const ROUNDING = 6755399441055744;

/** The upper 32 bits of x: sign, 11 bits of exponent, 20 bits of significand. */
export function highWord(x: number): number {
  numberView[0] = x;
  return wordView[highIndex];
}

const SMALLEST_EXPONENT = -1074;
const powers = new Float64Array(2098);
for (let exponent = 0, up = 1, down = 1; exponent <= 1074; exponent++, up *= 2, down /= 2) {
  if (exponent < 1024) powers[exponent - SMALLEST_EXPONENT] = up;
  powers[-exponent - SMALLEST_EXPONENT] = down;
}

/** 2^exponent, exactly, for a whole exponent from -1074 to 1023. */
export function powerOfTwo(exponent: number): number {
  return powers[exponent + 1074];
}

/** x * 2^exponent with one rounding, for |x| about 1 and -2000 < exponent < 2000 (two factors, so that neither overflows). */
export function scaleByPower(x: number, exponent: number): number {
  const half = exponent >> 1;
  return x * powerOfTwo(half) * powerOfTwo(exponent - half);
}

/**
 * Second results of kernels that return a number as a high and a low part: the high part is the return value, slot 0 holds the low
 * part and slot 1 an exponent or quadrant. Read it right after the call.
 */
export const second = new Float64Array(2);

/**
 * a * b - product for product = a * b rounded: the rounding error of a product, to about 2^-100 of it.
 * |a| and |b| between 1e-30 and 1e38 (each is split into 24 + 29 bits).
 */
export function productError(a: number, b: number, product: number): number {
  const aHigh = Math.fround(a);
  const aLow = a - aHigh;
  const bHigh = Math.fround(b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** a + b - sum for sum = a + b rounded: the exact rounding error of a sum (Knuth), in any order of magnitudes. */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

/** a / b - quotient for quotient = a / b rounded, to about 2^-100 of it; sizes as for productError. */
export function quotientError(a: number, b: number, quotient: number): number {
  const product = quotient * b;
  return (a - product - productError(quotient, b, product)) / b;
}

/** high + low as a pair again, for |high| >= |low|: returns the rounded sum, second[0] its error. */
export function settle(high: number, low: number): number {
  const sum = high + low;
  second[0] = high - sum + low;
  return sum;
}

/**
 * (a + aLow) / (b + bLow) as one number, to little more than half a unit in the last place.
 * b about 1e-20..1e38 and the quotient below 1e38 in size.
 */
export function dividePairs(a: number, aLow: number, b: number, bLow: number): number {
  const inverse = 1 / b;
  const quotient = a * inverse;
  const head = Math.fround(quotient);
  const bHead = Math.fround(b);
  const rest = a - head * bHead - head * (b - bHead) + (aLow - quotient * bLow);
  return head + rest * inverse;
}

/** The polynomial with these coefficients, constant first, from index `first` to before `end`: even and odd halves by Horner's rule. */
export function polynomial(coefficients: ArrayLike<number>, first: number, end: number, x: number): number {
  const square = x * x;
  let index = end - 1;
  let left = coefficients[index--];
  let right = index >= first ? coefficients[index--] : 0;
  while (index > first) {
    left = left * square + coefficients[index--];
    right = right * square + coefficients[index--];
  }
  if (index === first) return left * square + coefficients[first] + right * x;
  return left * x + right;
}

/**
 * Value at x, as a pair, of the piecewise polynomial in `tables.ts` whose piece for x starts at index `row` and is `width` numbers long:
 * the leading coefficient (a pair), then the linear term by its exact 24-bit parts, then the rest. second[0] receives the low part.
 */
export function evaluatePiece(table: Float64Array, row: number, width: number, x: number): number {
  const t = x - table[row];
  const lead = table[row + 1];
  const slope = table[row + 3];
  const tHead = Math.fround(t);
  const slopeHead = Math.fround(slope);
  const step = tHead * slopeHead;
  const stepLow = (t - tHead) * slope + tHead * (slope - slopeHead);
  const sum = lead + step;
  return settle(sum, lead - sum + step + (table[row + 2] + stepLow + t * t * polynomial(table, row + 4, row + width, t)));
}
