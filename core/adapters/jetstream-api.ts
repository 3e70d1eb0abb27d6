import { errors, headers, type Msg } from "@nats-io/transport-node";
import { z } from "zod";
import type { NatsLink } from "#core/adapters/nats-connection";
import { unavailable } from "#core/errors";

/** One answer takes milliseconds; a server that is starting needs a second or two more. */
const ANSWER_MS_MAX = 5_000;
/** How long a question that may be repeated is repeated while nobody serves it (server starting, leader election). */
const PATIENCE_MS = 15_000;
const RETRY_PAUSE_MS = 50;

export const STREAM_NOT_FOUND = 10059;
export const NO_MESSAGE_FOUND = 10037;
export const WRONG_LAST_SEQUENCE = 10071;
/** Of the last message, also when it has none. */
export const WRONG_LAST_MESSAGE_ID = 10070;
/** "maximum bytes exceeded", "maximum messages exceeded", "no space left on device": the store took nothing. */
export const STORE_FAILED = 10077;
/** The server is out of room for all its streams together. */
export const OUT_OF_RESOURCES: ReadonlySet<number> = new Set([10023, 10047]);

const apiError = z.object({ code: z.number(), err_code: z.number(), description: z.string().default("") });
export type ApiError = z.infer<typeof apiError>;
const apiReply = z.object({ error: apiError.optional() }).passthrough();

export type ApiReply =
  | { readonly kind: "ok"; readonly body: unknown }
  | { readonly kind: "error"; readonly error: ApiError };

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const encodeJson = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

export const parseApiReply = (data: Uint8Array): ApiReply => {
  const body = apiReply.parse(JSON.parse(decoder.decode(data)));
  return body.error === undefined ? { kind: "ok", body } : { kind: "error", error: body.error };
};

const isNobody = (error: unknown): boolean => error instanceof errors.RequestError && error.isNoResponders();

/** Not a bug of ours and not an answer: the question may be asked again. */
export const isOutage = (error: unknown): boolean =>
  isNobody(error) ||
  error instanceof errors.TimeoutError ||
  error instanceof errors.ClosedConnectionError ||
  (error instanceof errors.RequestError && !(error.cause instanceof errors.PermissionViolationError));

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks one question of the JetStream API that may be asked twice, patiently: "no responders" only means that JetStream
 * is not up yet.
 * @throws ClusterioError `unavailable` after the patience.
 */
export const askApi = async (link: NatsLink, subject: string, body: unknown): Promise<ApiReply> => {
  const { patienceMs = PATIENCE_MS } = link;
  const deadline = performance.now() + patienceMs;
  const payload = encodeJson(body);
  for (;;) {
    const left = deadline - performance.now();
    try {
      if (await link.untilConnected(Math.max(1, left))) {
        const reply = await link.nc.request(subject, payload, { timeout: Math.max(1, Math.min(ANSWER_MS_MAX, left)) });
        return parseApiReply(reply.data);
      }
      if (left <= 0 || link.nc.isClosed()) throw unavailable(`no answer from JetStream to ${subject}: no connection`);
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (performance.now() >= deadline || link.nc.isClosed()) {
        throw unavailable(`no answer from JetStream to ${subject} within ${patienceMs / 1000} s`, error);
      }
      await wait(RETRY_PAUSE_MS);
    }
  }
};

/** The reply or the failure of one publish that a stream acknowledges. */
export type PublishReply =
  | { readonly kind: "reply"; readonly message: Msg }
  /** Nobody received it, so nothing was stored. */
  | { readonly kind: "nobody" }
  | { readonly kind: "unknown"; readonly reason: string };

export interface Publish {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export const publishAsking = async (link: NatsLink, publish: Publish, timeoutMs: number): Promise<PublishReply> => {
  const sent = headers();
  for (const [name, value] of Object.entries(publish.headers)) sent.set(name, value);
  let cut = () => {};
  const outage = new Promise<PublishReply>((resolve) => {
    cut = () => resolve({ kind: "unknown", reason: "the connection broke before the acknowledgement came" });
  });
  const listening = link.onConnection((connected) => connected || cut());
  const asked = link.nc
    .request(publish.subject, publish.data, { timeout: Math.max(1, timeoutMs), headers: sent })
    .then((message): PublishReply => ({ kind: "reply", message }))
    .catch((error: unknown): PublishReply => {
      if (isNobody(error)) return { kind: "nobody" };
      if (isOutage(error)) return { kind: "unknown", reason: `no acknowledgement within ${Math.round(timeoutMs)} ms` };
      throw error;
    });
  try {
    return await Promise.race([asked, outage]);
  } finally {
    listening.stop();
    asked.catch(() => {});
  }
};
