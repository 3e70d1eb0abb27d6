import { z } from "zod";
import { playerView } from "#core/events/query";
import { listEntry } from "#core/people/lists";
import type { Printed } from "#core/terminal/printed";

const listed = z.strictObject({
  entry: listEntry,
  follow: z.array(z.string()).describe("instances that follow the cluster's list"),
  own: z.array(z.string()).describe("those that keep one of their own"),
});
const said = z.strictObject({ instance: z.string(), said: z.string().describe("the game's answer") });
const set = z.union([listed, said]);

/** Players. */
export const PEOPLE = {
  "player list": z.union([playerView, listEntry, z.strictObject({ player: z.string(), since: z.number() })]),
  "player show": z.strictObject({
    ...playerView.partial().shape,
    player: z.string(),
    lists: z.array(listEntry),
  }),
  "player kick": said,
  "player ban": set,
  "player unban": set,
  "player promote": set,
  "player demote": set,
  "player whitelist add": set,
  "player whitelist remove": set,
} satisfies Printed;
