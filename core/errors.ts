/**
 * The few named errors (STYLE 15), with the exit code and the meaning of each below: docs/commands.md has the table from here. Told
 * apart by `code`, never by text; anything else that is thrown is a bug and crashes the process.
 */
export type ErrorCode = "bad-input" | "unavailable" | "refused" | "lost-write" | "corrupt";

export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  "bad-input": 2,
  unavailable: 3,
  refused: 4,
  "lost-write": 1,
  corrupt: 5,
};

export const EXIT_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  "bad-input": "what somebody typed, sent or configured cannot be used",
  unavailable: "something this needs (a server, a file, a port) is not there or not usable now",
  refused: "understood, but not allowed, or not in the present state",
  "lost-write": "another writer wrote to the ledger first: nothing was changed",
  corrupt: "stored data contradicts itself: nothing is written on top of it",
};

export class ClusterioError extends Error {
  override readonly name = "ClusterioError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export const badInput = (message: string, cause?: unknown) => new ClusterioError("bad-input", message, { cause });
export const unavailable = (message: string, cause?: unknown) => new ClusterioError("unavailable", message, { cause });
export const refused = (message: string) => new ClusterioError("refused", message);
export const corrupt = (message: string) => new ClusterioError("corrupt", message);

export const isClusterioError = (error: unknown, code?: ErrorCode): error is ClusterioError =>
  error instanceof ClusterioError && (code === undefined || error.code === code);

/** One line for a person about anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The exit code for anything that was thrown: a named error's own, 1 for the rest. */
export const exitCodeOf = (error: unknown): number => (isClusterioError(error) ? EXIT_CODES[error.code] : 1);
