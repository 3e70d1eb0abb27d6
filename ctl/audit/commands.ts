import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { type Act, actOf, commandOf, joinCommands } from "#core/audit/acts";
import { Refold } from "#core/audit/refold";
import { batches, goodBaseBefore } from "#ctl/audit/ledger";
import { type Output, timeText } from "#ctl/audit/output";
import { isBefore, type Point, seqAtTime, seqNotAfter } from "#ctl/audit/point";

export interface CommandsOptions {
  /** A time: the two streams have no sequence in common. */
  readonly since?: (Point & { readonly kind: "time" }) | undefined;
  readonly json: boolean;
}

const commandsSince = async (link: NatsLink, ms: number | undefined, signal: AbortSignal): Promise<Act[]> => {
  const log = new JetStreamLog(link, "AUDIT");
  const info = await log.info();
  const from = ms === undefined ? info.firstSeq : await seqAtTime(log, info, ms);
  const told: Act[] = [];
  for await (const batch of batches(log, { from, to: info.lastSeq }, signal)) {
    for (const stored of batch) {
      const act = commandOf(stored);
      if (act !== undefined) told.push(act);
    }
  }
  return joinCommands(told);
};

const actsSince = async (link: NatsLink, since: Point | undefined, signal: AbortSignal): Promise<Act[]> => {
  const log = new JetStreamLog(link, "LEDGER");
  const info = await log.info();
  const before = since === undefined ? undefined : await seqNotAfter(log, info, since);
  const refold = new Refold(await goodBaseBefore(log, info, before));
  const acts: Act[] = [];
  for await (const batch of batches(log, { from: refold.seq + 1, to: info.lastSeq }, signal)) {
    for (const stored of batch) {
      const early = since !== undefined && isBefore(since, stored, refold.state);
      const step = refold.take(stored);
      if (step === undefined || early) continue;
      const act = actOf(stored.seq, step.message);
      if (act !== undefined) acts.push(act);
    }
  }
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

/** Prints who did what, in order of time. */
export const printCommands = async (
  link: NatsLink,
  { since, json }: CommandsOptions,
  output: Output,
): Promise<void> => {
  const commands = await commandsSince(link, since?.ms, output.signal);
  const acts = [...commands, ...(await actsSince(link, since, output.signal))].sort((a, b) => a.at - b.at);
  for (const act of acts) {
    if (json) output.json(act);
    else output.line(line(act));
  }
  if (!json && acts.length === 0) output.line("nothing was done");
};
