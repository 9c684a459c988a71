// Decodes the bytes of a text file: strict UTF-8, or UTF-16 where a byte order mark says so.

import { type DataFile, type DataProblem, dataProblem } from "./table.ts";

/** The largest text file, in bytes; larger data belongs into npy or idx. */
export const MAXIMUM_TEXT_BYTES = 2 ** 28;

const CHUNK = 8192;

/** The text of a file without its byte order mark, or a problem naming offset and line of the first byte that is not text. */
export function decodeText(file: DataFile): string | DataProblem {
  const { name, bytes } = file;
  if (bytes.length > MAXIMUM_TEXT_BYTES) {
    const limit = MAXIMUM_TEXT_BYTES / 2 ** 20;
    return dataProblem("data-text-too-large", { file: name }, `text files may have up to ${limit} MiB; store larger data as npy`);
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
    return dataProblem("data-not-text", { file: name }, "this is a ZIP archive (a spreadsheet, perhaps), not text; export it as CSV");
  }
  const littleEndian = bytes[0] === 0xff && bytes[1] === 0xfe;
  const wide = littleEndian || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = wide ? decodeUtf16(bytes, littleEndian) : decodeUtf8(bytes, marked ? 3 : 0);
  if (typeof text === "number") return notText(file, text, wide ? "UTF-16" : "UTF-8");
  const nul = text.indexOf("\0");
  if (nul < 0) return text;
  const hint = "it holds a zero character, so it is binary or UTF-16 without a byte order mark; save it as UTF-8";
  return dataProblem("data-not-text", { file: name, line: lineAt(text, nul) }, `this is not a text file: ${hint}`);
}

/** The 1-based line of an index into a text. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function notText(file: DataFile, offset: number, encoding: string): DataProblem {
  const byte = (file.bytes[offset] ?? 0).toString(16).padStart(2, "0");
  let line = 1;
  for (let at = 0; at < offset; at++) if (file.bytes[at] === 0x0a) line++;
  const text = `byte 0x${byte} at offset ${offset} is not ${encoding}; save the file as UTF-8`;
  return encoding === "UTF-8"
    ? dataProblem("data-encoding", { file: file.name, line }, text)
    : dataProblem("data-encoding", { file: file.name }, text);
}

/** Collects UTF-16 units and turns them into strings in chunks. */
class Units {
  readonly #buffer = new Uint16Array(CHUNK + 2);
  readonly #parts: string[] = [];
  #length = 0;

  add(unit: number): void {
    this.#buffer[this.#length++] = unit;
    if (this.#length >= CHUNK) this.#flush();
  }

  text(): string {
    this.#flush();
    return this.#parts.join("");
  }

  #flush(): void {
    this.#parts.push(String.fromCharCode.apply(null, this.#buffer.subarray(0, this.#length) as unknown as number[]));
    this.#length = 0;
  }
}

/** The text, or the offset of the first byte that does not fit. */
function decodeUtf8(bytes: Uint8Array, start: number): string | number {
  const units = new Units();
  for (let at = start; at < bytes.length; ) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      units.add(lead);
      at++;
      continue;
    }
    const following = lead >= 0xc2 && lead <= 0xdf ? 1 : (lead & 0xf0) === 0xe0 ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    if (following === 0) return at;
    let code = lead & (0x3f >> following);
    for (let index = 1; index <= following; index++) {
      const byte = bytes[at + index] ?? 0;
      if ((byte & 0xc0) !== 0x80) return at;
      code = (code << 6) | (byte & 0x3f);
    }
    const overlong = (following === 2 && code < 0x800) || (following === 3 && code < 0x10000);
    if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return at;
    if (code < 0x10000) units.add(code);
    else {
      units.add(0xd800 + ((code - 0x10000) >> 10));
      units.add(0xdc00 + ((code - 0x10000) & 0x3ff));
    }
    at += following + 1;
  }
  return units.text();
}

/** The text, or the offset of the first unit that does not fit: an unpaired surrogate, or a lone last byte. */
function decodeUtf16(bytes: Uint8Array, littleEndian: boolean): string | number {
  if (bytes.length % 2 !== 0) return bytes.length - 1;
  const units = new Units();
  const low = littleEndian ? 0 : 1;
  let high = false;
  for (let at = 2; at < bytes.length; at += 2) {
    const unit = (bytes[at + low] as number) | ((bytes[at + 1 - low] as number) << 8);
    const trailing = (unit & 0xfc00) === 0xdc00;
    if (trailing !== high) return at - (high ? 2 : 0);
    high = (unit & 0xfc00) === 0xd800;
    units.add(unit);
  }
  return high ? bytes.length - 2 : units.text();
}
