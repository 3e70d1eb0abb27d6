/**
 * How fast a server takes in long commands. With players it streams them to every peer, in segments: so many bytes a tick,
 * by the number of players. These are the game's own defaults, which the bridge writes into every server's settings, so
 * that they are known.
 */
export const SEGMENTS = {
  maximum_segment_size: 100,
  maximum_segment_size_peer_count: 10,
  minimum_segment_size: 25,
  minimum_segment_size_peer_count: 20,
} as const;

export type Segments = { readonly [name in keyof typeof SEGMENTS]: number };

/** Bytes of commands that the game takes in per tick. Without players nothing has to travel: there is no limit. */
export const bytesPerTick = (players: number, segments: Segments = SEGMENTS): number => {
  if (players <= 0) return Number.POSITIVE_INFINITY;
  const { maximum_segment_size: large, maximum_segment_size_peer_count: few } = segments;
  const { minimum_segment_size: small, minimum_segment_size_peer_count: many } = segments;
  if (players <= few) return large;
  if (players >= many) return small;
  return large + ((small - large) * (players - few)) / (many - few);
};
