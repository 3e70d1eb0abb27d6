import { z } from "zod";
import { canonicalJson, decodeFile } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import { type PlayerFact, player, playerFactData } from "#core/people/facts";

/**
 * Who is in one game, and what is still to be said of who came and went. Pure; `people/players.ts` carries it out.
 *
 * PR1 each stay is told as one joined and one left, with the times at which they were seen, whenever they can be told.
 * PR2 a stay that ended while nobody looked ends when it was seen last.
 * PR3 what waits to be told is bounded, and so is how fast it is told: a flood pushes out its own oldest.
 */
export interface Stay {
  readonly session: string;
  readonly since: number;
  readonly seen: number;
}

export interface Roster {
  readonly online: ReadonlyMap<string, Stay>;
  readonly waiting: readonly PlayerFact[];
  /** Pushed out (PR3). */
  readonly lost: number;
}

export const EMPTY_ROSTER: Roster = { online: new Map(), waiting: [], lost: 0 };

/** A day of a full server; some 200 KB. */
export const WAITING_MAX = 1_000;
/** In one game at once: the game's own limit is 65,535. */
export const ONLINE_MAX = 65_535;

const told = (roster: Roster, fact: PlayerFact): Roster => {
  const over = roster.waiting.length + 1 - WAITING_MAX;
  if (over <= 0) return { ...roster, waiting: [...roster.waiting, fact] };
  return { ...roster, waiting: [...roster.waiting.slice(over), fact], lost: roster.lost + over };
};

export const joined = (roster: Roster, name: string, { session, now }: { session: string; now: number }): Roster => {
  if (roster.online.has(name) || roster.online.size >= ONLINE_MAX) return roster;
  const online = new Map(roster.online).set(name, { session, since: now, seen: now });
  return told({ ...roster, online }, { type: "player-joined", data: { player: name, session, at: now } });
};

const ended = (roster: Roster, name: string, at: number, how: "left" | "stopped" | "unseen"): Roster => {
  const stay = roster.online.get(name);
  if (stay === undefined) return roster;
  const online = new Map(roster.online);
  online.delete(name);
  const { session, since } = stay;
  const data = { player: name, session, since, at: Math.max(at, since), how };
  return told({ ...roster, online }, { type: "player-left", data });
};

export const left = (roster: Roster, name: string, now: number): Roster => ended(roster, name, now, "left");

/** The game is gone, and all with it. */
export const stopped = (roster: Roster, now: number): Roster =>
  [...roster.online.keys()].reduce((after, name) => ended(after, name, now, "stopped"), roster);

/** Nobody knows since when the game is gone. */
export const lostSight = (roster: Roster): Roster =>
  [...roster.online].reduce((after, [name, { seen }]) => ended(after, name, seen, "unseen"), roster);

/** The game says who is there: asked at `asked`, so who came since then may be missing in it. */
export const reconciled = (
  roster: Roster,
  names: readonly string[],
  { asked, now, session }: { asked: number; now: number; session: () => string },
): Roster => {
  let after = roster;
  const there = new Set(names);
  for (const [name, { since, seen }] of roster.online)
    if (!there.has(name) && since < asked) after = ended(after, name, Math.min(seen, now), "unseen");
  for (const name of there) after = joined(after, name, { session: session(), now });
  return seenAt(after, now);
};

export const seenAt = (roster: Roster, now: number): Roster => ({
  ...roster,
  online: new Map([...roster.online].map(([name, stay]) => [name, { ...stay, seen: Math.max(stay.seen, now) }])),
});

/** What was told is not told again. */
export const taken = (roster: Roster, count: number): Roster => ({ ...roster, waiting: roster.waiting.slice(count) });

const file = z.object({
  v: z.literal(1),
  online: z.array(z.object({ player, session: z.string(), since: shape.count, seen: shape.count })).max(ONLINE_MAX),
  waiting: z
    .array(
      z.union([
        z.object({ type: z.literal("player-joined"), data: playerFactData["player-joined"] }),
        z.object({ type: z.literal("player-left"), data: playerFactData["player-left"] }),
      ]),
    )
    .max(WAITING_MAX),
});

/** @throws ClusterioError `bad-input` when the file is not one of ours. */
export const decodeRoster = (bytes: Uint8Array, path: string): Roster => {
  const { online, waiting } = decodeFile(file, bytes, path);
  return { online: new Map(online.map(({ player: name, ...stay }) => [name, stay])), waiting, lost: 0 };
};

export const encodeRoster = ({ online, waiting }: Roster): Uint8Array => {
  const stays = [...online].map(([name, stay]) => ({ player: name, ...stay }));
  return new TextEncoder().encode(`${canonicalJson({ v: 1, online: stays, waiting })}\n`);
};
