// The command line as a person starts it: a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(projectRoot, "cli", "wengert.mjs");

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `wengert` with arguments; `input` goes to standard input. */
export function wengert(args: readonly string[], input = "", cwd = projectRoot): Outcome {
  const result = spawnSync(process.execPath, [bin, ...args], { cwd, input, encoding: "utf8", maxBuffer: 2 ** 28 });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** Runs a model given as text. */
export function wengertText(text: string, command: string, ...args: readonly string[]): Outcome {
  return wengert([command, "-", ...args], text);
}

/** The JSON that a successful command prints. */
export function jsonOf({ code, out, err }: Outcome): unknown {
  if (code !== 0) throw new Error(`exit ${code}: ${err}`);
  return JSON.parse(out);
}

/** Starts `wengert` and kills it once `when` finds what it waits for on standard error or output. */
export function wengertKilled(args: readonly string[], when: (text: string) => boolean, signal: NodeJS.Signals): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: projectRoot });
    let out = "";
    let err = "";
    let killed = false;
    const look = () => {
      if (killed || !when(out + err)) return;
      killed = true;
      child.kill(signal);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      look();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      look();
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** A fresh folder with files in it. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "wengert-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
