// Choices between values: the smaller, the larger, the clipped and the conditional one.

import { arithmeticDtype } from "./broadcast.ts";
import { where as choose, constant } from "./build.ts";
import { elementwise } from "./elementwise.ts";
import { functionNotation, operatorName, spellCalls } from "./notation.ts";
import { onlyWhere } from "./rules.ts";

/** Where a > b: d share = d direction; where a = b half of it; else 0. */
export const share = elementwise({
  name: "share",
  doc: "The direction where a is larger than b, half of it where they are equal, else 0.",
  inputs: { direction: "A tangent or adjoint.", a: "The candidate.", b: "Its rival." },
  callable: false,
  value: (direction, a, b) => (a > b ? direction : a === b ? direction / 2 : 0),
  rules: [(build, { inputs: [, a, b] }, direction) => build.emit("share", [direction, a, b]), null, null],
  linearIn: [[0]],
  domain: [
    { low: -2, high: 2 },
    { low: 0.5, high: 2 },
    { low: -2, high: 0 },
  ],
  notation: functionNotation("½>", operatorName("share")),
  spelling: {
    typescript: ([direction, a, b]) => `(${a} > ${b} ? ${direction} : ${a} === ${b} ? ${direction} / 2 : 0)`,
    torch: ([direction, a, b]) => `${direction} * torch.heaviside(${a} - ${b}, torch.tensor(0.5, dtype=${a}.dtype))`,
    jax: ([direction, a, b]) => `${direction} * jnp.heaviside(${a} - ${b}, 0.5)`,
  },
});

const apart = [
  { low: -2, high: 0 },
  { low: 0.5, high: 2 },
];

/** d min(a, b) = da where a < b, db where b < a, (da + db) / 2 where they are equal */
export const minimum = elementwise({
  name: "minimum",
  doc: "The smaller of two numbers; equal ones share the derivative.",
  inputs: { a: "One number.", b: "The other number." },
  value: (a, b) => Math.min(a, b),
  rules: [
    (build, { inputs: [a, b] }, direction) => build.emit("share", [direction, b, a]),
    (build, { inputs: [a, b] }, direction) => build.emit("share", [direction, a, b]),
  ],
  dtype: arithmeticDtype,
  domain: apart,
  notation: functionNotation("min", "\\min"),
  spelling: spellCalls("min", "minimum", "minimum"),
  example: { source: "minimum(2, 3)", result: "2" },
});

/** d max(a, b) = da where a > b, db where b > a, (da + db) / 2 where they are equal */
export const maximum = elementwise({
  name: "maximum",
  doc: "The larger of two numbers; equal ones share the derivative.",
  inputs: { a: "One number.", b: "The other number." },
  value: (a, b) => Math.max(a, b),
  rules: [
    (build, { inputs: [a, b] }, direction) => build.emit("share", [direction, a, b]),
    (build, { inputs: [a, b] }, direction) => build.emit("share", [direction, b, a]),
  ],
  dtype: arithmeticDtype,
  domain: apart,
  notation: functionNotation("max", "\\max"),
  spelling: spellCalls("max", "maximum", "maximum"),
  example: { source: "maximum(2, 3)", result: "3" },
});

/** d clip(x) = dx where low <= x <= high (there y = x), d low where x < y, d high where x > y */
export const clip = elementwise({
  name: "clip",
  doc: "The number held between two bounds; the derivative at the bounds is 1.",
  inputs: { x: "Any number.", low: "The lower bound.", high: "The upper bound; it wins where it is below the lower one." },
  value: (x, low, high) => Math.min(Math.max(x, low), high),
  rules: [
    onlyWhere((build, { id, inputs: [x] }) => build.emit("equal", [x, id])),
    onlyWhere((build, { id, inputs: [x] }) => build.emit("less", [x, id])),
    onlyWhere((build, { id, inputs: [x] }) => build.emit("greater", [x, id])),
  ],
  dtype: arithmeticDtype,
  domain: [
    { low: -0.5, high: 0.5 },
    { low: -2, high: -1 },
    { low: 1, high: 2 },
  ],
  notation: functionNotation("clp", operatorName("clip")),
  spelling: {
    ...spellCalls(null, "clamp", "clip"),
    typescript: ([x, low, high]) => `Math.min(Math.max(${x}, ${low}), ${high})`,
  },
  example: { source: "clip(5, 0, 1)", result: "1" },
});

/** d where(c, a, b) = where(c, da, db): nothing of the branch not taken enters, be it inf or nan. */
export const where = elementwise({
  name: "where",
  doc: "The first value where the condition holds, else the second; also written `if condition then yes else no`.",
  inputs: {
    condition: "A truth value, or a number that holds where it is not 0.",
    yes: "The value where it holds.",
    no: "The value elsewhere.",
  },
  value: (condition, yes, no) => (condition !== 0 ? yes : no),
  rules: [
    null,
    (build, { inputs: [condition] }, direction) => choose(build, condition, direction, constant(build, 0)),
    (build, { inputs: [condition] }, direction) => choose(build, condition, constant(build, 0), direction),
  ],
  tangent: (build, { inputs: [condition] }, [, yes, no]) => choose(build, condition, yes ?? constant(build, 0), no ?? constant(build, 0)),
  dtype: ([, yes, no]) => (yes.dtype === "bool" && no.dtype === "bool" ? "bool" : arithmeticDtype([yes, no])),
  linearIn: [[1, 2]],
  domain: [
    { low: 0.5, high: 2 },
    { low: -2, high: 2 },
    { low: -2, high: 2 },
  ],
  notation: {
    glyph: "if",
    latex: ([condition, yes, no]) => `\\begin{cases}${yes} & ${condition}\\\\${no} & \\text{otherwise}\\end{cases}`,
  },
  spelling: {
    ...spellCalls(null, "where", "where"),
    typescript: ([condition, yes, no]) => `(${condition} !== 0 ? ${yes} : ${no})`,
  },
  example: { source: "if 2 > 1 then 3 else 4", result: "3" },
});
