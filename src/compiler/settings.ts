// Arguments that must be known when compiling: numbers, axes, shapes, sizes, truth values, texts.

import type { Expression } from "../../grammar/tree.ts";
import type { Attribute } from "../graph/graph.ts";
import { isSymbolic, type Shape, type Size } from "../graph/size.ts";
import type { Parameter } from "../ops/op.ts";
import { isTooComplex, isWholeSize, toNumber } from "./constant-arithmetic.ts";
import { evaluateConstant, rowCountOf } from "./constants.ts";
import type { Constant } from "./draft.ts";
import { shapeOfCall } from "./known-sizes.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { lookUp } from "./scope.ts";
import { type CallArgument, constantOf, unwrap, type Value, valueOf } from "./values.ts";

/** What is known of an argument: a constant, a text, or a list of such. */
type Known = Constant | string | readonly Known[];

/** How a setting is read: as an op's parameter says, or a count of at least 0. */
interface Setting {
  readonly name: string;
  readonly kind: Parameter["kind"] | "count";
}

/** The setting that an argument gives. Undefined if it is broken, or, with a diagnostic, if it is not known or does not fit. */
export function readSetting(
  context: Lowering,
  frame: Frame,
  op: string,
  parameter: Setting,
  argument: CallArgument,
): Attribute | undefined {
  const known = argument.expression ? evaluateKnown(context, frame, argument.expression) : knownOf(argument.value);
  if (known === undefined) return undefined;
  if (known === null) {
    const what = `${parameter.name} of ${op} must be known when compiling`;
    report(context, frame, "not-known", argument.span, `${what}: it takes ${expectations[parameter.kind]}`);
    return undefined;
  }
  const setting = convert(parameter.kind, known, context);
  if (setting === undefined) {
    const what = `${parameter.name} of ${op} takes ${expectations[parameter.kind]}`;
    report(context, frame, "wrong-value", argument.span, `${what}${unfit(known)}`);
  }
  return setting;
}

/** The number or truth value in a setting that cannot be one, as messages show it. */
function unfit(known: Known): string {
  const wrong = [known].flat().find((item) => typeof item === "boolean" || (typeof item === "number" && !Number.isInteger(item)));
  return wrong === undefined ? "" : `, not ${String(wrong)}`;
}

const expectations: Readonly<Record<Setting["kind"], string>> = {
  count: "a whole number, at least 0",
  value: "a value",
  values: "values",
  number: "a number",
  size: "a whole number or a size",
  axis: "an axis: a whole number, -1 for the last",
  axes: "an axis or a tuple of axes, as in axis: (0, 1)",
  shape: "a shape, as in [n, 4]",
  sizes: "whole numbers or pairs of them, as in [1, 2]",
  boolean: "true or false",
  text: 'a text in quotes, as in "same"',
};

function convert(kind: Setting["kind"], known: Known, context: Lowering): Attribute | undefined {
  switch (kind) {
    case "number":
      return isSize(known) ? known : undefined;
    case "size":
      return isSize(known) && isWholeSize(known) ? known : undefined;
    case "axis":
      return toWhole(known, context);
    case "count": {
      const count = toWhole(known, context);
      return count !== undefined && count >= 0 ? count : undefined;
    }
    case "axes":
      return isList(known) ? convertAll(known, (item) => toWhole(item, context)) : toWhole(known, context);
    case "shape": {
      const sizes: readonly Known[] = isList(known) ? known : [known];
      const shape = convertAll(sizes, (item) => (isSize(item) && isWholeSize(item) ? item : undefined));
      return shape !== undefined && isTooComplex(shape as Shape) ? undefined : shape;
    }
    case "sizes":
      return isList(known)
        ? convertAll(known, (item) => (isList(item) ? convertAll(item, (inner) => toWhole(inner, context)) : toWhole(item, context)))
        : toWhole(known, context);
    case "boolean":
      return typeof known === "boolean" ? known : undefined;
    case "text":
      return typeof known === "string" ? known : undefined;
    default:
      return undefined;
  }
}

