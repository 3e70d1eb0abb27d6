import { type Members, membersFrom } from "#bridge/people/list-files";
import { keyOf, type ListEntry, type ListMode, type ListName, type Lists } from "#core/people/lists";
import { consoleLine } from "#core/people/orders";

/**
 * One game's list and the cluster's, each as it is now: what the game's players did, and what the game is still to be told. Pure.
 *
 * LY1 only what differs from what was seen last is somebody's doing in the game, and only where the cluster's word is another one: what
 *     we ordered ourselves comes back as what the cluster says anyway, so nothing goes round in circles.
 * LY2 a list that goes one way says nothing of the game, and a game is never told what it has.
 * LY3 where the cluster has no word about a player, a list that goes both ways takes the game's.
 */
export interface OneList {
  readonly list: ListName;
  readonly mode: ListMode;
  /** What the game has. */
  readonly now: Members;
}

/** What was done in the game since `before` (undefined: never looked), as words for the cluster. */
export const doneInGame = (
  { list, mode, now }: OneList,
  before: Members | undefined,
  about: { readonly lists: Lists; readonly at: number; readonly by: string; readonly ours: (key: string) => boolean },
): ListEntry[] => {
  if (mode !== "both") return [];
  const said: ListEntry[] = [];
  const say = (player: string, on: boolean, reason?: string) => {
    const key = keyOf({ list, player });
    const word = about.lists.get(key);
    if (word?.on === on || about.ours(key)) return;
    // LY3: who was there before anybody looked is taken over where nothing is known of him.
    if (before === undefined && word !== undefined) return;
    said.push({ list, player, on, ...(on && reason !== undefined ? { reason } : {}), at: about.at, by: about.by });
  };
  for (const [name, { player, reason }] of now)
    if (before?.has(name) !== true) say(player, true, reason?.slice(0, 200));
  for (const [name, { player }] of before ?? []) if (!now.has(name)) say(player, false);
  return said;
};

export interface Order {
  readonly key: string;
  readonly line: string;
}

/** The console command by which a game has one word about one player. */
export const orderFor = ({
  list,
  player,
  on,
  reason,
}: Pick<ListEntry, "list" | "player" | "on" | "reason">): Order => ({
  key: keyOf({ list, player }),
  line: consoleLine(VERBS[list][on ? 0 : 1], on && reason !== undefined ? { player, reason } : { player }),
});

/** Console commands after which the game has what the cluster says. */
export const orders = ({ list, mode, now }: OneList, lists: Lists): Order[] => {
  if (mode === "off") return [];
  const wanted = membersFrom(lists, list);
  const found: Order[] = [];
  const order = (player: string, on: boolean, reason?: string) =>
    found.push(orderFor({ list, player, on, ...(reason === undefined ? {} : { reason }) }));
  for (const [name, { player, reason }] of wanted) if (!now.has(name)) order(player, true, reason);
  for (const [name, { player }] of now) {
    if (wanted.has(name)) continue;
    if (mode === "one-way" || lists.get(keyOf({ list, player }))?.on === false) order(player, false);
  }
  return found;
};

const VERBS = {
  admins: ["player-promote", "player-demote"],
  bans: ["player-ban", "player-unban"],
  whitelist: ["player-whitelist-add", "player-whitelist-remove"],
} as const;

/** What a game's file is to hold at its start: the cluster's word, and the game's own where there is none (LY3). */
export const atStart = ({ list, mode, now }: OneList, lists: Lists): Members => {
  if (mode === "off") return now;
  const wanted = new Map(membersFrom(lists, list));
  if (mode === "both")
    for (const [name, one] of now)
      if (lists.get(keyOf({ list, player: one.player })) === undefined) wanted.set(name, one);
  return wanted;
};
