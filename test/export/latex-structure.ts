// What LaTeX must obey so that nothing in it can break out: braces, pairs and environments close, special characters are escaped.

/** What is wrong with the structure; "" if nothing. */
export function findLatexFault(latex: string): string {
  const open: string[] = [];
  for (const { 0: token, index } of latex.matchAll(
    /\\begin\{(\w+\*?)\}|\\end\{(\w+\*?)\}|\\left(?![a-z])|\\right(?![a-z])|\\[a-zA-Z]+|\\[^a-zA-Z]|[{}%$#~]/gs,
  )) {
    const at = ` at ${index} of ${latex}`;
    if (token.startsWith("\\begin")) open.push(token.slice(6));
    else if (token.startsWith("\\end{")) {
      if (open.pop() !== token.slice(4)) return `${token} closes nothing${at}`;
    } else if (token === "\\left" || token === "{") open.push(token);
    else if (token === "\\right" || token === "}") {
      if (open.pop() !== (token === "}" ? "{" : "\\left")) return `${token} closes nothing${at}`;
    } else if ("%$#~".includes(token)) return `${token} is not escaped${at}`;
  }
  return open.length === 0 ? "" : `${open.join(" ")} stays open in ${latex}`;
}
