import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { Auditor, isOfNewerVersion } from "#core/audit/auditor";
import { type Base, beginning } from "#core/audit/checkpoints";
import { type Finding, isFinding } from "#core/audit/finding";
import { compareLive, type LiveAnswers } from "#core/audit/live";
import { type Incomplete, type Live, type Proof, proofOf, type Worlds } from "#core/audit/proof";
import { badInput, isClusterioError } from "#core/errors";
import { hashOf, imageOf } from "#core/fold/image";
import type { Log, StoredMessage } from "#core/ports/log";
import { baseBefore, batches } from "#ctl/audit/ledger";
import { askLive } from "#ctl/audit/live";
import { Progress } from "#ctl/audit/output";
import { compareWorlds } from "#ctl/audit/worlds";
import type { ArchiveFile } from "#ctl/history/archive-file";
import { History } from "#ctl/history/history";
import { liveLedger } from "#ctl/history/open";
import type { LiveLedger } from "#ctl/history/reader";

export interface Asked {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

type Answers = LiveAnswers | { readonly reason: string };

/** What an audit reads. */
export interface Audited {
  readonly archives: readonly ArchiveFile[];
  readonly live: LiveLedger | undefined;
  /** Where the worlds' statements are; without it they are not compared. */
  readonly events: Log | undefined;
  readonly answers: Answers;
}

/** Audits archives and the ledger of a cluster, or one of both, and compares with leader and worlds where there are any. */
export const verifyCluster = async (
  { link, archives = [] }: { readonly link?: NatsLink | undefined; readonly archives?: readonly ArchiveFile[] },
  asked: Asked,
  signal: AbortSignal,
): Promise<Proof> => {
  // What the leader says is in the ledger already (P7): asked first, it is about a round that will be read.
  const now = link !== undefined && asked.to === undefined;
  const answers: Answers = now ? await askLive(link) : { reason: whyNotLive(link) };
  const live = link === undefined ? undefined : liveLedger(link);
  const events = now ? new JetStreamLog(link, "EVENTS") : undefined;
  return verify({ archives, live, events, answers }, asked, signal);
};

const whyNotLive = (link: NatsLink | undefined): string =>
  link === undefined ? "only archives were audited" : "--to ends the audit before now";

/**
 * Audits one history.
 * @throws ClusterioError `bad-input` when there is nothing to begin with.
 */
export const verify = async (audited: Audited, asked: Asked, signal: AbortSignal): Promise<Proof> => {
  const history = await History.of(audited.archives, audited.live);
  const { firstSeq, lastSeq } = await history.range();
  const { from, to } = asked;
  if (from !== undefined && to !== undefined && from > to) throw badInput(`--from ${from} is after --to ${to}`);
  if (from !== undefined && from > lastSeq + 1) {
    throw badInput(`--from ${from}: ${history.label} ends at message ${lastSeq}`);
  }
  const damaged = await firstDamage(history);
  const base = await baseOf(history, from === undefined || from < firstSeq ? undefined : from);
  if (isFinding(base)) return new Run(history, beginning(), audited).ended(asked, damaged ?? base);
  if (to !== undefined && base.seq > to) {
    throw badInput(`${history.label} can be folded from message ${base.seq + 1} on only: --to ${to} is before that`);
  }
  return new Run(history, base, audited).audit(asked, { damaged, signal });
};

/** The first archive whose bytes are not those that were written: told when the messages show nothing more exact. */
const firstDamage = async ({ archives }: History): Promise<Finding | undefined> => {
  const progress = new Progress(
    "hashing archives (bytes)",
    archives.reduce((sum, { header }) => sum + header.bytes, 0),
  );
  let before = 0;
  try {
    for (const archive of archives) {
      const found = await archive.damage((done) => progress.update(before + done));
      before += archive.header.bytes;
      if (found === undefined) continue;
      const expected = `${archive.path} as it was written`;
      return { rule: "archive", seq: archive.header.from, expected, found };
    }
  } finally {
    progress.end();
  }
  return undefined;
};

/** A block that cannot be unpacked is a finding where it stands. */
const damageAt = (error: unknown, seq: number): Finding => {
  if (!isClusterioError(error, "corrupt")) throw error;
  return { rule: "archive", seq, expected: `message ${seq}`, found: error.message };
};

const baseOf = async (history: History, before: number | undefined): Promise<Base | Finding> => {
  try {
    return await baseBefore(history, before);
  } catch (error) {
    return damageAt(error, before ?? (await history.range()).firstSeq);
  }
};

const NOT_REACHED = "the audit ended before";

class Run {
  readonly #auditor: Auditor;
  readonly #start: { readonly round: number; readonly closedAt: number };
  readonly #base: Pick<Base, "kind" | "seq">;
  #live: Live;
  #worlds: Worlds;
  #incomplete: Incomplete | undefined;
  #last: number;

