// Laws of the grammar at random model files, damaged ones, and texts of any kind.
import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenize } from "../../grammar/tokens.ts";
import { damagedPrograms, programs, soups } from "../support/programs.ts";
import { checkAnyText } from "./laws.ts";

const RUNS = { numRuns: 2000 };

test("programs without errors are read, printed and read again", () => {
  fc.assert(
    fc.property(programs, (text) => {
      expect(checkAnyText(text)).toBe(0);
    }),
    RUNS,
  );
});

test("damaged programs", () => {
  fc.assert(
    fc.property(damagedPrograms, (text) => void checkAnyText(text)),
    RUNS,
  );
});

test("words in any order", () => {
  fc.assert(
    fc.property(soups, (text) => void checkAnyText(text)),
    RUNS,
  );
});

test("any text, lone surrogates too", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void checkAnyText(text)),
    RUNS,
  );
  const units = fc.array(fc.nat(0xffff), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(units, (text) => void checkAnyText(text)),
    RUNS,
  );
});

test("tokens and the spaces between them are the text", () => {
  fc.assert(
    fc.property(fc.oneof(damagedPrograms, soups, fc.string({ unit: "binary" })), (text) => {
      let rebuilt = "";
      for (const token of tokenize(text)) {
        expect(text.slice(rebuilt.length, token.startOffset).trim()).toBe("");
        rebuilt += text.slice(rebuilt.length, token.startOffset) + token.image;
      }
      expect(text.slice(rebuilt.length).trim()).toBe("");
      expect(text.startsWith(rebuilt)).toBe(true);
    }),
    RUNS,
  );
});
