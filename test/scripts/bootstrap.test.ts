// The install check that stands before every command, and how programs are started and stopped.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findNode24, hashLock, isInstalled, lockIsInstalled, projectRoot, runCommand } from "../../scripts/bootstrap.mjs";

const lock = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
const own = { name: "wengert", version: "0.1.0" };
const chevrotain = { version: "13.2.0", integrity: "sha512-a" };

describe("lockIsInstalled", () => {
  const cases: [title: string, wanted: string, installed: string, expected: boolean][] = [
    ["the same packages", lock({ "": own, "node_modules/a": chevrotain }), lock({ "node_modules/a": chevrotain }), true],
    ["a missing package", lock({ "node_modules/a": chevrotain }), lock({}), false],
    ["another version", lock({ "node_modules/a": chevrotain }), lock({ "node_modules/a": { ...chevrotain, version: "13.1.0" } }), false],
    [
      "another content",
      lock({ "node_modules/a": chevrotain }),
      lock({ "node_modules/a": { ...chevrotain, integrity: "sha512-b" } }),
      false,
    ],
    ["a missing optional package", lock({ "node_modules/a": { ...chevrotain, optional: true } }), lock({}), true],
    [
      "an old optional package",
      lock({ "node_modules/a": { ...chevrotain, optional: true } }),
      lock({ "node_modules/a": { version: "1" } }),
      false,
    ],
    ["a package too many", lock({}), lock({ "node_modules/a": chevrotain }), true],
    ["broken text", lock({}), "{", false],
    ["text that is no lockfile", "{}", "{}", false],
  ];
  test.each(cases)("%s", (_title, wanted, installed, expected) => {
    expect(lockIsInstalled(wanted, installed)).toBe(expected);
  });
});

describe("isInstalled", () => {
  let root = "";
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
  const marker = (): string => readFileSync(join(root, "node_modules", ".wengert-lock-hash"), "utf8");
  const lockText = lock({ "": own, "node_modules/a": chevrotain });
  const installNode = (): void => {
    mkdirSync(join(root, "node_modules", "node", "bin"), { recursive: true });
    write(join("node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node"), "");
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "wengert-bootstrap-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("without a lockfile there is nothing to install", () => {
    expect(isInstalled(root)).toBe(true);
  });

  test("false without node_modules", () => {
    write("package-lock.json", lockText);
    expect(isInstalled(root)).toBe(false);
  });

  test("false without Node 24, whatever the marker says", () => {
    write("package-lock.json", lockText);
    mkdirSync(join(root, "node_modules"));
    write("node_modules/.wengert-lock-hash", hashLock(lockText));
    expect(findNode24(root)).toBeUndefined();
    expect(isInstalled(root)).toBe(false);
  });

  test("an install by hand is recognised and marked", () => {
    write("package-lock.json", lockText);
    installNode();
    expect(isInstalled(root)).toBe(false);
    write("node_modules/.package-lock.json", lock({ "node_modules/a": chevrotain }));
    expect(isInstalled(root)).toBe(true);
    expect(marker()).toBe(hashLock(lockText));
  });

  test("a changed lockfile is noticed, an edit that changes no package is not an install", () => {
    write("package-lock.json", lockText);
    installNode();
    write("node_modules/.package-lock.json", lock({ "node_modules/a": chevrotain }));
    expect(isInstalled(root)).toBe(true);
    const renamed = lock({ "": { ...own, version: "0.2.0" }, "node_modules/a": chevrotain });
    write("package-lock.json", renamed);
    expect(isInstalled(root)).toBe(true);
    expect(marker()).toBe(hashLock(renamed));
    write("package-lock.json", lock({ "node_modules/a": { ...chevrotain, version: "14.0.0" } }));
    expect(isInstalled(root)).toBe(false);
  });
});

describe("runCommand", () => {
  test("gives the exit code", async () => {
    expect(await runCommand(process.execPath, ["-e", "process.exit(7)"])).toBe(7);
  });

  test("gives 128 + number for a signal and 127 for a program that is not there", async () => {
    if (process.platform !== "win32") expect(await runCommand(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"])).toBe(137);
    expect(await runCommand(join(projectRoot, "no-such-program"), [], { stdio: "ignore" })).toBe(127);
  });

  const signals: [NodeJS.Signals, number][] = [
    ["SIGTERM", 21],
    ["SIGINT", 22],
  ];
  test.skipIf(process.platform === "win32").each(signals)(
    "passes %s on to the program and its exit code back",
    async (signal, expected) => {
      const program = `
      process.on("SIGTERM", () => process.exit(21));
      process.on("SIGINT", () => process.exit(22));
      setTimeout(() => process.exit(1), 15000);
      console.log("ready");`;
      const runner = `
      import { runCommand } from ${JSON.stringify(join(projectRoot, "scripts", "bootstrap.mjs"))};
      process.exitCode = await runCommand(process.execPath, ["-e", ${JSON.stringify(program)}]);`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", runner], { stdio: ["ignore", "pipe", "inherit"] });
      const code = new Promise((resolve) => child.on("exit", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      child.kill(signal);
      expect(await code).toBe(expected);
    },
  );
});
