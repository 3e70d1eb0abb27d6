import { type Names, tagOf } from "#bridge/game-protocol";
import { firstImport, type ImportPair } from "#bridge/import-payload";
import type { Totals } from "#bridge/link/state";

/**
 * What a session still has to hand to the game, as commands. The newest total of a resource counts; one command is under
 * way at a time, so that a busy game is not handed the same thing twice.
 */
export interface Wanting {
  /** Absolute totals. */
  readonly totals: Totals;
  /** Broker time (ms) of the oldest fact behind them. */
  readonly folded?: number;
}

export const NOTHING: Wanting = { totals: {} };

/**
 * The game takes in 25 to 100 bytes of a command per tick: a quarter of a second to one second for a whole one, in which
 * nothing else gets through. Every resource fits alone, also by its full name.
 */
export const COMMAND_BYTES_MAX = 1_500;

export const merge = (waiting: Wanting, more: Wanting): Wanting => {
  const totals = { ...waiting.totals, ...more.totals };
  const times = [waiting.folded, more.folded].filter((time) => time !== undefined);
  return times.length === 0 ? { totals } : { totals, folded: Math.min(...times) };
};

export interface ImportCommand {
  readonly command: string;
  readonly rest: Wanting;
}

/**
 * The next command: numbers where the save has given them, names for what is left after that. `base`: totals received at
 * the session's begin. Undefined when nothing is to be said.
 */
export const nextImport = (
  waiting: Wanting,
  session: { readonly names: Names; readonly base: Totals; readonly token: string },
): ImportCommand | undefined => {
  const { names, base, token } = session;
  const numbered: { readonly name: string; readonly pair: ImportPair }[] = [];
  const named: string[] = [];
  for (const [name, total] of Object.entries(waiting.totals)) {
    const number = names.numberOf(name);
    const amount = total - (base[name] ?? 0);
    if (number === undefined) named.push(name);
    else if (amount > 0) numbered.push({ name, pair: [number, amount] });
  }
  if (numbered.length > 0) {
    numbered.sort((a, b) => a.pair[0] - b.pair[0]);
    const pairs = numbered.map(({ pair }) => pair);
    const { command, count } = firstImport(tagOf(token), pairs, COMMAND_BYTES_MAX);
    const rest = [...numbered.slice(count).map(({ name }) => name), ...named];
    return { command, rest: stillWaiting(rest, waiting) };
  }
  if (named.length === 0) return undefined;
  const count = fitting(named, waiting.totals, token);
  const command = byName(named.slice(0, count), waiting.totals, token);
  return { command, rest: stillWaiting(named.slice(count), waiting) };
};

const only = (names: readonly string[], totals: Totals): Totals =>
  Object.fromEntries(names.map((name) => [name, totals[name] ?? 0]));

const byName = (names: readonly string[], totals: Totals, token: string): string =>
  `/clusterio-import ${JSON.stringify({ token, totals: only(names, totals) })}`;

/** How many of the names one command has room for. */
const fitting = (names: readonly string[], totals: Totals, token: string): number => {
  let room = COMMAND_BYTES_MAX - byName([], totals, token).length;
  const full = names.findIndex((name) => {
    // `"name":total,`; resource keys and numbers are ASCII.
    room -= name.length + String(totals[name]).length + 4;
    return room < 0;
  });
  return full === -1 ? names.length : Math.max(1, full);
};

/** What caused the part that has been said is of no interest to the rest. */
const stillWaiting = (names: readonly string[], { totals, folded }: Wanting): Wanting => {
  const rest = only(names, totals);
  return folded === undefined || names.length === 0 ? { totals: rest } : { totals: rest, folded };
};
