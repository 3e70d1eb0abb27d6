import { ClusterioError, type ErrorCode } from "#core/errors";

/** Answers of the game outstanding on one connection: 17 s of one command a tick, and an end to what a hang can pile up. */
export const REQUESTS_MAX = 1024;
/** Far above any command of ours (game-protocol.md); the game's own bound is higher still. */
export const COMMAND_BYTES_MAX = 1 << 20;
/** Replies are one frame of any length; a length beyond this is no reply but noise. */
export const FRAME_BYTES_MAX = 64 << 20;

export interface RconAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** For connecting with log-in, and for each answer unless `send` says otherwise, in milliseconds. */
  readonly timeoutMs: number;
}

/** One connection to one game. It ends once and for all; whoever wants another connects again. */
export interface RconClient {
  /**
   * Sends a command and resolves with its reply (one newline at its end is taken off). Any number may be under way at once;
   * they reach the game in the order of the calls. A command whose deadline passed may still be carried out.
   * @throws RconError `bad-input` for a command that can't be sent, `unavailable` when there was no answer
   */
  send(command: string, timeoutMs?: number): Promise<string>;
  /** Calls the listener once, when the connection has ended for whatever reason, at once if it has; returns how to stop that. */
  onClose(listener: (reason: string) => void): () => void;
  /** Ends the connection: what is under way fails at once. Twice is once. */
  close(): Promise<void>;
}

export class RconError extends ClusterioError {
  constructor(
    code: ErrorCode,
    message: string,
    /** False: the game certainly never saw the command. True: it may have carried it out, or may yet. */
    readonly sent: boolean,
    options?: { cause?: unknown },
  ) {
    super(code, message, options);
  }
}
