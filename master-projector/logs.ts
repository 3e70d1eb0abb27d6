import { messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { LOG_ANSWER_BYTES_MAX, type LogAnswer, logQuery } from "#core/events/log";
import { type LogBatch, logBatch } from "#core/events/log-shapes";
import type { InstanceId } from "#core/ids";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import type { StoredMessage, SubjectLog } from "#core/ports/log";
import { parseLogQuerySubject, parseLogSubject, subjects } from "#core/subjects";
import { refusalOf } from "#projector/requests";

/**
 * Answers who asks for an instance's log as it was.
 *
 * LQ1 Who may ask is the broker's to say: the subject names the instance, and what is answered is of that instance alone.
 * LQ2 It stands beside the ledger: any master answers, a leader waits for none of it, and what is read for one question is bounded.
 */

/** Questions under way at once: each holds some megabytes of a stream. */
const QUESTIONS_MAX = 16;
/** One read of the stream: as much as an answer holds, twice, because lines are wrapped. */
const READ = { max: 500, bytesMax: 1024 * 1024 };
/** A question for the last lines looks back four times as far each time, until there are enough or nothing is left. */
const LOOK_BACK_MS_MIN = 5_000;
const LOOK_BACK_FACTOR = 4;
/** LOGS keeps no more than that, unless an operator changed it: then older lines are found with `since`. */
const LOOK_BACK_MS_MAX = 7 * 86_400_000;
/** Reads of one look back: 16 MiB are more than any tail. */
const READS_MAX = 16;

type Batch = LogAnswer["batches"][number];

export interface LogsPorts {
  readonly bus: Bus;
  readonly clock: Clock;
  /** The stream LOGS. */
  readonly log: SubjectLog;
}

interface Found {
  readonly seq: number;
  readonly time: number;
  readonly batch: Batch;
}

export class Logs {
  readonly #subscription: Subscription;
  #underWay = 0;

  constructor(private readonly ports: LogsPorts) {
    this.#subscription = ports.bus.subscribe(subjects.all.logQueries, (message) => void this.#asked(message), {
      queue: "logs",
    });
  }

  close(): void {
    this.#subscription.stop();
  }

  async #asked(message: BusMessage): Promise<void> {
    const { bus } = this.ports;
    const answer = await this.#answer(message);
    bus.respond(message, encodeJson(answer));
  }

  async #answer(message: BusMessage): Promise<object> {
    const refusal = refusalOf(message);
    if (refusal !== undefined) return errorOf("bad-input", refusal);
    const instance = parseLogQuerySubject(message.subject);
    if (instance === undefined) return errorOf("bad-input", `${message.subject} names no instance`);
    if (this.#underWay >= QUESTIONS_MAX) return errorOf("unavailable", "the master is busy: try again");
    const request = logQuery.request.safeParse(jsonOf(message.data));
    if (!request.success) return errorOf("bad-input", `logs: ${request.error.issues[0]?.message}`);
    this.#underWay++;
    try {
      const { since, until = Number.POSITIVE_INFINITY, after, lines } = request.data;
      if (since === undefined && after === undefined) return { ok: await this.#tail(instance, lines, until) };
      return { ok: await this.#page(instance, after === undefined ? { time: since! } : { seq: after + 1 }, until) };
    } catch (error) {
      return errorOf("unavailable", `the log cannot be read: ${messageOf(error)}`);
    } finally {
      this.#underWay--;
    }
  }

  /** What follows, as much as one answer holds. */
  async #page(instance: InstanceId, from: { seq: number } | { time: number }, until: number): Promise<LogAnswer> {
    const { found, last } = await this.#read(instance, from);
    const batches: Batch[] = [];
    let bytes = 0;
    for (const { seq, time, batch } of found) {
      if (time > until) return { batches };
      bytes += encodeJson(batch).length;
      if (batches.length > 0 && bytes > LOG_ANSWER_BYTES_MAX) return { batches, next: seq - 1 };
      batches.push(batch);
    }
    return last === undefined ? { batches } : { batches, next: last.seq };
  }

  async #tail(instance: InstanceId, wanted: number, until: number): Promise<LogAnswer> {
    const end = Math.min(until, this.ports.clock.now());
    let batches: Batch[] = [];
    for (let back = LOOK_BACK_MS_MIN; ; back *= LOOK_BACK_FACTOR) {
      batches = await this.#since(instance, Math.max(0, end - back), until);
      const lines = batches.reduce((sum, batch) => sum + batch.lines.length, 0);
      if (lines >= wanted || back >= LOOK_BACK_MS_MAX) break;
    }
    return { batches: lastLines(batches, wanted) };
  }

  async #since(instance: InstanceId, time: number, until: number): Promise<Batch[]> {
    const batches: Batch[] = [];
    let from: { seq: number } | { time: number } = { time };
    for (let reads = 0; reads < READS_MAX; reads++) {
      const { found, last } = await this.#read(instance, from);
      if (last === undefined) break;
      batches.push(...found.filter((one) => one.time <= until).map(({ batch }) => batch));
      if (last.time > until) break;
      from = { seq: last.seq + 1 };
    }
    return batches;
  }

  /** `last`: what was read last, whether or not it is a batch. */
  async #read(
    instance: InstanceId,
    from: { seq: number } | { time: number },
  ): Promise<{ readonly found: Found[]; readonly last: StoredMessage | undefined }> {
    const messages = await this.ports.log.readSubject(subjects.logsOf(instance), from, READ);
    return { found: messages.flatMap((message) => foundIn(message) ?? []), last: messages.at(-1) };
  }
}

/** Undefined for what no bridge of ours wrote. */
const foundIn = ({ subject, data, seq, time }: StoredMessage): Found | undefined => {
  const from = parseLogSubject(subject);
  const batch = decoded(data, subject);
  return from === undefined || batch === undefined ? undefined : { seq, time, batch: { ...batch, slave: from.slave } };
};

const decoded = (data: Uint8Array, subject: string): LogBatch | undefined => {
  try {
    return decodeJson(logBatch, data, subject);
  } catch {
    return undefined;
  }
};

/** The last lines, as many as are wanted and one answer holds. */
const lastLines = (batches: readonly Batch[], wanted: number): Batch[] => {
  const last: Batch[] = [];
  let lines = 0;
  let bytes = 0;
  for (const batch of batches.toReversed()) {
    const missing = wanted - lines;
    if (missing <= 0) break;
    const cut = batch.lines.length <= missing ? batch : shortened(batch, missing);
    bytes += encodeJson(cut).length;
    if (last.length > 0 && bytes > LOG_ANSWER_BYTES_MAX) break;
    last.push(cut);
    lines += cut.lines.length;
  }
  return last.reverse();
};

const shortened = ({ dropped: _, ...batch }: Batch, count: number): Batch => ({
  ...batch,
  first: batch.first + batch.lines.length - count,
  lines: batch.lines.slice(-count),
});

const jsonOf = (data: Uint8Array): unknown => {
  try {
    return data.length === 0 ? {} : JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
};

const errorOf = (code: string, message: string) => ({ error: { code, message } });
