// Reads one statement or block entry: the Chevrotain rules of the statement forms.

import type { IToken, TokenType } from "chevrotain";
import { EOF } from "chevrotain";
import type { Diagnostics } from "./diagnostics.ts";
import { ExpressionParser } from "./expression-parser.ts";
import type { Line } from "./layout.ts";
import { show } from "./statement-reader.ts";
import { closest } from "./suggestion.ts";
import * as T from "./tokens.ts";
import type {
  BrokenStatement,
  Entry,
  Expression,
  FunctionParameter,
  FunctionStatement,
  Identifier,
  SeedStatement,
  Statement,
  TrainStatement,
  TypeExpression,
} from "./tree.ts";

type WithoutPlace<S> = S extends unknown ? Omit<S, "span" | "leading" | "trailing"> : never;
type BlockStatement = FunctionStatement | TrainStatement | SeedStatement;

/** A function without its block; `value` is its body if that is an expression. */
export interface FunctionHead {
  readonly kind: "function";
  readonly shared: boolean;
  readonly name: Identifier;
  readonly parameters: readonly FunctionParameter[];
  readonly value: Expression | null;
}

/** `train` or `seed` without its entries. */
export type BlockHead = { readonly kind: "train" } | { readonly kind: "seed" };

/** A statement as its tokens say it, without its place, comments and block. */
export type StatementHead = WithoutPlace<Exclude<Statement, BlockStatement>> | FunctionHead | BlockHead;

/** A block entry without its place and comments. */
export type EntryHead = WithoutPlace<Entry>;

type DeclarationKind = "input" | "param" | "loss" | "metric" | "state" | "next" | "data" | "dim";
const TYPED: ReadonlySet<string> = new Set(["input", "param", "state"]);
const STARTS: ReadonlySet<TokenType> = new Set([
  ...[T.DeclarationWord, T.FunctionWord, T.SharedWord, T.RuleWord, T.BlockWord, T.PrecisionWord, T.ImportWord],
  ...[T.Return, T.Name, T.Hole, T.LeftRound],
]);
/** Words of other languages that stand before a definition. */
const FOREIGN_WORDS: ReadonlySet<string> = new Set(["let", "var", "const", "val", "def", "function", "func"]);

const BROKEN: WithoutPlace<BrokenStatement> = { kind: "broken", name: null };
const NO_NAME: Identifier = { text: "", span: { start: 0, end: 0 } };

/** The parser of single statements. It holds the state of the statement that it reads, so it is not re-entrant. */
export class StatementParser extends ExpressionParser {
  private hasBlock = false;

  constructor(validate: boolean) {
    super(validate);
    this.performSelfAnalysis();
  }

  /** Reads the statement that a line says, at this depth of function blocks. */
  readStatement(line: Line, text: string, depth: number, diagnostics: Diagnostics): StatementHead {
    this.open(line, text, depth, diagnostics);
    this.hasBlock = line.block !== null;
    return this.statement();
  }

  /** Reads `key = value`. */
  readEntry(line: Line, text: string, depth: number, diagnostics: Diagnostics): EntryHead {
    this.open(line, text, depth, diagnostics);
    return this.entry();
  }

  private statement = this.RULE("statement", (): StatementHead => {
    if (!this.RECORDING_PHASE && !STARTS.has(this.LA(1).tokenType)) return this.refuseStart();
    const head: StatementHead = this.OR([
      { ALT: () => this.SUBRULE(this.declaration) },
      { ALT: () => this.SUBRULE(this.definition) },
      { ALT: () => this.SUBRULE(this.targets) },
      { ALT: () => this.SUBRULE(this.functionHead) },
      { ALT: () => this.SUBRULE(this.rule) },
      { ALT: () => this.SUBRULE(this.blockHead) },
      { ALT: () => this.SUBRULE(this.precision) },
      { ALT: () => this.SUBRULE(this.import) },
      { ALT: () => this.SUBRULE(this.return) },
      { ALT: () => this.SUBRULE(this.discard) },
    ]);
    this.ACTION(() => this.finish("`;`"));
    return head;
  });

