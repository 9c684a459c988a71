// The grammar's face: text to tree, tree to text, and ways through both.

export { SYNTAX_CODES } from "./diagnostics.ts";
export { format } from "./format.ts";
export { lineMap } from "./line-map.ts";
export { parse } from "./parse.ts";
export { printExpression } from "./print-expression.ts";
export { closest } from "./suggestion.ts";
export { RESERVED_WORDS } from "./tokens.ts";
export { childrenOf, foldExpression, walk } from "./walk.ts";
