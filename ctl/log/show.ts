import { isClusterioError } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { type LogBatch, logBatch } from "#core/events/log-shapes";
import type { InstanceId, SlaveId } from "#core/ids";
import type { Subscription } from "#core/ports/bus";
import { parseLogSubject, subjects } from "#core/subjects";
import { Joined, type ShownLine } from "#ctl/log/joined";
import { past, type Span } from "#ctl/log/past";
import type { Asked } from "#ctl/save/where";

export interface Wanted extends Span {
  readonly instances: readonly InstanceId[];
  readonly follow: boolean;
  readonly grep: RegExp | undefined;
  /** With `since`: at most so many of the last. */
  readonly most: number | undefined;
}

/** Lines that come while the past is read; more than that, and the oldest are in the past by then. */
const WAITING_MAX = 10_000;

/** Calls `onBatch` for all that these instances' games and bridges say from now on, over every reconnect. */
export const live = (
  { bus }: Pick<Asked, "bus">,
  instances: readonly InstanceId[],
  onBatch: (of: { instance: InstanceId; slave: SlaveId }, batch: LogBatch) => void,
): Subscription => {
  const subscriptions = instances.map((instance) =>
    bus.subscribe(subjects.logsOf(instance), ({ subject, data }) => {
      const from = parseLogSubject(subject);
      if (from === undefined) return;
      try {
        onBatch(from, decodeJson(logBatch, data, subject));
      } catch (error) {
        // Another version's, or nobody's: not ours to show.
        if (!isClusterioError(error, "bad-input")) throw error;
      }
    }),
  );
  return { stop: () => subscriptions.forEach((one) => void one.stop()) };
};

/** The past of several logs in order of time. */
async function* merged(asked: Asked, wanted: Wanted, joined: Joined): AsyncGenerator<ShownLine> {
  const heads = await Promise.all(
    wanted.instances.map(async (instance) => {
      const from = linesOf(asked, instance, wanted, joined);
      return { from, next: await from.next() };
    }),
  );
  for (;;) {
    const waiting = heads.flatMap((head) => (head.next.done === true ? [] : [{ head, line: head.next.value }]));
    if (waiting.length === 0) return;
    const { head, line } = waiting.reduce((a, b) => (b.line.at < a.line.at ? b : a));
    yield line;
    head.next = await head.from.next();
  }
}

async function* linesOf(asked: Asked, instance: InstanceId, span: Span, joined: Joined): AsyncGenerator<ShownLine> {
  try {
    for await (const { slave, ...batch } of past(asked, instance, span))
      yield* joined.fresh({ instance, slave }, batch);
  } catch (error) {
    // Who follows waits for what comes.
    if (!("follow" in span && span.follow === true) || !isClusterioError(error, "unavailable")) throw error;
    process.stderr.write(`${error.message}; waiting for what ${instance} says\n`);
  }
}

/** Shows what was asked for; with `follow` until the signal aborts. */
export const showLogs = async (asked: Asked, wanted: Wanted, show: (line: ShownLine) => void): Promise<void> => {
  const joined = new Joined();
  const fits = ({ text }: ShownLine) => wanted.grep === undefined || wanted.grep.test(text);
  const waiting: (() => void)[] = [];
  let caughtUp = false;
  // Before the past is asked for: a line that comes in between is in one of the two, or in both.
  const subscription = wanted.follow
    ? live(asked, wanted.instances, (of, batch) => {
        const tell = () => {
          for (const line of joined.fresh(of, batch)) if (fits(line)) show(line);
        };
        if (caughtUp) return tell();
        waiting.push(tell);
        if (waiting.length > WAITING_MAX) waiting.shift();
      })
    : undefined;
  const last: ShownLine[] = [];
  for await (const line of merged(asked, wanted, joined)) {
    if (asked.signal.aborted) break;
    if (!fits(line)) continue;
    if (wanted.most === undefined) show(line);
    else if (last.push(line) > wanted.most) last.shift();
  }
  for (const line of last) show(line);
  caughtUp = true;
  for (const tell of waiting) tell();
  if (subscription === undefined) return;
  if (!asked.signal.aborted)
    await new Promise<void>((resolve) => asked.signal.addEventListener("abort", () => resolve(), { once: true }));
  subscription.stop();
};
