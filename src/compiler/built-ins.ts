// Names and functions that the compiler itself gives a meaning: what is known when compiling, and what reads data.

/** A function that is no operation of the graph. */
export interface BuiltIn {
  readonly name: string;
  /** How it is called. */
  readonly signature: string;
  /** One sentence that ends in a period. */
  readonly doc: string;
}

const list: readonly BuiltIn[] = [
  { name: "last", signature: "last(x)", doc: "The size of the last axis of x." },
  { name: "size", signature: "size(x, axis)", doc: "The size of one axis of x; axis -1 is the last." },
  { name: "shape", signature: "shape(x)", doc: "The sizes of all axes of x, where a shape is needed." },
  { name: "classes", signature: "classes(column)", doc: "How many different labels a data column has." },
  {
    name: "category",
    signature: "category(column)",
    doc: "The codes 0, 1, ... of the sorted labels of a data column; only in the data of an input.",
  },
  {
    name: "standardize",
    signature: "standardize(x)",
    doc: "Data less its mean, divided by its deviation, both of the training rows; only in the data of an input.",
  },
  { name: "repeat", signature: "repeat(n, f, x)", doc: "n calls of f, the first with x, each other one with the result before." },
];

/** Functions of the compiler by name. */
export const builtIns: ReadonlyMap<string, BuiltIn> = new Map(list.map((entry) => [entry.name, entry]));

/** Names that stand for a value everywhere, unless the file defines them. */
export const builtInNames: ReadonlyMap<string, string> = new Map([
  ["pi", "The circle constant 3.14159..."],
  ["training", "True in a training step, false elsewhere; known when compiling."],
]);

/** Functions with a parameter that is a function: its position. */
export const functionPositions: ReadonlyMap<string, number> = new Map([["repeat", 1]]);
