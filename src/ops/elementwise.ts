// The builder for elementwise ops: value on numbers and one rule an input; both derivative modes follow from the rules.

import type { Attributes, Dtype, NodeId, ValueType } from "../graph/graph.ts";
import { elementCount, type SizeBindings } from "../graph/size.ts";
import { alignedAxis, broadcastShapes } from "./broadcast.ts";
import { addTerms, broadcastTo, sumTo } from "./build.ts";
import { evaluateLoop, type Loop, loopOf, type Scalar } from "./evaluate-elementwise.ts";
import type { Example, Interval, Notation, Parameter, Primitive, Spelling } from "./op.ts";
import type { Rule } from "./rules.ts";

/** How an element is computed: by a scalar function, by one that depends on settings, or by a loop of its own where speed matters. */
type Computation = { readonly value: Scalar } | { readonly valueFor: (attributes: Attributes) => Scalar } | { readonly loop: Loop };

interface Rules {
  /** For each input what d node / d input makes of a tangent or adjoint; null where it is zero everywhere. */
  readonly rules: readonly (Rule | null)[];
  /** A tangent that is cheaper than the sum of the rules. */
  readonly tangent?: Primitive["tangent"];
}

/** What an elementwise op must say; everything else follows. */
export type ElementwiseDescription = Described & Rules & Computation;

interface Described {
  readonly name: string;
  readonly doc: string;
  /** One sentence for each input (at most three), by its name, in order. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Named settings, known when compiling. */
  readonly settings?: readonly Parameter[];
  /** Default: always real. */
  readonly dtype?: (inputs: readonly ValueType[]) => Dtype;
  readonly notation: Notation;
  readonly spelling: Spelling;
  readonly example?: Example;
  readonly domain?: readonly Interval[];
  /** Default true. */
  readonly callable?: boolean;
  readonly linearIn?: readonly (readonly number[])[];
  /** Scalar operations for one element; default 1. */
  readonly cost?: number;
}

/** Makes the record of an elementwise op with broadcasting. */
export function elementwise(description: ElementwiseDescription): Primitive {
  const { name, doc, notation, spelling, example, domain } = description;
  const settings = description.settings ?? [];
  const inputs = Object.entries(description.inputs).map(([input, sentence]): Parameter => ({ name: input, kind: "value", doc: sentence }));
  const loopFor = chooseLoop(description);
  return {
    kind: "primitive",
    name,
    doc,
    callable: description.callable ?? true,
    parameters: [...inputs, ...settings],
    notation,
    spelling,
    ...(example && { example }),
    ...(domain && { domain }),
    infer: (types, _attributes, sizes) => ({ dtype: description.dtype?.(types) ?? "real", shape: broadcastTypes(types, sizes) }),
    carry: carryElementwise,
    evaluate: (out, values, attributes) => evaluateLoop(loopFor(attributes), out, values),
    ...derivativesOf(description),
    operations: (_inputs, output) => (description.cost ?? 1) * Number(elementCount(output.shape)),
    linearIn: description.linearIn ?? [],
  };
}

function chooseLoop(computation: Computation): (attributes: Attributes) => Loop {
  if ("valueFor" in computation) return (attributes) => loopOf(computation.valueFor(attributes));
  const loop = "loop" in computation ? computation.loop : loopOf(computation.value);
  return () => loop;
}

/** Tangent and adjoint of an elementwise op: its Jacobian is diagonal, so one rule an input serves both. */
function derivativesOf({ rules, tangent }: Rules): Pick<Primitive, "tangent" | "adjoint"> {
  return {
    tangent: (build, node, tangents) => {
      if (tangents.every((direction, k) => direction === null || rules[k] === null)) return null;
      const total =
        tangent?.(build, node, tangents) ??
        addTerms(
          build,
          tangents.map((direction, k) => (direction === null ? null : (rules[k]?.(build, node, direction) ?? null))),
        );
      return total === null ? null : broadcastTo(build, total, node.shape);
    },
    adjoint: (build, node, adjoint, wanted) =>
      rules.map((rule, k): NodeId | null => {
        const contribution = wanted[k] && rule ? rule(build, node, adjoint) : null;
        return contribution === null ? null : sumTo(build, contribution, build.nodes[node.inputs[k]].shape);
      }),
  };
}

/** The shape that all inputs broadcast to. Throws TypeProblem. */
export function broadcastTypes(inputs: readonly ValueType[], sizes: SizeBindings): ValueType["shape"] {
  return broadcastShapes(
    inputs.map((input) => input.shape),
    sizes,
  );
}

/** Element i of the output of an elementwise op depends only on element i of each input. */
export function carryElementwise(input: number, axis: number, inputs: readonly ValueType[], output: ValueType): number {
  return alignedAxis(inputs[input].shape, output.shape, axis);
}