  constructor(
    private readonly history: History,
    base: Base,
    private readonly audited: Audited,
  ) {
    const { answers, events } = audited;
    this.#base = { kind: base.kind, seq: base.seq };
    this.#start = { round: base.state.round, closedAt: base.state.closedAt };
    this.#auditor = new Auditor(base);
    this.#last = base.seq;
    const reason = "reason" in answers ? answers.reason : NOT_REACHED;
    this.#live = { compared: false, reason };
    this.#worlds = { compared: false, reason: events === undefined ? reason : NOT_REACHED };
  }

  async audit(
    asked: Asked,
    { damaged, signal }: { readonly damaged: Finding | undefined; readonly signal: AbortSignal },
  ): Promise<Proof> {
    const { lastSeq } = await this.history.range();
    const to = Math.min(asked.to ?? lastSeq, lastSeq);
    this.#lacking(asked, lastSeq);
    const found =
      (await this.#read(to, signal)) ??
      damaged ??
      this.#auditor.finish() ??
      this.#missedLive(to) ??
      (await this.#compareWorlds(to, signal));
    return this.ended(asked, found);
  }

  async ended(asked: Asked, finding: Finding | undefined): Promise<Proof> {
    return proofOf({
      auditor: this.#auditor,
      sources: await this.#sources(),
      asked: {
        ...(asked.from === undefined ? {} : { from: asked.from }),
        ...(asked.to === undefined ? {} : { to: asked.to }),
      },
      base: this.#base,
      start: this.#start,
      to: Math.max(this.#last, 0),
      live: this.#live,
      worlds: this.#worlds,
      finding,
      incomplete: this.#incomplete,
    });
  }

  async #sources(): Promise<Proof["sources"]> {
    const archives = this.history.archives.map(({ path, header: { sha256, from, to, tip, stateHash } }) => {
      return { kind: "archive" as const, file: path, sha256, from, to, tip, stateHash };
    });
    if (this.history.live === undefined) return archives;
    const { created, firstSeq, lastSeq } = await this.history.live.log.info();
    return [...archives, { kind: "live" as const, created, firstSeq, lastSeq }];
  }

  /** What was asked for and is not there. */
  #lacking({ from, to }: Asked, lastSeq: number): void {
    const { label } = this.history;
    if (from !== undefined && from <= this.#base.seq && this.#base.kind === "checkpoint") {
      const firstPart = this.history.parts[0]?.firstSeq ?? 1;
      if (from >= firstPart) return;
      this.#lack(from, `message ${from} is not there, ${label} begins at ${firstPart}: name the archives before it`);
    } else if (to !== undefined && to > lastSeq) this.#lack(lastSeq + 1, `${label} ends at message ${lastSeq}`);
  }

  #lack(seq: number, reason: string): undefined {
    this.#incomplete ??= { seq, reason };
    return undefined;
  }

