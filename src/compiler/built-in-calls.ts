// Calls of the compiler's own functions: sizes of values, categories and standardized data, repeated calls.

import { printShape, type Shape } from "../graph/size.ts";
import { matchArguments } from "./arguments.ts";
import { builtIns } from "./built-ins.ts";
import { readCategory } from "./columns.ts";
import { typeOf, type Written } from "./emit.ts";
import { callFunction, functionNamed } from "./functions.ts";
import { lowerGroup } from "./groups.ts";
import { countClasses } from "./known-sizes.ts";
import { type Frame, type Lowering, report } from "./lowering.ts";
import { joinPaths } from "./scope.ts";
import { readSetting } from "./settings.ts";
import { standardize } from "./standardize.ts";
import { toNode } from "./to-node.ts";
import { type CallArgument, unwrap, type Value } from "./values.ts";

/** The parameters of a function of the compiler, by its signature. */
function parametersOf(name: string): readonly string[] {
  const signature = builtIns.get(name)?.signature ?? "";
  return signature.slice(signature.indexOf("(") + 1, -1).split(", ");
}

/** Lowers a call of a function of the compiler. `path`: its part of the path, `standardize_1`. */
export function lowerBuiltIn(
  context: Lowering,
  frame: Frame,
  name: string,
  given: readonly CallArgument[],
  path: string,
  written: Written,
): Value | null {
  const parameters = parametersOf(name);
  const chosen = matchArguments(context, frame, name, parameters, given);
  if (chosen === null) return null;
  const missing = parameters.filter((_, index) => !chosen[index]);
  if (missing.length > 0) {
    report(
      context,
      frame,
      "missing-argument",
      written.span,
      `${name} needs ${missing.join(", ")}: it is called as ${builtIns.get(name)?.signature}`,
    );
    return null;
  }
  const all = chosen as CallArgument[];
  switch (name) {
    case "last":
      return lowerSize(context, frame, all[0], -1, written);
    case "size":
      return lowerAxisSize(context, frame, all[0], all[1], written);
    case "shape":
      return lowerShape(context, frame, all[0], written);
    case "classes":
      return lowerClasses(context, frame, all[0], written);
    case "category":
      return lowerCategory(context, frame, all[0], path, written);
    case "standardize":
      return standardize(context, frame, all[0], joinPaths(frame.owner, path), written);
    default:
      return lowerRepeat(context, frame, all, path, written);
  }
}

function valueOfArgument(context: Lowering, frame: Frame, { expression, value }: CallArgument): Value | null {
  return expression ? context.lower(frame, expression) : value;
}

/** The shape of a value, without a node for it where that is not needed. */
function shapeOfValue(context: Lowering, frame: Frame, value: Value | null, argument: CallArgument): Shape | null {
  if (value === null) return null;
  if (value.kind === "constant") return [];
  if (value.kind === "literals") return value.shape;
  if (value.kind === "node") return typeOf(value).shape;
  const node = toNode(context, frame, value, argument.span);
  return node && typeOf(node).shape;
}

function lowerSize(context: Lowering, frame: Frame, argument: CallArgument, axis: number, { span, label }: Written): Value | null {
  const shape = shapeOfValue(context, frame, valueOfArgument(context, frame, argument), argument);
  if (shape === null) return null;
  const size = shape.at(axis);
  if (size !== undefined && axis < shape.length) return { kind: "constant", value: size, weak: false, span };
  const has = shape.length === 0 ? "a scalar has no axes" : `a value of shape ${printShape(shape)} has no axis ${axis}`;
  report(context, frame, "axis-out-of-range", span, `${label}: ${has}`);
  return null;
}

function lowerAxisSize(context: Lowering, frame: Frame, argument: CallArgument, axis: CallArgument, written: Written): Value | null {
  const setting = readSetting(context, frame, "size", { name: "axis", kind: "axis" }, axis);
  return typeof setting === "number" ? lowerSize(context, frame, argument, setting, written) : null;
}

/** All sizes as a tuple: what takes a shape takes it. */
function lowerShape(context: Lowering, frame: Frame, argument: CallArgument, { span }: Written): Value | null {
  const shape = shapeOfValue(context, frame, valueOfArgument(context, frame, argument), argument);
  return shape && { kind: "tuple", items: shape.map((value) => ({ kind: "constant", value, weak: false, span })) };
}

function lowerClasses(context: Lowering, frame: Frame, argument: CallArgument, { span }: Written): Value | null {
  const value = valueOfArgument(context, frame, argument);
  if (value === null) return null;
  const count = countClasses(context, frame, value);
  if (count !== null) return { kind: "constant", value: count, weak: false, span };
  if (value.kind === "columns" && value.data.summary === null) return null;
  report(
    context,
    frame,
    "wrong-data",
    argument.span,
    "classes counts the labels of a data column, as in classes(iris.species), or of an input that holds a category",
  );
  return null;
}

function lowerCategory(context: Lowering, frame: Frame, argument: CallArgument, path: string, { span }: Written): Value | null {
  const value = valueOfArgument(context, frame, argument);
  if (value === null) return null;
  if (value.kind === "columns") return readCategory(context, frame, { ...value, span }, joinPaths(frame.owner, path));
  report(
    context,
    frame,
    "misplaced-data",
    argument.span,
    "category takes a data column, as in category(cars.origin), in the value of an input",
  );
  return null;
}

/** n calls, each of the result of the one before. */
function lowerRepeat(
  context: Lowering,
  frame: Frame,
  [count, callee, start]: readonly CallArgument[],
  path: string,
  written: Written,
): Value | null {
  const setting = readSetting(context, frame, "repeat", { name: "n", kind: "count" }, count);
  const fn = functionNamed(context, frame, callee);
  let value = valueOfArgument(context, frame, start);
  if (typeof setting !== "number" || fn === null) return null;
  const owner = joinPaths(frame.owner, path);
  const inner: Frame = { ...frame, owner, parameterOwner: joinPaths(frame.parameterOwner, path) };
  const expression = callee.expression && unwrap(callee.expression);
  const name = expression?.kind === "name" ? expression.name : "f";
  return lowerGroup(context, frame, owner, "repeat", written, () => {
    for (let k = 1; k <= setting && value !== null; k++) {
      const argument: CallArgument = { name: null, expression: null, value, span: start.span };
      value = callFunction(context, inner, fn, [argument], `${name}_${k}`, { span: written.span, label: name });
    }
    return value;
  });
}
