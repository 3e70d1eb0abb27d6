import { z } from "zod";
import * as shape from "#core/events/shapes";
import { CHANNEL_SIGNALS_MAX, isInt32, SIGNAL_PATTERN } from "#core/signal";

/**
 * What one instance puts on one channel: `circuit.<slave>.<instance>.<channel>` as its bridge says it,
 * `signal.<channel>.<instance>` as the leader hands it on, the same bytes. The whole of it every time, restated.
 */
export const channelState = z.object({
  /** The bridge's start, and a number that rises with each statement of it about this channel: lower ones are dropped. */
  boot: shape.boot,
  seq: shape.count,
  /** No signal stands for all zero: the instance is silent, and is forgotten at once. */
  signals: z
    .record(z.string().regex(SIGNAL_PATTERN), z.number().int().refine(isInt32, "a signed 32-bit number"))
    .refine((signals) => Object.keys(signals).length <= CHANNEL_SIGNALS_MAX, `at most ${CHANNEL_SIGNALS_MAX} signals`),
});
export type ChannelState = z.infer<typeof channelState>;

/** A channel is restated this often … */
export const CHANNEL_RESTATE_MS = 5_000;
/** … and a value that was not restated for three periods is gone: whoever vouched for it is. */
export const CHANNEL_SILENCE_MS = 15_000;

/** `storage.<item, fluid or energy>.<name>.<variant>`: a level after a round. */
export const storageLevel = z.object({ resource: shape.resource, level: shape.total, round: shape.count });
