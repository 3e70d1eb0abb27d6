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
  round: z.number().int().min(0),
  boot: z.string().refine((text): boolean => isBoot(text)),
  closedAt: z.number().int(),
  chain: z.string().length(43),
  stateHash: z.string().length(43),
  image: checkpoint.shape.image,
});

export const writeSnapshot = async (disk: Disk, path: string, { state, seq, tip }: Restored): Promise<void> => {
  const image = imageOf(state);
  const { round, boot, closedAt, chain } = state;
  await disk.write(path, encodeJson({ seq, tip, round, boot, closedAt, chain, stateHash: hashOf(image), image }));
};

/** The snapshot, if it is whole and the ledger still holds exactly its last message at its sequence; else undefined. */
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
  const { seq, tip, image, stateHash, round, closedAt, chain } = parsed.data;
  const stored = await log.get(seq);
  if (stored === undefined || sha256(stored.data) !== tip) return undefined;
  if (hashOf(image) !== stateHash) return undefined;
  const boot = parsed.data.boot as State["boot"];
  return { state: stateFromImage(image, { round, boot, closedAt, chain }), seq, tip };
};
