// The lockfile names the builds for every platform, so that `npm ci` works on all of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/bootstrap.mjs";
import { completeLock, findMissing, type Lockfile, readPlatform } from "../../scripts/complete-lock.ts";

test("package-lock.json is complete; if not: node_modules/.bin/node scripts/complete-lock.ts", () => {
  const lock = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")) as Lockfile;
  expect(findMissing(lock).map(({ name }) => name)).toEqual([]);
});

describe("completeLock", () => {
  const tool = { version: "2.0.0", dev: true, optionalDependencies: { "tool-linux-x64": "2.0.0", "tool-darwin-arm64": "2.0.0" } };
  const lock: Lockfile = {
    packages: { "": {}, "node_modules/tool": tool, "node_modules/tool-linux-x64": { version: "2.0.0", optional: true } },
  };

  test("adds what is missing, in order, and leaves the rest", () => {
    const complete = completeLock(lock);
    expect(Object.keys(complete.packages)).toEqual([
      "",
      "node_modules/tool",
      "node_modules/tool-darwin-arm64",
      "node_modules/tool-linux-x64",
    ]);
    expect(complete.packages["node_modules/tool-darwin-arm64"]).toEqual({
      version: "2.0.0",
      cpu: ["arm64"],
      os: ["darwin"],
      dev: true,
      optional: true,
    });
    expect(findMissing(complete)).toEqual([]);
  });

  test("finds a package in the folder of its owner or of one above", () => {
    const inner = { optionalDependencies: { "b-linux-x64": "1.0.0" } };
    const above: Lockfile = { packages: { "node_modules/a/node_modules/b": inner, "node_modules/a/node_modules/b-linux-x64": {} } };
    const root: Lockfile = { packages: { "node_modules/@s/a/node_modules/b": inner, "node_modules/b-linux-x64": {} } };
    const elsewhere: Lockfile = { packages: { "node_modules/a/node_modules/b": inner, "node_modules/c/node_modules/b-linux-x64": {} } };
    expect([above, root, elsewhere].map((each) => findMissing(each).length)).toEqual([0, 0, 1]);
  });

  test("refuses a range and a name without a platform", () => {
    const owning = (name: string, spec: string): Lockfile => ({
      packages: { "node_modules/a": { optionalDependencies: { [name]: spec } } },
    });
    expect(() => completeLock(owning("b-linux-x64", "^1.0.0"))).toThrow("b-linux-x64@^1.0.0 of node_modules/a");
    expect(() => completeLock(owning("b-native", "1.0.0"))).toThrow("neither an exact version nor a platform");
  });
});

test("a package's name tells its platform", () => {
  expect(readPlatform("@oxc-parser/binding-linux-arm-musleabihf")).toEqual({ cpu: ["arm"], libc: ["musl"], os: ["linux"] });
  expect(readPlatform("@oxc-parser/binding-linux-s390x-gnu")).toEqual({ cpu: ["s390x"], libc: ["glibc"], os: ["linux"] });
  expect(readPlatform("@oxc-parser/binding-win32-ia32-msvc")).toEqual({ cpu: ["ia32"], os: ["win32"] });
  expect(readPlatform("@biomejs/cli-linux-arm64")).toEqual({ cpu: ["arm64"], os: ["linux"] });
  expect(readPlatform("fsevents")).toBeUndefined();
});
