// The parameters file: trained values as JSON, written and read bit for bit, checked against the model.

import type { NodeId } from "../graph/graph.ts";
import { concreteShape } from "../graph/graph.ts";
import type { ParamPort, Program, StatePort } from "../graph/program.ts";
import { bindShape, type SizeBindings } from "../graph/size.ts";
import { allocateTensor, countElements, type Precision, type Tensor } from "../graph/tensor.ts";
import type { Fitted } from "./feeds.ts";
import { fittedFaults, listsOf, readFitted } from "./fitted.ts";
import { type Problem, ProblemError } from "./problem.ts";

/** A tensor as it stands in the file. */
export interface StoredValue {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What training leaves behind beside the values. */
export interface TrainingNote {
  readonly epochs: number;
  readonly seed: number;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The content of a parameters file. */
export interface ParamsFile {
  readonly model: string;
  readonly precision: Precision;
  readonly params: ReadonlyMap<string, StoredValue>;
  readonly state: ReadonlyMap<string, StoredValue>;
  readonly fitted: Fitted;
  /** A digest of the text of each statement that owns parameters. */
  readonly owners: ReadonlyMap<string, string>;
  readonly training: TrainingNote | null;
}

const format = "wengert-params";
const version = 1;

/** The values of a run as a file's content. Throws ProblemError naming a value that is not finite. */
export function collectParams(
  program: Program,
  values: ReadonlyMap<NodeId, Tensor>,
  about: {
    readonly model: string;
    readonly precision: Precision;
    readonly fitted: Fitted;
    readonly training: TrainingNote | null;
    readonly digest: (text: string) => string;
  },
): ParamsFile {
  const collect = (ports: readonly (ParamPort | StatePort)[]) =>
    new Map(ports.map((port) => [port.path, storeValue(port.path, values.get(port.node))]));
  for (const [path, entry] of about.fitted) {
    for (const [key, list] of listsOf(entry)) refuseNonFinite(`the ${key} of ${path}`, list);
  }
  const owners = new Set(program.params.map((port) => port.owner));
  return {
    model: about.model,
    precision: about.precision,
    params: collect(program.params),
    state: collect(program.states),
    fitted: about.fitted,
    owners: new Map(
      [...owners].flatMap((owner) =>
        program.statements.has(owner) ? [[owner, about.digest(program.statements.get(owner) as string)]] : [],
      ),
    ),
    training: about.training,
  };
}

function storeValue(path: string, tensor: Tensor | undefined): StoredValue {
  if (!tensor) throw new Error(`No value for ${path}.`);
  const data = Array.from(tensor.data);
  refuseNonFinite(path, data);
  return { shape: tensor.shape, data };
}

function refuseNonFinite(what: string, values: readonly (number | string)[]): void {
  const wrong = values.findIndex((value) => typeof value === "number" && !Number.isFinite(value));
  if (wrong >= 0)
    throw new ProblemError("params-not-finite", `${what} is not finite (element ${wrong} is ${values[wrong]}): it is not written`);
}

/** The file as text: one parameter a line; numbers read back bit for bit. */
export function writeParams(file: ParamsFile): string {
  const group = (values: ReadonlyMap<string, StoredValue>) =>
    `{${[...values].map(([path, { shape, data }]) => `\n    ${JSON.stringify(path)}: { "shape": ${JSON.stringify(shape)}, "data": [${data.map(writeValue).join(", ")}] }`).join(",")}${values.size > 0 ? "\n  " : ""}}`;
  const fitted = [...file.fitted].map(([path, entry]) => {
    const lists = listsOf(entry).map(([key, list]) => `${JSON.stringify(key)}: [${list.map(writeValue).join(", ")}]`);
    return `\n    ${JSON.stringify(path)}: { ${lists.join(", ")} }`;
  });
  const owners = [...file.owners].map(([owner, digest]) => `\n    ${JSON.stringify(owner)}: ${JSON.stringify(digest)}`);
  const lines = [
    `  "format": "${format}"`,
    `  "version": ${version}`,
    `  "model": ${JSON.stringify(file.model)}`,
    `  "precision": "${file.precision}"`,
    `  "params": ${group(file.params)}`,
    `  "state": ${group(file.state)}`,
    `  "fitted": {${fitted.join(",")}${fitted.length > 0 ? "\n  " : ""}}`,
    `  "owners": {${owners.join(",")}${owners.length > 0 ? "\n  " : ""}}`,
    ...(file.training
      ? [
          `  "training": ${JSON.stringify(file.training, (_key, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value))}`,
        ]
      : []),
  ];
  return `{\n${lines.join(",\n")}\n}\n`;
}

function writeValue(value: number | string): string {
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

function bad(message: string): never {
  throw new ProblemError("bad-params", message);
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entriesOf(value: unknown, what: string): readonly (readonly [string, Json])[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return bad(`"${what}" must be an object`);
  return Object.entries(value).map(([key, entry]) => [key, isRecord(entry) ? entry : bad(`"${what}" entry ${key} must be an object`)]);
}

function numbersOf(value: unknown, what: string): readonly number[] {
  if (!Array.isArray(value)) return bad(`${what} must be a list of numbers`);
  const wrong = value.findIndex((item) => typeof item !== "number" || !Number.isFinite(item));
  return wrong < 0 ? value : bad(`${what}: element ${wrong} is ${JSON.stringify(value[wrong])}, not a finite number`);
}

function valuesOf(value: unknown, what: string): ReadonlyMap<string, StoredValue> {
  return new Map(
    entriesOf(value, what).map(([path, entry]) => {
      const shape = numbersOf(entry.shape, `the shape of ${path}`);
      const data = numbersOf(entry.data, path);
      if (!shape.every((size) => Number.isInteger(size) && size >= 0) || countElements(shape) !== data.length) {
        return bad(`${path} says shape [${shape.join(", ")}] but holds ${data.length} numbers`);
      }
      return [path, { shape, data }];
    }),
  );
}

/** Reads the text of a parameters file. Throws ProblemError naming what is wrong. */
export function readParams(text: string): ParamsFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad("this is not a parameters file: it is not JSON");
  }
  if (!isRecord(json) || json.format !== format) return bad(`this is not a parameters file: it has no "format": "${format}"`);
  if (json.version !== version)
    return bad(`this parameters file has version ${String(json.version)}; this program reads version ${version}`);
  const owners = isRecord(json.owners)
    ? Object.entries(json.owners).filter((entry): entry is [string, string] => typeof entry[1] === "string")
    : [];
  return {
    model: typeof json.model === "string" ? json.model : "",
    precision: json.precision === "f32" ? "f32" : "f64",
    params: valuesOf(json.params, "params"),
    state: valuesOf(json.state, "state"),
    fitted: readFitted(entriesOf(json.fitted, "fitted"), { numbers: numbersOf, fail: bad }),
    owners: new Map(owners),
    training: null,
  };
}

/** Values of a file by node of a program, and warnings about owners whose text changed. */
export interface FittedParams {
  readonly values: ReadonlyMap<NodeId, Tensor>;
  readonly fitted: Fitted;
  readonly warnings: readonly Problem[];
}

/**
 * Fits a file to a program: it must hold just what the model declares. Throws ProblemError naming every missing, extra or misshapen
 * entry; a model with holes may lack what the file holds. `renames` maps old paths of the file, also of what was fitted, to paths of the
 * model.
 */
export function fitParams(
  program: Program,
  file: ParamsFile,
  options: {
    readonly sizes: SizeBindings;
    readonly precision: Precision;
    readonly renames: ReadonlyMap<string, string>;
    readonly digest: (text: string) => string;
  },
): FittedParams {
  const values = new Map<NodeId, Tensor>();
  const fitted = renamePaths(file.fitted, options.renames);
  const expected = { ...options, isPart: program.incomplete.length > 0 };
  const faults = [
    ...renameFaults(file, options.renames),
    ...fitGroup("parameter", program.params, renamePaths(file.params, options.renames), expected, values),
    ...fitGroup("state", program.states, renamePaths(file.state, options.renames), expected, values),
    ...fittedFaults(program, fitted, options.sizes),
  ];
  if (faults.length > 0) throw new ProblemError("params-differ", faults.join("; "));
  const changed = [...file.owners].filter(
    ([owner, digest]) => program.statements.has(owner) && options.digest(program.statements.get(owner) as string) !== digest,
  );
  const warnings = changed.map(([owner]) => ({
    code: "owner-changed",
    message: `the text of ${owner} has changed since these parameters were written`,
    place: null,
  }));
  return { values, fitted, warnings };
}

/** What a file holds, by the paths of the model. */
function renamePaths<Value>(values: ReadonlyMap<string, Value>, renames: ReadonlyMap<string, string>): ReadonlyMap<string, Value> {
  return new Map([...values].map(([path, value]) => [renames.get(path) ?? path, value]));
}

/** A rename needs its old path in the file, and must not bring two values to one path. */
function renameFaults({ params, state, fitted }: ParamsFile, renames: ReadonlyMap<string, string>): string[] {
  return [...renames].flatMap(([old, path]) => {
    const groups = [params, state, fitted].filter((group) => group.has(old));
    if (groups.length === 0) return [`--rename ${old}=${path}: the file has no ${old}`];
    const taken = groups.some((group) => [...group.keys()].some((other) => other !== old && (renames.get(other) ?? other) === path));
    return taken ? [`--rename ${old}=${path}: the file has another ${path}`] : [];
  });
}

function fitGroup(
  what: string,
  ports: readonly (ParamPort | StatePort)[],
  stored: ReadonlyMap<string, StoredValue>,
  { sizes, precision, isPart }: { readonly sizes: SizeBindings; readonly precision: Precision; readonly isPart: boolean },
  values: Map<NodeId, Tensor>,
): string[] {
  const faults: string[] = [];
  const extra = new Map([...stored].filter(([path]) => !ports.some((port) => port.path === path)));
  for (const port of ports) {
    const shape = concreteShape(bindShape(port.type.shape, sizes));
    const value = stored.get(port.path);
    if (!value) {
      const twin = [...extra].find(([, other]) => other.shape.join() === shape.join());
      faults.push(
        `${what} ${port.path} is missing in the file${twin ? ` (${twin[0]} has its shape: --rename ${twin[0]}=${port.path})` : ""}`,
      );
    } else if (value.shape.join() !== shape.join()) {
      faults.push(`${what} ${port.path} has shape [${shape.join(", ")}] in the model, but [${value.shape.join(", ")}] in the file`);
    } else {
      const tensor = allocateTensor(port.type.dtype, shape, precision);
      tensor.data.set(value.data);
      values.set(port.node, tensor);
      const wrong = value.data.findIndex((number, k) => !holds(tensor, k, number));
      const takes = port.type.dtype === "real" ? precision : port.type.dtype;
      if (wrong >= 0) faults.push(`${what} ${port.path} is ${takes}, but element ${wrong} in the file is ${value.data[wrong]}`);
    }
  }
  if (!isPart) for (const path of extra.keys()) faults.push(`the file has ${what} ${path}, which the model does not declare`);
  return faults;
}

/** True where an element could take the number: rounded for real values, as it is for others. */
function holds({ dtype, data }: Tensor, k: number, number: number): boolean {
  if (dtype === "real") return Number.isFinite(data[k]);
  return data[k] === number && (dtype === "int" || number === 0 || number === 1);
}
