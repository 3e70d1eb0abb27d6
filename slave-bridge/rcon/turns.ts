/**
 * Whose turn it is to say something to a game that takes in only so many bytes a second. Pure.
 *
 * RT1 What has gone out never exceeds what the rate allowed by more than BURST_MS of it and one command: a turn is given while
 *    the balance is above zero, and what it said is taken off afterwards.
 * RT2 Turns go by rank: deliveries, commands, signals, levels; within a rank, to whoever waited longest.
 * RT3 Nobody waits for ever: who has waited STARVED_MS has the next turn whatever its rank, the longest wait first; but a turn
 *    that was given so is followed by one by rank, so that deliveries keep at least every other one.
 */
export const RANKS = ["delivery", "command", "signal", "level"] as const;
export type Rank = (typeof RANKS)[number];

/** A player notices a level or a signal that stands still for longer. */
export const STARVED_MS = 2_000;
/** What an idle pipe may send at once: twelve ticks' worth, so that a lease and a delivery at the same moment need no wait. */
export const BURST_MS = 200;

export interface Waiting {
  readonly id: number;
  readonly rank: Rank;
  readonly since: number;
}

export interface Turns {
  /** Bytes a millisecond. */
  readonly rate: number;
  /** Bytes that may go out now; below zero, what has to be waited for. */
  readonly balance: number;
  /** When the balance was that (ms). */
  readonly at: number;
  readonly waiting: readonly Waiting[];
  /** The last turn went to somebody who had waited too long. */
  readonly relieved: boolean;
}

export const newTurns = (now: number): Turns => ({
  rate: Number.POSITIVE_INFINITY,
  balance: Number.POSITIVE_INFINITY,
  at: now,
  waiting: [],
  relieved: false,
});

const filled = (turns: Turns, now: number): Turns => {
  const { rate, balance, at } = turns;
  if (!Number.isFinite(rate)) return { ...turns, balance: rate, at: now };
  // A clock that was set back gives nothing.
  const ms = Math.max(0, now - at);
  return { ...turns, balance: Math.min(rate * BURST_MS, balance + rate * ms), at: now };
};

/** From now on the game takes in `rate` bytes a millisecond, above zero. */
export const atRate = (turns: Turns, rate: number, now: number): Turns => ({ ...filled(turns, now), rate });

export const asks = (turns: Turns, waiting: Waiting): Turns => ({ ...turns, waiting: [...turns.waiting, waiting] });

/** So many bytes went out. */
export const said = (turns: Turns, bytes: number, now: number): Turns => {
  const { balance, ...rest } = filled(turns, now);
  return { ...rest, balance: balance - bytes };
};

export type Next =
  | { readonly kind: "turn"; readonly id: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "idle" };

const longest = (waiting: readonly Waiting[]): Waiting | undefined =>
  waiting.reduce<Waiting | undefined>(
    (first, one) => (first === undefined || one.since < first.since ? one : first),
    undefined,
  );

const byRank = (waiting: readonly Waiting[]): Waiting | undefined => {
  for (const rank of RANKS) {
    const first = longest(waiting.filter((one) => one.rank === rank));
    if (first !== undefined) return first;
  }
  return undefined;
};

/** Who has the turn, which is taken out of those that wait; or how long there is none. */
export const next = (turns: Turns, now: number): readonly [Turns, Next] => {
  const full = filled(turns, now);
  if (full.waiting.length === 0) return [full, { kind: "idle" }];
  if (full.balance <= 0) return [full, { kind: "wait", ms: Math.max(1, Math.ceil(-full.balance / full.rate)) }];
  // RT3
  const starved = full.relieved ? undefined : longest(full.waiting.filter(({ since }) => now - since >= STARVED_MS));
  const chosen = starved ?? byRank(full.waiting)!;
  const waiting = full.waiting.filter((one) => one !== chosen);
  return [
    { ...full, waiting, relieved: starved !== undefined },
    { kind: "turn", id: chosen.id },
  ];
};
