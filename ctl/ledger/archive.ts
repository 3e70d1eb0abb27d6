import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ArchiveHeader } from "#core/archive/format";
import { Auditor } from "#core/audit/auditor";
import type { Base } from "#core/audit/checkpoints";
import { describeFinding, isFinding } from "#core/audit/finding";
import { corrupt, refused, unavailable } from "#core/errors";
import { unseal } from "#core/events/ledger-codec";
import { hashOf, imageOf } from "#core/fold/image";
import type { StoredMessage } from "#core/ports/log";
import { VERSION } from "#core/version";
import { baseBefore, batches } from "#ctl/audit/ledger";
import { Progress } from "#ctl/audit/output";
import { type Point, seqNotAfter } from "#ctl/audit/point";
import { ArchiveFile } from "#ctl/history/archive-file";
import { History } from "#ctl/history/history";
import type { LiveLedger } from "#ctl/history/reader";
import { type ArchiveOf, ArchiveWriter } from "#ctl/ledger/write-archive";

/**
 * The part of LEDGER before a checkpoint, as a file.
 *
 * AR1 what is archived was audited from its own beginning through the checkpoint's last part: the state that the
 *    checkpoint restates is the one that the archived messages fold into, so the ledger can do without them.
 * AR2 the file is read back and audited once more before it has its name, and before anything is purged.
 * AR3 the same again makes nothing twice: a file of this very part is verified and left as it is.
 */
export interface ArchiveOptions {
  /** Only what stands before the newest checkpoint that begins before this point. */
  readonly before?: Point | undefined;
  /** A folder, or the file itself. */
  readonly to: string;
  /** Public key of the cluster's CORE account. */
  readonly cluster: string;
}

export interface Archived {
  readonly archive: ArchiveFile;
  /** False when the file was there already. */
  readonly written: boolean;
  /** Where the checkpoint begins that covers the archive: LEDGER may be purged below this sequence. */
  readonly checkpoint: number;
}

/**
 * Writes the archive, or finds it written. Undefined when nothing stands before the checkpoint.
 * @throws ClusterioError `refused` when there is no checkpoint, `corrupt` when the ledger does not hold.
 */
export const archiveLedger = async (
  live: LiveLedger,
  options: ArchiveOptions,
  signal: AbortSignal,
): Promise<Archived | undefined> => {
  const part = await partBefore(live, options.before, signal);
  if (part === undefined) return undefined;
  const path = await pathOf(options.to, part);
  const there = await existing(path, part);
  if (there !== undefined) {
    await verifyBack(there, signal);
    return { archive: there, written: false, checkpoint: part.to + 1 };
  }
  const writer = await ArchiveWriter.create(path);
  try {
    await copy(live, part, { writer, signal });
    const { created } = await live.log.info();
    await writer.finish({ ...part.of, cluster: options.cluster, created, software: VERSION }, (temporary) =>
      verifyFile(temporary, signal),
    );
  } finally {
    await writer.abandon();
  }
  return { archive: await ArchiveFile.open(path), written: true, checkpoint: part.to + 1 };
};

/**
 * All that LEDGER holds now, as a file of the same form; audited, read back and audited again (AR1, AR2). Undefined when it holds
 * nothing.
 * @throws ClusterioError `corrupt` when the ledger does not hold.
 */
export const archiveWhole = async (
  live: LiveLedger,
  { to: path, cluster }: Pick<ArchiveOptions, "to" | "cluster">,
  signal: AbortSignal,
): Promise<ArchiveHeader | undefined> => {
  const { firstSeq: from, lastSeq: to } = await live.range();
  if (to < from || to === 0) return undefined;
  const start = await baseBefore(live, undefined);
  if (isFinding(start)) throw notHolding(describeFinding(start));
  if (start.firstSeq > from) throw before(from, start.firstSeq);
  const part = await audited(live, { start, from, to, end: to }, signal);
  const writer = await ArchiveWriter.create(path);
  try {
    await copy(live, part, { writer, signal });
    const { created } = await live.log.info();
    return await writer.finish({ ...part.of, cluster, created, software: VERSION }, (temporary) =>
      verifyFile(temporary, signal),
    );
  } finally {
    await writer.abandon();
  }
};

const verifyFile = async (path: string, signal: AbortSignal): Promise<void> => {
  const archive = await ArchiveFile.open(path);
  try {
    await verifyBack(archive, signal);
  } finally {
    await archive.close();
  }
};

const before = (from: number, checkpoint: number) =>
  refused(`messages ${from} to ${checkpoint - 1} stand before the first checkpoint and cannot be verified`);

interface Part {
  readonly from: number;
  readonly to: number;
  readonly of: Omit<ArchiveOf, "cluster" | "created" | "software">;
}

const notHolding = (text: string) => corrupt(`${text}; \`clusterio audit verify\` says more: nothing was archived`);

/** What stands before the checkpoint, audited through the checkpoint's own end (AR1). */
const partBefore = async (
  live: LiveLedger,
  point: Point | undefined,
  signal: AbortSignal,
): Promise<Part | undefined> => {
  const { firstSeq, lastSeq } = await live.range();
  const end = point === undefined ? lastSeq + 1 : Math.min(await endOf(live, point), lastSeq + 1);
  const checkpoint = lastSeq === 0 ? undefined : await baseBefore(live, end);
  if (checkpoint === undefined || (!isFinding(checkpoint) && checkpoint.kind === "beginning")) {
    throw refused(
      `LEDGER holds no checkpoint${point === undefined ? " yet" : " there"}: nothing before one can be archived`,
    );
  }
  if (isFinding(checkpoint)) throw notHolding(describeFinding(checkpoint));
  const to = checkpoint.firstSeq - 1;
  const start = await baseBefore(live, undefined);
  if (isFinding(start)) throw notHolding(describeFinding(start));
  if (to < firstSeq || checkpoint.firstSeq <= start.firstSeq) return undefined;
  if (start.firstSeq > firstSeq) throw before(firstSeq, start.firstSeq);
  return audited(live, { start, from: firstSeq, to, end: checkpoint.lastSeq }, signal);
};

