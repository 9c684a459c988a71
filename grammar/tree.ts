// The syntax tree of a model file: plain data with spans, no semantic information.

/** A half-open range of UTF-16 offsets in one source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A name as written. `text` is NFC-normalised; names are compared by `text`. */
export interface Identifier {
  readonly text: string;
  readonly span: Span;
}

/** A comment without its `#` and the space behind it. */
export interface Comment {
  readonly text: string;
  readonly span: Span;
}

// ---- expressions ---------------------------------------------------------------------------------------------

export type BinaryOperator = "+" | "-" | "*" | "/" | "@" | "^" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "and" | "or";
export type UnaryOperator = "-" | "+" | "not";

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | NameExpression
  | Hole
  | Unary
  | Binary
  | Conditional
  | Pipe
  | Call
  | Member
  | Index
  | ArrayLiteral
  | Tuple
  | Parenthesized
  | Invalid;

/** `1`, `0.5`, `1e-3`, `inf`, `nan`, `pi` is a NAME (prelude constant), not a literal. A directly attached sign is part of it. */
export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  readonly text: string;
  readonly span: Span;
}
export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}
export interface BooleanLiteral {
  readonly kind: "boolean";
  readonly value: boolean;
  readonly span: Span;
}
/** A use of a named node, dimension or (as a call argument) a function. */
export interface NameExpression {
  readonly kind: "name";
  readonly name: string;
  readonly span: Span;
}
/** `_`, an argument that is not connected yet. */
export interface Hole {
  readonly kind: "hole";
  readonly span: Span;
}
export interface Unary {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly span: Span;
}
export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorSpan: Span;
  readonly span: Span;
}
/** `if condition then a else b`, element-wise. */
export interface Conditional {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternative: Expression;
  readonly span: Span;
}
/** `left |> f` or `left |> f(a)`; `call.arguments` holds only what is written in its parentheses. */
export interface Pipe {
  readonly kind: "pipe";
  readonly left: Expression;
  readonly call: Call;
  readonly operatorSpan: Span;
  readonly span: Span;
}
/** `f(a, key: b)`. `bare` is true for the right side of a pipe written without parentheses. */
export interface Call {
  readonly kind: "call";
  readonly callee: Identifier;
  readonly arguments: readonly Argument[];
  readonly bare: boolean;
  readonly span: Span;
}
export interface Argument {
  readonly name: Identifier | null;
  readonly value: Expression;
  readonly span: Span;
}
/** `object.name`: a column, a parameter of an owner, or `.T`. */
export interface Member {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: Identifier;
  readonly span: Span;
}
/** `object[items]`. */
export interface Index {
  readonly kind: "index";
  readonly object: Expression;
  readonly items: readonly IndexItem[];
  readonly span: Span;
}
export type IndexItem =
  | { readonly kind: "at"; readonly value: Expression; readonly span: Span }
  | {
      readonly kind: "slice";
      readonly start: Expression | null;
      readonly stop: Expression | null;
      readonly step: Expression | null;
      readonly span: Span;
    }
  | { readonly kind: "ellipsis"; readonly span: Span };
export interface ArrayLiteral {
  readonly kind: "array";
  readonly items: readonly Expression[];
  readonly span: Span;
}
/** `(a, b)`, at least two items. */
export interface Tuple {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
  readonly span: Span;
}
/** `(a)`: kept so that text edits and the printer see the parentheses. */
export interface Parenthesized {
  readonly kind: "parenthesized";
  readonly inner: Expression;
  readonly span: Span;
}
/** Where recovery found no expression; already reported. */
export interface Invalid {
  readonly kind: "invalid";
  readonly span: Span;
}

// ---- types ---------------------------------------------------------------------------------------------------

/** `[n, 4]` (real), `int[n]`, `bool[n]`, `int`, `real`. `dims` are size expressions. */
export interface TypeExpression {
  readonly dtype: "real" | "int" | "bool";
  readonly dims: readonly Expression[];
  readonly span: Span;
}

// ---- statements ----------------------------------------------------------------------------------------------

/** What every statement and block entry carries. */
interface Placed {
  /** From the first character of the statement to the last, comments and separators excluded. */
  readonly span: Span;
  /** The comment block right above (no blank line between) that belongs to this statement. */
  readonly leading: readonly Comment[];
  /** The comment behind it on its last line. */
  readonly trailing: Comment | null;
  /** Set where something is reported of its text: what was read of it may be a part of what was meant. */
  readonly damaged?: true;
}

