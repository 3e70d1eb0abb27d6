import { z } from "zod";
import * as shape from "#core/events/shapes";
import { player } from "#core/people/facts";

/** What operators order about players. */

/** As a word of a console command: no blank may end it. */
export const playerName = z
  .string()
  .max(60)
  .regex(/^[^\s\p{Cc}/][^\s\p{Cc}]*$/u, "a player's name: no blanks, at most 60 characters");

export const REASON_CHARACTERS_MAX = 200;
export const reason = z
  .string()
  .max(REASON_CHARACTERS_MAX)
  .regex(/^[^\p{Cc}]*$/u, "no control characters")
  .transform((text) => text.trim());

const one = z.object({ player: playerName });
const withReason = z.object({ player: playerName, reason: reason.exactOptional() });

/** Verbs of a bridge, about one instance: `command.<user>.<slave>.<instance>.<verb>`. */
export const instancePlayerCommands = {
  /** Who is in its game, as its bridge knows: also while no master is there. */
  players: z.object({}),
  "player-kick": withReason,
  "player-ban": withReason,
  "player-unban": one,
  "player-promote": one,
  "player-demote": one,
  "player-whitelist-add": one,
  "player-whitelist-remove": one,
} as const;
export type InstancePlayerCommand = keyof typeof instancePlayerCommands;
export const isInstancePlayerCommand = (verb: string): verb is InstancePlayerCommand =>
  Object.hasOwn(instancePlayerCommands, verb);

/** The answer of `players`. */
export const playersOnline = z.object({
  players: z.array(z.object({ player, /** Milliseconds since 1970. */ since: shape.count })),
});
export type PlayersOnline = z.infer<typeof playersOnline>;

/** The console command that an order comes to. */
export const consoleLine = (
  verb: Exclude<InstancePlayerCommand, "players">,
  { player: name, reason: why = "" }: { readonly player: string; readonly reason?: string },
): string => {
  const words = CONSOLE[verb];
  return why === "" ? `/${words} ${name}` : `/${words} ${name} ${why}`;
};

const CONSOLE: Readonly<Record<Exclude<InstancePlayerCommand, "players">, string>> = {
  "player-kick": "kick",
  "player-ban": "ban",
  "player-unban": "unban",
  "player-promote": "promote",
  "player-demote": "demote",
  "player-whitelist-add": "whitelist add",
  "player-whitelist-remove": "whitelist remove",
};
