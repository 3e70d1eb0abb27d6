/** A message that came over the bus. */
export interface BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Present when the sender waits for an answer. */
  readonly reply?: string;
  /** Header names as sent, lower case; values joined with ",". */
  readonly headers: Readonly<Record<string, string>>;
}

export type RequestResult =
  | { readonly kind: "answer"; readonly data: Uint8Array }
  /** Nobody serves that subject now: known at once. */
  | { readonly kind: "nobody" }
  /** Somebody may serve it, but there was no answer within the deadline. */
  | { readonly kind: "timeout" };

export interface Subscription {
  stop(): void;
}

/** Core NATS (or its in-memory double): at most once, no storage. */
export interface Bus {
  publish(subject: string, data: Uint8Array): void;
  /** With `queue`, one member of the queue group gets each message. Handlers run one at a time, in order of arrival. */
  subscribe(subject: string, onMessage: (message: BusMessage) => void, options?: { queue?: string }): Subscription;
  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<RequestResult>;
  /** Answers a request; ignored when the message has no reply subject. */
  respond(message: BusMessage, data: Uint8Array): void;
  /** Resolves when everything published so far has reached the server. */
  flush(): Promise<void>;
  /** True while there is a connection to the server. */
  connected(): boolean;
  /** Called at each loss and return of the connection. */
  onConnection(listener: (connected: boolean) => void): Subscription;
}
