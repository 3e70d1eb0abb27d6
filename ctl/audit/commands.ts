import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { type Act, type ActFilter, actOf, commandOf, joinCommands, matches } from "#core/audit/acts";
import { Refold } from "#core/audit/refold";
import { batches, goodBaseBefore } from "#ctl/audit/ledger";
import { type Output, Progress, timeText } from "#ctl/audit/output";
import { seqAtTime } from "#ctl/audit/point";
import type { LedgerReader } from "#ctl/history/reader";
import type { Prints } from "#ctl/printed/all";

export interface CommandsOptions extends ActFilter {
  readonly json: boolean;
}

/** A command that was asked before `since` may have ended after it, and is told with both. */
const COMMAND_MS_MAX = 60_000;

const commandsSince = async (link: NatsLink, since: number | undefined, signal: AbortSignal): Promise<Act[]> => {
  const log = new JetStreamLog(link, "AUDIT");
  const info = await log.info();
  const from = since === undefined ? info.firstSeq : await seqAtTime(log, info, since - COMMAND_MS_MAX);
  const told: Act[] = [];
  for await (const batch of batches(log, { from, to: info.lastSeq }, signal)) {
    for (const stored of batch) {
      const act = commandOf(stored);
      if (act !== undefined) told.push(act);
    }
  }
  return joinCommands(told);
};

const actsSince = async (ledger: LedgerReader, since: number | undefined, signal: AbortSignal): Promise<Act[]> => {
  const { lastSeq } = await ledger.range();
  const from = since === undefined ? undefined : await ledger.seqAtTime(since);
  const refold = new Refold(await goodBaseBefore(ledger, from));
  const acts: Act[] = [];
  const first = refold.seq + 1;
  const progress = new Progress("reading", lastSeq - refold.seq);
  for await (const batch of batches(ledger, { from: first, to: lastSeq }, signal)) {
    for (const stored of batch) {
      const step = refold.take(stored);
      const act = step === undefined ? undefined : actOf(stored.seq, step.message);
      if (act !== undefined) acts.push(act);
    }
    progress.update(refold.seq - first);
  }
  progress.end();
  return acts;
};

const line = ({ at, source, seq, user, executor, instance, what, detail, outcome }: Act): string =>
  [
    timeText(at),
    `${source} ${seq}`.padEnd(13),
    user.padEnd(12),
    [executor, ...(instance === undefined ? [] : [instance])].join("/").padEnd(20),
    what.padEnd(18),
    outcome.padEnd(8),
    detail,
  ]
    .join("  ")
    .trimEnd();

/** Prints who did what, in order of time. AUDIT is in the cluster only: of archives, just what the ledger holds. */
export const printCommands = async (
  { ledger, link }: { readonly ledger: LedgerReader; readonly link: NatsLink | undefined },
  { json, ...filter }: CommandsOptions,
  output: Output,
): Promise<void> => {
  const commands = link === undefined ? [] : await commandsSince(link, filter.since, output.signal);
  const acts = [...commands, ...(await actsSince(ledger, filter.since, output.signal))]
    .filter((act) => matches(act, filter))
    .sort((a, b) => a.at - b.at);
  for (const act of acts) {
    if (json) output.json(act satisfies Prints<"audit commands">);
    else output.line(line(act));
  }
  if (!json && acts.length === 0) output.line("nothing was done");
};
