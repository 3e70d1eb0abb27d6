import { crc32, gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { badInput, corrupt } from "#core/errors";
import { canonicalJson, decodeFile, decodeText, encodeJson } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import type { StoredMessage } from "#core/ports/log";

/**
 * The archive of a part of LEDGER: JSON lines, gzipped, so that `zcat` reads it without our code.
 *
 * X1 the first gzip member is the header, of a fixed length and of one spelling only: it is put in place last, so a file
 *    without it was never finished, and no byte of it can change unnoticed.
 * X2 the header holds the SHA-256 of every byte that follows it.
 * X3 then come blocks of messages, each a gzip member; the last member is their index. A reader holds one block at a time.
 * X4 a message's bytes are kept as they were: its hash is what the next one continues.
 */
export const HEADER_BYTES = 4_096;
/** One block: what a reader holds at once, and what it unpacks to reach one message. */
export const BLOCK_MESSAGES_MAX = 1_000;
export const BLOCK_BYTES_MAX = 4 * 1024 * 1024;

const hash = z.string().length(43);
const chainHash = z.string().regex(/^(?:|[A-Za-z0-9_-]{43})$/);
const range = z.object({ from: shape.count, to: shape.count });

export const archiveHeader = z.object({
  v: z.literal(1),
  kind: z.literal("clusterio-ledger-archive"),
  /** Version of the program that wrote it. */
  software: z.string().max(50),
  /** Public key of the cluster's CORE account, and the stream's creation time: archives of one history share both. */
  cluster: z.string().max(100),
  created: z.string().max(64),
  /** Sequences in LEDGER, the first and the last included. */
  from: shape.count,
  to: shape.count,
  messages: shape.count,
  rounds: range,
  /** closedAt of the first and the last valid message (ms). */
  time: range,
  /** What the first message continues, "" at the ledger's beginning. */
  prev: chainHash,
  /** The hash of the last valid message, which what comes after the archive continues, and that of the state then. */
  tip: hash,
  stateHash: hash,
  /** What stands at the archive's beginning: the ledger's own, or a checkpoint from which the state is known. */
  base: z.enum(["beginning", "checkpoint"]),
  /** Where the index stands: bytes from the beginning of the file, and its length. */
  index: z.object({ offset: shape.count, bytes: shape.count }),
  /** Bytes of the whole file, and SHA-256 (base64url) of those after the header. */
  bytes: shape.count,
  sha256: hash,
});
export type ArchiveHeader = z.infer<typeof archiveHeader>;

/** offset in the file, first sequence, broker's time of it (ms) */
const indexRow = z.tuple([shape.count, shape.count, shape.count]);
export const archiveIndex = z.object({ blocks: z.array(indexRow) });
export type ArchiveIndex = z.infer<typeof archiveIndex>;

const MEMBER_HEAD_BYTES = 10;
const STORED_HEAD_BYTES = 5;
const MEMBER_TAIL_BYTES = 8;
const TEXT_BYTES = HEADER_BYTES - MEMBER_HEAD_BYTES - STORED_HEAD_BYTES - MEMBER_TAIL_BYTES;

/** The header as a gzip member of exactly HEADER_BYTES: one stored block, its text padded with blanks. */
export const headerMember = (header: ArchiveHeader): Uint8Array => {
  const text = canonicalJson(header);
  if (text.length > TEXT_BYTES - 1) throw badInput(`an archive's header of ${text.length} bytes does not fit`);
  const padded = new TextEncoder().encode(`${text.padEnd(TEXT_BYTES - 1)}\n`);
  const member = Buffer.alloc(HEADER_BYTES);
  member.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  member.writeUInt8(1, MEMBER_HEAD_BYTES);
  member.writeUInt16LE(TEXT_BYTES, MEMBER_HEAD_BYTES + 1);
  member.writeUInt16LE(TEXT_BYTES ^ 0xffff, MEMBER_HEAD_BYTES + 3);
  member.set(padded, MEMBER_HEAD_BYTES + STORED_HEAD_BYTES);
  member.writeUInt32LE(crc32(padded), HEADER_BYTES - MEMBER_TAIL_BYTES);
  member.writeUInt32LE(TEXT_BYTES, HEADER_BYTES - 4);
  return member;
};

/**
 * Reads the first HEADER_BYTES of a file.
 * @throws ClusterioError `bad-input` for what is no archive or of a newer version, `corrupt` for a damaged header.
 */
export const parseHeader = (bytes: Uint8Array, path: string): ArchiveHeader => {
  let text: Uint8Array;
  try {
    if (bytes.length < HEADER_BYTES) throw new RangeError("too short");
    text = gunzipSync(bytes);
  } catch (error) {
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw badInput(`${path} is not an archive of a ledger`, error);
    throw corrupt(`${path}: its header cannot be read: the file is damaged, or was not written to its end`);
  }
  const header = decodeFile(archiveHeader, text, path);
  if (!Buffer.from(headerMember(header)).equals(bytes)) throw corrupt(`${path}: its header was changed`);
  return header;
};

export const memberOf = (text: Uint8Array): Uint8Array => gzipSync(text, { level: 6 });

/** Newlines end messages, so one that holds any is kept in base64, like what is not JSON text. */
const isPlain = (data: Uint8Array): boolean => data[0] === 0x7b && !data.includes(0x0a) && isUtf8(data);

const isUtf8 = (data: Uint8Array): boolean => {
  try {
    decodeText(data);
    return true;
  } catch {
    return false;
  }
};

const NEWLINE = 0x0a;
const encoder = new TextEncoder();

/** `{"seq":…,"time":…,"subject":"…","data":<the message's own bytes>}` and a newline. */
export const messageLine = ({ seq, time, subject, data }: StoredMessage): Uint8Array => {
  const head = `{"seq":${seq},"time":${time},"subject":${JSON.stringify(subject)},`;
  if (isPlain(data)) return Buffer.concat([encoder.encode(`${head}"data":`), data, encoder.encode("}\n")]);
  return encoder.encode(`${head}"base64":"${Buffer.from(data).toString("base64")}"}\n`);
};

const HEAD = /^\{"seq":(\d{1,16}),"time":(\d{1,16}),"subject":"([^"\\]{1,300})",("data":|"base64":")/;
/** No head is longer. */
const HEAD_BYTES_MAX = 400;

