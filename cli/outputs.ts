// What a command writes: checked before it works, written whole, and kept elsewhere where its place fails in the end.

import { accessSync, constants, existsSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Options } from "./command.ts";
import { CommandError, isDevice, reasonOf, saveFile, UsageError } from "./host.ts";

/** A file that an option names. */
export interface Output {
  /** `--params-out`. */
  readonly option: string;
  readonly path: string;
  /** A file that is read and that it may replace all the same. */
  readonly replaces?: string | null;
}

/**
 * The files that options of a command name as its output; `inside` is the file that an option's folder gets. Throws UsageError for a
 * name that is empty, as of a shell variable that is not set.
 */
export function outputsOf(options: Options, flags: readonly string[], inside: Readonly<Record<string, string>> = {}): Output[] {
  return flags.flatMap((flag) => {
    const path = options.text(flag);
    if (path === "") throw new UsageError(`--${flag} needs a name, and the one given is empty`);
    return path === null ? [] : [{ option: `--${flag}`, path: flag in inside ? join(path, inside[flag]) : path }];
  });
}

/**
 * Checks that every output can be written, and that none would replace what the command reads (real paths) or another output.
 * Throws UsageError for the latter, CommandError for a place where nothing can be written. Leaves nothing behind.
 */
export function checkOutputs(outputs: readonly Output[], read: ReadonlySet<string>): void {
  const taken = new Map<string, string>();
  for (const { option, path, replaces } of outputs) {
    if (isDevice(path)) continue;
    const full = realPath(path);
    const other = taken.get(full);
    if (other !== undefined) throw new UsageError(`${other} and ${option} name the same file, ${path}: give each its own`);
    const isFree = !read.has(full) || (replaces && realPath(replaces) === full);
    if (!isFree) throw new UsageError(`${option} ${path} would replace a file that this command reads: give another one`);
    taken.set(full, option);
    checkWritable(path, full);
  }
}

/** The path without links; of what does not exist yet, from the nearest folder that does. */
export function realPath(path: string): string {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  const parent = dirname(full);
  return parent === full ? full : join(realPath(parent), basename(full));
}

/** Tries the nearest folder that exists: folders below it are made when the file is saved. */
function checkWritable(path: string, full: string): void {
  if (existsSync(full) && statSync(full).isDirectory()) throw new CommandError(`${path} cannot be written: it is a folder`);
  let folder = dirname(full);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    if (existsSync(full)) accessSync(full, constants.W_OK);
    const probe = `${join(folder, basename(full))}.${process.pid}.probe`;
    writeFileSync(probe, "", { flag: "wx" });
    rmSync(probe);
  } catch (error) {
    const isHollow = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new CommandError(`${path} cannot be written: ${isHollow ? `nothing can be made in ${folder}` : reasonOf(error)}`);
  }
}

/** Saves what was worked for. Where its place fails, it is kept in a temporary folder, and the CommandError says where. */
export function saveOrKeep(path: string, content: string): void {
  try {
    saveFile(path, content);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}; ${keepElsewhere(path, content)}`);
  }
}

function keepElsewhere(path: string, content: string): string {
  try {
    const kept = join(mkdtempSync(join(tmpdir(), "wengert-kept-")), basename(path));
    writeFileSync(kept, content);
    return `it is kept in ${kept}`;
  } catch (error) {
    return `it could not be kept elsewhere either: ${reasonOf(error)}`;
  }
}