  async #read(to: number, signal: AbortSignal): Promise<Finding | undefined> {
    const base = this.#base.seq;
    const progress = new Progress("verifying", to - base);
    let finding = this.#compareLive(base);
    try {
      for await (const batch of batches(this.history, { from: base + 1, to }, signal)) {
        for (const stored of batch) {
          if (finding !== undefined) return finding;
          if (this.#isBehindHole(stored)) return undefined;
          finding = this.#auditor.take(stored);
          if (finding !== undefined) return await this.#judged(finding, stored);
          this.#last = stored.seq;
          finding = this.#compareHeader(stored.seq) ?? this.#compareLive(stored.seq);
        }
        progress.update(this.#last - base);
      }
    } catch (error) {
      return damageAt(error, this.#last + 1);
    } finally {
      progress.end();
    }
    if (finding !== undefined || this.#last >= to) return finding;
    const next = this.#last + 1;
    return this.#judged({ rule: "sequence", seq: next, expected: `message ${next}`, found: "nothing" });
  }

  /** Archives and the live ledger that leave something out between them do not join. */
  #isBehindHole({ seq }: StoredMessage): boolean {
    const { hole } = this.history;
    if (hole === undefined || this.#last >= hole.to || seq <= hole.to) return false;
    const missing = hole.from === hole.to ? `message ${hole.from} is` : `messages ${hole.from} to ${hole.to} are`;
    this.#lack(hole.from, `${missing} in none of ${this.history.label}`);
    return true;
  }

  /** What is no violation after all makes the audit incomplete. */
  async #judged(finding: Finding, stored?: StoredMessage): Promise<Finding | undefined> {
    if (finding.rule === "format" && stored !== undefined && isOfNewerVersion(stored)) {
      return this.#lack(
        stored.seq,
        `message ${stored.seq} (${stored.subject}) is of a newer version: verify with that one`,
      );
    }
    const live = await this.history.live?.range();
    if (finding.rule === "sequence" && live !== undefined && live.firstSeq > finding.seq) {
      return this.#lack(finding.seq, `the leader purged message ${finding.seq} while it was to be read: verify again`);
    }
    return finding;
  }

  /** V14, at the end of an archive. */
  #compareHeader(seq: number): Finding | undefined {
    const { state } = this.#auditor;
    for (const { path, header } of this.history.archives) {
      if (header.to !== seq) continue;
      const where = { rule: "archive", seq, round: state.round } as const;
      const says = `the header of ${path} says`;
      if (header.tip !== state.chain)
        return { ...where, expected: `tip ${state.chain}`, found: `${says} ${header.tip}` };
      const hash = hashOf(imageOf(state));
      if (header.stateHash === hash) continue;
      return { ...where, expected: `state ${hash}`, found: `${says} ${header.stateHash}` };
    }
    return undefined;
  }

  /** V10, once the ledger is at the round that the leader's answers are about. */
  #compareLive(seq: number): Finding | undefined {
    const { answers } = this.audited;
    const { state } = this.#auditor;
    if ("reason" in answers || this.#live.compared || state.round !== answers.round) return undefined;
    const { round, worlds, stocks } = answers;
    this.#live = { compared: true, round, worlds: worlds.length, resources: stocks.length };
    return compareLive(state, seq, answers);
  }

  /** The leader told what the ledger does not hold. */
  #missedLive(to: number): Finding | undefined {
    const { answers } = this.audited;
    const { state } = this.#auditor;
    if ("reason" in answers || this.#live.compared || answers.round < this.#start.round) return undefined;
    if (this.#incomplete !== undefined) return undefined;
    const expected = `round ${answers.round}, of which the leader speaks`;
    return { rule: "live", seq: to, round: state.round, expected, found: `round ${state.round} at the ledger's end` };
  }

  /** V13, at the end of all. */
  async #compareWorlds(seq: number, signal: AbortSignal): Promise<Finding | undefined> {
    const { events } = this.audited;
    if (events === undefined || this.#incomplete !== undefined) return undefined;
    if (this.#auditor.withinRound) {
      this.#worlds = { compared: false, reason: "the ledger ends within a split round" };
      return undefined;
    }
    const { worlds, finding } = await compareWorlds(events, this.#auditor.state, { seq, signal });
    this.#worlds = worlds;
    return finding;
  }
}
