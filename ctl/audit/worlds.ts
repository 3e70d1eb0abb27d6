import type { Finding } from "#core/audit/finding";
import type { Worlds } from "#core/audit/proof";
import { Stated } from "#core/audit/stated";
import { decodeFact } from "#core/events/fact-decoder";
import type { State } from "#core/fold/state";
import type { Log } from "#core/ports/log";

const BATCH = 1_000;
/** Facts looked back over: a quarter of an hour of a busy cluster, a minute of work. Bridges restate far more often. */
const FACTS_MAX = 500_000;

/**
 * Reads EVENTS back from where the ledger has read it until every world with an open session has said all of its totals,
 * and compares them with the ledger.
 */
export const compareWorlds = async (
  events: Log,
  state: State,
  { seq, signal }: { readonly seq: number; readonly signal: AbortSignal },
): Promise<{ readonly worlds: Worlds; readonly finding: Finding | undefined }> => {
  const not = (reason: string) => ({ worlds: { compared: false as const, reason }, finding: undefined });
  const { position, round } = state;
  if (position === undefined) return not("the ledger has read no facts yet");
  const { created, firstSeq, lastSeq } = await events.info();
  if (created !== position.created || lastSeq < position.seq) {
    return not("EVENTS is another stream than the one that the ledger has read");
  }
  const stated = new Stated(state);
  const oldest = Math.max(firstSeq, position.seq - FACTS_MAX + 1);
  for (let end = position.seq; end >= oldest && !stated.known; end -= BATCH) {
    signal.throwIfAborted();
    const start = Math.max(oldest, end - BATCH + 1);
    const batch = (await events.read(start, end - start + 1)).filter((message) => message.seq <= end);
    for (const { subject, data } of batch.reverse()) {
      const decoded = decodeFact(subject, data);
      if (decoded.kind === "fact") stated.take(decoded.fact);
    }
  }
  const { finding, worlds, totals } = stated.compare({ seq, round });
  return { worlds: { compared: true, worlds, totals, unknown: stated.unknown, position: position.seq }, finding };
};
