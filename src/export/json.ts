// The compiled graph as JSON: nodes as written, one a line, with the roles of inputs, parameters, loss and outputs.

import type { Attribute, Graph, Node, NodeId } from "../graph/graph.ts";
import type { NamedNode, Program } from "../graph/program.ts";
import { isSymbolic, printSize, type Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";

/** What is written. */
export interface GraphDocument {
  readonly program: Program;
  /** File name of the model. */
  readonly model: string;
  /** Values of parameters and states by node; null: none are written. */
  readonly values: ReadonlyMap<NodeId, Tensor> | null;
}

const format = "wengert-graph";
const version = 1;

/** A number bit for bit; what JSON lacks as a string. */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}

type Entry = readonly [key: string, json: string];

function writeObject(entries: readonly Entry[]): string {
  return `{${entries.map(([key, json]) => `${JSON.stringify(key)}: ${json}`).join(", ")}}`;
}

/** One item a line. */
function writeLines(items: readonly string[]): string {
  return items.length === 0 ? "[]" : `[\n    ${items.join(",\n    ")}\n  ]`;
}

/** Sizes as numbers, symbolic ones as they are printed. */
function writeShape(shape: Shape): string {
  return `[${shape.map((size) => (typeof size === "number" ? writeNumber(size) : JSON.stringify(printSize(size)))).join(", ")}]`;
}

function writeAttribute(attribute: Attribute): string {
  if (typeof attribute === "number") return writeNumber(attribute);
  if (typeof attribute !== "object" || attribute === null) return JSON.stringify(attribute);
  if (isSymbolic(attribute)) return JSON.stringify(printSize(attribute));
  if (Array.isArray(attribute)) return `[${attribute.map((item: Attribute) => writeAttribute(item)).join(", ")}]`;
  if ("nodes" in attribute) return writeObject([["nodes", `[${(attribute as Graph).nodes.map(writeNode).join(", ")}]`]]);
  return writeObject(Object.entries(attribute as { readonly [key: string]: Attribute }).map(([key, item]) => [key, writeAttribute(item)]));
}

function writeNode(node: Node, id: NodeId): string {
  const { place } = node;
  return writeObject([
    ["id", String(id)],
    ["op", JSON.stringify(node.op)],
    ["name", JSON.stringify(node.name)],
    ["inputs", `[${node.inputs.join(", ")}]`],
    ["attributes", writeAttribute(node.attributes)],
    ["dtype", JSON.stringify(node.dtype)],
    ["shape", writeShape(node.shape)],
    ["owner", JSON.stringify(node.owner)],
    ...(place
      ? [
          [
            "place",
            writeObject([
              ["file", JSON.stringify(place.file)],
              ["start", String(place.start)],
              ["end", String(place.end)],
            ]),
          ] as const,
        ]
      : []),
  ]);
}

/** A leaf that is fed from outside, by its path, with its value where there is one. */
function writePort(path: string, node: NodeId, values: GraphDocument["values"]): string {
  const value = values?.get(node);
  return writeObject([
    ["name", JSON.stringify(path)],
    ["node", String(node)],
    ...(value
      ? ([
          ["shape", writeShape(value.shape)],
          ["data", `[${Array.from(value.data, writeNumber).join(", ")}]`],
        ] as const)
      : []),
  ]);
}

function writeNamed({ name, node }: NamedNode): string {
  return writeObject([
    ["name", JSON.stringify(name)],
    ["node", String(node)],
  ]);
}

/** The document as text. Strings may hold anything; numbers read back bit for bit ("NaN", "Infinity", "-Infinity" stand for what JSON lacks). */
export function writeGraphJson({ program, model, values }: GraphDocument): string {
  const { graph, inputs, params, states, loss, metrics, named, outputs, groups, sizes } = program;
  const entries: readonly Entry[] = [
    ["format", JSON.stringify(format)],
    ["version", String(version)],
    ["model", JSON.stringify(model)],
    ["precision", JSON.stringify(program.precision)],
    ["sizes", writeObject([...sizes].map(([name, size]) => [name, writeNumber(size)]))],
    ["rowDimension", JSON.stringify(program.rowDimension)],
    ["nodes", writeLines(graph.nodes.map(writeNode))],
    ["inputs", writeLines(inputs.map((port) => writePort(port.name, port.node, null)))],
    ["params", writeLines(params.map((port) => writePort(port.path, port.node, values)))],
    ["states", writeLines(states.map((port) => writeState(writePort(port.path, port.node, values), port.next)))],
    ["loss", loss ? writeNamed(loss) : "null"],
    ["metrics", writeLines(metrics.map(writeNamed))],
    ["outputs", writeLines(named.filter(({ name }) => outputs.includes(name)).map(writeNamed))],
    [
      "groups",
      writeLines(
        groups.map((group) =>
          writeObject([
            ["path", JSON.stringify(group.path)],
            ["function", JSON.stringify(group.function)],
          ]),
        ),
      ),
    ],
  ];
  return `{\n${entries.map(([key, json]) => `  ${JSON.stringify(key)}: ${json}`).join(",\n")}\n}\n`;
}

function writeState(port: string, next: NodeId | null): string {
  return `${port.slice(0, -1)}, "next": ${next}}`;
}
