import { createInbox, type Msg, nanos, nuid, type Subscription } from "@nats-io/transport-node";
import { encodeJson, isOutage, parseApiReply } from "#core/adapters/jetstream-api";
import { inboxPrefixOf, type NatsLink } from "#core/adapters/nats-connection";
import { isClusterioError } from "#core/errors";
import type { Following, LogInfo, StoredMessage } from "#core/ports/log";

/** The server speaks at least this often; after two silent watch periods beyond that the consumer is made anew. */
const HEARTBEAT_MS = 500;
const WATCH_MS = 600;
/** A consumer that nobody listens to any more is removed by the server after this time. */
const FORGOTTEN_MS = 10_000;
const CREATE_MS_MAX = 2_000;
const RETRY_PAUSE_MS_MIN = 25;
const RETRY_PAUSE_MS_MAX = 500;

const DATA_REPLY = "$JS.ACK.";

/** What the following needs to know about its stream. */
interface Source {
  readonly stream: string;
  info(): Promise<LogInfo>;
  get(seq: number): Promise<StoredMessage | undefined>;
}

interface Handlers {
  readonly from: number;
  readonly onMessage: (message: StoredMessage) => void;
  readonly onReset: () => void;
}

/** One consumer on the server; replaced as a whole. */
interface Session {
  readonly subscription: Subscription;
  /** Consumer sequence of the next message: a gap means that one was lost on the way. */
  expected: number;
  /** Something came since the last look of the watch. */
  heard: boolean;
  silent: number;
  /** What came before the stream was found to be the same as before; undefined from then on. */
  held: (() => void)[] | undefined;
}

/**
 * Follows a stream through ephemeral push consumers with flow control.
 *
 * JF1 a message is handed over once, in stream order: each new consumer starts after the last one handed over, and a
 *    consumer that skips a message is replaced.
 * JF2 nothing of a new consumer is handed over before the stream was compared with what is known of it: its creation
 *    time, an end not below what was handed over, and the very message that was handed over last.
 * JF3 an outage, a silent server or a lost consumer end in a new consumer, for ever; only `stop` and a reset end it.
 */
export class JetStreamFollowing implements Following {
  #next: number;
  #last: StoredMessage | undefined;
  #created: string | undefined;
  #session: Session | undefined;
  /** Raised with each new consumer and at the end: whoever sees another number than its own is out of date. */
  #serial = 0;
  #ended = false;
  readonly #watch: NodeJS.Timeout;
  readonly #listening: { stop(): void };
  readonly #consumerName = `follow-${nuid.next()}`;

  constructor(
    private readonly link: NatsLink,
    private readonly source: Source,
    private readonly handlers: Handlers,
  ) {
    this.#next = Math.max(1, handlers.from);
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    this.#listening = link.onConnection((connected) => connected && this.#renew());
    this.#renew();
  }

  stop(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#serial++;
    clearInterval(this.#watch);
    this.#listening.stop();
    this.#drop();
  }

  #reset(): void {
    this.#end();
    this.handlers.onReset();
  }

