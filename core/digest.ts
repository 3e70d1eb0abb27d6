import { createHash, hash } from "node:crypto";
import { crc32 } from "node:zlib";

/** SHA-256 as base64url: 43 characters. */
export const sha256 = (bytes: Uint8Array | string): string => hash("sha256", bytes, "base64url");

/** SHA-256 as 64 hex digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => hash("sha256", bytes, "hex");

/** The same as `sha256` of all the pieces together, given one after the other. */
export const sha256Pieces = (): { add(piece: string): void; end(): string } => {
  const hash = createHash("sha256");
  return { add: (piece) => void hash.update(piece), end: () => hash.digest("base64url") };
};

/** CRC-32 as eight hex digits: finds every burst of up to 32 wrong bits. */
export const crc32Hex = (bytes: Uint8Array | string): string => crc32(bytes).toString(16).padStart(8, "0");
