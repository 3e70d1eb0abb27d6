import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { Auditor, isOfNewerVersion } from "#core/audit/auditor";
import { type Base, beginning } from "#core/audit/checkpoints";
import { type Finding, isFinding } from "#core/audit/finding";
import { compareLive, type LiveAnswers } from "#core/audit/live";
import { type Live, type Proof, proofOf } from "#core/audit/proof";
import { badInput } from "#core/errors";
import type { Log, LogInfo, StoredMessage } from "#core/ports/log";
import { baseBefore, batches } from "#ctl/audit/ledger";
import { askLive } from "#ctl/audit/live";
import { Progress } from "#ctl/audit/output";

export interface VerifyOptions {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Audits the ledger of a cluster, and compares it with the leader's answers when there is a leader. */
export const verifyCluster = async (link: NatsLink, options: VerifyOptions, signal: AbortSignal): Promise<Proof> => {
  // What the leader says is in the ledger already (P7): asked first, it is about a round that will be read.
  const live = options.to === undefined ? await askLive(link) : { reason: "--to ends the audit before now" };
  return verifyLog(new JetStreamLog(link, "LEDGER"), { ...options, live }, signal);
};

type Answers = LiveAnswers | { readonly reason: string };

/**
 * Audits one ledger stream.
 * @throws ClusterioError `bad-input` when the range is not there or was written by a newer version.
 */
export const verifyLog = async (
  log: Log,
  options: VerifyOptions & { readonly live: Answers },
  signal: AbortSignal,
): Promise<Proof> => {
  const info = await log.info();
  const to = Math.min(options.to ?? info.lastSeq, info.lastSeq);
  refuseRange(options, info);
  const found = await baseBefore(log, info, options.from);
  if (isFinding(found)) return emptyProof(info, found);
  if (found.seq > to) {
    throw badInput(`LEDGER can be folded from message ${found.seq + 1} on only: --to ${to} is before that`);
  }
  return new Run(log, info, found, options.live).audit(to, signal);
};

const refuseRange = ({ from, to }: VerifyOptions, { firstSeq, lastSeq }: LogInfo): void => {
  if (from !== undefined && to !== undefined && from > to) throw badInput(`--from ${from} is after --to ${to}`);
  if (from !== undefined && from > lastSeq + 1) throw badInput(`--from ${from}: LEDGER ends at message ${lastSeq}`);
  if (from !== undefined && from < firstSeq) throw badInput(`--from ${from}: LEDGER begins at message ${firstSeq}`);
  if (to !== undefined && to > lastSeq) throw badInput(`--to ${to}: LEDGER ends at message ${lastSeq}`);
};

const streamOf = ({ created, firstSeq, lastSeq }: LogInfo): Proof["stream"] => ({ created, firstSeq, lastSeq });

/** The checkpoint that the audit would begin with does not hold by itself. */
const emptyProof = (info: LogInfo, finding: Finding): Proof =>
  proofOf({
    auditor: new Auditor(beginning()),
    stream: streamOf(info),
    base: { kind: "checkpoint", seq: finding.seq },
    start: { round: 0, closedAt: 0 },
    to: finding.seq,
    live: { compared: false, reason: "the first checkpoint does not hold" },
    finding,
  });

class Run {
  readonly #auditor: Auditor;
  readonly #start: { readonly round: number; readonly closedAt: number };
  #live: Live;

  constructor(
    private readonly log: Log,
    private readonly info: LogInfo,
    private readonly base: Base,
    private readonly answers: Answers,
  ) {
    this.#start = { round: base.state.round, closedAt: base.state.closedAt };
    this.#auditor = new Auditor(base);
    this.#live = { compared: false, reason: "reason" in answers ? answers.reason : "the audit ended before" };
  }

  async audit(to: number, signal: AbortSignal): Promise<Proof> {
    const { info, base } = this;
    const finding = (await this.#read(to, signal)) ?? this.#auditor.finish() ?? this.#missedLive(to);
    return proofOf({
      auditor: this.#auditor,
      stream: streamOf(info),
      base: { kind: base.kind, seq: base.seq },
      start: this.#start,
      to,
      live: this.#live,
      finding,
    });
  }

  async #read(to: number, signal: AbortSignal): Promise<Finding | undefined> {
    const { base } = this;
    const progress = new Progress("verifying", to - base.seq);
    let last = base.seq;
    let finding = this.#compare(base.seq);
    try {
      for await (const batch of batches(this.log, { from: base.seq + 1, to }, signal)) {
        for (const stored of batch) {
          finding ??= this.#auditor.take(stored) ?? this.#compare(stored.seq);
          if (finding !== undefined) return await this.#judged(finding, stored);
        }
        last = batch.at(-1)!.seq;
        progress.update(last - base.seq);
      }
    } finally {
      progress.end();
    }
    if (finding !== undefined || last >= to) return finding;
    return { rule: "sequence", seq: last + 1, expected: `message ${last + 1}`, found: "nothing" };
  }

  /** What is no violation after all makes the audit incomplete. */
  async #judged(finding: Finding, stored: StoredMessage): Promise<Finding> {
    if (finding.rule === "format" && isOfNewerVersion(stored)) {
      throw badInput(`message ${stored.seq} (${stored.subject}) is of a newer version: verify with that one`);
    }
    if (finding.rule === "sequence" && (await this.log.info()).firstSeq > finding.seq) {
      throw badInput(`the leader purged message ${finding.seq} while it was to be read: verify again`);
    }
    return finding;
  }

  /** V10, once the ledger is at the round that the leader's answers are about. */
  #compare(seq: number): Finding | undefined {
    const { answers } = this;
    const { state } = this.#auditor;
    if ("reason" in answers || this.#live.compared || state.round !== answers.round) return undefined;
    const { round, worlds, stocks } = answers;
    this.#live = { compared: true, round, worlds: worlds.length, resources: stocks.length };
    return compareLive(state, seq, answers);
  }

  /** The leader told what the ledger does not hold. */
  #missedLive(to: number): Finding | undefined {
    const { answers } = this;
    const { state } = this.#auditor;
    if ("reason" in answers || this.#live.compared || answers.round < this.#start.round) return undefined;
    const expected = `round ${answers.round}, of which the leader speaks`;
    return { rule: "live", seq: to, round: state.round, expected, found: `round ${state.round} at the ledger's end` };
  }
}
