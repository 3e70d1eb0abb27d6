import { createInbox, type Msg } from "@nats-io/transport-node";
import { z } from "zod";
import {
  type ApiError,
  askApi,
  encodeJson,
  NO_MESSAGE_FOUND,
  OUT_OF_RESOURCES,
  parseApiReply,
  publishAsking,
  STORE_FAILED,
  STREAM_NOT_FOUND,
  WRONG_LAST_MESSAGE_ID,
  WRONG_LAST_SEQUENCE,
} from "#core/adapters/jetstream-api";
import { JetStreamFollowing } from "#core/adapters/jetstream-follow";
import { inboxPrefixOf, type NatsLink } from "#core/adapters/nats-connection";
import { type ClusterioError, isClusterioError, refused, unavailable } from "#core/errors";
import type { AppendResult, Following, Log, LogInfo, Place, StoredMessage, SubjectLog } from "#core/ports/log";

/** An append is acknowledged within milliseconds; a leader election takes up to 9 s (R3). */
const APPEND_MS_MAX = 10_000;
const RETRY_PAUSE_MS = 50;
/** One batch of a direct read: 1,000 messages of 600 bytes are 600 KB on the wire. */
const READ_BATCH_MAX = 1_000;
const READ_SILENCE_MS = 5_000;
const READ_TRIES_MAX = 20;

const streamInfo = z.object({
  created: z.string(),
  config: z.object({ max_bytes: z.number().default(-1) }),
  state: z.object({ messages: z.number(), bytes: z.number(), first_seq: z.number(), last_seq: z.number() }),
});
const stored = z.object({
  message: z.object({ subject: z.string(), seq: z.number(), data: z.string().default(""), time: z.string() }),
});
const pubAck = z.object({ seq: z.number(), duplicate: z.boolean().default(false) });

export interface JetStreamLogOptions {
  /** Sent as the one header `Content-Type` with every append. */
  readonly contentType?: string;
  readonly appendTimeoutMs?: number;
}

/** Only this stream may take it, and only at this place. No other stream ends with a message of that name. */
const expectationHeaders = (stream: string, expect: number | Place | undefined): Record<string, string> => {
  const here = { "Nats-Expected-Stream": stream };
  if (expect === undefined) return here;
  const { after, name, afterName }: Place = typeof expect === "number" ? { after: expect } : expect;
  return {
    ...(afterName === undefined ? here : { "Nats-Expected-Last-Msg-Id": afterName }),
    "Nats-Expected-Last-Sequence": String(after),
    ...(name === undefined ? {} : { "Nats-Msg-Id": name }),
  };
};

/**
 * J1 "conflict", "other-name" and "full" mean that nothing was stored; whatever is not known for sure is "unknown".
 * J2 an append is sent a second time only when nobody received the first ("no responders": JetStream is starting).
 * J3 `info`, `get` and `last` ask the stream's leader, so they see every acknowledged append; `read` uses direct gets,
 *    which on a replicated stream may end a little early: `info` says where the end is.
 */
export class JetStreamLog implements Log, SubjectLog {
  constructor(
    private readonly link: NatsLink,
    readonly stream: string,
    private readonly options: JetStreamLogOptions = {},
  ) {}

  async append(subject: string, bytes: Uint8Array, expect?: number | Place): Promise<AppendResult> {
    // The caller may use its buffer again at once; this sends it later, perhaps twice.
    const data = bytes.slice();
    const headers = {
      ...(this.options.contentType === undefined ? {} : { "Content-Type": this.options.contentType }),
      ...expectationHeaders(this.stream, expect),
    };
    const deadline = performance.now() + (this.options.appendTimeoutMs ?? APPEND_MS_MAX);
    for (;;) {
      const left = deadline - performance.now();
      if (left <= 0) return { kind: "unknown", reason: `nobody serves ${subject}` };
      if (!(await this.link.untilConnected(left))) return { kind: "unknown", reason: "no connection" };
      const reply = await publishAsking(this.link, { subject, data, headers }, deadline - performance.now());
      if (reply.kind === "unknown") return reply;
      if (reply.kind === "reply") return this.#appendResult(reply.message);
      // A stream that is starting will serve it soon; one that is gone never will.
      if (await this.#isGone()) return { kind: "unknown", reason: `there is no stream ${this.stream}` };
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }

  async #isGone(): Promise<boolean> {
    const reply = await askApi(this.link, `$JS.API.STREAM.INFO.${this.stream}`, {}).catch((error: unknown) => {
      if (isClusterioError(error, "unavailable")) return undefined;
      throw error;
    });
    return reply?.kind === "error" && reply.error.err_code === STREAM_NOT_FOUND;
  }

  #appendResult(message: Msg): AppendResult {
    const reply = parseApiReply(message.data);
    if (reply.kind === "ok") {
      const { seq, duplicate } = pubAck.parse(reply.body);
      // A message of this name was stored a moment ago: whoever sends it again looks where.
      return duplicate ? { kind: "conflict" } : { kind: "stored", seq };
    }
    const { err_code: code, description } = reply.error;
    if (code === WRONG_LAST_SEQUENCE) return { kind: "conflict" };
    if (code === WRONG_LAST_MESSAGE_ID) return { kind: "other-name" };
    if (code === STORE_FAILED || OUT_OF_RESOURCES.has(code)) return { kind: "full" };
    return { kind: "unknown", reason: `${description} (JetStream error ${code})` };
  }

  async get(seq: number): Promise<StoredMessage | undefined> {
    return seq < 1 ? undefined : this.#stored({ seq });
  }

  async last(subject: string): Promise<StoredMessage | undefined> {
    return this.#stored({ last_by_subj: subject });
  }

