import type { InstanceId } from "#core/ids";
import type { PlayerFact } from "#core/people/facts";

/**
 * Who plays and has played, folded from facts about players. Pure.
 *
 * PB1 a stay counts once, however often its end is told; one whose end was never told counts nothing.
 * PB2 nobody is in one instance twice: a newer stay there ends an older one.
 * PB3 what a bridge says of times is bounded by the broker's: no stay ends after the message that tells of it.
 */
export interface Stay {
  readonly session: string;
  readonly since: number;
}

export interface Player {
  readonly name: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly playtimeMs: number;
  readonly stays: number;
  readonly online: ReadonlyMap<InstanceId, Stay>;
  /** The last ones that ended: a repeated end is known by them (PB1). */
  readonly ended: readonly string[];
}

export type PlayerBook = Map<string, Player>;

/** A bridge repeats an end only around its own death. */
const ENDED_KEPT = 8;
/** More players than that are a flood of made-up names: they are not told apart any more. */
export const PLAYERS_MAX = 200_000;

const newPlayer = (name: string, at: number): Player => ({
  name,
  firstSeen: at,
  lastSeen: at,
  playtimeMs: 0,
  stays: 0,
  online: new Map(),
  ended: [],
});

/** `time`: the broker's, of the message (ms). */
export const evolvePlayers = (
  book: PlayerBook,
  { instance, time }: { readonly instance: InstanceId; readonly time: number },
  { type, data }: PlayerFact,
): void => {
  const before = book.get(data.player);
  if (before === undefined && book.size >= PLAYERS_MAX) return;
  const at = Math.min(data.at, time);
  const player = before ?? newPlayer(data.player, at);
  if (player.ended.includes(data.session)) return;
  const seen = { firstSeen: Math.min(player.firstSeen, at), lastSeen: Math.max(player.lastSeen, at) };
  const online = new Map(player.online);
  if (type === "player-joined") {
    online.set(instance, { session: data.session, since: at });
    return void book.set(player.name, { ...player, ...seen, online });
  }
  if (online.get(instance)?.session === data.session) online.delete(instance);
  const since = Math.min(data.since, at);
  book.set(player.name, {
    ...player,
    ...seen,
    firstSeen: Math.min(seen.firstSeen, since),
    playtimeMs: player.playtimeMs + (at - since),
    stays: player.stays + 1,
    online,
    ended: [data.session, ...player.ended].slice(0, ENDED_KEPT),
  });
};

/** With the stays that go on. */
export const playtimeAt = ({ playtimeMs, online }: Player, now: number): number =>
  [...online.values()].reduce((sum, { since }) => sum + Math.max(0, now - since), playtimeMs);
