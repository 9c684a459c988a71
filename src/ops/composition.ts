// The builder for ops that are composed of others, for every element alike.

import { broadcastTypes, carryElementwise } from "./elementwise.ts";
import type { Composed, Example, Interval, Notation, Parameter, Spelling } from "./op.ts";

/** What a composed elementwise op must say. */
export interface CompositionDescription {
  readonly name: string;
  readonly doc: string;
  /** One sentence for each input, by its name, in order. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings?: readonly Parameter[];
  readonly compose: Composed["compose"];
  readonly notation: Notation;
  readonly spelling: Spelling;
  readonly example: Example;
  readonly domain?: readonly Interval[];
}

/** Makes the record of a composed op that is real and works element by element, with broadcasting. */
export function composition({ inputs, settings, ...described }: CompositionDescription): Composed {
  return {
    ...described,
    kind: "composed",
    callable: true,
    parameters: [...Object.entries(inputs).map(([name, doc]): Parameter => ({ name, kind: "value", doc })), ...(settings ?? [])],
    infer: (types, _attributes, sizes) => ({ dtype: "real", shape: broadcastTypes(types, sizes) }),
    carry: carryElementwise,
  };
}
