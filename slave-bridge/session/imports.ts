import { type Names, tagOf } from "#bridge/game-protocol";
import { importCommand } from "#bridge/import-payload";
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

/** The game takes in 25 to 100 bytes of a command per tick: at most half a second of that in one go. */
export const COMMAND_RESOURCES_MAX = 150;

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
  const numbered: (readonly [number, number])[] = [];
  const named: Record<string, number> = {};
  const rest: Record<string, number> = {};
  let room = COMMAND_RESOURCES_MAX;
  for (const [name, total] of Object.entries(waiting.totals)) {
    const number = names.numberOf(name);
    const amount = total - (base[name] ?? 0);
    if (number !== undefined && amount <= 0) continue;
    if (room-- <= 0) rest[name] = total;
    else if (number === undefined) named[name] = total;
    else numbered.push([number, amount]);
  }
  const later = stillWaiting(rest, waiting);
  if (numbered.length > 0) {
    numbered.sort(([a], [b]) => a - b);
    const command = importCommand(tagOf(token), numbered);
    return { command, rest: stillWaiting({ ...rest, ...named }, waiting) };
  }
  if (Object.keys(named).length === 0) return undefined;
  return { command: `/clusterio-import ${JSON.stringify({ token, totals: named })}`, rest: later };
};

/** What caused the part that has been said is of no interest to the rest. */
const stillWaiting = (totals: Totals, { folded }: Wanting): Wanting =>
  folded === undefined || Object.keys(totals).length === 0 ? { totals } : { totals, folded };
