import { join } from "node:path";
import type { JetStreamLog } from "#core/adapters/jetstream-log";
import { corrupt, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import type { WorldView } from "#core/events/query";
import { aboutAnswer, type DescribeAnswer, finishAnswer } from "#core/events/saves";
import type { WorldId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { pause } from "#core/ports/clock";
import { meaningOf } from "#core/saves/describe";
import { subjects } from "#core/subjects";
import type { Manifest } from "#ctl/backup/manifest";
import { ArchiveFile } from "#ctl/history/archive-file";
import { verifyBack } from "#ctl/ledger/archive";
import type { Saves } from "#ctl/save/base";
import type { FileChannel } from "#ctl/save/channel";
import { localSource, openLocal } from "#ctl/save/local-file";

/**
 * Puts a backup back. Nothing here makes the ledger and the worlds agree: that is what sessions do, whatever of both is older.
 *
 * BR1 LEDGER is written only while it is empty, or holds nothing but the beginning of this backup (a restore that was interrupted,
 *     a broker that lost its tail), and no projector leads; each message at the place that it had, as it was. What is known of people
 *     is put back with it, before it, and never over something newer.
 * BR2 a save is put where the next start looks, by the bridge, with the checks of every restore; what was there stays.
 */

/** Longer than a leader is silent between two beats. */
const BEATS_MS = 4_000;
const BATCH = 500;
const STOPPED_MS_MAX = 150_000;
const LINKED_MS_MAX = 330_000;
const LOOK_MS = 250;

export type Ledger = Pick<JetStreamLog, "info" | "get" | "append" | "beginAt">;

/** The first message that LEDGER lacks of the archive; undefined when it holds something else, or all of it. */
export const firstLacking = async (log: Ledger, archive: ArchiveFile): Promise<number | undefined> => {
  const { firstSeq, lastSeq } = await log.info();
  const { from, to } = archive.header;
  if (lastSeq === 0 || lastSeq < firstSeq) return from;
  if (firstSeq !== from || lastSeq >= to) return undefined;
  const [[kept], stored] = await Promise.all([archive.read(lastSeq, 1), log.get(lastSeq)]);
  const same = kept?.seq === lastSeq && stored !== undefined && Buffer.compare(kept.data, stored.data) === 0;
  return same ? lastSeq + 1 : undefined;
};

/** BR1. Nothing happens when LEDGER holds something else already. */
export const restoreLedger = async (log: Ledger, path: string, signal: AbortSignal): Promise<void> => {
  const archive = await ArchiveFile.open(path);
  try {
    const from = await firstLacking(log, archive);
    if (from === undefined) return;
    await verifyBack(archive, signal);
    const { to } = archive.header;
    const { lastSeq } = await log.info();
    if (lastSeq + 1 > from)
      throw refused(
        `LEDGER was emptied at message ${lastSeq}, the backup begins at ${from}: make the stream anew first`,
      );
    if (from === archive.header.from) await log.beginAt(from);
    for (let next = from; next <= to; ) {
      signal.throwIfAborted();
      const batch = await archive.read(next, BATCH);
      if (batch.length === 0) throw corrupt(`${path} ends before message ${to}`);
      for (const { seq, subject, data } of batch) {
        const written = await log.append(subject, data, seq - 1);
        if (written.kind === "unknown")
          throw unavailable(`LEDGER does not answer at message ${seq}: ${written.reason}`);
        if (written.kind !== "stored")
          throw refused(`LEDGER does not take message ${seq} (${written.kind}): who writes to it?`);
        if (written.seq !== seq) throw corrupt(`message ${seq} came to stand at ${written.seq}: make the stream anew`);
      }
      next = batch.at(-1)!.seq + 1;
    }
  } finally {
    await archive.close();
  }
};

/** Whether a projector leads now. */
export const isLed = async (core: Bus, clock: Saves["clock"], signal: AbortSignal): Promise<boolean> => {
  let beats = 0;
  const subscription = core.subscribe(subjects.stateLeader(), () => beats++);
  await pause(clock, BEATS_MS, signal);
  subscription.stop();
  return beats > 0;
};

type Backed = Manifest["instances"][number];

/** What loading it would mean, by what the ledger knew then and knows now. */
export const meaningNow = (
  { instance, world, tick, totals, save }: Backed,
  worlds: readonly WorldView[],
): DescribeAnswer => {
  const own = worlds.filter((one) => one.instance === instance);
  const now = own.find((one) => one.world === world) ?? own.find(({ open }) => open) ?? own.at(-1);
  const stated = now ?? { world: "", tick: 0, exported: {}, received: {} };
  const known = world === "" || tick === null ? undefined : { world: world as WorldId, tick, ...(totals ?? {}) };
  const meaning = meaningOf(instance, { note: known, hint: undefined }, { current: stated.world, stated });
  return { file: save.path, bytes: save.bytes, writtenAt: 0, ...meaning };
};

interface Brought {
  readonly channel: FileChannel;
  /** The name that it has there. */
  readonly name: string;
  readonly running: boolean;
}

const nameOf = ({ name }: Manifest): string => `backup-${name.slice(0, 19)}`;

/** Brings one save to its instance, without having it loaded. */
const bring = async (saves: Saves, folder: string, of: Manifest, backed: Backed): Promise<Brought> => {
  const channel = await saves.channel(backed.instance);
  const name = nameOf(of);
  const file = await openLocal(join(folder, backed.save.path), saves.signal);
  if (file.sha256 !== backed.save.sha256) throw corrupt(`${file.path} is not what was kept: clusterio backup verify`);
  const source = await localSource(file);
  const target = channel.target({ path: name, bytes: file.bytes, sha256: file.sha256, replace: true });
  await saves.carry(`bringing ${backed.instance}`, source, target).finally(() => source.close());
  const { state } = await channel.saves();
  const running = state !== "stopped" && state !== "failed";
  return { channel, name, running };
};

/** BR2. Brings it, stops, restores, and starts again what ran. */
export const load = async (saves: Saves, folder: string, of: Manifest, backed: Backed): Promise<void> => {
  const { channel, name, running } = await bring(saves, folder, of, backed);
  const { client, clock, signal } = saves;
  const { instance } = channel.address;
  if (running) {
    await client.bridge(channel.address, "stop", {});
    await wait(saves, { ms: STOPPED_MS_MAX, what: `${instance} does not stop` }, async () => {
      const { state } = await channel.saves();
      return state === "stopped" || state === "failed";
    });
  }
  await channel.ask("save-write", { op: "restore", path: name }, finishAnswer);
  if (!running) return;
  await client.bridge(channel.address, "start", {});
  await wait({ clock, signal }, { ms: LINKED_MS_MAX, what: `${instance} is not linked` }, async () => {
    const { linked, phase } = await channel.ask("move", { op: "about" }, aboutAnswer);
    if (phase === "failed") throw unavailable(`${instance} does not start from its save: look at its log`);
    return linked;
  });
};

const wait = async (
  { clock, signal }: Pick<Saves, "clock" | "signal">,
  { ms, what }: { readonly ms: number; readonly what: string },
  is: () => Promise<boolean>,
): Promise<void> => {
  const until = clock.now() + ms;
  while (!(await is())) {
    if (signal.aborted) throw unavailable("interrupted: repeat the command, it goes on");
    if (clock.now() >= until)
      throw unavailable(`${what} within ${ms / 1_000} s: look at its log, then repeat the command`);
    await pause(clock, LOOK_MS, signal);
  }
};

/** What went wrong with one instance must not keep the others from coming back. */
export const each = async <T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<{ done: R[]; failed: string[] }> => {
  const done: R[] = [];
  const failed: string[] = [];
  for (const one of all) {
    try {
      done.push(await work(one));
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      failed.push(messageOf(error));
    }
  }
  return { done, failed };
};
