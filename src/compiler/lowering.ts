// What lowering works with: the graphs under construction, where in the text it is, and how nodes are added and problems reported.

import type { Diagnostic, Expression, LossStatement, Span } from "../../grammar/tree.ts";
import type { NodeId, Place } from "../graph/graph.ts";
import type {
  CallGroup,
  ColumnLeaf,
  DataSource,
  DataSummary,
  Fit,
  InputPort,
  NamedNode,
  ParamPort,
  SeedEntry,
  StatePort,
} from "../graph/program.ts";
import type { Shape, Size } from "../graph/size.ts";
import type { Block, Rule, Vertex } from "./declarations.ts";
import type { Fix, Reporter } from "./diagnostics.ts";
import { Draft } from "./draft.ts";
import { Sizes } from "./sizes.ts";
import { preludeName, type SourceFile } from "./source-file.ts";
import type { Binding, LoadedData, Scope, Value } from "./values.ts";

/** What a model is compiled with. */
export interface CompileOptions {
  /** The text of an imported file, its path counted from the model's folder; null: not there. */
  readonly readImport: (path: string) => string | null;
  /** What the compiler must know of a data source: its summary, what is wrong with it, or null if a file is not there. */
  readonly describeData: (source: DataSource) => DataSummary | readonly Diagnostic[] | null;
  /** Sizes given from outside; they win over `dim` statements. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The value of `training`. */
  readonly training: boolean;
  /** Text of an expression that replaces the value of an input or parameter, by its name or path. */
  readonly set?: ReadonlyMap<string, string>;
}

/** An expression that is evaluated outside the graph: the value of an input, parameter, state or seed. */
export interface Outside {
  readonly purpose: "input" | "param" | "state" | "seed";
  /** Path of what it is the value of. */
  readonly path: string;
  /** The declared shape: initialisers take it. */
  readonly shape: Shape | null;
  /** The size of the first axis of columns. */
  rowSize(data: LoadedData): Size;
  /** Data statements that it uses. */
  readonly data: Set<string>;
  /** Random initial values so far: each gets a stream of its own. */
  draws: number;
}

/** Nodes of the graph that the rule of a function uses, beside its arguments. */
export interface Captures {
  /** The call whose rule it is. */
  readonly around: Frame;
  readonly rule: Rule;
  /** The graph of the rule. */
  readonly draft: Draft;
  /** Node of the graph around to node of the rule. */
  readonly nodes: Map<NodeId, NodeId>;
  /** Position of the first captured node among the rule's arguments. */
  readonly first: number;
}

/** Where lowering is: in which scope, statement, graph and call. */
export interface Frame {
  readonly scope: Scope;
  readonly file: SourceFile;
  /** Path of the statement or call that owns the nodes. */
  readonly owner: string;
  /** The same for the parameters of calls: differs in shared functions. */
  readonly parameterOwner: string;
  readonly draft: Draft;
  /** The expression of the statement: calls are numbered in it. */
  readonly root: Expression;
  /** Calls around. */
  readonly depth: number;
  /** The call whose body this is. */
  readonly site: { readonly frame: Frame; readonly span: Span; readonly name: string } | null;
  readonly outside: Outside | null;
  readonly captures: Captures | null;
}

/** The dimension that counts the rows of data, as an input calls it. */
export interface RowName {
  readonly dimension: string;
  readonly input: string;
}

/** Calls in calls that are expanded. */
export const depthLimit = 200;

/** Expressions in expressions, those of the calls around included: keeps lowering far from the end of the stack. */
const nestingLimit = 480;