const messageIn = (line: Buffer): StoredMessage | undefined => {
  const match = HEAD.exec(line.toString("latin1", 0, HEAD_BYTES_MAX));
  if (match === null) return undefined;
  const [head, seq, time, subject, kind] = match;
  const rest = line.subarray(head.length, line.length - (kind === '"data":' ? 1 : 2));
  const data =
    kind === '"data":' ? new Uint8Array(rest) : new Uint8Array(Buffer.from(rest.toString("latin1"), "base64"));
  return { seq: Number(seq), time: Number(time), subject: subject!, data };
};

/** The messages of a block. @throws ClusterioError `corrupt` */
export const messagesIn = (member: Uint8Array, path: string): StoredMessage[] => {
  const text = unpack(member, path);
  const messages: StoredMessage[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf(NEWLINE, start);
    const message = end < 0 ? undefined : messageIn(text.subarray(start, end));
    if (message === undefined) throw corrupt(`${path}: a line of it is no message: the file is damaged`);
    messages.push(message);
    start = end + 1;
  }
  return messages;
};

/** @throws ClusterioError `corrupt` */
export const indexIn = (member: Uint8Array, path: string): ArchiveIndex => {
  let value: unknown;
  try {
    value = JSON.parse(unpack(member, path).toString("utf8"));
  } catch {
    throw corrupt(`${path}: its index cannot be read: the file is damaged`);
  }
  const index = archiveIndex.safeParse(value);
  if (!index.success) throw corrupt(`${path}: its index cannot be read: the file is damaged`);
  return index.data;
};

export const indexMember = (index: ArchiveIndex): Uint8Array =>
  memberOf(Buffer.concat([encodeJson(index), encoder.encode("\n")]));

/** A block holds one message more than its limit at most; a message is at most as long as the broker takes. */
const UNPACKED_BYTES_MAX = 16 * BLOCK_BYTES_MAX;

const unpack = (member: Uint8Array, path: string): Buffer => {
  try {
    return gunzipSync(member, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    throw corrupt(`${path}: a block of it cannot be unpacked: the file is damaged`);
  }
};
