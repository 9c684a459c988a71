// Unzips gzip files of one or more members, checks them, and refuses zip bombs.

import { Gunzip } from "fflate";
import { type DataFile, type DataProblem, dataProblem } from "./table.ts";

/** Output beyond `bytes` is refused, and output beyond `suspicious` bytes if it is also more than `ratio` times the input. */
export interface GzipLimits {
  readonly bytes: number;
  readonly suspicious: number;
  readonly ratio: number;
}

const GZIP_LIMITS: GzipLimits = { bytes: 2 ** 31, suspicious: 2 ** 28, ratio: 1000 };

/** Bytes of input per step; one step puts out about a thousand times as much at most. */
const STEP = 16384;
const TRAILER = 8;
const SMALLEST = 18;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Thrown and caught in this file only. */
class GzipFailure {
  readonly code: string;
  readonly text: string;
  constructor(code: string, text: string) {
    this.code = code;
    this.text = text;
  }
}

/** Every gzip file starts with these two bytes. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The file unzipped, under the same name, or as it is if it is not gzip. A truncated or damaged file (length and CRC-32 of each member
 * are checked) and one beyond the limits are problems.
 */
export function gunzip(file: DataFile, limits: GzipLimits = GZIP_LIMITS): DataFile | DataProblem {
  if (!isGzip(file.bytes)) return file;
  try {
    return { name: file.name, bytes: inflate(file.bytes, limits) };
  } catch (failure) {
    if (failure instanceof GzipFailure) return dataProblem(failure.code, { file: file.name }, failure.text);
    // fflate's errors carry a numeric code; 0 is the end of the input.
    const code = failure instanceof Error && "code" in failure ? failure.code : null;
    if (typeof code !== "number") throw failure;
    const text = code === 0 ? "the gzip file ends too early; fetch it again" : "the gzip file is damaged; fetch it again";
    return dataProblem(code === 0 ? "gzip-truncated" : "gzip-damaged", { file: file.name }, text);
  }
}

function inflate(bytes: Uint8Array, limits: GzipLimits): Uint8Array {
  if (bytes.length < SMALLEST) throw new GzipFailure("gzip-truncated", "the gzip file ends too early; fetch it again");
  const parts: Uint8Array[] = [];
  let total = 0;
  let memberStart = 0;
  let checksum = 0;
  const stream = new Gunzip((part) => {
    total += part.length;
    if (total > limits.bytes || (total > limits.suspicious && total > limits.ratio * bytes.length)) {
      throw new GzipFailure(
        "gzip-too-large",
        `unzipped, its ${bytes.length} bytes become more than ${total - part.length}; that is refused`,
      );
    }
    parts.push(part);
    checksum = crc32(checksum, part);
  });
  const finishMember = (end: number): void => {
    const length = (total - memberStart) % 2 ** 32;
    if (wordAt(bytes, end - TRAILER) !== checksum || wordAt(bytes, end - TRAILER + 4) !== length) {
      throw new GzipFailure("gzip-damaged", "the gzip file is damaged or cut off (its check sum does not fit); fetch it again");
    }
    memberStart = total;
    checksum = 0;
  };
  stream.onmember = finishMember;
  for (let at = 0; at < bytes.length; at += STEP) stream.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
  finishMember(bytes.length);
  return joined(parts, total);
}

function joined(parts: readonly Uint8Array[], total: number): Uint8Array {
  const result = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return [3, 2, 1, 0].reduce((word, index) => word * 256 + (bytes[at + index] ?? 0), 0);
}

/** CRC-32 of RFC 1952, section 8, continued from the checksum of the bytes before (0 at the start). */
function crc32(checksum: number, bytes: Uint8Array): number {
  let value = ~checksum;
  for (let at = 0; at < bytes.length; at++) {
    value = (CRC_TABLE[(value ^ (bytes[at] as number)) & 255] as number) ^ (value >>> 8);
  }
  return ~value >>> 0;
}
