// Files for the command line: reading beside a model, and saving so that the old or the new content stands, never a part.

import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

/**
 * Drops what is printed where it cannot be: `wengert ... | head` closes the pipe early, which is no fault; any other fault of standard
 * output (a full disk behind `>`) is said once, and makes the exit code 1.
 */
export function watchOutput(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isOutputClosed) return;
    isOutputClosed = true;
    if (error.code === "EPIPE") return;
    process.stderr.write(`wengert: standard output cannot be written: ${reasonOf(error)}\n`);
    process.once("exit", () => {
      process.exitCode = 1;
    });
  });
}

let isOutputClosed = false;

/** True when nothing printed on standard output arrives any more. */
export function outputClosed(): boolean {
  return isOutputClosed;
}

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

/** Throws CommandError for a file that cannot be read: one that the user named should be there. */
export function checkReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}`);
  }
  if (statSync(path).isDirectory()) throw new CommandError(`${path} cannot be read: it is a folder`);
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
    EEXIST: "a part of its path is not a folder",
    ENAMETOOLONG: "its name is too long",
    ELOOP: "its links lead in a circle",
    EDQUOT: "the quota of the disk is used up",
    EIO: "the disk reports an error",
    EBUSY: "another program uses it",
  };
  return (code !== undefined && reasons[code]) || (error instanceof Error ? error.message : String(error));
}

/**
 * Reads files beside a model: only in its folder and below, links followed. `granted` are paths (relative to the working folder) that
 * the user named on the command line; the real paths of what was read go into `read`.
 */
export function createReader(
  modelPath: string,
  granted: readonly string[] = [],
  read: Set<string> = new Set(),
): (path: string) => Uint8Array | null {
  const folder = modelPath === "-" ? process.cwd() : dirname(resolve(modelPath));
  const allowed = new Set(granted);
  return (path) => {
    const full = allowed.has(path) ? resolve(path) : join(folder, path);
    try {
      if (!allowed.has(path) && !isInside(realpathSync(folder), realpathSync(full))) return null;
      const bytes = readFileSync(full);
      read.add(realpathSync(full));
      return bytes;
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
  if (isDevice(path)) {
    writeDevice(path, bytes);
    return;
  }
  const full = existsSync(path) ? realpathSync(path) : resolve(path);
  const temporary = `${full}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    makeFolder(dirname(full));
    writeWhole(temporary, bytes, existsSync(full) ? statSync(full).mode : 0o644);
    if (!Buffer.from(bytes).equals(readFileSync(temporary))) throw new Error("it did not read back as written");
    renameSync(temporary, full);
    flushFolder(dirname(full));
  } catch (error) {
    removeFile(temporary);
    throw new CommandError(`${path} cannot be written: ${reasonOf(error)}`);
  }
}

/** Removes what a failed save may have left. Where that fails too, nothing was left, or nothing can be done about it. */
function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The save has failed already, and says why.
  }
}

/** True for what is neither a file nor a folder, as /dev/stdout or a named pipe: it is written to, never replaced. */
export function isDevice(path: string): boolean {
  if (!existsSync(path)) return false;
  const found = statSync(path);
  return !found.isFile() && !found.isDirectory();
}

function writeDevice(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${reasonOf(error)}`);
  }
}

/** Makes a folder and those above it. (The recursive mode of Node never ends where a folder cannot hold others, as /proc.) */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw error;
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
