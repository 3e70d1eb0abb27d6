import { isClusterioError } from "#core/errors";
import type { LogAnswer } from "#core/events/log";
import { LOG_LINES_MAX, type LogBatch, logBatch } from "#core/events/log-shapes";
import type { InstanceId } from "#core/ids";
import { type Asked, whereIs } from "#ctl/save/where";

/** What a log says up to now: from the master, or, while none answers, what the bridge still has. */

export interface Span {
  readonly since?: number;
  readonly until?: number;
  /** Without `since`: so many of the last. */
  readonly lines: number;
}

export type Told = LogAnswer["batches"][number];

/** @throws ClusterioError `unavailable` when neither a master nor the bridge answers. */
export async function* past(asked: Asked, instance: InstanceId, span: Span): AsyncGenerator<Told> {
  let begun = false;
  try {
    for await (const batch of pages(asked, instance, span)) {
      begun = true;
      yield batch;
    }
  } catch (error) {
    if (begun || !isClusterioError(error, "unavailable")) throw error;
    process.stderr.write(
      `no master answers about the log of ${instance}: these are the last lines that its bridge has\n`,
    );
    yield await ofBridge(asked, instance, span);
  }
}

async function* pages({ client, signal }: Asked, instance: InstanceId, span: Span): AsyncGenerator<Told> {
  const { since, until, lines } = span;
  const end = until === undefined ? {} : { until };
  let page = await client.logs(instance, since === undefined ? { lines, ...end } : { since, ...end });
  for (;;) {
    yield* page.batches;
    if (page.next === undefined || signal.aborted) return;
    page = await client.logs(instance, { after: page.next, ...end });
  }
}

const ofBridge = async (asked: Asked, instance: InstanceId, { since = 0, until, lines }: Span): Promise<Told> => {
  const at = await whereIs(asked, instance);
  const answer = await asked.client.bridge(at, "log", { lines: Math.min(LOG_LINES_MAX, lines) });
  const batch: LogBatch = logBatch.parse(answer);
  const begins = batch.lines.findIndex((line) => line.at >= since);
  const from = begins < 0 ? batch.lines.length : begins;
  const chosen = batch.lines.slice(from).filter((line) => line.at <= (until ?? Number.POSITIVE_INFINITY));
  return { ...batch, first: batch.first + from, lines: chosen, slave: at.slave };
};
