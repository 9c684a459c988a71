// Text cases: a file of `--- title`, source, `==>`, expected; each becomes a test.
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** One case of a file. */
export interface TextCase {
  readonly title: string;
  readonly source: string;
  readonly expected: string;
}

const TITLE = "--- ";
const ARROW = "==>";

/** The cases of a file's text. A case begins with a line `--- title`; `==>` on a line parts its source from what is expected. */
export function readCases(text: string): TextCase[] {
  const cases: TextCase[] = [];
  for (const block of `\n${text.replaceAll("\r\n", "\n")}`.split(`\n${TITLE}`).slice(1)) {
    const [title = "", ...lines] = block.split("\n");
    const arrow = lines.indexOf(ARROW);
    if (arrow < 0) throw new Error(`The case "${title}" has no line "${ARROW}".`);
    const expected = lines.slice(arrow + 1).join("\n");
    cases.push({ title: title.trim(), source: lines.slice(0, arrow).join("\n"), expected: expected.trimEnd() });
  }
  return cases;
}

function writeCases(cases: readonly TextCase[]): string {
  return cases.map((one) => `${TITLE}${one.title}\n${one.source}\n${ARROW}\n${one.expected}\n`).join("\n");
}

/**
 * Makes a test of every case in the file at `url`: `run` turns its source into what is expected. With UPDATE_CASES=1 in the
 * environment the file is rewritten with what `run` gives; read the difference before you keep it.
 */
export function checkCases(url: URL, run: (source: string) => string): void {
  const cases = readCases(readFileSync(url, "utf8"));
  const name = url.pathname.split("/").at(-1) ?? "";
  if (process.env.UPDATE_CASES === "1") {
    writeFileSync(url, writeCases(cases.map((one) => ({ ...one, expected: run(one.source).trimEnd() }))));
  }
  describe(name, () => {
    const titles = new Set<string>();
    for (const one of readCases(readFileSync(url, "utf8"))) {
      if (titles.has(one.title)) throw new Error(`Two cases of ${name} are called "${one.title}".`);
      titles.add(one.title);
      test(one.title, () => expect(run(one.source).trimEnd()).toBe(one.expected));
    }
  });
}
