// Lays out a document of texts, groups and comments on lines of limited width.

/**
 * What to print. A `line` is `flat` in a group that fits on its line, a line break otherwise; a `comment` ends
 * its line.
 */
export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "line"; readonly flat: string }
  | { readonly kind: "indent"; readonly body: Doc }
  | { readonly kind: "group"; readonly body: Doc; readonly broken: boolean }
  | { readonly kind: "comment"; readonly text: string; readonly ownLine: boolean };

/** A space, or a line break. */
export const LINE: Doc = { kind: "line", flat: " " };
/** Nothing, or a line break. */
export const SOFT_LINE: Doc = { kind: "line", flat: "" };

/** What is inside stands deeper by two spaces where its lines break. */
export function indent(body: Doc): Doc {
  return { kind: "indent", body };
}

/** On one line if it fits and is not `broken`; else all its own lines break. */
export function group(body: Doc, broken = false): Doc {
  return { kind: "group", body, broken };
}

interface Task {
  readonly doc: Doc;
  readonly indent: number;
  readonly flat: boolean;
}

/** Puts text on lines; remembers that a comment ended the last one. */
class Page {
  private readonly lines: string[] = [];
  private current = "";
  private mustBreak = false;

  /** Where the next text will stand. */
  columnAt(indentation: number): number {
    return this.mustBreak ? indentation : this.current.length;
  }

  write(text: string, indentation: number): void {
    if (text === "") return;
    if (this.mustBreak) {
      this.break(indentation);
      this.current += text.trimStart();
    } else {
      this.current += text;
    }
  }

  break(indentation: number): void {
    this.lines.push(this.current.trimEnd());
    this.current = " ".repeat(indentation);
    this.mustBreak = false;
  }

  comment(text: string, ownLine: boolean, indentation: number): void {
    const isEmpty = this.current.trimEnd() === "";
    if (this.mustBreak || (ownLine && !isEmpty)) this.break(indentation);
    this.current = this.current.trimEnd() === "" ? " ".repeat(indentation) + text : `${this.current.trimEnd()}  ${text}`;
    this.mustBreak = true;
  }

  end(): string {
    this.lines.push(this.current.trimEnd());
    return this.lines.join("\n");
  }
}

/** Whether `task`, and what follows it up to the next possible line break, fits into `width`. */
function fits(task: Task, following: readonly Task[], width: number): boolean {
  let left = width;
  let outer = following.length;
  const open: (Task & { readonly from?: number })[] = [task];
  while (left >= 0) {
    const next = open.pop() ?? following[--outer];
    if (!next) return true;
    const { doc, flat } = next;
    if (typeof doc === "string") left -= doc.length;
    else if (isList(doc)) {
      const from = "from" in next ? (next.from as number) : 0;
      if (from < doc.length) open.push({ doc, flat, indent: 0, from: from + 1 }, { doc: doc[from] as Doc, flat, indent: 0 });
    } else if (doc.kind === "line") {
      if (!flat) return true;
      left -= doc.flat.length;
    } else if (doc.kind === "comment") return true;
    else if (doc.kind === "group") open.push({ doc: doc.body, flat: flat && !doc.broken, indent: 0 });
    else open.push({ doc: doc.body, flat, indent: 0 });
  }
  return false;
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

/** Prints a document; lines stay within `width` where the groups allow it. No recursion, linear time. */
export function render(document: Doc, width: number): string {
  const page = new Page();
  const open: Task[] = [{ doc: document, indent: 0, flat: false }];
  for (let task = open.pop(); task; task = open.pop()) {
    const { doc } = task;
    if (typeof doc === "string") page.write(doc, task.indent);
    else if (isList(doc)) for (let index = doc.length - 1; index >= 0; index -= 1) open.push({ ...task, doc: doc[index] as Doc });
    else if (doc.kind === "line") {
      if (task.flat) page.write(doc.flat, task.indent);
      else page.break(task.indent);
    } else if (doc.kind === "indent") open.push({ ...task, doc: doc.body, indent: task.indent + 2 });
    else if (doc.kind === "comment") page.comment(doc.text, doc.ownLine, task.indent);
    else {
      const flat = { ...task, doc: doc.body, flat: true };
      const isFlat = task.flat || (!doc.broken && fits(flat, open, width - page.columnAt(task.indent)));
      open.push(isFlat ? flat : { ...flat, flat: false });
    }
  }
  return page.end();
}