/** The first sequence that is not before the point. */
const endOf = async (live: LiveLedger, point: Point): Promise<number> =>
  (await seqNotAfter(live, point)) + (point.kind === "time" ? 0 : 1);

interface Range {
  readonly start: Base;
  readonly from: number;
  readonly to: number;
  /** Of the checkpoint's last part; `to` itself when all is archived, which no checkpoint follows. */
  readonly end: number;
}

const audited = async (live: LiveLedger, { start, from, to, end }: Range, signal: AbortSignal): Promise<Part> => {
  const [first] = await live.read(from, 1);
  const prev = first === undefined ? undefined : unseal(first);
  if (prev?.kind !== "message") throw unavailable(`message ${from} of LEDGER is gone: archive again`);
  const { round, closedAt } = prev.message.data;
  const auditor = new Auditor(start);
  const progress = new Progress("verifying", end - start.seq);
  let archived: (Pick<ArchiveOf, "tip" | "stateHash" | "to"> & { round: number; closedAt: number }) | undefined;
  const note = () => {
    const { state } = auditor;
    const { chain: tip } = state;
    archived = { tip, stateHash: hashOf(imageOf(state)), to, round: state.round, closedAt: state.closedAt };
  };
  try {
    for await (const batch of batches(live, { from: start.seq + 1, to: end }, signal)) {
      for (const stored of batch) {
        if (archived === undefined && stored.seq > to) note();
        const finding = auditor.take(stored);
        if (finding !== undefined) throw notHolding(describeFinding(finding));
      }
      progress.update(batch.at(-1)!.seq - start.seq);
    }
  } finally {
    progress.end();
  }
  if (end === to) note();
  if (archived === undefined || (end > to && auditor.checkpoints.compared === 0)) {
    throw unavailable(`LEDGER changed while it was read: archive again`);
  }
  const { tip, stateHash } = archived;
  const of = {
    from,
    to,
    tip,
    stateHash,
    prev: prev.message.data.prev,
    base: start.kind,
    rounds: { from: round, to: archived.round },
    time: { from: closedAt, to: archived.closedAt },
  };
  return { from, to, of };
};

const DIGITS = 10;
const nameOf = ({ from, to }: Part): string =>
  `ledger-${String(from).padStart(DIGITS, "0")}-${String(to).padStart(DIGITS, "0")}.jsonl.gz`;

const pathOf = async (to: string, part: Part): Promise<string> => {
  const path = resolve(to);
  const isFolder = to.endsWith("/") || ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);
  return isFolder ? join(path, nameOf(part)) : path;
};

/** The archive of this very part, if it is there already (AR3). @throws ClusterioError `refused` for another file. */
const existing = async (path: string, { of }: Part): Promise<ArchiveFile | undefined> => {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const archive = await ArchiveFile.open(path);
  const { header } = archive;
  if (header.from === of.from && header.tip === of.tip && header.stateHash === of.stateHash) return archive;
  await archive.close();
  throw refused(`${path} is there and holds messages ${header.from} to ${header.to}: choose another name`);
};

const copy = async (
  live: LiveLedger,
  { from, to }: Part,
  { writer, signal }: { readonly writer: ArchiveWriter; readonly signal: AbortSignal },
): Promise<void> => {
  const progress = new Progress("archiving", to - from + 1);
  try {
    for await (const batch of batches(live, { from, to }, signal)) {
      for (const stored of batch) await writer.add(stored);
      progress.update(batch.at(-1)!.seq - from);
    }
  } finally {
    progress.end();
  }
};

/** Reads an archive back: its bytes, and what they fold into (AR2). @throws ClusterioError `corrupt` */
export const verifyBack = async (archive: ArchiveFile, signal: AbortSignal): Promise<void> => {
  const { path, header } = archive;
  const bad = (text: string) => corrupt(`${path} does not hold what it should: ${text}; nothing was purged`);
  const damage = await archive.damage();
  if (damage !== undefined) throw bad(damage);
  const history = await History.of([archive], undefined);
  const base = await baseBefore(history, undefined);
  if (isFinding(base)) throw bad(describeFinding(base));
  const auditor = new Auditor(base);
  const progress = new Progress("reading back", header.to - header.from + 1);
  let messages = (await countTo(archive, base)) ?? 0;
  try {
    for await (const batch of batches(history, { from: base.seq + 1, to: header.to }, signal)) {
      for (const stored of batch) {
        const finding = auditor.take(stored);
        if (finding !== undefined) throw bad(describeFinding(finding));
      }
      messages += batch.length;
      progress.update(messages);
    }
  } finally {
    progress.end();
  }
  const { state } = auditor;
  if (messages !== header.messages) throw bad(`${messages} messages instead of ${header.messages}`);
  if (state.chain !== header.tip) throw bad(`tip ${state.chain} instead of ${header.tip}`);
  const hash = hashOf(imageOf(state));
  if (hash !== header.stateHash) throw bad(`state ${hash} instead of ${header.stateHash}`);
};

/** Messages of the checkpoint that the archive begins with. */
const countTo = async (archive: ArchiveFile, { seq }: Base): Promise<number> => {
  if (seq < archive.header.from) return 0;
  const all: StoredMessage[] = await archive.read(archive.header.from, seq - archive.header.from + 1);
  return all.filter((message) => message.seq <= seq).length;
};
