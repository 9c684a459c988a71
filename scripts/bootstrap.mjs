// Installs what is missing and starts programs under the project's own Node 24; plain JavaScript that Node 18 runs.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, as an absolute path. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** The major version of the Node that runs this file. */
export const runningMajor = Number(process.versions.node.split(".")[0]);

/** Exit code when `npm ci` failed: the install, not the program, is at fault, so a second try is worthwhile. */
export const installFailedCode = 75;

/** Thrown with a message for the user when the install did not work. */
export class InstallError extends Error {}

/**
 * The fingerprint of a lockfile that is kept beside the installed packages.
 * @param {string} lockText content of package-lock.json
 * @returns {string} SHA-256 in hexadecimal
 */
export function hashLock(lockText) {
  return createHash("sha256").update(lockText).digest("hex");
}

/**
 * Whether the packages that npm recorded as installed are those of the lockfile. Entries that npm may leave out on this
 * machine (optional ones: builds for other platforms) may be missing.
 * @param {string} lockText content of package-lock.json
 * @param {string} installedText content of node_modules/.package-lock.json
 * @returns {boolean} false too when either text is not a lockfile
 */
export function lockIsInstalled(lockText, installedText) {
  try {
    const wanted = JSON.parse(lockText).packages;
    const installed = JSON.parse(installedText).packages;
    return Object.keys(wanted).every((path) => {
      if (path === "") return true;
      const present = installed[path];
      if (present === undefined) return wanted[path].optional === true || wanted[path].devOptional === true;
      return present.version === wanted[path].version && present.integrity === wanted[path].integrity;
    });
  } catch {
    return false;
  }
}

/**
 * The Node 24 that the npm package `node` brought.
 * @param {string} root project folder
 * @returns {string | undefined} path of the executable, undefined when it is not installed
 */
export function findNode24(root) {
  const path = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  return existsSync(path) ? path : undefined;
}

/**
 * Whether node_modules is what the lockfile says. An install made by hand is recognised and gets its marker.
 * @param {string} root project folder
 * @returns {boolean}
 */
export function isInstalled(root) {
  const lockText = readIfPresent(join(root, "package-lock.json"));
  if (lockText === undefined) return true;
  if (findNode24(root) === undefined) return false;
  const markerPath = join(root, "node_modules", ".wengert-lock-hash");
  const hash = hashLock(lockText);
  if (readIfPresent(markerPath) === hash) return true;
  const installedText = readIfPresent(join(root, "node_modules", ".package-lock.json"));
  if (installedText === undefined || !lockIsInstalled(lockText, installedText)) return false;
  try {
    writeFileSync(markerPath, hash);
  } catch {
    // A folder that we may not write to is compared anew each time.
  }
  return true;
}

/**
 * Runs `npm ci` when node_modules is absent or is not what the lockfile says. Its messages go to standard error.
 * @param {string} root project folder
 * @returns {Promise<void>}
 * @throws {InstallError} when packages are still missing afterwards
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const reason = existsSync(join(root, "node_modules")) ? "node_modules is not what package-lock.json says" : "node_modules is missing";
  process.stderr.write(`Installing: ${reason}.\n`);
  const { command, leading, shell } = findNpm();
  const args = [...leading, ...installArguments(root)];
  const code = await runCommand(command, args, { cwd: root, shell, stdio: ["ignore", 2, 2] });
  if (code !== 0) throw new InstallError(`The install failed: npm ended with code ${code}. Its message is above.`);
  if (findNode24(root) === undefined) throw new InstallError("npm installed no Node 24. Try `npm rebuild node` and look at its messages.");
  if (!isInstalled(root)) throw new InstallError("npm left packages out that package-lock.json names. Try `npm ci` by hand.");
}

/**
 * Arguments of npm for a whole install, whatever the user's own npm settings leave out. On Windows a running program
 * cannot be deleted, so Node 24 must not ask for its own folder to be removed, as `ci` would.
 * @param {string} root project folder
 * @returns {string[]}
 */
function installArguments(root) {
  const runsFromHere = process.execPath.startsWith(join(root, "node_modules"));
  const verb = process.platform === "win32" && runsFromHere ? "install" : "ci";
  return [verb, "--loglevel=error", "--no-audit", "--no-fund", "--include=dev", "--include=optional", "--ignore-scripts=false"];
}

/**
 * How to start npm: the one that started us if there is one, else the one on the path.
 * @returns {{ command: string, leading: string[], shell: boolean }}
 */
function findNpm() {
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js")) {
    return { command: process.env.npm_node_execpath ?? process.execPath, leading: [script], shell: false };
  }
  return { command: "npm", leading: [], shell: process.platform === "win32" };
}

/**
 * Runs Node 24 on a file and waits for its end.
 * @param {string} root project folder
 * @param {string[]} args file and its arguments
 * @param {import("node:child_process").SpawnOptions} [options] standard streams are inherited unless given
 * @returns {Promise<number>} exit code
 */
export function runNode24(root, args, options) {
  return runCommand(findNode24(root) ?? process.execPath, args, options);
}

/**
 * Runs a program, passes signals on to it and waits for its end.
 * @param {string} command executable
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options] standard streams are inherited unless given
 * @returns {Promise<number>} its exit code; 128 + the signal's number if a signal ended it; 127 if it could not start
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    // A terminal sends Ctrl-C to the child itself; a second one from us would count as a second press.
    const terminalInterrupts = process.stdin.isTTY === true;
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      if (!(signal === "SIGINT" && terminalInterrupts)) child.kill(signal);
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    /** @param {number} code */
    const finish = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on("error", (error) => {
      process.stderr.write(`Cannot start ${command}: ${error.message}\n`);
      finish(127);
    });
    child.on("exit", (code, signal) => finish(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  });
}

/**
 * @param {string} path
 * @returns {string | undefined} content of a text file, undefined when it cannot be read
 */
function readIfPresent(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