  #drop(): void {
    this.#session?.subscription.unsubscribe();
    this.#session = undefined;
  }

  /** Looks whether the server still speaks. */
  #look(): void {
    const session = this.#session;
    if (session === undefined || !this.link.connected()) return;
    if (session.heard) {
      session.heard = false;
      session.silent = 0;
    } else if (++session.silent >= 2) this.#renew();
  }

  #renew(): void {
    if (this.#ended) return;
    this.#drop();
    const serial = ++this.#serial;
    crashOnBug(this.#attach(serial));
  }

  async #attach(serial: number): Promise<void> {
    for (let pause = RETRY_PAUSE_MS_MIN; serial === this.#serial; pause = Math.min(RETRY_PAUSE_MS_MAX, pause * 2)) {
      if (await this.link.untilConnected(1_000)) {
        if (serial !== this.#serial) return;
        try {
          if (await this.#tryAttach(serial)) return;
        } catch (error) {
          // The stream is away for the moment; anything else is a bug.
          if (!isClusterioError(error, "unavailable")) throw error;
        }
        if (serial !== this.#serial) return;
        this.#drop();
      }
      if (this.link.nc.isClosed()) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #tryAttach(serial: number): Promise<boolean> {
    const inbox = createInbox(inboxPrefixOf(this.link.name));
    const subscription = this.link.nc.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null && this.#session === session) this.#take(session, message);
      },
    });
    const session: Session = { subscription, expected: 1, heard: true, silent: 0, held: [] };
    this.#session = session;
    if (!(await this.#createConsumer(`${this.#consumerName}-${serial}`, inbox)) || serial !== this.#serial)
      return false;
    const same = await this.#isSameStream();
    if (serial !== this.#serial) return true;
    if (!same) {
      this.#reset();
      return true;
    }
    const held = session.held ?? [];
    session.held = undefined;
    for (const step of held) if (this.#session === session) step();
    return true;
  }

  async #createConsumer(name: string, inbox: string): Promise<boolean> {
    const config = {
      name,
      deliver_subject: inbox,
      deliver_policy: "by_start_sequence",
      opt_start_seq: this.#next,
      ack_policy: "none",
      replay_policy: "instant",
      flow_control: true,
      idle_heartbeat: nanos(HEARTBEAT_MS),
      inactive_threshold: nanos(FORGOTTEN_MS),
      mem_storage: true,
      num_replicas: 1,
    };
    const body = encodeJson({ stream_name: this.source.stream, config, action: "create" });
    const subject = `$JS.API.CONSUMER.CREATE.${this.source.stream}.${name}`;
    try {
      const reply = await this.link.nc.request(subject, body, { timeout: CREATE_MS_MAX });
      return parseApiReply(reply.data).kind === "ok";
    } catch (error) {
      if (isOutage(error)) return false;
      throw error;
    }
  }

  /** JF2 */
  async #isSameStream(): Promise<boolean> {
    const info = await this.source.info();
    this.#created ??= info.created;
    if (info.created !== this.#created || info.lastSeq < this.#next - 1) return false;
    const last = this.#last;
    if (last === undefined || last.seq < info.firstSeq) return true;
    const now = await this.source.get(last.seq);
    return now === undefined || (now.time === last.time && Buffer.compare(now.data, last.data) === 0);
  }

  #take(session: Session, message: Msg): void {
    session.heard = true;
    const reply = message.reply ?? "";
    if (session.held !== undefined) session.held.push(() => this.#handle(session, message, reply));
    else this.#handle(session, message, reply);
  }

  #handle(session: Session, message: Msg, reply: string): void {
    if (reply.startsWith(DATA_REPLY)) this.#handOver(session, message, reply);
    else this.#control(session, message, reply);
  }

  #handOver(session: Session, message: Msg, reply: string): void {
    // $JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>
    const tokens = reply.split(".");
    const at = tokens.length === 9 ? 5 : 7;
    const seq = Number(tokens[at]);
    if (Number(tokens[at + 1]) !== session.expected || seq < this.#next) {
      this.#renew();
      return;
    }
    session.expected++;
    this.#next = seq + 1;
    // Nanoseconds as text: the last six digits are below a millisecond.
    const time = Number(tokens[at + 2]!.slice(0, -6));
    const stored = { seq, subject: message.subject, data: message.data, time };
    this.#last = stored;
    try {
      this.handlers.onMessage(stored);
    } catch (bug) {
      this.#end();
      throwUncaught(bug);
    }
  }

  /** Heartbeats, requests of the flow control, and notices that the consumer is gone. */
  #control(session: Session, message: Msg, reply: string): void {
    const headers = message.headers;
    if (headers?.code !== 100) this.#renew();
    else if (reply !== "") this.link.nc.publish(reply);
    else {
      const stalled = headers.get("Nats-Consumer-Stalled");
      if (stalled !== "") this.link.nc.publish(stalled);
      const delivered = Number(headers.get("Nats-Last-Consumer") || "0");
      if (delivered !== session.expected - 1) this.#renew();
    }
  }
}

const throwUncaught = (bug: unknown): void => {
  process.nextTick(() => {
    throw bug;
  });
};

const crashOnBug = (work: Promise<void>): void => {
  work.catch(throwUncaught);
};