/** Everything that is gathered while a model is lowered. */
export class Lowering {
  readonly options: CompileOptions;
  readonly reporter: Reporter;
  readonly graph = new Draft();
  readonly feed = new Draft();
  readonly sizes = new Sizes();
  /** Dimensions that the file declares, in types or by `dim`. */
  readonly dimensions: Set<string>;
  /** Scopes of files. */
  readonly files = new Map<Block, Scope>();
  /** Named nodes of the graph by path, inner ones too. */
  readonly paths = new Map<string, NodeId>();
  /** Paths of parameters by the name of the statement they are made in. */
  readonly parameterPaths = new Map<string, string[]>();
  readonly data = new Map<string, LoadedData>();
  readonly inputs: InputPort[] = [];
  readonly inputByNode = new Map<NodeId, InputPort>();
  readonly params: ParamPort[] = [];
  readonly states: { -readonly [Key in keyof StatePort]: StatePort[Key] }[] = [];
  readonly named: NamedNode[] = [];
  readonly groups: CallGroup[] = [];
  readonly columns: ColumnLeaf[] = [];
  readonly fits: Fit[] = [];
  readonly seeds: SeedEntry[] = [];
  /** What counts the rows of data, by its name, and the input that named it first. */
  readonly rowNames = new Map<string, RowName>();
  readonly usedSettings = new Set<string>();
  /** What statements of the file and their functions depend on a hole, and which. */
  holes: ReadonlyMap<Vertex, Place> = new Map();
  /** The statement of the file that is being lowered. */
  current: Vertex | null = null;
  /** Statements of the file that could not be lowered. */
  readonly failed = new Set<Vertex>();
  /** Arguments that became nodes on their first use, in that order, with what made them. */
  readonly forced: { readonly binding: Binding; readonly lazy: () => Value | null }[] = [];
  /** Inputs that get their value from outside only. */
  readonly inputsWithoutValue = new Set<NodeId>();
  /** The loss of the model: the first in the text. */
  firstLoss: LossStatement | null = null;
  /** True once calls were nested too deep: nothing more of the statement is expanded. */
  isAborted = false;
  /** Expressions that are being lowered. */
  nesting = 0;
  /** True once something asked whether this is a training step. */
  dependsOnTraining = false;
  /** Nodes and calls that may still be expanded. */
  budget = 1_000_000;
  readonly lower: (frame: Frame, expression: Expression) => Value | null;
  readonly lowerStatement: (frame: Frame, vertex: Vertex) => boolean;

  constructor(
    options: CompileOptions,
    reporter: Reporter,
    dimensions: Set<string>,
    lower: (context: Lowering, frame: Frame, expression: Expression) => Value | null,
    lowerStatement: (context: Lowering, frame: Frame, vertex: Vertex) => boolean,
  ) {
    this.options = options;
    this.reporter = reporter;
    this.dimensions = dimensions;
    this.lower = (frame, expression) => {
      if (this.nesting >= nestingLimit) {
        this.abort(frame, expression.span, "expressions and calls");
        return null;
      }
      this.nesting++;
      const value = lower(this, frame, expression);
      this.nesting--;
      return value;
    };
    this.lowerStatement = (frame, vertex) => lowerStatement(this, frame, vertex);
  }

  /** The value of `training`, noted as asked for. */
  askTraining(): boolean {
    this.dependsOnTraining = true;
    return this.options.training;
  }

  /** What counts the rows of data where an input does not say: what the inputs before it say, else the name of the data. */
  rowName({ source: { name } }: LoadedData): string {
    return this.rowNames.get(name)?.dimension ?? name;
  }

  /** True within a statement of the file that depends on a hole: what is missing in it is no mistake. */
  get isIncomplete(): boolean {
    return this.current !== null && this.holes.has(this.current);
  }

  /** Reports that something is nested too deep, where the outermost call stands; nothing more of its statement is expanded. */
  abort(frame: Frame, span: Span, what: string): void {
    if (this.isAborted) return;
    this.isAborted = true;
    let [at, place] = [frame, span];
    for (; at.site; at = at.site.frame) place = at.site.span;
    const message = `${what} are nested too deep to be expanded: a recursion must end by a condition that is known when compiling, after at most ${depthLimit} calls`;
    this.reporter.add("expansion-depth", at.file.name, place, message);
  }
}

/** What a person wrote: a span of the frame's text, or in a function of the prelude the call that led there and its function. */
function findWritten(frame: Frame, span: Span): { readonly frame: Frame; readonly span: Span; readonly within: string | null } {
  let at = frame;
  let place = span;
  let within: string | null = null;
  while (at.file.name === preludeName && at.site) {
    within = at.site.name;
    place = at.site.span;
    at = at.site.frame;
  }
  const { lead = 0 } = at.file;
  return { frame: at, span: { start: Math.max(0, place.start - lead), end: Math.max(0, place.end - lead) }, within };
}

/** Where a span of the frame's text is; in a function of the prelude, where its call is. */
export function placeOf(frame: Frame, span: Span): Place {
  const { frame: at, span: place, within } = findWritten(frame, span);
  return { file: at.file.name, start: place.start, end: place.end, ...(within !== null && { within }) };
}

/**
 * Reports what is wrong at a span of the frame's text. In a function of the prelude, the place is the call that a person wrote; in
 * another function, the message says which call it is about.
 */
export function report(context: Lowering, frame: Frame, code: string, span: Span, message: string, fix?: Fix): void {
  const { frame: at, span: place, within } = findWritten(frame, span);
  if (within !== null) context.reporter.add(code, at.file.name, place, `in ${within}: ${message}`);
  else if (at.site) context.reporter.add(code, at.file.name, place, `${message} (in the call ${shortPath(at.scope.path)})`, fix);
  else context.reporter.add(code, at.file.name, place, message, fix);
}

/** A path as messages show it. */
function shortPath(path: string): string {
  return path.length <= 60 ? path : `${path.slice(0, 57)}...`;
}
