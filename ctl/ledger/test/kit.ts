import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Scribe, stored } from "#core/audit/test/kit";
import type { LedgerMessage } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { ArchiveFile } from "#ctl/history/archive-file";
import { LiveLedger } from "#ctl/history/reader";
import { type ArchiveOptions, archiveLedger } from "#ctl/ledger/archive";

/** Ledgers in memory, and a folder of a test's own for their archives. */
export const never = new AbortController().signal;
export const CLUSTER = "ACORE";

/** A trade of `rounds` rounds, a checkpoint after each of `checkpoints`. */
export const trade = (rounds: number, checkpoints: readonly number[]): LedgerMessage[] => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1", "c.1"]) scribe.fold.sync(id, {});
  for (let n = 1; n <= rounds; n++) {
    scribe.fold.report("a.1", { exported: { [PLATE]: n * 5 } });
    for (const id of ["b.1", "c.1"]) {
      scribe.fold.report(id, { wanted: { [PLATE]: 900 }, received: { [PLATE]: n * 2 - 2 } });
    }
    scribe.round();
    if (checkpoints.includes(n)) scribe.checkpoint(300);
  }
  return scribe.messages;
};

/** The messages in a stream, a millisecond between them. */
export const ledgerLog = (messages: readonly LedgerMessage[], clock = new ManualClock()): MemoryLog => {
  const log = new MemoryLog(clock);
  for (const { subject, data } of stored(messages)) {
    log.store(subject, data);
    clock.advance(1);
  }
  return log;
};

export class Folder {
  readonly #opened: ArchiveFile[] = [];
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "clusterio-archives-")));
  }

  async archive(log: MemoryLog, options: Partial<ArchiveOptions> = {}): Promise<ArchiveFile> {
    const archived = await archiveLedger(new LiveLedger(log), { to: this.path, cluster: CLUSTER, ...options }, never);
    if (archived === undefined) throw new Error("nothing was archived");
    this.#opened.push(archived.archive);
    return archived.archive;
  }

  async open(path: string): Promise<ArchiveFile> {
    const archive = await ArchiveFile.open(path);
    this.#opened.push(archive);
    return archive;
  }

  /** A copy of an archive with other bytes. */
  async forged(archive: ArchiveFile, forge: (bytes: Buffer) => Uint8Array): Promise<string> {
    const path = join(this.path, `forged-${this.#opened.length}.gz`);
    await writeFile(path, forge(await readFile(archive.path)));
    return path;
  }

  async close(): Promise<void> {
    for (const archive of this.#opened) await archive.close();
    await rm(this.path, { recursive: true, force: true });
  }
}
