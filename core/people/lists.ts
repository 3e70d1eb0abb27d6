import { z } from "zod";
import * as shape from "#core/events/shapes";
import { REASON_CHARACTERS_MAX } from "#core/people/orders";

/**
 * The lists of players that go around a cluster: admins, bans, the whitelist. Pure.
 *
 * PL1 for each list and player the last word counts: the later time, and of two at one time always the same one, whoever hears them in
 *     which order.
 * PL2 what was taken off a list is remembered, so that an older copy does not bring it back.
 */
export const LIST_NAMES = ["admins", "bans", "whitelist"] as const;
export type ListName = (typeof LIST_NAMES)[number];
export type ListMode = "off" | "one-way" | "both";
export type ListModes = Readonly<Record<ListName, ListMode>>;

/** A name as the game has it: what a file of it or of a person holds may be anything. */
const listed = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\s\p{Cc}]+$/u);

export const listEntry = z.object({
  list: z.enum(LIST_NAMES),
  player: listed,
  on: z.boolean(),
  /** Of a ban. */
  reason: z.string().max(REASON_CHARACTERS_MAX).exactOptional(),
  /** When somebody said so (ms). */
  at: shape.count,
  /** A user, or `<slave>/<instance>` where it was said in a game. */
  by: z.string().max(100),
});
export type ListEntry = z.infer<typeof listEntry>;

/** By `keyOf`. */
export type Lists = ReadonlyMap<string, ListEntry>;

/** In all lists together, those taken off too: 20,000 of 200 bytes are 4 MB. */
export const ENTRIES_MAX = 20_000;
/** In one message: some 300 KB at worst. */
export const EXCHANGED_MAX = 500;

/** The game does not tell a name from one with other capitals. */
export const keyOf = ({ list, player }: Pick<ListEntry, "list" | "player">): string =>
  `${list} ${player.toLowerCase()}`;

/** PL1: true when `a` counts and not `b`. */
export const outranks = (a: ListEntry, b: ListEntry | undefined): boolean => {
  if (b === undefined) return true;
  if (a.at !== b.at) return a.at > b.at;
  const [x, y] = [a, b].map((entry) => JSON.stringify([entry.by, entry.on, entry.player, entry.reason ?? ""]));
  return (x ?? "") > (y ?? "");
};

/** Taken in where they count, in this order; the same map when none does. */
export const mergedAll = (lists: Lists, entries: Iterable<ListEntry>): Lists => {
  let after: Map<string, ListEntry> | undefined;
  for (const entry of entries) {
    const key = keyOf(entry);
    if (!outranks(entry, (after ?? lists).get(key))) continue;
    after ??= new Map(lists);
    after.set(key, entry);
  }
  return after ?? lists;
};

export const merged = (lists: Lists, entry: ListEntry): Lists => mergedAll(lists, [entry]);

/** Who is on a list, by lower-case name. */
export const membersOf = (lists: Lists, list: ListName): Map<string, ListEntry> => {
  const members = new Map<string, ListEntry>();
  for (const entry of lists.values())
    if (entry.list === list && entry.on) members.set(entry.player.toLowerCase(), entry);
  return members;
};

interface WithLists {
  readonly lists?: { readonly [List in ListName]?: ListMode };
}

/** Which lists an instance's configuration has take part, and how. Default: none. */
export const modesOf = (config: WithLists | object | undefined): ListModes => {
  const lists = (config as WithLists | undefined)?.lists;
  return { admins: lists?.admins ?? "off", bans: lists?.bans ?? "off", whitelist: lists?.whitelist ?? "off" };
};

/** What a bridge asks: `query.<slave>.list-exchange`. */
export const listExchange = z.object({
  /** Which stream, and up to which of its messages the bridge has all. */
  of: z.string().max(100),
  since: shape.count,
  /** Said in games of that bridge whose list goes both ways. */
  changes: z.array(z.object({ instance: shape.id, entry: listEntry })).max(EXCHANGED_MAX),
});
export type ListExchange = z.infer<typeof listExchange>;

export const listExchanged = z.object({
  of: z.string().max(100),
  /** All up to this one are told: the next `since`. */
  seq: shape.count,
  entries: z.array(listEntry).max(EXCHANGED_MAX),
  /** There are more: ask again. */
  more: z.literal(true).exactOptional(),
  /** Of the changes, in order: why one was not taken. */
  refused: z.array(z.string()).max(EXCHANGED_MAX),
});
export type ListExchanged = z.infer<typeof listExchanged>;

const onPlayer = z.object({ player: listed });

/** What operators order about the cluster's lists: `command.<user>.master.player.<verb>`. */
export const peopleCommands = {
  "player.ban": onPlayer.extend({
    reason: z
      .string()
      .max(REASON_CHARACTERS_MAX)
      .regex(/^[^\p{Cc}]*$/u)
      .exactOptional(),
  }),
  "player.unban": onPlayer,
  "player.promote": onPlayer,
  "player.demote": onPlayer,
  "player.whitelist-add": onPlayer,
  "player.whitelist-remove": onPlayer,
} as const;
export type PeopleCommand = keyof typeof peopleCommands;
export const isPeopleCommand = (name: string): name is PeopleCommand => Object.hasOwn(peopleCommands, name);

const CHANGES: Readonly<Record<PeopleCommand, readonly [ListName, boolean]>> = {
  "player.ban": ["bans", true],
  "player.unban": ["bans", false],
  "player.promote": ["admins", true],
  "player.demote": ["admins", false],
  "player.whitelist-add": ["whitelist", true],
  "player.whitelist-remove": ["whitelist", false],
};

/** The word that a command speaks; always the last one (PL1). */
export const entryOf = (
  command: PeopleCommand,
  { player, reason = "" }: { readonly player: string; readonly reason?: string },
  { user, now, lists }: { readonly user: string; readonly now: number; readonly lists: Lists },
): ListEntry => {
  const [list, on] = CHANGES[command];
  const before = lists.get(keyOf({ list, player }));
  const at = Math.max(now, (before?.at ?? 0) + 1);
  return { list, player, on, ...(reason === "" ? {} : { reason }), at, by: user };
};

/** The answer to such a command. */
export const listSet = z.object({
  entry: listEntry,
  /** Instances that do as this list says, and those with a list of their own. */
  follow: z.array(shape.id),
  own: z.array(shape.id),
});
export type ListSet = z.infer<typeof listSet>;
