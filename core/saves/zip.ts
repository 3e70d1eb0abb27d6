/**
 * Whether a zip may be a save, from its directory alone: pure functions of bytes. That what the directory promises is there
 * (core/adapters/save-check.ts) is read only after this found nothing wrong.
 */

/** An end record may be followed by a comment of at most 64 KiB. */
export const TAIL_BYTES = 22 + 65_535;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const ENTRY_HEAD_BYTES = 46;
export const LOCAL = 0x04034b50;
export const LOCAL_HEAD_BYTES = 30;
/** Where a zip64 archive has its real numbers. */
const ELSEWHERE = 0xffffffff;
const ENCRYPTED = 1;
export const STORED = 0;
const DEFLATED = 8;

export interface ZipLimits {
  /** A save has some dozens of files, one with many script files some hundreds. */
  readonly entriesMax: number;
  /** Of all files together, unpacked. A large map has 1 to 2 GB. */
  readonly unpackedBytesMax: number;
  /** Unpacked to packed, of one file above `ratioFromBytes` … a map's own chunks are packed already. */
  readonly ratioMax: number;
  readonly ratioFromBytes: number;
  readonly directoryBytesMax: number;
}

export const ZIP_LIMITS: ZipLimits = {
  entriesMax: 20_000,
  unpackedBytesMax: 16 * 1024 ** 3,
  ratioMax: 200,
  ratioFromBytes: 16 * 1024 ** 2,
  directoryBytesMax: 16 * 1024 ** 2,
};

export interface Directory {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}

export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Where the directory is, from the file's last bytes, which begin at `tailAt`; or what is wrong. */
export const directoryIn = (tail: Uint8Array, tailAt: number, limits = ZIP_LIMITS): Directory | string => {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const entries = view.getUint16(at + 10, true);
    const bytes = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    if (bytes === ELSEWHERE || offset === ELSEWHERE) return "it is a zip64 archive, which the game does not write";
    if (entries === 0) return "it is an empty zip";
    if (bytes > limits.directoryBytesMax) return `its directory of ${bytes} bytes is not one of a save`;
    if (offset + bytes > tailAt + at) return "its directory points outside of it: it was cut off or put together";
    return { entries, bytes, offset };
  }
  return "it is not a zip, or its end is missing: was it cut off?";
};

/** The directory's entries, or what is wrong with it. */
export const entriesIn = (directory: Uint8Array, count: number): ZipEntry[] | string => {
  const view = viewOf(directory);
  const names = new TextDecoder("utf-8");
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + ENTRY_HEAD_BYTES <= directory.length) {
    if (view.getUint32(at, true) !== ENTRY) return "its directory is damaged";
    const nameBytes = view.getUint16(at + 28, true);
    entries.push({
      name: names.decode(directory.subarray(at + ENTRY_HEAD_BYTES, at + ENTRY_HEAD_BYTES + nameBytes)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      headerAt: view.getUint32(at + 42, true),
    });
    at += ENTRY_HEAD_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries.length === count ? entries : `its directory has ${entries.length} entries instead of ${count}`;
};

const pathProblem = (name: string): string | undefined => {
  const parts = name.split("/");
  if (/^(?:\/|[A-Za-z]:)/.test(name) || name.includes("\\") || name.includes("\0") || parts.includes(".."))
    return `it holds "${name.slice(0, 120)}", which would be written outside of its folder`;
  return undefined;
};

/** What of a save's directory forbids to read on; undefined when nothing does. */
export const entriesProblem = (entries: readonly ZipEntry[], limits = ZIP_LIMITS): string | undefined =>
  contentsProblem(entries, limits) ?? layoutProblem(entries);

/** The same of any zip, whatever it should hold. */
export const contentsProblem = (entries: readonly ZipEntry[], limits = ZIP_LIMITS): string | undefined => {
  if (entries.length > limits.entriesMax) return `it has ${entries.length} files: more than a save has`;
  let total = 0;
  for (const { name, bytes, packedBytes, flags, method } of entries) {
    const problem = pathProblem(name);
    if (problem !== undefined) return problem;
    if ((flags & ENCRYPTED) !== 0) return `"${name}" in it is encrypted`;
    if (method !== STORED && method !== DEFLATED)
      return `"${name}" in it is packed in a way that the game does not know`;
    if (bytes === ELSEWHERE || packedBytes === ELSEWHERE) return "it is a zip64 archive, which the game does not write";
    total += bytes;
    if (bytes > limits.ratioFromBytes && bytes > packedBytes * limits.ratioMax)
      return `"${name}" in it unpacks to ${Math.floor(bytes / Math.max(1, packedBytes))} times its size: a zip bomb`;
  }
  if (total > limits.unpackedBytesMax) return `it unpacks to ${total} bytes, ${limits.unpackedBytesMax} at most`;
  return undefined;
};

/** A save is one folder with a level in it. */
const layoutProblem = (entries: readonly ZipEntry[]): string | undefined => {
  const folders = new Set(entries.map(({ name }) => name.split("/")[0]));
  if (folders.size !== 1 || entries.some(({ name }) => !name.includes("/")))
    return "it is not a save: a save has one folder, with everything in it";
  const [folder] = folders;
  const has = (file: string) => entries.some(({ name }) => name === `${folder}/${file}`);
  if (!has("level-init.dat") || !(has("level.dat") || has("level.dat0")))
    return "it is not a save: level-init.dat or level.dat is missing";
  return undefined;
};

/** `2.1.9` from the first bytes of level-init.dat: four 16-bit numbers. */
export const gameVersionIn = (init: Uint8Array): string | undefined => {
  if (init.length < 8) return undefined;
  const view = viewOf(init);
  return [0, 2, 4].map((at) => view.getUint16(at, true)).join(".");
};

/** Compares "2.1.9" with a line like "2.1" or a version: above 0 when the save is of a newer game than that. */
export const newerThan = (version: string, line: string): boolean => {
  const a = version.split(".").map(Number);
  const b = line.split(".").map(Number);
  for (const [at, part] of b.entries()) if ((a[at] ?? 0) !== part) return (a[at] ?? 0) > part;
  return false;
};

/**
 * The world whose save a script.dat is, as far as its bytes tell: our mod's storage has its id behind the key `world`. A hint
 * for people, never for a decision: what counts is what the mod says once the save runs.
 */
const WORLD =
  /\bclusterio\b[\s\S]{0,4096}?world[^A-Za-z0-9]{1,6}(?:\d{1,2}:)?([a-z0-9][a-z0-9-]{0,31}\.[1-9][0-9]{0,8}(?:\.[0-9a-f]{8})?)/;
export const worldHinted = (script: string): string | undefined => WORLD.exec(script)?.[1];
