import { z } from "zod";
import * as shape from "#core/events/shapes";

/** Ten ticks of RCON into a game with ten players; the mod refuses more (docs/mod-api.md). */
export const MESSAGE_DATA_BYTES_MAX = 1_000;
/** As the mod's: a mod's name and a word after it. */
export const MESSAGE_CHANNEL_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

export const messageChannel = z.string().regex(MESSAGE_CHANNEL_PATTERN, "1 to 64 of letters, digits, - and _");
export const messageData = z
  .string()
  .refine((data) => Buffer.byteLength(data) <= MESSAGE_DATA_BYTES_MAX, `at most ${MESSAGE_DATA_BYTES_MAX} bytes`);

/**
 * What one world's mods say to others: `message.<slave>.<instance>.<to or _>.<channel>`. At most once: neither kept nor
 * repeated, by nobody (docs/adr/0049).
 */
export const worldMessage = z.object({
  /** The bridge's start and a number that rises with what it sends for this instance: they name the message. */
  boot: shape.boot,
  seq: shape.count,
  world: shape.world,
  time: shape.time,
  data: messageData,
});
export type WorldMessage = z.infer<typeof worldMessage>;