function isList(known: Known): known is readonly Known[] {
  return Array.isArray(known);
}

function isSize(known: Known): known is Size {
  return typeof known === "number" || isSymbolic(known);
}

function toWhole(known: Known, context: Lowering): number | undefined {
  const number = isSize(known) ? toNumber(known, context.sizes.constant) : null;
  return number !== null && Number.isInteger(number) ? number : undefined;
}

function convertAll(items: readonly Known[], convertItem: (item: Known) => Attribute | undefined): Attribute | undefined {
  const converted = items.map(convertItem);
  return converted.every((item) => item !== undefined) ? converted : undefined;
}

/** What is known of an expression, lists included; null if it is not known, undefined if it is broken. */
export function evaluateKnown(context: Lowering, frame: Frame, expression: Expression): Known | null | undefined {
  const inner = unwrap(expression);
  switch (inner.kind) {
    case "string":
      return inner.value;
    case "array":
    case "tuple":
      return gather(inner.items, (item) => evaluateKnown(context, frame, item));
    case "name": {
      const binding = lookUp(frame.scope, inner.name);
      if (!binding || binding.constant !== null || rowCountOf(context, frame, binding.value) !== null) break;
      return knownOf(binding.given ?? valueOf(binding));
    }
    case "call": {
      const shape = shapeOfCall(frame, inner);
      if (shape !== null) return shape;
      break;
    }
  }
  const constant = evaluateConstant(context, frame, inner);
  return constant ?? knownOf(context.lower(frame, inner));
}

/** What is known of all items: undefined if one of them is broken, null if one is not known. */
function gather<Item>(items: readonly Item[], evaluate: (item: Item) => Known | null | undefined): readonly Known[] | null | undefined {
  const known = items.map(evaluate);
  if (known.includes(undefined)) return undefined;
  return known.every((item) => item !== null && item !== undefined) ? known : null;
}

/** What is known of a value; null if it is not known, undefined if it is broken. */
function knownOf(value: Value | null): Known | null | undefined {
  if (value === null) return undefined;
  if (value.kind === "text") return value.text;
  if (value.kind === "tuple") return gather(value.items, knownOf);
  if (value.kind === "literals") return nest(value.values, value.shape);
  return constantOf(value);
}

/** A flat list as nested ones. */
function nest(values: readonly number[], shape: readonly number[]): readonly Known[] {
  if (shape.length <= 1) return values;
  const [count, ...rest] = shape;
  const length = values.length / Math.max(count, 1);
  return Array.from({ length: count }, (_, k) => nest(values.slice(k * length, (k + 1) * length), rest));
}

/** A size in a type: a whole number of at least 1, names of dimensions, and arithmetic of them. Null, and a diagnostic, if it is none. */
export function readSize(context: Lowering, frame: Frame, expression: Expression): Size | null {
  const known = evaluateKnown(context, frame, expression);
  if (known === undefined) return null;
  if (known === null) {
    const message =
      "a size must be known when compiling: whole numbers, names of dimensions, last(x), size(x, 0), and + - * and exact / of them";
    report(context, frame, "not-known", expression.span, message);
    return null;
  }
  if (isSize(known) && isWholeSize(known) && !(typeof known === "number" && known < 1)) return known;
  const shown = typeof known === "number" ? `, not ${known}` : "";
  report(context, frame, "wrong-size", expression.span, `a size is a whole number, at least 1${shown}`);
  return null;
}

/** The sizes of a type. Null if one of them is wrong. */
export function readDimensions(context: Lowering, frame: Frame, dimensions: readonly Expression[]): Shape | null {
  const sizes = dimensions.map((dimension) => readSize(context, frame, dimension));
  return sizes.every((size) => size !== null) ? sizes : null;
}