  // ---- statements ----

  private declaration = this.RULE("declaration", (): StatementHead => {
    const word = this.CONSUME(T.DeclarationWord);
    const name = this.OPTION(() => this.CONSUME(T.Name));
    if (!name) return this.refuseName(word);
    let type: TypeExpression | null = null;
    this.OPTION1(() => {
      const colon = this.CONSUME(T.Colon);
      this.ACTION(() => {
        if (!TYPED.has(word.image)) this.report("unexpected-token", T.spanOf(colon), `\`${word.image}\` takes no type.`);
        type = this.type();
      });
    });
    const value = this.OPTION2(() => this.bound());
    return this.ACTION(() => this.declared(word, T.identifierOf(name), type, value ?? null));
  });

  private declared(word: IToken, name: Identifier, type: TypeExpression | null, written: Expression | null): StatementHead {
    const kind = word.image as DeclarationKind;
    if (kind === "input" && (written || this.sees(EOF))) return { kind, name, type, value: written };
    const value = written ?? this.noValue(`\`${word.image} ${name.text}\` needs its value: \`${word.image} ${name.text} = …\``);
    if (kind === "input" || kind === "param" || kind === "state") return { kind, name, type, value };
    return { kind, name, value };
  }

  private definition = this.RULE("definition", (): StatementHead => {
    const name = this.CONSUME(T.Name);
    const value = this.OPTION(() => this.bound());
    return this.ACTION(() => (value ? { kind: "define", targets: [T.identifierOf(name)], value } : this.refuseDefinition(name)));
  });

