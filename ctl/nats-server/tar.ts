import { gunzipSync } from "node:zlib";

const BLOCK_BYTES = 512;
/** The release archive holds 17 MB; anything far beyond is not one. */
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1").split("\0", 1)[0]!;

/**
 * The first regular file of a tar.gz whose last path part is `name`, or undefined when there is none. Only as much of the
 * format as release archives use (ustar headers); nothing is written anywhere, so no path in it can lead astray.
 */
export const fileFromTarGz = (archive: Uint8Array, name: string): Uint8Array | undefined => {
  const tar = gunzipSync(archive, { maxOutputLength: UNPACKED_BYTES_MAX });
  for (let at = 0; at + BLOCK_BYTES <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    const path = text(header.subarray(0, 100));
    const size = Number.parseInt(text(header.subarray(124, 136)).trim() || "0", 8);
    if (path === "" || !Number.isSafeInteger(size)) return undefined;
    const start = at + BLOCK_BYTES;
    const isFile = header[156] === 0 || header[156] === 0x30;
    if (isFile && path.split("/").at(-1) === name) {
      return start + size <= tar.length ? tar.subarray(start, start + size) : undefined;
    }
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return undefined;
};
