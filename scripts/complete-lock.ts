// Adds to package-lock.json the builds for other platforms that npm left out, which `npm ci` would refuse to do without.
//
// npm writes no entry for an optional package that the registry of the moment could not deliver, or that an earlier
// install had not put into node_modules; `npm ci` then ends with "Missing: ... from lock file". Run this after every change
// of dependencies: node_modules/.bin/node scripts/complete-lock.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./bootstrap.mjs";

/** What is read and written of one package in a lockfile. */
export interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  license?: string;
  optionalDependencies?: Record<string, string>;
}

/** A lockfile of version 3, by path of the package. */
export interface Lockfile {
  packages: Record<string, LockEntry>;
}

const systems = new Set(["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]);
const processors = new Set(["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]);
const cLibraries = new Map([
  ["musl", "musl"],
  ["musleabihf", "musl"],
  ["gnu", "glibc"],
  ["gnueabihf", "glibc"],
]);

/** The packages that some package names as optional and that have no entry where Node would look for them; path to name of the owner. */
export function findMissing(lock: Lockfile): { name: string; spec: string; owner: string }[] {
  const missing = new Map<string, { name: string; spec: string; owner: string }>();
  for (const [owner, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const [name, spec] of Object.entries(optionalDependencies)) {
      if (!isLocked(lock, owner, name)) missing.set(name, { name, spec, owner });
    }
  }
  return [...missing.values()];
}

/** Whether `name` has an entry in the folder of `owner` or of one above it. */
function isLocked(lock: Lockfile, owner: string, name: string): boolean {
  for (let folder = owner; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
  }
}

/**
 * The lockfile with an entry for each missing package, in npm's order. The entry has no checksum: npm knows none that was never delivered.
 * @throws Error for a package whose version is a range or whose name tells no platform
 */
export function completeLock<Lock extends Lockfile>(lock: Lock): Lock {
  const packages = { ...lock.packages };
  for (const { name, spec, owner } of findMissing(lock)) {
    const platform = readPlatform(name);
    if (!/^\d+\.\d+\.\d+/.test(spec) || platform === undefined)
      throw new Error(`${name}@${spec} of ${owner}: neither an exact version nor a platform`);
    const { dev } = lock.packages[owner];
    packages[`node_modules/${name}`] = { version: spec, ...platform, ...(dev ? { dev } : {}), optional: true };
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

/** Reads operating system, processor and C library out of a name like `@scope/binding-linux-arm64-musl`. */
export function readPlatform(name: string): Pick<LockEntry, "cpu" | "libc" | "os"> | undefined {
  const words = name.split(/[/-]/);
  const os = words.find((word) => systems.has(word));
  const cpu = words.find((word) => processors.has(word));
  if (os === undefined || cpu === undefined) return undefined;
  const library = words.map((word) => cLibraries.get(word)).find((found) => found !== undefined);
  return { cpu: [cpu], ...(os === "linux" && library !== undefined ? { libc: [library] } : {}), os: [os] };
}

if (import.meta.main) {
  const path = join(projectRoot, "package-lock.json");
  const lock = JSON.parse(readFileSync(path, "utf8")) as Lockfile;
  const missing = findMissing(lock);
  if (missing.length > 0) writeFileSync(path, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  for (const { name, spec } of missing) process.stdout.write(`added ${name}@${spec}\n`);
  process.stdout.write(missing.length === 0 ? "The lockfile is complete.\n" : `${missing.length} packages added.\n`);
}