  async #stored(query: { seq: number } | { last_by_subj: string }): Promise<StoredMessage | undefined> {
    const reply = await askApi(this.link, `$JS.API.STREAM.MSG.GET.${this.stream}`, query);
    if (reply.kind === "error") {
      if (reply.error.err_code === NO_MESSAGE_FOUND) return undefined;
      throw this.#refusal(reply.error);
    }
    const { message } = stored.parse(reply.body);
    const data = new Uint8Array(Buffer.from(message.data, "base64"));
    return { seq: message.seq, subject: message.subject, data, time: Date.parse(message.time) };
  }

  async readSubject(
    subject: string,
    from: { readonly seq: number } | { readonly time: number },
    { max, bytesMax }: { readonly max: number; readonly bytesMax: number },
  ): Promise<StoredMessage[]> {
    const start = "seq" in from ? { seq: Math.max(1, from.seq) } : { start_time: new Date(from.time).toISOString() };
    const messages: StoredMessage[] = [];
    const asked = { ...start, next_by_subj: subject, batch: max, max_bytes: bytesMax };
    await this.#readBatch(asked, messages);
    return messages;
  }

  async read(from: number, max: number): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    let next = Math.max(1, from);
    while (messages.length < max) {
      const wanted = Math.min(READ_BATCH_MAX, max - messages.length);
      const more = await this.#readBatch({ seq: next, batch: wanted }, messages);
      const last = messages.at(-1);
      if (!more || last === undefined) break;
      next = last.seq + 1;
    }
    return messages;
  }

  /** Adds the messages of one batch; false when the stream has no more now. */
  async #readBatch(asked: object, into: StoredMessage[]): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      if (!(await this.link.untilConnected(READ_SILENCE_MS))) throw unavailable(`no connection to read ${this.stream}`);
      const before = into.length;
      const end = await this.#directBatch(asked, into);
      if (end === "more" || end === "end") return end === "more";
      if (into.length > before) return true;
      if (tries >= READ_TRIES_MAX) throw unavailable(`stream ${this.stream} cannot be read: ${end.reason}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }

  #directBatch(asked: object, into: StoredMessage[]): Promise<"more" | "end" | { reason: string }> {
    const { nc } = this.link;
    return new Promise((resolve, reject) => {
      const inbox = createInbox(inboxPrefixOf(this.link.name));
      const finish = (end: "more" | "end" | { reason: string }) => {
        clearTimeout(silence);
        listening.stop();
        subscription.unsubscribe();
        resolve(end);
      };
      const silence = setTimeout(() => finish({ reason: `silence for ${READ_SILENCE_MS} ms` }), READ_SILENCE_MS);
      const listening = this.link.onConnection((connected) => connected || finish({ reason: "the connection broke" }));
      const subscription = nc.subscribe(inbox, {
        callback: (error, message) => {
          if (error !== null) return reject(error);
          silence.refresh();
          const headers = message.headers;
          const code = headers?.code ?? 0;
          if (code === 0) {
            const seq = Number(headers?.get("Nats-Sequence"));
            const time = Date.parse(headers?.get("Nats-Time-Stamp") ?? "");
            into.push({ seq, subject: headers?.get("Nats-Subject") ?? "", data: message.data, time });
          } else if (code === 204) {
            finish(Number(headers?.get("Nats-Num-Pending") ?? "0") > 0 ? "more" : "end");
          } else if (code === 404) finish("end");
          else finish({ reason: `${headers?.description ?? ""} (${code})` });
        },
      });
      nc.publish(`$JS.API.DIRECT.GET.${this.stream}`, encodeJson(asked), { reply: inbox });
    });
  }

  async info(): Promise<LogInfo> {
    const reply = await askApi(this.link, `$JS.API.STREAM.INFO.${this.stream}`, {});
    if (reply.kind === "error") throw this.#refusal(reply.error);
    const { created, config, state } = streamInfo.parse(reply.body);
    const base = {
      created,
      firstSeq: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
      lastSeq: state.last_seq,
      bytes: state.bytes,
    };
    return config.max_bytes > 0 ? { ...base, bytesMax: config.max_bytes } : base;
  }

  follow(from: number, onMessage: (message: StoredMessage) => void, onReset: () => void): Following {
    return new JetStreamFollowing(this.link, this, { from, onMessage, onReset });
  }

  /** An empty stream's next message has this sequence: JetStream takes a purge below a number beyond the end so. */
  async beginAt(seq: number): Promise<void> {
    const { firstSeq, lastSeq } = await this.info();
    if (firstSeq <= lastSeq) throw refused(`${this.stream} is not empty: it begins at message ${firstSeq}`);
    if (seq <= lastSeq + 1) return;
    const reply = await askApi(this.link, `$JS.API.STREAM.PURGE.${this.stream}`, { seq });
    if (reply.kind === "error") throw this.#refusal(reply.error);
  }

  async purgeBelow(seq: number): Promise<void> {
    // JetStream takes 0 for "everything", and a number beyond the end as the stream's next sequence.
    const below = Math.min(seq, (await this.info()).lastSeq + 1);
    if (below <= 1) return;
    const reply = await askApi(this.link, `$JS.API.STREAM.PURGE.${this.stream}`, { seq: below });
    if (reply.kind === "error") throw this.#refusal(reply.error);
  }

  #refusal({ err_code: code, description }: ApiError): ClusterioError {
    if (code === STREAM_NOT_FOUND) return unavailable(`there is no stream ${this.stream}`);
    return unavailable(`stream ${this.stream}: ${description} (JetStream error ${code})`);
  }
}
