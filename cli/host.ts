// Files for the command line: reading beside a model, and saving so that the old or the new content stands, never a part.

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

/** A message for the user that ends the command with exit code 1. */
export class CommandError extends Error {}

/** A message for the user about the command line itself: exit code 2. */
export class UsageError extends Error {}

/** The text of a file, or of standard input for `-`. */
export function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}`);
  }
}

/** Why a file operation failed, for a person. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    ENOSPC: "the disk is full",
    EROFS: "the disk is read-only",
    ENOTDIR: "a part of its path is not a folder",
  };
  return (code !== undefined && reasons[code]) || (error instanceof Error ? error.message : String(error));
}

/**
 * Reads files beside a model: only in its folder and below, links followed. `granted` are paths (relative to the working folder) that
 * the user named on the command line.
 */
export function createReader(modelPath: string, granted: readonly string[] = []): (path: string) => Uint8Array | null {
  const folder = modelPath === "-" ? process.cwd() : dirname(resolve(modelPath));
  const allowed = new Set(granted);
  return (path) => {
    const full = allowed.has(path) ? resolve(path) : join(folder, path);
    try {
      if (!allowed.has(path) && !isInside(realpathSync(folder), realpathSync(full))) return null;
      return readFileSync(full);
    } catch {
      return null;
    }
  };
}

function isInside(folder: string, path: string): boolean {
  const step = relative(folder, path);
  return step !== "" && !step.startsWith("..") && !isAbsolute(step);
}

/** SHA-256 of a text, as in the parameters file. */
export function digestText(text: string): string {
  return `sha256 ${createHash("sha256").update(text).digest("hex")}`;
}

/**
 * Saves a whole file: written beside it, flushed, read back and only then put in its place. Throws CommandError and leaves the old
 * file untouched if anything fails.
 */
export function saveFile(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const full = existsSync(path) ? realpathSync(path) : resolve(path);
  const temporary = `${full}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    mkdirSync(dirname(full), { recursive: true });
    writeWhole(temporary, bytes, existsSync(full) ? statSync(full).mode : 0o644);
    if (!Buffer.from(bytes).equals(readFileSync(temporary))) throw new Error("it did not read back as written");
    renameSync(temporary, full);
    flushFolder(dirname(full));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CommandError(`${path} cannot be written: ${reasonOf(error)}`);
  }
}

/** Writes until all bytes are out: one call may write fewer. */
function writeWhole(path: string, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    let written = 0;
    while (written < bytes.length) {
      const count = writeSync(file, bytes, written, bytes.length - written);
      if (count === 0) throw new Error("nothing more can be written");
      written += count;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the new name last; not every system can do that to a folder. */
function flushFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // Windows cannot open folders; the file itself is flushed already.
  }
}
