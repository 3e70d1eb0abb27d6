import { Command, Option } from "clipanion";
import { badInput, unavailable } from "#core/errors";
import type { PlayerView } from "#core/events/query";
import { LIST_NAMES, type ListEntry } from "#core/people/lists";
import { playersOnline } from "#core/people/orders";
import { noSuch } from "#core/terminal/near";
import type { Column } from "#core/terminal/table";
import { CATEGORY, PlayerCommand, SOURCE } from "#ctl/player/base";
import { ORDER_COMMANDS } from "#ctl/player/orders";
import { dayText, spanText } from "#ctl/player/text";
import type { Prints } from "#ctl/printed/all";
import { whereIs } from "#ctl/save/where";

const onlineText = ({ online }: PlayerView): string => online.map(({ instance }) => instance).join(",") || "-";

const COLUMNS: readonly Column<PlayerView>[] = [
  { head: "PLAYER", of: ({ player }) => player },
  { head: "ONLINE", of: onlineText },
  { head: "PLAYTIME", of: ({ playtimeMs }) => spanText(playtimeMs), align: "right" },
  { head: "STAYS", of: ({ stays }) => String(stays), align: "right" },
  { head: "LAST SEEN (UTC)", of: ({ lastSeen }) => dayText(lastSeen) },
];

interface OnlineHere {
  readonly player: string;
  readonly since: number;
}

const HERE: readonly Column<OnlineHere>[] = [
  { head: "PLAYER", of: ({ player }) => player },
  { head: "SINCE (UTC)", of: ({ since }) => dayText(since) },
];

const LIST_COLUMNS: readonly Column<ListEntry>[] = [
  { head: "PLAYER", of: ({ player }) => player },
  { head: "SINCE (UTC)", of: ({ at }) => dayText(at) },
  { head: "BY", of: ({ by }) => by },
  { head: "REASON", of: ({ reason = "" }) => reason || "-" },
];

export class PlayerListCommand extends PlayerCommand {
  static override paths = [["player", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "who plays and has played, for how long; or who is on a list",
    details: `
      Playtime is the sum of all stays, as the servers' logs tell them: a rolled-back save does not lower it.
      ${SOURCE}`,
    examples: [
      ["Who is online", "$0 player list --online"],
      ["In one game", "$0 player list --on north"],
      ["Who is banned", "$0 player list --list bans"],
    ],
  });
  online = Option.Boolean("--online", false, { description: "Only those who are in a game now." });
  on = Option.String("--on", { description: "Who is in this instance's game now, as its bridge says." });
  listName = Option.String("--list", { description: `Who is on this list of the cluster: ${LIST_NAMES.join(", ")}.` });

  override async execute(): Promise<number> {
    return this.runPeople(() => {
      const { on, online } = this;
      const list = LIST_NAMES.find((name) => name === this.listName);
      if (this.listName !== undefined && list === undefined)
        throw badInput(noSuch("list", this.listName, { names: LIST_NAMES, none: "" }));
      if (this.listName !== undefined && (on !== undefined || online))
        throw badInput("--list stands alone: the lists are the cluster's");
      return async (people) => {
        const { client, output } = people;
        if (list !== undefined) {
          this.list(
            output,
            (await client.lists(list)) satisfies readonly Prints<"player list">[],
            LIST_COLUMNS,
            `nobody is on the list of ${list}`,
          );
          return;
        }
        if (on === undefined) {
          const all = await client.players(online ? { online: true } : {});
          this.list(
            output,
            all satisfies readonly Prints<"player list">[],
            COLUMNS,
            online ? "nobody is online" : "nobody has played yet",
          );
          return;
        }
        const where = await whereIs(people, on);
        const told = playersOnline.safeParse(await client.bridge(where, "players", {}));
        if (!told.success) throw unavailable("the bridge's answer has another shape: is it another version?");
        this.list(
          output,
          told.data.players satisfies readonly Prints<"player list">[],
          HERE,
          `nobody is in ${where.instance}`,
        );
      };
    });
  }
}

export class PlayerShowCommand extends PlayerCommand {
  static override paths = [["player", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one player: where, since when, how long in all, and on which lists",
    details: SOURCE,
    examples: [["", "$0 player show ann"]],
  });
  player = Option.String({ name: "player" });

  override async execute(): Promise<number> {
    return this.runPeople(() => async ({ client, output }) => {
      const lower = this.player.toLowerCase();
      const [found] = await client.players({ player: this.player });
      const lists = (await client.lists()).filter(({ player }) => player.toLowerCase() === lower);
      if (found === undefined && lists.length === 0) {
        const names = (await client.players()).map(({ player }) => player);
        throw badInput(noSuch("player", this.player, { names, none: "nobody has played yet" }));
      }
      this.show(output, { player: this.player, ...found, lists } satisfies Prints<"player show">, () => [
        `${found?.player ?? this.player}`,
        ...(found === undefined ? ["has never played here"] : linesOf(found)),
        ...lists.map(listLine),
      ]);
    });
  }
}

const linesOf = (found: PlayerView): string[] => [
  `online       ${onlineText(found)}`,
  `playtime     ${spanText(found.playtimeMs)} in ${found.stays} stays`,
  `first seen   ${dayText(found.firstSeen)}`,
  `last seen    ${dayText(found.lastSeen)}`,
];

const listLine = ({ list, by, at, reason }: ListEntry): string =>
  `on ${list.padEnd(10)}since ${dayText(at)}, by ${by}${reason === undefined ? "" : `: ${reason}`}`;

export const PLAYER_COMMANDS = [PlayerListCommand, PlayerShowCommand, ...ORDER_COMMANDS] as const;
