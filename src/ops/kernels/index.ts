// The scalar functions of the runners, the same bits on every engine, and the random numbers.

export { acos, asin, atan, atan2 } from "./arcs.ts";
export { erf, erfc } from "./error.ts";
export { exp, exp2, expm1 } from "./exponential.ts";
export { digamma, lgamma } from "./gamma.ts";
export { acosh, asinh, atanh, cosh, sinh, tanh } from "./hyperbolic.ts";
export { log, log1p, log2, log10, xlogy } from "./logarithm.ts";
export { logaddexp, logSigmoid, sigmoid, softplus } from "./logistic.ts";
export { polygamma } from "./polygamma.ts";
export { cbrt, hypot, pow } from "./power.ts";
export { fillNormal, fillUniform, hashPath, permutation, philox, type RandomKey, randomKey, type Words64 } from "./random.ts";
export { cos, sin, tan } from "./trigonometric.ts";
