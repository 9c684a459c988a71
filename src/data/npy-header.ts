// Parses the header of a NumPy .npy file: a Python dictionary with the keys descr, fortran_order and shape.

/** What the header says; `descr` as written, `<f8` for example. */
export interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

const TOKEN = /\s*('[^'\\]{0,200}'|"[^"\\]{0,200}"|\w{1,30}|[{}()[\],:]|$)/y;
const MAXIMUM_AXES = 32;

/** The header, or a text that says what is wrong with it. */
export function parseNpyHeader(text: string): NpyHeader | string {
  const tokens = tokenize(text);
  if (tokens === null || tokens[0] !== "{") return "its header is not a dictionary";
  const fields = new Map<string, string | boolean | readonly number[]>();
  let at = 1;
  while (tokens[at] !== "}") {
    const key = unquote(tokens[at]);
    if (key === null || tokens[at + 1] !== ":") return "its header is not a dictionary";
    const parsed = parseValue(tokens, at + 2);
    if (typeof parsed === "string") return parsed;
    if (fields.has(key)) return `its header has the key ${key} twice`;
    fields.set(key, parsed.value);
    at = parsed.next;
    if (tokens[at] === ",") at++;
    else if (tokens[at] !== "}") return "its header is not a dictionary";
  }
  if (tokens[at + 1] !== "") return "its header goes on after the dictionary";
  const descr = fields.get("descr");
  const fortranOrder = fields.get("fortran_order");
  const shape = fields.get("shape");
  if (fields.size !== 3 || typeof descr !== "string" || typeof fortranOrder !== "boolean" || typeof shape !== "object") {
    return "its header needs descr (a text), fortran_order (True or False) and shape (a tuple), and nothing else";
  }
  return { descr, fortranOrder, shape };
}

/** The tokens, "" for the end; null where something else stands. */
function tokenize(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return null;
    tokens.push(token);
    if (token === "") return tokens;
  }
}

function parseValue(
  tokens: readonly string[],
  start: number,
): { readonly value: string | boolean | readonly number[]; readonly next: number } | string {
  const token = tokens[start];
  if (token === "[") return "it holds records of several fields; save each field as an array of its own";
  if (token === "True" || token === "False") return { value: token === "True", next: start + 1 };
  const text = unquote(token);
  if (text !== null) return { value: text, next: start + 1 };
  if (token !== "(") return "its header has a value that is neither text, True, False nor a tuple";
  const sizes: number[] = [];
  let at = start + 1;
  for (; tokens[at] !== ")"; at++) {
    // Python 2 wrote whole numbers with an L behind them.
    const digits = /^(\d{1,15})L?$/.exec(tokens[at] ?? "")?.[1];
    if (digits === undefined) return "its shape is not a tuple of whole numbers";
    sizes.push(Number(digits));
    if (sizes.length > MAXIMUM_AXES) return `its shape has more than ${MAXIMUM_AXES} axes`;
    if (tokens[at + 1] === ",") at++;
    else if (tokens[at + 1] !== ")") return "its shape is not a tuple of whole numbers";
  }
  return { value: sizes, next: at + 1 };
}

function unquote(token: string | undefined): string | null {
  return token !== undefined && (token.startsWith("'") || token.startsWith('"')) ? token.slice(1, -1) : null;
}
