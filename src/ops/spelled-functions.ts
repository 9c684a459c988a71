// TypeScript source of the special functions that Math lacks: expressions of one number, without dependencies.

/** sqrt(pi). */
const ROOT_PI = 1.7724538509055159;
/** log(2 pi) / 2. */
const HALF_LOG_TWO_PI = 0.9189385332046728;

/** Continued fraction of erfc(z) for z >= 2. */
const errorTail =
  "const tail = (z: number): number => { let below = z; for (let k = 120; k > 0; k--) below = z + k / 2 / below; " +
  `return Math.exp(-z * z) / (below * ${ROOT_PI}); };`;

/** Series of erf(x) for |x| < 2, whose terms have the sign of x. */
const errorSeries =
  "let term = x; let total = x; for (let n = 1; n < 80; n++) { term *= (2 * x * x) / (2 * n + 1); total += term; } " +
  `const near = (2 * Math.exp(-x * x) * total) / ${ROOT_PI};`;

/** erf(x). */
export function spellErf(x: string): string {
  const far = "return x > 0 ? 1 - tail(x) : tail(-x) - 1;";
  return `((x: number): number => { ${errorTail} if (Math.abs(x) >= 2) { ${far} } ${errorSeries} return near; })(${x})`;
}

/** erfc(x) = 1 - erf(x). */
export function spellErfc(x: string): string {
  const far = "return x > 0 ? tail(x) : 2 - tail(-x);";
  return `((x: number): number => { ${errorTail} if (Math.abs(x) >= 2) { ${far} } ${errorSeries} return 1 - near; })(${x})`;
}

/** 1 - Euler's constant, then (-1)^k (zeta(k) - 1) / k for k = 2, 3, ...: log gamma(2 + z) = z times the polynomial of these. */
function gammaSeries(): number[] {
  const coefficients = [0.42278433509846713];
  for (let k = 2; k < 32; k++) {
    let rest = 0;
    for (let n = k < 8 ? 60 : 12; n >= 2; n--) rest += n ** -k;
    coefficients.push(((k % 2 === 0 ? 1 : -1) * (rest + zetaTail(k < 8 ? 60 : 12, k))) / k);
  }
  return coefficients;
}

/** The sum of n^-s over n > from, by the Euler-Maclaurin formula. */
function zetaTail(from: number, s: number): number {
  const power = from ** -s;
  const corrections = (s * power) / (12 * from) - (s * (s + 1) * (s + 2) * power) / (720 * from ** 3);
  return (from * power) / (s - 1) - power / 2 + corrections + (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * power) / (30240 * from ** 5);
}

/** The logarithm of |gamma(x)|: Taylor's series near its zeros 1 and 2, Stirling's above 12, shifted there or reflected. */
export function spellLogGamma(x: string): string {
  const series = "(1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s / 156)))))) / x";
  return (
    "(function lgamma(x: number): number { if (Math.abs(x) === Infinity) return Infinity; " +
    `if (x <= 2.5 && x >= 0.5) { const z = x - (x < 1.5 ? 1 : 2); return z * ${spellPolynomial(gammaSeries(), "z")} - (x < 1.5 ? Math.log1p(z) : 0); } ` +
    "if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * (x - Math.round(x))))) - lgamma(1 - x); " +
    "let product = 1; while (x < 12) product *= x++; const s = 1 / (x * x); " +
    `return (x - 0.5) * Math.log(x) - x + ${HALF_LOG_TWO_PI} - Math.log(product) + ${series}; })(${x})`
  );
}

/** Bernoulli numbers B_2, B_4, ... */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];

function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** Coefficients of the polynomial Q with d^order cot(t) / dt^order = Q(cot t): Q' stands for the derivative of cot, -(1 + cot^2). */
function cotangentPolynomial(order: number): number[] {
  let polynomial = [0, 1];
  for (let k = 0; k < order; k++) {
    const slope = polynomial.slice(1).map((coefficient, power) => -coefficient * (power + 1));
    polynomial = [...slope, 0, 0].map((coefficient, power) => coefficient + (slope[power - 2] ?? 0));
  }
  return polynomial;
}

/** A polynomial by Horner's rule. */
function spellPolynomial(coefficients: readonly number[], variable: string): string {
  return coefficients.reduceRight((rest, coefficient) => `(${coefficient} + ${variable} * ${rest})`, "0");
}

/**
 * The derivative of `order` of digamma: the sum of 1 / (x + k)^(order + 1) up to a start beyond which the asymptotic series holds;
 * reflected below 0, where the difference of both sides is a derivative of pi cot(pi x).
 */
export function spellPolygamma(order: number, x: string): string {
  const start = 20 + order;
  const sign = order % 2 === 0 ? -1 : 1;
  const power = order + 1;
  const coefficients = bernoulli.map((value, k) => (value * factorial(2 * k + 1 + order)) / factorial(2 * k + 2));
  const head =
    order === 0 ? "-Math.log(x) + 0.5 / x" : `${factorial(order - 1)} * x ** ${-order} + ${factorial(order) / 2} * x ** ${-power}`;
  const pole = order % 2 === 1 ? "Infinity" : "x === 0 ? -1 / x : NaN";
  return (
    "(function polygamma(x: number): number { " +
    `if (x === -Infinity) return NaN; if (x <= 0 && Math.floor(x) === x) return ${pole}; ` +
    "if (x < 0) { const c = 1 / Math.tan(Math.PI * (x - Math.round(x))); " +
    `return ${-sign} * polygamma(1 - x) - ${Math.PI ** power} * ${spellPolynomial(cotangentPolynomial(order), "c")}; } ` +
    `let total = 0; while (x < ${start}) total += x++ ** ${-power}; const s = 1 / (x * x); ` +
    `return ${sign} * (${factorial(order)} * total + ${head} + s * x ** ${-order} * ${spellPolynomial(coefficients, "s")}); })(${x})`
  );
}

/** The derivative of `order` of (e^x - 1) / x, by the series and the recurrences of phi.ts. */
export function spellPhi(order: number, x: string): string {
  if (order === 0) return `(${x} === 0 ? 1 : ${x} > 700 ? (Math.exp(${x} / 2) / ${x}) * Math.exp(${x} / 2) : Math.expm1(${x}) / ${x})`;
  return (
    "((x: number): number => { const z = Math.abs(x); const power = Math.exp(-z); let value = -Math.expm1(-z) / z; " +
    `if (x === Infinity) return x; if (z > ${20 + 2 * order}) { ` +
    `for (let k = 1; k <= ${order}; k++) value = (x > 0 ? 1 - k * value : k * value - power) / z; ` +
    "return x > 0 ? Math.exp(x / 2) * value * Math.exp(x / 2) : value; } " +
    `let factor = 1; let total = 0; for (let n = 0; n < ${100 + 10 * order}; n++) { ` +
    `total += x < 0 ? factor / ${order + 1} : factor / (n + ${order + 1}); factor *= z / (x < 0 ? n + ${order + 2} : n + 1); } ` +
    "return total * (x < 0 ? power : 1); })(" +
    `${x})`
  );
}
