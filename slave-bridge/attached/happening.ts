import { z } from "zod";
import * as shape from "#core/events/shapes";
import type { ListName } from "#core/people/lists";

/** What players did in a game whose log this bridge cannot read, as a line of the mod (docs/game-protocol.md). Decoded here and nowhere else. */
const line = z.object({
  happened: z.object({
    token: shape.token,
    what: z.enum(["joined", "left", "said", "kicked", "banned", "unbanned", "promoted", "demoted"]),
    /** Absent: the console. */
    player: z.string().min(1).max(100).optional(),
    by: z.string().min(1).max(100).optional(),
    text: z.string().max(1_000).optional(),
  }),
});

export type Happening = z.infer<typeof line>["happened"];

/** Cheap: every line of a game is asked. */
export const isHappeningLine = (text: string): boolean => text.startsWith('{"happened":');

/** Undefined for what is none: another version's. */
export const decodeHappening = (text: string): Happening | undefined => {
  try {
    return line.safeParse(JSON.parse(text)).data?.happened;
  } catch {
    return undefined;
  }
};

const SERVER = "<server>";

const words = ({ what, player = SERVER, by = SERVER, text }: Happening): readonly [tag: string, words: string] => {
  const why = text === undefined ? "." : `. Reason: ${text}.`;
  switch (what) {
    case "joined":
      return ["JOIN", `${player} joined the game`];
    case "left":
      return ["LEAVE", `${player} left the game`];
    case "said":
      return ["CHAT", `${player}: ${text ?? ""}`];
    case "kicked":
      return ["KICK", `${player} was kicked by ${by}${why}`];
    case "banned":
      return ["BAN", `${player} was banned by ${by}${why}`];
    case "unbanned":
      return ["UNBANNED", `${player} was unbanned by ${by}.`];
    case "promoted":
      return ["PROMOTE", `${player} was promoted to admin by ${by}.`];
    case "demoted":
      return ["DEMOTE", `${player} was demoted from admin by ${by}.`];
  }
};

/** As the game's own log has it (FACTORIO.md: dated events), with the time at which it was heard (UTC). */
export const logLine = (happening: Happening, now: number): string => {
  const [tag, said] = words(happening);
  const day = new Date(now).toISOString().slice(0, 19).replace("T", " ");
  return `${day} [${tag}] ${said.replace(/\p{Cc}/gu, " ")}`;
};

/** What it means for a list. The whitelist's changes are no event of the game. */
export const onList = ({
  what,
  player,
  text,
}: Happening):
  | { readonly list: ListName; readonly player: string; readonly on: boolean; readonly reason?: string }
  | undefined => {
  if (player === undefined || /[\s\p{Cc}]/u.test(player)) return undefined;
  const reason = text === undefined ? {} : { reason: text.replace(/\p{Cc}/gu, " ").slice(0, 200) };
  switch (what) {
    case "banned":
      return { list: "bans", player, on: true, ...reason };
    case "unbanned":
      return { list: "bans", player, on: false };
    case "promoted":
      return { list: "admins", player, on: true };
    case "demoted":
      return { list: "admins", player, on: false };
    default:
      return undefined;
  }
};