  private targets = this.RULE("targets", (): StatementHead => {
    const open = this.CONSUME(T.LeftRound);
    const tokens: IToken[] = [];
    this.MANY(() => {
      tokens.push(
        this.OR([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Hole) }, { ALT: () => this.CONSUME(T.Comma) }]),
      );
    });
    const close = this.OPTION(() => this.CONSUME(T.RightRound));
    const value = this.OPTION1(() => this.bound());
    return this.ACTION(() => {
      const names = tokens.filter((_, index) => index % 2 === 0);
      const isList = tokens.every((token, index) => (token.tokenType === T.Comma) === (index % 2 === 1));
      if (!close || !value || !isList || names.length < 2) return this.refuseTargets(open);
      return { kind: "define", targets: names.map((token) => (token.tokenType === T.Hole ? null : T.identifierOf(token))), value };
    });
  });

  private rule = this.RULE("rule", (): StatementHead => {
    const word = this.CONSUME(T.RuleWord);
    const name = this.OPTION(() => this.CONSUME(T.Name));
    if (!name) return this.refuseName(word);
    const parameters = this.SUBRULE(this.parameters);
    const written = this.OPTION1(() => this.bound());
    return this.ACTION(() => {
      this.refuseDefaults(parameters);
      const value = written ?? this.noValue(`A rule needs its value: \`rule ${name.image}(x, dx) = …\``);
      return { kind: "rule", name: T.identifierOf(name), parameters: parameters.map((parameter) => parameter.name), value };
    });
  });

  private precision = this.RULE("precision", (): StatementHead => {
    const word = this.CONSUME(T.PrecisionWord);
    const value = this.OPTION(() => this.CONSUME(T.Name));
    if (!value) return this.refuseName(word, "`f32` or `f64`");
    return this.ACTION(() => ({ kind: "precision", value: T.identifierOf(value) }));
  });

  private import = this.RULE("import", (): StatementHead => {
    const word = this.CONSUME(T.ImportWord);
    const path = this.OPTION(() => this.CONSUME(T.StringText));
    if (!path) return this.refuseName(word, 'a file in quotes, as in `import "layers.wg"`,');
    return this.ACTION(() => ({ kind: "import", path: this.string(path) }));
  });

  private return = this.RULE("return", (): StatementHead => {
    this.CONSUME(T.Return);
    return this.ACTION(() => ({ kind: "return", value: this.expression() }));
  });

  private discard = this.RULE("discard", (): StatementHead => {
    const hole = this.CONSUME(T.Hole);
    return this.ACTION(() => {
      const isDefined = this.sees(T.Equals);
      const message = isDefined
        ? "`_` cannot be defined; give the value a name."
        : "A line begins with a name; `_` is an open place in a value.";
      this.report("misplaced-hole", T.spanOf(hole), message);
      this.abandon();
      return BROKEN;
    });
  });

  // ---- functions and blocks ----

  private functionHead = this.RULE("functionHead", (): StatementHead => {
    const first = this.OR([{ ALT: () => this.CONSUME(T.SharedWord) }, { ALT: () => this.CONSUME(T.FunctionWord) }]);
    const shared = first.tokenType === T.SharedWord;
    const word = this.OPTION1(() => this.CONSUME1(T.FunctionWord)) ?? first;
    if (shared && word === first) return this.refuseName(first, "`fn`");
    const name = this.OPTION2(() => this.CONSUME(T.Name));
    if (!name) return this.refuseName(word);
    const parameters = this.SUBRULE(this.parameters);
    const equals = this.OPTION3(() => this.CONSUME(T.Equals));
    return this.ACTION(() => {
      const value = this.functionValue(name, equals);
      return { kind: "function", shared, name: T.identifierOf(name), parameters, value };
    });
  });

  /** The body if it is an expression; null before a block. */
  private functionValue(name: IToken, equals: IToken | undefined): Expression | null {
    if (!this.hasBlock) return equals ? this.expression() : this.noBody(name);
    if (equals) {
      const fix = { title: "Remove `=`", span: T.spanOf(equals), text: "" };
      this.report("unexpected-token", T.spanOf(equals), "No `=` stands before a block.", fix);
      this.abandon();
    }
    return null;
  }

  private noBody(name: IToken): Expression {
    const message = `\`fn ${name.image}(…)\` needs its body: \`= …\` or \`{ …; return … }\`; found ${show(this.LA(1))}.`;
    this.report("missing-block", this.found(), message);
    this.abandon();
    return this.invalid();
  }

  private parameters = this.RULE("parameters", (): FunctionParameter[] => {
    const list: FunctionParameter[] = [];
    const open = this.OPTION(() => this.CONSUME(T.LeftRound));
    if (!open) return this.refuseParameters(list, null);
    let wantsComma = false;
    this.MANY(() => {
      wantsComma = this.OR([{ ALT: () => this.parameter(list, wantsComma) }, { ALT: () => this.parameterComma(wantsComma) }]);
    });
    const close = this.OPTION2(() => this.CONSUME(T.RightRound));
    return close ? list : this.refuseParameters(list, open);
  });

  /** Reads a parameter into the list; true, as a comma must follow. */
  private parameter(list: FunctionParameter[], wantsComma: boolean): boolean {
    const name = this.CONSUME(T.Name);
    const value = this.OPTION1(() => this.bound());
    this.ACTION(() => {
      if (wantsComma) this.report("unexpected-token", T.spanOf(name), `\`,\` is missing before ${show(name)}.`);
      const end = value ? value.span.end : T.endOf(name);
      list.push({ name: T.identifierOf(name), default: value ?? null, span: { start: name.startOffset, end } });
    });
    return true;
  }

  private parameterComma(wantsComma: boolean): boolean {
    const comma = this.CONSUME(T.Comma);
    if (!wantsComma) this.report("missing-name", T.spanOf(comma), "A parameter's name is expected before `,`.");
    return false;
  }

  private refuseParameters(list: FunctionParameter[], open: IToken | null): FunctionParameter[] {
    const token = this.LA(1);
    if (open && token.tokenType === EOF) {
      const fix = this.hasBlock ? undefined : this.insertion("Add `)`", this.position(), ")");
      this.report("unclosed-bracket", T.spanOf(open), "This `(` is still open where the parameters end; `)` is missing.", fix);
    } else if (open && token.tokenType === T.Colon) {
      this.report("unexpected-token", T.spanOf(token), "Parameters take no types; they fit whatever the call gives.");
    } else if (open && T.RESERVED_WORDS.has(token.image)) {
      this.report("reserved-word", T.spanOf(token), `\`${token.image}\` is reserved and cannot name a parameter.`);
    } else {
      this.report("unexpected-token", this.found(), `Parameters are written \`(a, b, c = 1)\`; found ${show(token)}.`);
    }
    this.abandon();
    return list;
  }

  private refuseDefaults(parameters: readonly FunctionParameter[]): void {
    const value = parameters.find((parameter) => parameter.default)?.default;
    if (value) this.report("unexpected-token", value.span, "The parameters of a rule take no values.");
  }

  private blockHead = this.RULE("blockHead", (): StatementHead => {
    const word = this.CONSUME(T.BlockWord);
    return this.ACTION(() => {
      const kind = word.image as BlockHead["kind"];
      if (this.hasBlock && this.sees(EOF)) return { kind };
      const example = kind === "train" ? "train { epochs = 10 }" : "seed { x = 1 }";
      this.report("missing-block", this.found(), `\`{\` is expected behind \`${kind}\`, as in \`${example}\`; found ${show(this.LA(1))}.`);
      this.abandon();
      return this.hasBlock ? { kind } : BROKEN;
    });
  });

  private entry = this.RULE("entry", (): EntryHead => {
    const parts: IToken[] = [];
    this.MANY(() => {
      parts.push(this.OR([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Dot) }]));
    });
    const written = this.OPTION(() => this.bound());
    return this.ACTION(() => {
      const message = "An entry is `name = value`";
      if (!isPath(parts))
        this.report("missing-name", parts[0] ? T.spanOf(parts[0]) : this.found(), `${message}; found ${show(parts[0] ?? this.LA(1))}.`);
      const value = written ?? this.noValue(message);
      this.finish("`,`");
      return { key: keyOf(parts), value };
    });
  });

  // ---- parts ----

  /** `= value` */
  private bound(): Expression {
    this.CONSUME9(T.Equals);
    return this.expression();
  }

  /** Reports what stands behind the end of a statement, which `separators` would end. */
  private finish(separators: string): void {
    if (!this.sees(EOF)) this.refuse(`the end of the line, ${separators}`);
  }

  private noValue(message: string): Expression {
    this.report("missing-equals", this.found(), `${message}; found ${show(this.LA(1))}.`);
    this.abandon();
    return this.invalid();
  }

  // ---- what begins like no statement ----

  private refuseName(word: IToken, expected = "a name"): StatementHead {
    const token = this.LA(1);
    const isReserved = T.RESERVED_WORDS.has(token.image);
    if (isReserved) this.report("reserved-word", this.found(), `\`${token.image}\` is reserved and cannot be a name.`);
    else this.report("missing-name", this.found(), `Behind \`${word.image}\` ${expected} is expected; found ${show(token)}.`);
    this.abandon();
    return BROKEN;
  }

  private refuseStart(): StatementHead {
    const token = this.LA(1);
    const isReserved = T.RESERVED_WORDS.has(token.image) && this.LA(2).tokenType === T.Equals;
    if (isReserved) this.report("reserved-word", T.spanOf(token), `\`${token.image}\` is reserved and cannot be defined.`);
    else this.report("unknown-statement", T.spanOf(token), `A line cannot begin with ${show(token)}. Values are named: \`y = …\`.`);
    this.abandon();
    return BROKEN;
  }

  private refuseTargets(open: IToken): StatementHead {
    const message = "A line that begins with `(` takes a tuple apart: `(a, b) = f(x)`, with `_` for what is not needed.";
    this.report("unknown-statement", T.spanOf(open), message);
    this.abandon();
    return BROKEN;
  }

  /** Says why `name …` without `=` is no definition. */
  private refuseDefinition(name: IToken): StatementHead {
    const token = this.LA(1);
    const span = T.spanOf(name);
    if (token.tokenType === T.Name) {
      this.refuseWord(name, token);
      const defines = this.LA(2).tokenType === T.Equals || this.LA(2).tokenType === T.Colon;
      this.abandon();
      return { kind: "broken", name: defines ? T.identifierOf(token) : null };
    }
    if (token.image === "==") {
      const fix = { title: "Write `=`", span: T.spanOf(token), text: "=" };
      this.report("missing-equals", T.spanOf(token), `\`==\` compares; \`${name.image} = …\` defines.`, fix);
    } else if (token.tokenType === T.LeftRound && this.definesFunction()) {
      const fix = this.insertion("Write `fn`", name.startOffset, "fn ");
      this.report("unknown-statement", span, `A function is written \`fn ${name.image}(…) = …\`.`, fix);
    } else if (token.tokenType === T.LeftRound) {
      this.report("missing-equals", span, `A value needs a name: \`y = ${name.image}(…)\`.`);
    } else if (token.tokenType === T.Colon) {
      this.report(
        "unexpected-token",
        T.spanOf(token),
        "Only `input`, `param` and `state` take a type; other nodes have the type of their value.",
      );
    } else {
      this.report(
        "missing-equals",
        this.found(),
        `A line says \`name = value\`; behind \`${name.image}\` \`=\` is expected, found ${show(token)}.`,
      );
    }
    this.abandon();
    return { kind: "broken", name: token.tokenType === T.LeftRound ? null : T.identifierOf(name) };
  }

  /** Says which word was meant where two names stand side by side at the start of a line. */
  private refuseWord(word: IToken, name: IToken): void {
    const span = T.spanOf(word);
    const meant = closest(word.image, T.STATEMENT_WORDS.keys());
    const isFunction = this.LA(2).tokenType === T.LeftRound;
    if (FOREIGN_WORDS.has(word.image)) {
      const fix = {
        title: isFunction ? "Write `fn`" : `Remove \`${word.image}\``,
        span: { start: span.start, end: name.startOffset },
        text: isFunction ? "fn " : "",
      };
      this.report(
        "unknown-statement",
        span,
        isFunction ? "A function is written `fn f(x) = …`." : "A definition needs no word before it: `x = 3`.",
        fix,
      );
    } else if (meant !== null) {
      const fix = { title: `Write \`${meant}\``, span, text: meant };
      this.report("unknown-statement", span, `Unknown statement \`${word.image}\`; did you mean \`${meant}\`?`, fix);
    } else {
      this.report(
        "unknown-statement",
        span,
        `Unknown statement \`${word.image}\`. A line says \`name = value\` or begins with a word such as \`input\`, \`param\` or \`loss\`.`,
      );
    }
  }

  /** Whether `(…) =` is next. */
  private definesFunction(): boolean {
    let ahead = 2;
    while (this.LA(ahead).tokenType !== T.RightRound && this.LA(ahead).tokenType !== EOF) ahead += 1;
    return this.LA(ahead + 1).tokenType === T.Equals;
  }
}

/** Whether tokens are names with dots between them. */
function isPath(parts: readonly IToken[]): boolean {
  return parts.length % 2 === 1 && parts.every((token, index) => (index % 2 === 0) === (token.tokenType === T.Name));
}

/** The name that an entry gives a value to; parameters of layers have dots in it. */
function keyOf(parts: readonly IToken[]): Identifier {
  const last = parts.at(-1);
  if (!parts[0] || !last) return NO_NAME;
  return { text: parts.map((token) => token.image.normalize("NFC")).join(""), span: { start: parts[0].startOffset, end: T.endOf(last) } };
}
