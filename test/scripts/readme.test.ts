// The model and the commands of README.md do what it says.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/bootstrap.mjs";

const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
const prompt = "$ npx --no-install wengert ";

/** The content of the only fenced block of this kind. */
function readBlock(kind: string): string {
  const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((match) => match[1] === kind);
  expect(blocks).toHaveLength(1);
  return blocks[0][2];
}

/** Each command of the console block with the lines that follow it. */
function readCommands(): [command: string, output: string][] {
  const [, ...parts] = `\n${readBlock("console")}`.split(`\n${prompt}`);
  return parts.map((part) => {
    const [command, ...output] = part.split("\n");
    return [command, output.join("\n").trim()];
  });
}

describe("README.md", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wengert-readme-"));
    writeFileSync(join(folder, "exercise.wg"), readBlock("wg"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(readCommands())("wengert %s", (command, output) => {
    const args = [join(projectRoot, "cli", "wengert.mjs"), ...command.split(" ")];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    if (output !== "") expect(stdout.trim()).toBe(output);
  });

  test("training ends where it says", () => {
    const { params } = JSON.parse(readFileSync(join(folder, "exercise.params.json"), "utf8")) as {
      params: Record<"b" | "w", { data: number[] }>;
    };
    expect(params.w.data[0].toFixed(4)).toBe("1.3269");
    expect(params.b.data[0].toFixed(4)).toBe("-3.1346");
  });

  test("its links lead somewhere", () => {
    for (const [, target] of readme.matchAll(/\]\(([^)]+)\)/g)) {
      expect(() => readFileSync(join(projectRoot, target)), target).not.toThrow(/ENOENT/);
    }
  });
});
