import { z } from "zod";
import { isBoot } from "#core/boot";
import { sha256 } from "#core/digest";
import { encodeJson } from "#core/events/codec";
import { checkpoint } from "#core/events/ledger";
import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf } from "#core/fold/image";
import type { State } from "#core/fold/state";
import type { Disk } from "#core/ports/disk";
import type { Log } from "#core/ports/log";
import type { Restored } from "#projector/ledger/checkpoint";

/** A snapshot on this machine's disk: only makes starting faster; deleting it costs nothing but time. */
const snapshot = z.object({
  seq: z.number().int().min(1),
  tip: z.string().length(43),
  validSeq: z.number().int().min(1),
  round: z.number().int().min(0),
  boot: z.string().refine((text): boolean => isBoot(text)),
  closedAt: z.number().int(),
  chain: z.string().length(43),
  stateHash: z.string().length(43),
  image: checkpoint.shape.image,
});

export const writeSnapshot = async (
  disk: Disk,
  path: string,
  { state, seq, tip, validSeq }: Restored,
): Promise<void> => {
  const image = imageOf(state);
  const { round, boot, closedAt, chain } = state;
  const at = { seq, tip, validSeq, round, boot, closedAt, chain };
  await disk.write(path, encodeJson({ ...at, stateHash: hashOf(image), image }));
};

/** True when exactly this message stands at that sequence. */
export const holds = async (log: Log, seq: number, hash: string): Promise<boolean> => {
  const stored = await log.get(seq);
  return stored !== undefined && sha256(stored.data) === hash;
};

/** The snapshot, if it is whole and the ledger still holds exactly its last message and its last valid one; else undefined. */
export const readSnapshot = async (disk: Disk, path: string, log: Log): Promise<Restored | undefined> => {
  const bytes = await disk.read(path);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const parsed = snapshot.safeParse(value);
  if (!parsed.success) return undefined;
  const { seq, tip, validSeq, image, stateHash, round, closedAt, chain } = parsed.data;
  if (!(await holds(log, seq, tip)) || !(await holds(log, validSeq, chain))) return undefined;
  if (hashOf(image) !== stateHash) return undefined;
  const boot = parsed.data.boot as State["boot"];
  return { state: stateFromImage(image, { round, boot, closedAt, chain }), seq, tip, validSeq };
};
