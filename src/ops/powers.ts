// Powers, roots and the sides of right triangles.

import type { NodeId } from "../graph/graph.ts";
import { arithmeticDtype } from "./broadcast.ts";
import { add, constant, constantValue, multiply, negate, subtract } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import { cbrt as cubeRoot, hypot as hypotenuse, pow as power } from "./kernels/index.ts";
import { rootLoop, squareLoop } from "./loops.ts";
import { functionNotation, operatorName, scriptBase, spellCalls } from "./notation.ts";
import type { Builder } from "./op.ts";
import { over, quotient, times } from "./rules.ts";

/** x^(exponent - 1) with a known exponent folded. */
function onePowerLess(build: Builder, x: NodeId, exponent: NodeId, known: number | null): NodeId {
  if (known === 2) return x;
  if (known === 3) return build.emit("square", [x]);
  return build.emit("pow", [x, known === null ? subtract(build, exponent, constant(build, 1)) : constant(build, known - 1)]);
}

/** d(x^p) = p x^(p - 1) dx + log(x) x^p dp; x^0 is constant; log(x) x^p is 0 where x^p is. */
export const pow = elementwise({
  name: "pow",
  doc: "The power x^exponent; x^0 is 1 with derivative 0.",
  inputs: { x: "The base.", exponent: "The exponent." },
  value: power,
  rules: [
    (build, { inputs: [x, exponent] }, direction) => {
      const known = constantValue(build, exponent);
      if (known === 0) return null;
      if (known === 1) return direction;
      const factor = multiply(build, exponent, onePowerLess(build, x, exponent, known));
      return multiply(build, direction, factor);
    },
    times((build, node) => build.emit("xlogy", [node.id, node.inputs[0]])),
  ],
  domain: [
    { low: 0.5, high: 2 },
    { low: -2, high: 2 },
  ],
  notation: {
    glyph: "xⁿ",
    strength: 2,
    operator: "^",
    latex: ([x, exponent]) => `${scriptBase(x)}^{${exponent}}`,
  },
  spelling: spellCalls("pow", "pow", "power"),
  example: { source: "2^10", result: "1024" },
});

/** d(x^2) = 2 x dx */
export const square = elementwise({
  name: "square",
  doc: "The square of a number.",
  inputs: { x: "Any number." },
  loop: squareLoop,
  rules: [times((build, { inputs: [x] }) => add(build, x, x))],
  dtype: arithmeticDtype,
  notation: { glyph: "x²", strength: 2, latex: ([x]) => `${scriptBase(x)}^{2}` },
  spelling: { typescript: ([x]) => `(${x} * ${x})`, torch: ([x]) => `torch.square(${x})`, jax: ([x]) => `jnp.square(${x})` },
  example: { source: "square(-3)", result: "9" },
});

/** With y = sqrt(x): dy = dx / (2 y) */
export const sqrt = elementwise({
  name: "sqrt",
  doc: "The square root.",
  inputs: { x: "A number that is not negative." },
  loop: rootLoop,
  rules: [over((build, node) => add(build, node.id, node.id))],
  domain: [{ low: 0.5, high: 2 }],
  notation: { glyph: "√", latex: ([x]) => `\\sqrt{${x}}` },
  spelling: spellCalls("sqrt", "sqrt", "sqrt"),
  example: { source: "sqrt(9)", result: "3" },
});

/** With y = cbrt(x): dy = dx / (3 y^2) */
export const cbrt = elementwise({
  name: "cbrt",
  doc: "The cube root, negative for negative numbers.",
  inputs: { x: "Any number." },
  value: cubeRoot,
  rules: [over((build, node) => multiply(build, constant(build, 3), build.emit("square", [node.id])))],
  domain: [{ low: 0.5, high: 2 }],
  notation: { glyph: "∛", latex: ([x]) => `\\sqrt[3]{${x}}` },
  spelling: {
    ...spellCalls("cbrt", null, "cbrt"),
    torch: ([x]) => `torch.sign(${x}) * torch.abs(${x}) ** (1 / 3)`,
  },
  example: { source: "cbrt(-8)", result: "-2" },
});

/** With r = hypot(a, b): dr = (a da + b db) / r */
export const hypot = elementwise({
  name: "hypot",
  doc: "The length sqrt(a^2 + b^2), without overflow on the way; the derivative at 0 is 0.",
  inputs: { a: "One side.", b: "The other side." },
  value: hypotenuse,
  rules: [
    (build, { id, inputs: [a] }, direction) => multiply(build, quotient(build, direction, id), a),
    (build, { id, inputs: [, b] }, direction) => multiply(build, quotient(build, direction, id), b),
  ],
  tangent: (build, { id, inputs: [a, b] }, [da, db]) => {
    if (da === null || db === null) return null;
    return quotient(build, add(build, multiply(build, da, a), multiply(build, db, b)), id);
  },
  domain: [
    { low: 0.5, high: 2 },
    { low: -2, high: 2 },
  ],
  notation: functionNotation("hyp", operatorName("hypot")),
  spelling: spellCalls("hypot", "hypot", "hypot"),
  example: { source: "hypot(3, 4)", result: "5" },
});

/** One root of the product where that neither overflows nor vanishes, else two. */
function legLength(a: number, b: number): number {
  const [near, far] = [a - b, a + b];
  const product = near * far;
  return near > 0 && product < 2 ** 1000 && product > 2 ** -1000 ? Math.sqrt(product) : Math.sqrt(near) * Math.sqrt(far);
}

/** With y = sqrt(a^2 - b^2): dy = (a da - b db) / y */
export const leg = elementwise({
  name: "leg",
  doc: "The leg sqrt(a^2 - b^2) of the right triangle with hypotenuse a and other leg b.",
  inputs: { a: "The hypotenuse, not negative.", b: "One leg, not longer than the hypotenuse." },
  callable: false,
  value: legLength,
  rules: [
    (build, { id, inputs: [a] }, direction) => multiply(build, quotient(build, direction, id), a),
    (build, { id, inputs: [, b] }, direction) => negate(build, multiply(build, quotient(build, direction, id), b)),
  ],
  domain: [
    { low: 1.5, high: 2 },
    { low: -1, high: 1 },
  ],
  notation: { glyph: "leg", latex: ([a, b]) => `\\sqrt{${scriptBase(a)}^{2} - ${scriptBase(b)}^{2}}` },
  spelling: {
    typescript: ([a, b]) => `(Math.sqrt(${a} - ${b}) * Math.sqrt(${a} + ${b}))`,
    torch: ([a, b]) => `torch.sqrt((${a} - ${b}) * (${a} + ${b}))`,
    jax: ([a, b]) => `jnp.sqrt((${a} - ${b}) * (${a} + ${b}))`,
  },
});
