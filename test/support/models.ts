// Models from text for tests: loaded, evaluated and differentiated as the command line does it.
import { differentiate, type Mode } from "../../src/analysis/gradient.ts";
import { createWorkspace, evaluateNodes, findNamed, type Workspace } from "../../src/analysis/workspace.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { type LoadOptions, loadModel, type Model } from "../../src/model.ts";
import { prepareParts, sizesFor, takePart } from "../../src/train/parts.ts";

/** A model that must load. */
export function modelOf(text: string, options: Partial<LoadOptions> = {}): Model {
  const { model, diagnostics } = loadModel(text, { readFile: () => null, ...options });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (!model) throw new Error(errors.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  return model;
}

/** Its workspace over all rows, or the first `rows`. */
export function workspaceOf(model: Model, rows = Number.POSITIVE_INFINITY, seed = model.settings.seed): Workspace {
  const { program, tables, precision } = model;
  const parts = prepareParts(program, { tables, split: null, seed, precision, fitted: new Map() });
  const count = Math.min(rows, parts.train.rows);
  const first = Int32Array.from({ length: count }, (_, row) => row);
  const inputs = count < parts.train.rows ? takePart(program, parts.train.inputs, first) : parts.train.inputs;
  return createWorkspace(program, { ...parts.feeds, inputs }, sizesFor(program, count), precision, seed);
}

/** Nested lists of a value. */
export function listsOf(tensor: Tensor): unknown {
  let next = 0;
  const level = (axis: number): unknown =>
    axis === tensor.shape.length ? tensor.data[next++] : Array.from({ length: tensor.shape[axis] }, () => level(axis + 1));
  return level(0);
}

function nodeOf({ program }: Workspace, name: string) {
  const found = findNamed(program, name);
  if (!found) throw new Error(`No node ${name}.`);
  return found.node;
}

/** The value of a named node. */
export function valueOf(text: string, name: string): unknown {
  const workspace = workspaceOf(modelOf(text));
  return listsOf(evaluateNodes(workspace, [workspace.ids[nodeOf(workspace, name)]])[0]);
}

/** The derivative of one named node with respect to another. */
export function derivativeOf(text: string, of: string, wrt: string, mode: Mode = "reverse", order = 1): unknown {
  const workspace = workspaceOf(modelOf(text));
  return listsOf(differentiate(workspace, nodeOf(workspace, of), [nodeOf(workspace, wrt)], mode, order).derivatives[0]);
}