export type Statement =
  | InputStatement
  | ParamStatement
  | DefineStatement
  | LossStatement
  | MetricStatement
  | StateStatement
  | NextStatement
  | FunctionStatement
  | RuleStatement
  | DataStatement
  | DimStatement
  | TrainStatement
  | SeedStatement
  | PrecisionStatement
  | ImportStatement
  | ReturnStatement
  | BrokenStatement;

export interface InputStatement extends Placed {
  readonly kind: "input";
  readonly name: Identifier;
  readonly type: TypeExpression | null;
  readonly value: Expression | null;
}
export interface ParamStatement extends Placed {
  readonly kind: "param";
  readonly name: Identifier;
  readonly type: TypeExpression | null;
  readonly value: Expression;
}
/** `a = e` (one target) or `(a, b) = e`; a null target is `_`. */
export interface DefineStatement extends Placed {
  readonly kind: "define";
  readonly targets: readonly (Identifier | null)[];
  readonly value: Expression;
}
export interface LossStatement extends Placed {
  readonly kind: "loss";
  readonly name: Identifier;
  readonly value: Expression;
}
export interface MetricStatement extends Placed {
  readonly kind: "metric";
  readonly name: Identifier;
  readonly value: Expression;
}
export interface StateStatement extends Placed {
  readonly kind: "state";
  readonly name: Identifier;
  readonly type: TypeExpression | null;
  readonly value: Expression;
}
export interface NextStatement extends Placed {
  readonly kind: "next";
  readonly name: Identifier;
  readonly value: Expression;
}
export interface FunctionParameter {
  readonly name: Identifier;
  readonly default: Expression | null;
  readonly span: Span;
}
/** `fn f(a, b = 1) = e` has an expression body; `fn f(a) { ...; return e }` has a block whose last statement is `return`. */
export interface FunctionStatement extends Placed {
  readonly kind: "function";
  readonly shared: boolean;
  readonly name: Identifier;
  readonly parameters: readonly FunctionParameter[];
  readonly body:
    | { readonly kind: "expression"; readonly value: Expression }
    | { readonly kind: "block"; readonly statements: readonly Statement[]; readonly span: Span; readonly dangling: readonly Comment[] };
}
/** `rule f(x, y, dx, dy) = e`: the tangent rule of the function f. */
export interface RuleStatement extends Placed {
  readonly kind: "rule";
  readonly name: Identifier;
  readonly parameters: readonly Identifier[];
  readonly value: Expression;
}
export interface DataStatement extends Placed {
  readonly kind: "data";
  readonly name: Identifier;
  readonly value: Expression;
}
export interface DimStatement extends Placed {
  readonly kind: "dim";
  readonly name: Identifier;
  readonly value: Expression;
}
export interface Entry extends Placed {
  readonly key: Identifier;
  readonly value: Expression;
}
export interface TrainStatement extends Placed {
  readonly kind: "train";
  readonly entries: readonly Entry[];
  readonly dangling: readonly Comment[];
}
export interface SeedStatement extends Placed {
  readonly kind: "seed";
  readonly entries: readonly Entry[];
  readonly dangling: readonly Comment[];
}
export interface PrecisionStatement extends Placed {
  readonly kind: "precision";
  readonly value: Identifier;
}
export interface ImportStatement extends Placed {
  readonly kind: "import";
  readonly path: StringLiteral;
}
export interface ReturnStatement extends Placed {
  readonly kind: "return";
  readonly value: Expression;
}
/** A statement that could not be read; already reported. `name` is what it would define, where that can be told. */
export interface BrokenStatement extends Placed {
  readonly kind: "broken";
  readonly name: Identifier | null;
}

/** One parsed file. Comments that belong to no statement: `header` (top of file) and `free`. */
export interface Tree {
  readonly statements: readonly Statement[];
  readonly header: readonly Comment[];
  readonly free: readonly Comment[];
  readonly span: Span;
}

/** What a phase found wrong; shared by grammar and compiler. Spans are offsets in the file named by `file` (null: the main file). */
export interface Diagnostic {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly span: Span;
  readonly file?: string;
  /** Replacing `span` of the fix by `text` mends it. */
  readonly fix?: { readonly title: string; readonly span: Span; readonly text: string };
}
