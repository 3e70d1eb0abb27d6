import { createHash } from "node:crypto";

/** SHA-256 as base64url: 43 characters. */
export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("base64url");

/** SHA-256 as 64 hex digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
