import type { Answer, MasterCommand, masterCommands } from "#core/events/command";
import type { LedgerBody } from "#core/events/ledger";
import type { State } from "#core/fold/state";
import type { UserId, WorldId } from "#core/ids";

/** What an operator's command comes to: ledger messages to write, and the answer once they are written. */
export interface Decision {
  readonly bodies: readonly LedgerBody[];
  readonly answer: Answer;
  /** Remove the ledger's messages below this sequence, once all is written. */
  readonly purgeBelow?: number;
  /** The rewind of this world is accepted: what waits is folded and written in one message. */
  readonly accepts?: WorldId;
}

export type Arguments<C extends MasterCommand> = ReturnType<(typeof masterCommands)[C]["parse"]>;

/** What a decision rests on. */
export interface Context {
  readonly state: State;
  readonly user: UserId;
  /** The broker's time (ms): one clock for all leaders, so that a later assignment has the higher epoch whoever led. */
  readonly now: number;
  /** What lies below this sequence of the ledger is covered by a verified checkpoint; 0 when there is none. */
  readonly covered: number;
}

export const done = (bodies: readonly LedgerBody[], ok: unknown): Decision => ({ bodies, answer: { ok } });
export const no = (code: string, message: string): Decision => ({ bodies: [], answer: { error: { code, message } } });
