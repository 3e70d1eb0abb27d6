import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { instanceIn } from "#core/audit/acts";
import { factLine } from "#core/audit/fact-line";
import { ledgerLine } from "#core/audit/ledger-line";
import { badInput, unavailable } from "#core/errors";
import { type Decoded, decodeFact } from "#core/events/fact-decoder";
import { unseal } from "#core/events/ledger-codec";
import type { InstanceId } from "#core/ids";
import { aborted } from "#core/lifecycle";
import type { Log, StoredMessage } from "#core/ports/log";
import { FACT_TYPES, LEDGER_TYPES, parseEventSubject, subjects } from "#core/subjects";
import type { Output } from "#ctl/audit/output";
import { timeText } from "#ctl/audit/output";
import { type Point, seqAtTime } from "#ctl/audit/point";
import type { Prints } from "#ctl/printed/all";

/**
 * Facts, readable: what worlds state (EVENTS) and what the leader found out or was ordered (LEDGER), in the broker's order
 * of time. Rounds and checkpoints are no news by themselves: `audit resource` tells what they did.
 */
export interface EventsOptions {
  readonly follow: boolean;
  readonly type?: string | undefined;
  readonly instance?: InstanceId | undefined;
  readonly since: Point;
  readonly json: boolean;
}

const LEADER_TYPES: readonly string[] = LEDGER_TYPES.filter((type) => type !== "round" && type !== "checkpoint");
const WORLD_TYPES: readonly string[] = FACT_TYPES;
/** Some are in both: what a bridge stated, and what the leader made of it. */
const TYPES: readonly string[] = [...new Set([...WORLD_TYPES, ...LEADER_TYPES])];

/** @throws ClusterioError `bad-input` when there is no such type. */
export const knownType = (type: string | undefined): string | undefined => {
  if (type === undefined || TYPES.includes(type)) return type;
  throw badInput(`--type: there is no "${type}"; one of ${TYPES.join(", ")}`);
};

/** What a stream's message is to somebody who reads facts: undefined when he did not ask for it. */
type Read = (
  stored: StoredMessage,
  wanted: EventsOptions,
) => { readonly text: string; readonly json: { readonly kind: string } } | undefined;

const readEvent: Read = (stored, { type, instance }) => {
  const address = parseEventSubject(stored.subject);
  if (type !== undefined && address?.type !== type) return undefined;
  if (instance !== undefined && address?.instance !== instance) return undefined;
  const decoded = decodeFact(stored.subject, stored.data);
  return { text: eventText(decoded, stored.subject), json: decoded };
};

/** A boot and a million facts. */
const FACT_ID_WIDTH = 22;

const eventText = (decoded: Decoded, subject: string): string => {
  switch (decoded.kind) {
    case "fact":
      return `${decoded.fact.id.padEnd(FACT_ID_WIDTH)}  ${factLine(decoded.fact)}`;
    case "rejected":
      return `${subject}  rejected: ${decoded.reason}`;
    case "unknown":
      return `${subject}  of a type that this version does not know`;
  }
};

const QUIET = new Set([subjects.ledger("round"), subjects.ledger("checkpoint")]);

const readLedger: Read = (stored, { type, instance }) => {
  if (QUIET.has(stored.subject)) return undefined;
  const unsealed = unseal(stored);
  if (unsealed.kind !== "message") {
    if (type !== undefined || instance !== undefined) return undefined;
    return { text: `${stored.subject}  ${unsealed.reason}`, json: { kind: "unknown", reason: unsealed.reason } };
  }
  const { message } = unsealed;
  if (type !== undefined && message.type !== type) return undefined;
  if (instance !== undefined && instanceIn(message.data) !== instance) return undefined;
  return { text: ledgerLine(message), json: { kind: "ledger", message } };
};

interface Stream {
  readonly name: "EVENTS" | "LEDGER";
  readonly log: Log;
  readonly read: Read;
}

