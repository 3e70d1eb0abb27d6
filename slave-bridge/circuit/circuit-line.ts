import { z } from "zod";
import * as shape from "#core/events/shapes";
import { CHANNEL_BYTES_MAX, isInt32, SIGNAL_PATTERN } from "#core/signal";

/**
 * What the mod says about circuits in its report file (docs/game-protocol.md): what its world puts on a channel, and what its
 * combinators show. Decoded here and nowhere else.
 */

const key = z.string().regex(SIGNAL_PATTERN);
const channel = z.string().min(1).max(CHANNEL_BYTES_MAX);
const number = z.string().regex(/^(?:0|[1-9][0-9]{0,8})$/);
/** Lua writes an empty list as {}. */
const keys = z.array(key).or(
  z
    .object({})
    .strict()
    .transform((): string[] => []),
);

const say = z.object({
  circuit: shape.token,
  say: channel,
  /** These are all; else those that changed, 0 for one that is gone. */
  whole: z.literal(true).optional(),
  signals: z.record(key, z.number().int().refine(isInt32)),
});

const hear = z.object({
  circuit: shape.token,
  /** By the feed's number: a channel, or the storage's levels (no channel), of these signals only. */
  hear: z.record(number, z.object({ channel: channel.optional(), epoch: shape.count, only: keys.optional() })),
  /** Numbers of signals given since the last such line of the session; all of them in its first. */
  names: z.record(number, key),
});

const line = z.union([say, hear]);

export type CircuitLine = z.infer<typeof line>;
export type FeedsLine = z.infer<typeof hear>;

/** Cheap: every line of a game is asked. */
export const isCircuitLine = (text: string): boolean => text.startsWith('{"circuit":');

/** Undefined for what is none: another version's. */
export const decodeCircuitLine = (text: string): CircuitLine | undefined => {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const namedReply = z.object({
  /** The numbers that the save gives to the names asked for, but for those that it has no prototype for. */
  signals: z.record(key, shape.count).or(z.object({}).strict()),
});

/** The reply to `/clusterio-signals`; undefined for an error. */
export const decodeNumbered = (text: string): Readonly<Record<string, number>> | undefined => {
  try {
    return namedReply.safeParse(JSON.parse(text)).data?.signals as Readonly<Record<string, number>> | undefined;
  } catch {
    return undefined;
  }
};
