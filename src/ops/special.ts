// Special functions: error function, gamma family, phi functions and the logarithm of cosh.

import type { Attributes } from "../graph/graph.ts";
import { constant, multiply } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import * as kernels from "./kernels/index.ts";
import { functionNotation, operatorName, scriptBase } from "./notation.ts";
import type { Parameter } from "./op.ts";
import { phi as evaluatePhi } from "./phi.ts";
import { times } from "./rules.ts";
import { spellErf, spellErfc, spellLogGamma, spellPhi, spellPolygamma } from "./spelled-functions.ts";

const TWO_OVER_ROOT_PI = 1.1283791670955126;
const LN2 = 0.6931471805599453;

/** d exp(-x^2) = -2 x exp(-x^2) dx */
export const gaussian = elementwise({
  name: "gaussian",
  doc: "The bell curve exp(-x^2), which lies under the error function.",
  inputs: { x: "Any number." },
  callable: false,
  value: (x) => kernels.exp(-x * x),
  rules: [times((build, { id, inputs: [x] }) => multiply(build, multiply(build, constant(build, -2), x), id))],
  notation: { glyph: "e⁻²", strength: 2, latex: ([x]) => `e^{-${scriptBase(x)}^{2}}` },
  spelling: {
    typescript: ([x]) => `Math.exp(-(${x} * ${x}))`,
    torch: ([x]) => `torch.exp(-torch.square(${x}))`,
    jax: ([x]) => `jnp.exp(-jnp.square(${x}))`,
  },
});

/** d erf(x) = 2 / sqrt(pi) exp(-x^2) dx */
export const erf = elementwise({
  name: "erf",
  doc: "The error function: how much of the bell curve exp(-t^2) lies between -x and x.",
  inputs: { x: "Any number." },
  value: kernels.erf,
  rules: [times((build, { inputs }) => multiply(build, constant(build, TWO_OVER_ROOT_PI), build.emit("gaussian", inputs)))],
  notation: functionNotation("erf", operatorName("erf")),
  spelling: {
    typescript: ([x]) => spellErf(x),
    torch: ([x]) => `torch.erf(${x})`,
    jax: ([x]) => `jax.scipy.special.erf(${x})`,
  },
  example: { source: "erf(0)", result: "0" },
});

/** d erfc(x) = -2 / sqrt(pi) exp(-x^2) dx */
export const erfc = elementwise({
  name: "erfc",
  doc: "1 - erf(x), exact where that is small.",
  inputs: { x: "Any number." },
  value: kernels.erfc,
  rules: [times((build, { inputs }) => multiply(build, constant(build, -TWO_OVER_ROOT_PI), build.emit("gaussian", inputs)))],
  notation: functionNotation("efc", operatorName("erfc")),
  spelling: {
    typescript: ([x]) => spellErfc(x),
    torch: ([x]) => `torch.erfc(${x})`,
    jax: ([x]) => `jax.scipy.special.erfc(${x})`,
  },
  example: { source: "erfc(0)", result: "1" },
});

function orderParameter(first: number): Parameter {
  return { name: "order", kind: "size", doc: `The order, at least ${first}.`, default: first };
}

function orderOf({ order }: Attributes): number {
  return order as number;
}

/** d lgamma(x) = digamma(x) dx */
export const lgamma = elementwise({
  name: "lgamma",
  doc: "The natural logarithm of the magnitude of the gamma function.",
  inputs: { x: "Any number but 0, -1, -2, ..." },
  value: kernels.lgamma,
  rules: [times((build, { inputs }) => build.emit("polygamma", inputs, { order: 0 }))],
  domain: [{ low: 0.5, high: 4 }],
  notation: { glyph: "lΓ", latex: ([x]) => `\\log\\left|\\Gamma\\left(${x}\\right)\\right|` },
  spelling: {
    typescript: ([x]) => spellLogGamma(x),
    torch: ([x]) => `torch.lgamma(${x})`,
    jax: ([x]) => `jax.scipy.special.gammaln(${x})`,
  },
  example: { source: "lgamma(1)", result: "0" },
});

/** d polygamma_n(x) = polygamma_(n + 1)(x) dx */
export const polygamma = elementwise({
  name: "polygamma",
  doc: "The derivative of the given order of digamma, the derivative of lgamma.",
  inputs: { x: "Any number but 0, -1, -2, ..." },
  settings: [orderParameter(0)],
  callable: false,
  valueFor: (attributes) => {
    const order = orderOf(attributes);
    return order === 0 ? kernels.digamma : (x) => kernels.polygamma(order, x);
  },
  rules: [times((build, { inputs, attributes }) => build.emit("polygamma", inputs, { order: orderOf(attributes) + 1 }))],
  domain: [{ low: 0.5, high: 4 }],
  notation: { glyph: "ψ", latex: ([x], attributes) => `\\psi^{(${orderOf(attributes)})}\\left(${x}\\right)` },
  spelling: {
    typescript: ([x], attributes) => spellPolygamma(orderOf(attributes), x),
    torch: ([x], attributes) => `torch.polygamma(${orderOf(attributes)}, ${x})`,
    jax: ([x], attributes) => `jax.scipy.special.polygamma(${orderOf(attributes)}, ${x})`,
  },
});

/** d phi_k(x) = phi_(k + 1)(x) dx */
export const phi = elementwise({
  name: "phi",
  doc: "The derivative of the given order of (exp(x) - 1) / x.",
  inputs: { x: "Any number." },
  settings: [orderParameter(0)],
  callable: false,
  valueFor: (attributes) => {
    const order = orderOf(attributes);
    return (x) => evaluatePhi(order, x);
  },
  rules: [times((build, { inputs, attributes }) => build.emit("phi", inputs, { order: orderOf(attributes) + 1 }))],
  notation: { glyph: "φ", latex: ([x], attributes) => `\\varphi_{1}^{(${orderOf(attributes)})}\\left(${x}\\right)` },
  spelling: { typescript: ([x], attributes) => spellPhi(orderOf(attributes), x) },
});

/** |x| + log(1 + exp(-2 |x|)) - log(2); near 0, where that cancels, log(1 + 2 sinh(x/2)^2). */
function evaluateLogCosh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 1) return magnitude + (kernels.log1p(kernels.exp(-2 * magnitude)) - LN2);
  const half = kernels.sinh(magnitude / 2);
  return kernels.log1p(2 * half * half);
}

/** d log(cosh(x)) = tanh(x) dx */
export const logCosh = elementwise({
  name: "log_cosh",
  doc: "The logarithm of cosh(x), without overflow: like x^2 / 2 near 0 and like |x| far from it.",
  inputs: { x: "Any number." },
  value: evaluateLogCosh,
  rules: [times((build, { inputs }) => build.emit("tanh", inputs))],
  notation: functionNotation("lch", "\\log\\cosh"),
  spelling: {
    typescript: ([x]) =>
      `(Math.abs(${x}) > 1 ? Math.abs(${x}) + Math.log1p(Math.exp(-2 * Math.abs(${x}))) - Math.LN2 : Math.log1p(2 * Math.sinh(${x} / 2) ** 2))`,
    torch: ([x]) => `(torch.logaddexp(${x}, -${x}) - math.log(2))`,
    jax: ([x]) => `(jnp.logaddexp(${x}, -${x}) - jnp.log(2))`,
  },
  example: { source: "log_cosh(0)", result: "0" },
});
