import { allRestated, hasOpenSession } from "#core/fold/lapse";
import { hadForgotten } from "#core/fold/recovery";
import type { State } from "#core/fold/state";

/**
 * When a term may grant. Pure.
 *
 * P9 No grant before every open session has restated to this leader, and every one that ended with EVENTS shortly before has
 *    begun anew, or RESTATED_MS_MAX has passed: after a lost ledger tail storage is only known when the worlds have spoken. Who
 *    states more than the ledger knew shows that it forgot, perhaps other sessions, too: then FORGOTTEN_MS have to pass since
 *    the first session. While a full ledger holds its leader up nobody is told anything, so that time counts for nothing.
 */
export const RESTATED_MS_MAX = 5_000;
/** Three echoes of another token (MISSES_MAX of RESTATE_MS each) until a bridge begins anew, and some seconds for that. */
export const FORGOTTEN_MS = 10_000;

/** What a term has seen so far of those to whom it would grant. Times in milliseconds by the leader's clock. */
export interface Granting {
  readonly may: boolean;
  /** When this was first looked at. */
  readonly since: number | undefined;
  /** When a session was first seen to be open. */
  readonly spokenAt: number | undefined;
  /** The ledger was found to have forgotten what worlds hold, before anything was granted in this term. */
  readonly forgot: boolean;
}

export const NOT_YET: Granting = { may: false, since: undefined, spokenAt: undefined, forgot: false };

export interface Seen {
  readonly state: State;
  readonly boot: string;
  readonly now: number;
  /** The ledger has room for grants. */
  readonly hasRoom: boolean;
}

/** The same after another look. */
export const judged = (before: Granting, { state, boot, now, hasRoom }: Seen): Granting => {
  const since = before.since ?? now;
  if (!hasRoom) return { ...before, since, may: false };
  if (before.may) return before;
  const spokenAt = before.spokenAt ?? (hasOpenSession(state) ? now : undefined);
  if (spokenAt === undefined) return { ...before, since };
  const forgot = before.forgot || hadForgotten(state);
  const may = forgot ? now - spokenAt >= FORGOTTEN_MS : now - since >= RESTATED_MS_MAX || allRestated(state, boot);
  return { may, since, spokenAt, forgot };
};

/** The same when nobody could be told anything meanwhile: who has not spoken may not know yet that he has to. */
export const heldUp = (before: Granting): Granting =>
  before.may ? before : { ...before, since: undefined, spokenAt: undefined };
