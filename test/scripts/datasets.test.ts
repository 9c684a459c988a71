// Copying data sets: only what is missing or of another size.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyMissing } from "../../scripts/datasets.ts";

test("copies what is missing or cut off, leaves the rest", () => {
  const folder = mkdtempSync(join(tmpdir(), "wengert-datasets-"));
  try {
    const [from, to] = [join(folder, "from"), join(folder, "deep", "to")];
    mkdirSync(from);
    for (const name of ["a", "b"]) writeFileSync(join(from, name), name.repeat(10));
    expect(copyMissing(from, to, ["a", "b"])).toBe(2);
    expect(copyMissing(from, to, ["a", "b"])).toBe(0);
    writeFileSync(join(to, "b"), "bbb");
    expect(copyMissing(from, to, ["a", "b"])).toBe(1);
    expect(readFileSync(join(to, "b"), "utf8")).toBe("bbbbbbbbbb");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
