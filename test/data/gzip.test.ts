// gzip: members, damage at every byte, and bombs.
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GzipLimits, gunzip, isProblem, readData } from "../../src/data/index.ts";
import { fileOf, fine, messagesOf, problemIn, tableOf } from "./files.ts";

const zip = (content: string | Uint8Array, level = 6): Uint8Array => Uint8Array.from(gzipSync(content, { level }));
const unzip = (bytes: Uint8Array, limits?: GzipLimits) => gunzip({ name: "f.gz", bytes }, limits);
const textIn = (bytes: Uint8Array) => new TextDecoder().decode(fine(unzip(bytes)).bytes);
const together = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

test("bytes that are not gzip stay as they are", () => {
  const file = fileOf("f", "hello");
  expect(gunzip(file)).toBe(file);
  expect(gunzip(fileOf("f", ""))).toMatchObject({ name: "f" });
});

describe("readable files", () => {
  test("stored, fast and best compression; empty content", () => {
    for (const level of [0, 1, 9]) for (const text of ["", "x", "hello ".repeat(100_000)]) expect(textIn(zip(text, level))).toBe(text);
  });

  test("several members, also across steps of reading", () => {
    const noise = Uint8Array.from({ length: 40_000 }, (_, at) => (at * at * 7919) >> 7);
    expect(fine(unzip(together(zip(noise, 1), zip(""), zip(noise, 0)))).bytes).toEqual(together(noise, noise));
    expect(textIn(together(...Array.from({ length: 3000 }, (_, member) => zip(`${member} `))))).toMatch(/^0 1 2 .* 2999 $/);
  });

  test("all optional fields of the header", () => {
    const body = Uint8Array.from(deflateRawSync("hi"));
    const plain = zip("hi");
    const fields = [4, 0, 1, 2, 3, 4, ...fileOf("", "name\0comment\0").bytes, 0x12, 0x34];
    expect(textIn(together(Uint8Array.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3, ...fields]), body, plain.slice(-8)))).toBe(
      "hi",
    );
  });

  test("any content, any split into members", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }), (members) => {
        expect(fine(unzip(together(...members.map((member) => zip(member))))).bytes).toEqual(together(...members));
      }),
      { numRuns: 300 },
    );
  });

  test("every reader unzips", () => {
    const read = (kind: "csv" | "json", text: string) => tableOf(readData(kind, [{ name: "f.gz", bytes: zip(text) }], {})).rows;
    expect([read("csv", "a\n1\n2\n"), read("json", "[1, 2, 3]")]).toEqual([2, 3]);
  });
});

describe("wrong files", () => {
  test("cut off anywhere", () => {
    const whole = together(zip("one, two, three, one, two, three"), zip("four"));
    const boundary = zip("one, two, three, one, two, three").length;
    for (let length = 2; length < whole.length; length++) {
      const result = unzip(whole.subarray(0, length));
      if (length === boundary) fine(result);
      else expect(problemIn(result).code, `${length}`).toMatch(/^gzip-(truncated|damaged)$/);
    }
  });

  test("any bit changed: the same content or a problem", () => {
    const text = "one, two, three, one, two, three, four";
    const whole = zip(text);
    for (let bit = 16; bit < whole.length * 8; bit++) {
      const changed = whole.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      const result = unzip(changed);
      if (!isProblem(result)) expect(new TextDecoder().decode(result.bytes)).toBe(text);
    }
  });

  test("random bytes behind the magic number", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        unzip(together(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), tail));
        unzip(together(Uint8Array.of(0x1f, 0x8b), tail));
      }),
      { numRuns: 5000 },
    );
  });

  test("messages", () => {
    const read = (bytes: Uint8Array) => messagesOf(readData("csv", [{ name: "f.csv.gz", bytes }], {}));
    const whole = zip("a\n1\n");
    expect(read(whole.subarray(0, 10))).toEqual(["f.csv.gz: the gzip file ends too early; fetch it again"]);
    const damaged = whole.slice();
    damaged[whole.length - 6] = (damaged[whole.length - 6] as number) ^ 1;
    expect(read(damaged)).toEqual(["f.csv.gz: the gzip file is damaged or cut off (its check sum does not fit); fetch it again"]);
    expect(read(together(whole, fileOf("", "garbage behind it").bytes))).toEqual(["f.csv.gz: the gzip file is damaged; fetch it again"]);
  });

  test("bombs", () => {
    const bomb = zip(new Uint8Array(4_000_000), 9);
    expect(fine(unzip(bomb)).bytes.length).toBe(4_000_000);
    expect(problemIn(unzip(bomb, { bytes: 2_000_000, suspicious: 1e9, ratio: 1e9 })).code).toBe("gzip-too-large");
    expect(problemIn(unzip(bomb, { bytes: 1e9, suspicious: 100_000, ratio: 500 })).code).toBe("gzip-too-large");
    expect(fine(unzip(bomb, { bytes: 1e9, suspicious: 100_000, ratio: 2000 })).bytes.length).toBe(4_000_000);
    const lying = bomb.slice();
    lying.set([5, 0, 0, 0], bomb.length - 4);
    expect(problemIn(unzip(lying)).code).toBe("gzip-damaged");
  });
});
