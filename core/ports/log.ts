/** One stored message of a stream. */
export interface StoredMessage {
  /** Sequence in the stream, from 1, rising; gaps where messages were removed. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  /** The broker's timestamp, milliseconds since 1970. */
  readonly time: number;
}

export interface LogInfo {
  /** The stream's creation time as the broker prints it: a recreated stream has another one. */
  readonly created: string;
  /** Sequence of the first message kept; lastSeq + 1 when the stream is empty. */
  readonly firstSeq: number;
  /** Sequence of the last message ever stored, 0 when none was. */
  readonly lastSeq: number;
  readonly bytes: number;
  /** The configured limit, undefined when unlimited. */
  readonly bytesMax?: number;
}

/** Where a message belongs, and behind which one. */
export interface Place {
  /** The whole stream's last sequence at that moment. */
  readonly after: number;
  /** The name that the message is stored with. */
  readonly name?: string;
  /** The name of the message at `after`; left out: whatever stands there. */
  readonly afterName?: string;
}

export type AppendResult =
  | { readonly kind: "stored"; readonly seq: number }
  /** The stream's last sequence was another one than expected: nothing was stored. */
  | { readonly kind: "conflict" }
  /** The last message has another name than expected, none, or one that the broker does not know any more: nothing was stored. */
  | { readonly kind: "other-name" }
  /** The stream is full (discard: new): nothing was stored. */
  | { readonly kind: "full" }
  /** No answer in time, or the connection broke: it may or may not have been stored. Read back before judging. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface Following {
  /** Ends the following; no handler runs after it resolved. */
  stop(): Promise<void>;
}

/** What asks a stream for some of its subjects needs of it. */
export interface SubjectLog {
  /**
   * Up to `max` messages of about `bytesMax` together whose subject fits (wildcards), in order: from a sequence on, or those that
   * were stored at a time or later. [] at the end.
   */
  readSubject(
    subject: string,
    from: { readonly seq: number } | { readonly time: number },
    most: { readonly max: number; readonly bytesMax: number },
  ): Promise<StoredMessage[]>;
}

/**
 * One JetStream stream (or its in-memory double). The contract is test/contracts/log-contract.ts; both pass it.
 */
export interface Log {
  /** Appends, and with `expect` only if that is the whole stream's last sequence at that moment, or only at that place. */
  append(subject: string, data: Uint8Array, expect?: number | Place): Promise<AppendResult>;
  /** The message with exactly this sequence, or undefined. */
  get(seq: number): Promise<StoredMessage | undefined>;
  /** The last message whose subject is exactly this one, or undefined. */
  last(subject: string): Promise<StoredMessage | undefined>;
  /** Up to `max` messages from sequence `from` on (or the first kept one after it), in order; [] at the end. */
  read(from: number, max: number): Promise<StoredMessage[]>;
  info(): Promise<LogInfo>;
  /**
   * Calls `onMessage` for every message from `from` on, in order, each exactly once within one following, as they come;
   * survives reconnects. `onReset` is called, and the following ends, when the stream was recreated or cut below what was
   * already handed over.
   */
  follow(from: number, onMessage: (message: StoredMessage) => void, onReset: () => void): Following;
  /** Removes all messages below `seq`. */
  purgeBelow(seq: number): Promise<void>;
}
