import { z } from "zod";
import { type ListName, type Lists, membersOf } from "#core/people/lists";

/** The files of lists that the game reads at its start and writes at each change (FACTORIO.md). Pure. */

export interface Listed {
  readonly player: string;
  readonly reason?: string;
}

/** Who is on a list, by lower-case name. */
export type Members = ReadonlyMap<string, Listed>;

const names = z.array(z.string());
const bans = z.array(z.looseObject({ username: z.string(), reason: z.string().optional() }));

/** Undefined when that is no such file: nothing is concluded from it. */
export const membersIn = (list: ListName, bytes: Uint8Array | undefined): Members | undefined => {
  if (bytes === undefined) return new Map();
  const value = jsonIn(bytes);
  if (list === "bans") {
    const result = bans.safeParse(value);
    if (!result.success) return undefined;
    return byName(
      result.data.map(({ username, reason = "" }) => ({ player: username, ...(reason === "" ? {} : { reason }) })),
    );
  }
  const result = names.safeParse(value);
  return result.success ? byName(result.data.map((player) => ({ player }))) : undefined;
};

const byName = (listed: readonly Listed[]): Members => new Map(listed.map((one) => [one.player.toLowerCase(), one]));

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};

/** What the game is to read at its start. A ban keeps what else stood with it there. */
export const fileWith = (list: ListName, members: Members, before: Uint8Array | undefined): Uint8Array => {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const value = list === "bans" ? bansWith(sorted, before) : sorted.map(({ player }) => player);
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
};

const bansWith = (members: readonly Listed[], before: Uint8Array | undefined): object[] => {
  const result = bans.safeParse(before === undefined ? [] : jsonIn(before));
  const known = new Map((result.success ? result.data : []).map((ban) => [ban.username.toLowerCase(), ban]));
  return members.map(({ player, reason = "" }) => ({ reason, ...known.get(player.toLowerCase()), username: player }));
};

/** The cluster's word on a list, as a file has it. */
export const membersFrom = (lists: Lists, list: ListName): Members =>
  new Map(
    [...membersOf(lists, list)].map(([name, { player, reason }]) => [
      name,
      reason === undefined ? { player } : { player, reason },
    ]),
  );