/** Those of the two that hold what was asked for. */
const streamsOf = (link: NatsLink, { type, since }: EventsOptions): Stream[] => {
  const all = [
    { name: "EVENTS" as const, read: readEvent, holds: type === undefined || WORLD_TYPES.includes(type) },
    { name: "LEDGER" as const, read: readLedger, holds: type === undefined || LEADER_TYPES.includes(type) },
  ];
  // A sequence is one of EVENTS: the other stream has no place that it means.
  const named = since.kind === "seq" ? all.filter(({ name }) => name === "EVENTS") : all;
  const chosen = named.filter(({ holds }) => holds);
  if (chosen.length === 0) throw badInput(`--since: a sequence is one of EVENTS; name a time or an age for ${type}`);
  return chosen.map(({ name, read }) => ({ name, read, log: new JetStreamLog(link, name) }));
};

/** "ledger:" and a million messages; longer ones push their line to the right. */
const PLACE_WIDTH = 14;

const print = ({ name, read }: Stream, stored: StoredMessage, options: EventsOptions, output: Output): void => {
  const found = read(stored, options);
  if (found === undefined) return;
  const { seq, subject, time } = stored;
  if (options.json)
    output.json({ stream: name, seq, time: timeText(time), subject, ...found.json } satisfies Prints<"events">);
  else
    output.line(
      `${timeText(time)}  ${(name === "LEDGER" ? `ledger:${seq}` : `${seq}`).padEnd(PLACE_WIDTH)}  ${found.text}`,
    );
};

const startOf = async (log: Log, since: Point): Promise<number> => {
  if (since.kind === "round") throw badInput("--since: facts have no rounds; name a time, an age or a sequence");
  return since.kind === "seq" ? since.seq : seqAtTime(log, await log.info(), since.ms);
};

const BATCH = 500;

/** The messages of one stream, one after the other, up to where it ends now. */
async function* messagesOf(log: Log, since: Point, signal: AbortSignal): AsyncGenerator<StoredMessage> {
  const { lastSeq } = await log.info();
  for (let next = await startOf(log, since); next <= lastSeq; ) {
    signal.throwIfAborted();
    const batch = await log.read(next, BATCH);
    if (batch.length === 0) return;
    for (const stored of batch) if (stored.seq <= lastSeq) yield stored;
    next = batch.at(-1)!.seq + 1;
  }
}

/** Both streams in order of time. */
const printStored = async (streams: readonly Stream[], options: EventsOptions, output: Output): Promise<void> => {
  const sources = streams.map((stream) => ({ stream, from: messagesOf(stream.log, options.since, output.signal) }));
  const heads = await Promise.all(sources.map(async ({ stream, from }) => ({ stream, from, next: await from.next() })));
  for (;;) {
    const waiting = heads.flatMap((head) => (head.next.done === true ? [] : [{ head, stored: head.next.value }]));
    if (waiting.length === 0) return;
    const { head, stored } = waiting.reduce((a, b) => (b.stored.time < a.stored.time ? b : a));
    print(head.stream, stored, options, output);
    head.next = await head.from.next();
  }
};

/** Prints facts, one each line; with `follow` until somebody stops it, over every reconnect. */
export const printEvents = async (link: NatsLink, options: EventsOptions, output: Output): Promise<void> => {
  const streams = streamsOf(link, options);
  if (!options.follow) return printStored(streams, options, output);
  const ended = new AbortController();
  let reset = "";
  const starts = await Promise.all(streams.map(({ log }) => startOf(log, options.since)));
  const following = streams.map((stream, index) =>
    stream.log.follow(
      starts[index]!,
      (stored) => print(stream, stored, options, output),
      () => {
        reset = stream.name;
        ended.abort();
      },
    ),
  );
  await aborted(AbortSignal.any([output.signal, ended.signal]));
  await Promise.all(following.map((one) => one.stop()));
  if (reset !== "") throw unavailable(`${reset} was cut or recreated: start \`clusterio events -f\` again`);
};
