import { z } from "zod";
import { messageChannel, messageData } from "#core/events/message";
import * as shape from "#core/events/shapes";

/** A message to other worlds, as a line of the mod's report file (docs/game-protocol.md). Decoded here and nowhere else. */
const line = z.object({
  message: z.object({
    token: shape.token,
    n: shape.count,
    channel: messageChannel,
    /** Absent: all others. */
    to: shape.id.optional(),
    data: messageData,
  }),
});

export type Said = z.infer<typeof line>["message"];

/** Cheap: every line of a game is asked. */
export const isMessageLine = (text: string): boolean => text.startsWith('{"message":');

/** Undefined for what is none: another version's. */
export const decodeMessageLine = (text: string): Said | undefined => {
  try {
    return line.safeParse(JSON.parse(text)).data?.message;
  } catch {
    return undefined;
  }
};
