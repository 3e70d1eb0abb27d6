import { PLAYER_CHARACTERS_MAX } from "#core/people/facts";

/** What a line of the game's output says about who plays (FACTORIO.md: dated events). */
export interface Coming {
  readonly kind: "joined" | "left";
  readonly player: string;
}

const DATED = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[(JOIN|LEAVE)\] (.+) (joined|left) the game$/;

/** Undefined for any other line. */
export const comingIn = (line: string): Coming | undefined => {
  const [, tag, player = "", did] = DATED.exec(line) ?? [];
  if (tag === undefined || (tag === "JOIN") !== (did === "joined")) return undefined;
  return player.length > PLAYER_CHARACTERS_MAX ? undefined : { kind: tag === "JOIN" ? "joined" : "left", player };
};

/** The names in the reply to `/players online`, undefined when it is not one. */
export const onlineIn = (reply: string): string[] | undefined => {
  const [head = "", ...lines] = reply.split("\n");
  if (!/^Online players \(\d+\):?\s*$/.test(head)) return undefined;
  return lines.flatMap((line) => /^\s+(\S.*?)(?: \(online\))?\s*$/.exec(line)?.[1] ?? []);
};
