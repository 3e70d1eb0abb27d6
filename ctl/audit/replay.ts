import { Refold } from "#core/audit/refold";
import { type ReplayView, replayViewOf } from "#core/audit/view";
import { badInput } from "#core/errors";
import { batches, goodBaseBefore } from "#ctl/audit/ledger";
import { grouped, Progress, timeText } from "#ctl/audit/output";
import { isUntil, type Point, seqNotAfter } from "#ctl/audit/point";
import type { LedgerReader } from "#ctl/history/reader";

export interface Replayed {
  readonly seq: number;
  readonly state: ReplayView;
}

/**
 * The state at a point, folded in memory from a copy of what the stream holds: nothing is published.
 * @throws ClusterioError `bad-input` when the ledger no longer reaches back to it.
 */
export const replay = async (ledger: LedgerReader, until: Point, signal: AbortSignal): Promise<Replayed> => {
  const { lastSeq } = await ledger.range();
  // The message at the point belongs to the state, a checkpoint's last part too.
  const before = (await seqNotAfter(ledger, until)) + (until.kind === "time" ? 0 : 1);
  const refold = new Refold(await goodBaseBefore(ledger, before));
  if (isAfter(until, refold)) {
    throw badInput(
      `LEDGER can be folded from message ${refold.seq} on only (round ${refold.state.round}): choose a later point`,
    );
  }
  const progress = new Progress("replaying", Math.min(lastSeq, before) - refold.seq);
  const first = refold.seq + 1;
  read: for await (const batch of batches(ledger, { from: first, to: lastSeq }, signal)) {
    for (const stored of batch) {
      if (!isUntil(until, stored, refold.state)) break read;
      refold.take(stored);
    }
    progress.update(refold.seq - first);
  }
  progress.end();
  return { seq: refold.seq, state: replayViewOf(refold.state) };
};

/** True when the only base that there is stands behind the point. */
const isAfter = (until: Point, { seq, state }: Refold): boolean => {
  if (until.kind === "seq") return seq > until.seq;
  return until.kind === "round" ? state.round > until.round : state.closedAt > until.ms && seq > 0;
};

const vectorText = (vector: Readonly<Record<string, number>>): string =>
  Object.entries(vector)
    .map(([key, n]) => `${key}=${grouped(n)}`)
    .join(" ") || "nothing";

/** A replayed state for a person. */
export const replayLines = ({ seq, state }: Replayed): string[] => {
  const { round, closedAt, leader, stocks, worlds } = state;
  const when = round === 0 ? "before the first message" : `${timeText(closedAt)}, leader ${leader}`;
  const cells = (texts: readonly string[]) =>
    texts.map((text, at) => (at === 0 ? text.padEnd(32) : text.padStart(12))).join("");
  return [
    `round ${grouped(round)}, message ${grouped(seq)}, ${when}`,
    "",
    cells(["resource", "storage", "in flight", "held back", "owed", "shortfall", "adjusted"]),
    ...stocks.map((s) =>
      cells([s.resource, ...[s.storage, s.inFlight, s.held, s.debt, s.shortfall, s.adjusted].map(grouped)]),
    ),
    ...worlds.flatMap((world) => [
      "",
      `${world.world} (${world.open ? "session open" : "no session"}, tick ${grouped(world.tick)})`,
      `  exported  ${vectorText(world.exported)}`,
      `  granted   ${vectorText(world.allocated)}`,
      `  received  ${vectorText(world.received)}`,
      `  wanted    ${vectorText(world.wanted)}`,
      ...(Object.keys(world.debt).length === 0 ? [] : [`  owes      ${vectorText(world.debt)}`]),
    ]),
  ];
};
