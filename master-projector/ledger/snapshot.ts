import { z } from "zod";
import { isBoot } from "#core/boot";
import { sha256, sha256Pieces } from "#core/digest";
import { corrupt, isClusterioError } from "#core/errors";
import { checkpoint } from "#core/events/ledger";
import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf, joinImages, type Prepared } from "#core/fold/image";
import type { State } from "#core/fold/state";
import type { Disk } from "#core/ports/disk";
import type { Log } from "#core/ports/log";
import type { Restored } from "#projector/ledger/checkpoint";

/** A snapshot on this machine's disk: only makes starting faster; deleting it costs nothing but time. */
const snapshot = z.object({
  v: z.literal(2),
  seq: z.number().int().min(1),
  tip: z.string().length(43),
  validSeq: z.number().int().min(1),
  round: z.number().int().min(0),
  boot: z.string().refine((text): boolean => isBoot(text)),
  closedAt: z.number().int(),
  chain: z.string().length(43),
  stateHash: z.string().length(43),
  parts: z.array(checkpoint.shape.image).min(1),
});

/** Where a state stands: all of a snapshot but its image. */
export interface SnapshotHead {
  readonly v: 2;
  readonly seq: number;
  readonly tip: string;
  readonly validSeq: number;
  readonly round: number;
  readonly boot: State["boot"];
  readonly closedAt: number;
  readonly chain: string;
}

export const headOf = ({ state, seq, tip, validSeq }: Restored): SnapshotHead => {
  const { round, boot, closedAt, chain } = state;
  return { v: 2, seq, tip, validSeq, round, boot, closedAt, chain };
};

/** `,"sum":"…"}`, SHA-256 as base64url. */
const SUM_BYTES = 53;

/** The file's bytes, a part of the image with each step. Its last field is the hash of all that stands before it. */
export function* snapshotBytes(head: SnapshotHead, { stateHash, parts }: Prepared): Generator<undefined, Uint8Array> {
  const pieces: Uint8Array[] = [];
  const sum = sha256Pieces();
  const add = (text: string) => {
    sum.add(text);
    pieces.push(encoder.encode(text));
  };
  add(`${JSON.stringify({ ...head, stateHash }).slice(0, -1)},"parts":[`);
  for (const [index, part] of parts.entries()) {
    add(`${index === 0 ? "" : ","}${JSON.stringify(part)}`);
    yield;
  }
  add("]");
  pieces.push(encoder.encode(`,"sum":"${sum.end()}"}`));
  return Buffer.concat(pieces);
}

const encoder = new TextEncoder();

const isWhole = (bytes: Uint8Array): boolean => {
  const at = Math.max(0, bytes.length - SUM_BYTES);
  const end = encoder.encode(`,"sum":"${sha256(bytes.subarray(0, at))}"}`);
  return Buffer.compare(bytes.subarray(at), end) === 0;
};

/** Writes the file and reads it back. @throws ClusterioError `corrupt` when the disk gives back something else. */
export const writeSnapshot = async (disk: Disk, path: string, bytes: Uint8Array): Promise<void> => {
  await disk.write(path, bytes);
  const back = await disk.read(path);
  if (back !== undefined && Buffer.compare(back, bytes) === 0) return;
  await disk.remove(path);
  throw corrupt(`the disk does not give back what was written to ${path}`);
};

/** True when exactly this message stands at that sequence. */
export const holds = async (log: Log, seq: number, hash: string): Promise<boolean> => {
  const stored = await log.get(seq);
  return stored !== undefined && sha256(stored.data) === hash;
};

export type Snapshot =
  | { readonly kind: "none" }
  | { readonly kind: "good"; readonly restored: Restored }
  /** Not of this ledger as it is now, or not what was written: starting takes longer, and `reason` is worth an alarm. */
  | { readonly kind: "bad"; readonly reason: string };

const bad = (reason: string): Snapshot => ({ kind: "bad", reason });

/** The snapshot, if it is whole and the ledger still holds exactly its last message and its last valid one. */
export const readSnapshot = async (disk: Disk, path: string, log: Log): Promise<Snapshot> => {
  const bytes = await disk.read(path);
  if (bytes === undefined) return { kind: "none" };
  if (!isWhole(bytes)) return bad(`${path} is damaged or of another version`);
  const parsed = snapshot.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!parsed.success) return bad(`${path} is of another version`);
  const { seq, tip, validSeq, chain } = parsed.data;
  const { lastSeq } = await log.info();
  if (lastSeq < seq) return bad(`${path} is of message ${seq}, and LEDGER ends at ${lastSeq}: the end of it was lost`);
  if (!(await holds(log, seq, tip)) || !(await holds(log, validSeq, chain))) {
    return bad(`${path} is of message ${seq} of another history than that in LEDGER`);
  }
  return restored(parsed.data, path);
};

/** The state in a snapshot whose place in the ledger is right. Its head stands in the ledger; its image has the hash. */
const restored = (data: z.infer<typeof snapshot>, path: string): Snapshot => {
  const { seq, tip, validSeq, round, closedAt, chain, stateHash } = data;
  const at = { round, boot: data.boot as State["boot"], closedAt, chain };
  try {
    const state = stateFromImage(joinImages(data.parts), at);
    if (hashOf(imageOf(state)) !== stateHash) return bad(`${path} does not fold into the state that it names`);
    return { kind: "good", restored: { state, seq, tip, validSeq } };
  } catch (error) {
    if (!isClusterioError(error, "corrupt")) throw error;
    return bad(`${path} holds no state that conserves: ${error.message}`);
  }
};
