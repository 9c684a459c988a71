// The functions by which exported TypeScript takes its arguments and gives its results.

import type { Helper } from "../ops/op.ts";

/** Reads nested lists into a flat array and checks them. Only own properties count: a model may call an input `constructor`. */
export const readHelper: Helper = {
  name: "read",
  text: `/** The numbers of a given value, or of its default, in row-major order. */
function read(given: object, defaults: object, name: string, shape: readonly number[], whole: boolean): Float64Array {
  const own = (values: object): unknown => (Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined);
  const result = new Float64Array(shape.reduce((count, size) => count * size, 1));
  let next = 0;
  const fill = (value: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof value !== "number" && typeof value !== "boolean") throw new TypeError(\`\${name} must hold numbers\`);
      if (whole && !Number.isInteger(Number(value))) throw new RangeError(\`\${name} must hold whole numbers\`);
      result[next++] = Number(value);
      return;
    }
    const list = value as ArrayLike<unknown>;
    if (typeof value !== "object" || value === null || list.length !== shape[axis]) {
      throw new RangeError(\`\${name} must have shape [\${shape.join(", ")}]\`);
    }
    for (let i = 0; i < list.length; i++) fill(list[i], axis + 1);
  };
  const value = own(given) ?? own(defaults);
  if (value === undefined) throw new TypeError(\`\${name} is missing\`);
  fill(value, 0);
  return result;
}`,
};

/** Writes a flat array as nested lists. */
export const nestHelper: Helper = {
  name: "nest",
  text: `/** The elements as nested lists of the given shape. */
function nest(x: Float64Array, shape: readonly number[]): unknown {
  let next = 0;
  const level = (axis: number): unknown =>
    axis === shape.length ? x[next++] : Array.from({ length: shape[axis] }, () => level(axis + 1));
  return level(0);
}`,
};
