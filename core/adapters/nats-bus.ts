import { errors, headers, type Msg, type MsgHdrs } from "@nats-io/transport-node";
import type { NatsLink } from "#core/adapters/nats-connection";
import { refused } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import type { Bus, BusMessage, RequestResult, Subscription } from "#core/ports/bus";

export interface NatsBusOptions {
  /** Sent as the one header `Content-Type` with everything that is published (not with requests and answers). */
  readonly contentType?: string;
}

/** More than a Content-Type takes. */
const HEADER_BYTES = 256;
const TOO_LONG = encodeJson({ error: { code: "unavailable", message: "the answer is too long for one message" } });

/**
 * B1 nothing is published while there is no connection: what was true then is restated later, and a queue would only
 *    replay the past (the client library keeps some of it, without a bound, until its next try to connect).
 * B2 an error thrown by a handler is a bug and ends the process; inside the library it would end the connection.
 * B3 a message above the server's payload limit is a line for the operator, not an error: publishing never throws for what
 *    somebody else made large. Who waits for it as an answer is told so.
 */
export class NatsBus implements Bus {
  readonly #headers: MsgHdrs | undefined;

  constructor(
    private readonly link: NatsLink,
    options: NatsBusOptions = {},
  ) {
    if (options.contentType !== undefined) {
      this.#headers = headers();
      this.#headers.set("Content-Type", options.contentType);
    }
  }

  publish(subject: string, data: Uint8Array): void {
    if (!this.#open() || !this.#fits(subject, data)) return;
    // The library keeps the bytes until it writes them; the caller may use its buffer again at once.
    this.link.nc.publish(subject, data.slice(), this.#headers === undefined ? undefined : { headers: this.#headers });
  }

  subscribe(subject: string, onMessage: (message: BusMessage) => void, options?: { queue?: string }): Subscription {
    let stopped = false;
    const subscription = this.link.nc.subscribe(subject, {
      ...(options?.queue === undefined ? {} : { queue: options.queue }),
      callback: (error, message) => {
        // A refused subscription is told to the link's onProblem by the library, too.
        if (error !== null || stopped) return;
        try {
          onMessage(toBusMessage(message));
        } catch (bug) {
          process.nextTick(() => {
            throw bug;
          });
        }
      },
    });
    return {
      stop: () => {
        stopped = true;
        subscription.unsubscribe();
      },
    };
  }

  async request(subject: string, data: Uint8Array, timeoutMs: number): Promise<RequestResult> {
    const deadline = performance.now() + timeoutMs;
    const sent = data.slice();
    if (!(await this.link.untilConnected(timeoutMs)) || !this.#open()) return { kind: "timeout" };
    try {
      const timeout = Math.max(1, deadline - performance.now());
      const answer = await this.link.nc.request(subject, sent, { timeout });
      return { kind: "answer", data: answer.data };
    } catch (error) {
      return resultOfFailure(error, subject);
    }
  }

  respond(message: BusMessage, data: Uint8Array): void {
    if (message.reply === undefined || !this.#open()) return;
    const answer = this.#fits(`the answer to ${message.subject}`, data) ? data.slice() : TOO_LONG;
    this.link.nc.publish(message.reply, answer);
  }

  async flush(): Promise<void> {
    while (!this.link.nc.isClosed()) {
      // A flush that was cut off by an outage is asked again: nothing is published during one (B1).
      if (!(await this.link.untilConnected(60_000))) continue;
      const flushed = await this.link.nc.flush().then(
        () => true,
        () => false,
      );
      if (flushed) return;
    }
  }

  connected(): boolean {
    return this.link.connected();
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    return this.link.onConnection(listener);
  }

  /** B3. */
  #fits(what: string, data: Uint8Array): boolean {
    const bytesMax = (this.link.nc.info?.max_payload ?? Number.POSITIVE_INFINITY) - HEADER_BYTES;
    if (data.length <= bytesMax) return true;
    this.link.problem(new Error(`${what} is not sent: its ${data.length} bytes are above the server's max_payload`));
    return false;
  }

  #open(): boolean {
    return this.link.connected() && !this.link.nc.isClosed() && !this.link.nc.isDraining();
  }
}

const resultOfFailure = (error: unknown, subject: string): RequestResult => {
  if (error instanceof errors.TimeoutError || error instanceof errors.ClosedConnectionError) return { kind: "timeout" };
  if (error instanceof errors.RequestError) {
    if (error.isNoResponders()) return { kind: "nobody" };
    if (error.cause instanceof errors.PermissionViolationError) throw refused(`not allowed to ask ${subject}`);
    // Cancelled by the end of the connection.
    return { kind: "timeout" };
  }
  throw error;
};

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

const toBusMessage = (message: Msg): BusMessage => {
  const base = { subject: message.subject, data: message.data, headers: plainHeaders(message.headers) };
  return message.reply === undefined || message.reply === "" ? base : { ...base, reply: message.reply };
};

const plainHeaders = (received: MsgHdrs | undefined): Readonly<Record<string, string>> => {
  if (received === undefined) return NO_HEADERS;
  const plain: Record<string, string> = Object.create(null);
  for (const [name, values] of received) {
    const key = name.toLowerCase();
    const text = values.join(",");
    plain[key] = plain[key] === undefined ? text : `${plain[key]},${text}`;
  }
  return plain;
};
