// How the inputs of exported TypeScript are made from data: the comment that says it, and the fitted values that it needs.

import { writeComment, writeItem, writeKey, writeLineComment, writeList, writeString } from "./typescript-text.ts";

/** One thing that is done to data on its way into an input, with what was fitted for it. */
export interface PreparationStep {
  /** `drop`: rows with a missing cell are left out; `mean`: a mean stands for them. */
  readonly kind: "standardize" | "category" | "mean" | "drop";
  /** The key of what was fitted (`x.standardize_1`, `cars.mpg`); for `drop` the name of the data. */
  readonly path: string;
  /** The lists that were fitted, by name: mean and std, a mean alone, or labels; none for `drop`. */
  readonly fitted: readonly (readonly [name: string, values: readonly (number | string)[]])[];
}

/** How an input is made from data. */
export interface Preparation {
  /** The statement of the input as it stands in the model. */
  readonly text: string;
  readonly steps: readonly PreparationStep[];
}

/** Comment lines that say what the functions must be given; none for a model whose inputs are not made from data. */
export function writePreparations(preparations: readonly Preparation[]): string[] {
  if (preparations.length === 0) return [];
  return [
    "//",
    "// These inputs must hold what the model makes of its data:",
    ...preparations.flatMap(({ text }) => text.split(/\r\n|[\r\n]/)).map((line) => `//   | ${writeLineComment(line)}`.trimEnd()),
    ...stepsOf(preparations).map((step) => `// - ${describeStep(step)}`),
  ];
}

/** The constant with what was fitted; "" if that is nothing. */
export function writeFitted(preparations: readonly Preparation[]): string {
  const entries = stepsOf(preparations).flatMap(({ path, fitted }) => {
    const lists = fitted.map(([name, values]) => `    ${name}: ${writeList(values.map(writeValue), "    ")},\n`);
    return lists.length === 0 ? [] : [`  ${writeKey(path)}: {\n${lists.join("")}  },\n`];
  });
  if (entries.length === 0) return "";
  return `/** What was fitted to the data that the model is trained on. */\nexport const fitted = {\n${entries.join("")}};`;
}

function writeValue(value: number | string): string {
  return typeof value === "number" ? writeItem(value) : writeString(value);
}

/** The steps of all inputs, each once. */
function stepsOf(preparations: readonly Preparation[]): PreparationStep[] {
  const steps = new Map(preparations.flatMap((own) => own.steps.map((step) => [`${step.kind} ${step.path}`, step] as const)));
  return [...steps.values()];
}

function describeStep({ kind, path }: PreparationStep): string {
  const entry = `fitted[${writeLineComment(writeString(path))}]`;
  switch (kind) {
    case "standardize":
      return `standardize: (value - mean) / std for each element of a row, with mean and std of ${entry}`;
    case "category":
      return `category: the place, from 0, of the label in the labels of ${entry}`;
    case "mean":
      return `a missing cell of ${writeComment(path)}: the mean of ${entry}`;
    case "drop":
      return `rows of ${writeComment(path)} with a missing cell in a column that is used are left out`;
  }
}
