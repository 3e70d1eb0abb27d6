import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { factLine } from "#core/audit/fact-line";
import { badInput, unavailable } from "#core/errors";
import { type Decoded, decodeFact } from "#core/events/fact-decoder";
import type { InstanceId } from "#core/ids";
import { aborted } from "#core/lifecycle";
import type { Log, StoredMessage } from "#core/ports/log";
import { FACT_TYPES, parseEventSubject } from "#core/subjects";
import { batches } from "#ctl/audit/ledger";
import { type Output, timeText } from "#ctl/audit/output";
import { type Point, seqAtTime } from "#ctl/audit/point";

export interface EventsOptions {
  readonly follow: boolean;
  readonly type?: string | undefined;
  readonly instance?: InstanceId | undefined;
  readonly since: Point;
  readonly json: boolean;
}

/** @throws ClusterioError `bad-input` when there is no such type. */
export const knownType = (type: string | undefined): string | undefined => {
  if (type === undefined || (FACT_TYPES as readonly string[]).includes(type)) return type;
  throw badInput(`--type: there is no "${type}"; one of ${FACT_TYPES.join(", ")}`);
};

const isWanted = ({ subject }: StoredMessage, { type, instance }: EventsOptions): boolean => {
  if (type === undefined && instance === undefined) return true;
  const address = parseEventSubject(subject);
  if (address === undefined) return false;
  return (type === undefined || address.type === type) && (instance === undefined || address.instance === instance);
};

const textOf = (decoded: Decoded, subject: string): string => {
  switch (decoded.kind) {
    case "fact":
      return factLine(decoded.fact);
    case "rejected":
      return `${subject}  rejected: ${decoded.reason}`;
    case "unknown":
      return `${subject}  of a type that this version does not know`;
  }
};

const print = (stored: StoredMessage, options: EventsOptions, output: Output): void => {
  if (!isWanted(stored, options)) return;
  const { seq, subject, time } = stored;
  const decoded = decodeFact(subject, stored.data);
  if (options.json) output.json({ seq, time: timeText(time), subject, ...decoded });
  else output.line(`${timeText(time)}  ${seq}  ${textOf(decoded, subject)}`);
};

const startOf = async (log: Log, since: Point): Promise<number> => {
  const info = await log.info();
  if (since.kind === "round") throw badInput("--since: EVENTS has no rounds; name a time, an age or a sequence");
  return since.kind === "seq" ? since.seq : seqAtTime(log, info, since.ms);
};

/** Prints facts, one each line; with `follow` until somebody stops it. */
export const printEvents = async (link: NatsLink, options: EventsOptions, output: Output): Promise<void> => {
  const log = new JetStreamLog(link, "EVENTS");
  const from = await startOf(log, options.since);
  if (!options.follow) {
    const { lastSeq } = await log.info();
    for await (const batch of batches(log, { from, to: lastSeq }, output.signal)) {
      for (const stored of batch) print(stored, options, output);
    }
    return;
  }
  let reset = false;
  const end = new AbortController();
  const following = log.follow(
    from,
    (stored) => print(stored, options, output),
    () => {
      reset = true;
      end.abort();
    },
  );
  await aborted(AbortSignal.any([output.signal, end.signal]));
  await following.stop();
  if (reset) throw unavailable("EVENTS was cut or recreated: start `clusterio events -f` again");
};
