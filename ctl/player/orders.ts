import { Command, Option } from "clipanion";
import { badInput } from "#core/errors";
import type { ListSet, PeopleCommand } from "#core/people/lists";
import { type InstancePlayerCommand, playerName, REASON_CHARACTERS_MAX, reason } from "#core/people/orders";
import { CATEGORY, type People, PlayerCommand, SOURCE } from "#ctl/player/base";
import type { Prints } from "#ctl/printed/all";
import { whereIs } from "#ctl/save/where";

type Order = Exclude<InstancePlayerCommand, "players">;

const DIRECT = `
      With --on the command is given in that one game. Without, the cluster's list is set: each instance whose \`lists\` setting
      follows it does so within seconds, also those that start later.
`;

interface Said {
  readonly instance: string;
  readonly said: string;
}

/** What was typed, proved. */
const proved = (player: string, why: string | undefined): { player: string; reason?: string } => {
  if (!playerName.safeParse(player).success)
    throw badInput(`"${player.slice(0, 80)}" is no player's name: no blanks, at most 60 characters`);
  const given = reason.safeParse(why ?? "");
  if (!given.success) throw badInput(`--reason has one line of at most ${REASON_CHARACTERS_MAX} characters`);
  return given.data === "" ? { player } : { player, reason: given.data };
};

abstract class OrderCommand extends PlayerCommand {
  player = Option.String({ name: "player" });
  on = Option.String("--on", { description: "Only in this instance's game." });

  /** In one game, by its own console. */
  protected async inGame(people: People, verb: Order, request: { player: string; reason?: string }): Promise<void> {
    const where = await whereIs(people, this.on ?? "");
    await this.tell(people, where.instance, () => people.client.bridge(where, verb, request));
  }

  protected async tell(people: People, instance: string, ask: () => Promise<unknown>): Promise<void> {
    const { said } = (await ask()) as Said;
    this.show(people.output, { instance, said } satisfies Prints<"player kick">, (done) => [
      `${done.instance}: ${done.said || "done"}`,
    ]);
  }

  protected async onList(people: People, command: PeopleCommand, request: { player: string; reason?: string }) {
    const set = await people.client.people(command, request);
    this.show(people.output, set satisfies Prints<"player ban">, linesOf);
  }
}

const linesOf = ({ entry, follow, own }: ListSet): string[] => [
  `${entry.player} is ${entry.on ? "on" : "off"} the cluster's list of ${entry.list}`,
  follow.length === 0 ? "no instance follows that list" : `followed by ${follow.join(", ")}`,
  ...(own.length === 0 ? [] : [`not by ${own.join(", ")}: \`lists.${entry.list}\` is off there, use --on`]),
];

export class PlayerKickCommand extends OrderCommand {
  static override paths = [["player", "kick"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "take a player out of the games that he is in",
    details: SOURCE,
    examples: [["", '$0 player kick eve --reason "be nice"']],
  });
  why = Option.String("--reason", { description: "Shown to him." });

  override async execute(): Promise<number> {
    return this.runPeople(() => {
      const request = proved(this.player, this.why);
      return async (people) => {
        if (this.on !== undefined) return this.inGame(people, "player-kick", request);
        const [found] = await people.client.players({ player: request.player, online: true });
        if (found === undefined) throw badInput(`${request.player} is in no game now: clusterio player list --online`);
        for (const { instance } of found.online) {
          const where = await whereIs(people, instance);
          await this.tell(people, instance, () => people.client.bridge(where, "player-kick", request));
        }
      };
    });
  }
}

/** The same in one game and in the cluster's list: `player-ban` of a bridge, `player.ban` of the master. */
type Verb = "ban" | "unban" | "promote" | "demote" | "whitelist-add" | "whitelist-remove";

abstract class ListOrderCommand extends OrderCommand {
  protected abstract readonly verb: Verb;
  protected get reason(): string | undefined {
    return undefined;
  }

  override async execute(): Promise<number> {
    return this.runPeople(() => {
      const request = proved(this.player, this.reason);
      return (people) =>
        this.on === undefined
          ? this.onList(people, `player.${this.verb}`, request)
          : this.inGame(people, `player-${this.verb}`, request);
    });
  }
}

const usageOf = (description: string, example: string) =>
  Command.Usage({ category: CATEGORY, description, details: `${DIRECT}${SOURCE}`, examples: [["", `$0 ${example}`]] });

export class PlayerBanCommand extends ListOrderCommand {
  static override paths = [["player", "ban"]];
  static override usage = usageOf(
    "ban a player, in the cluster or in one game",
    'player ban eve --reason "took the rails"',
  );
  why = Option.String("--reason", { description: "Shown to him." });
  protected override readonly verb = "ban";
  protected override get reason(): string | undefined {
    return this.why;
  }
}

export class PlayerUnbanCommand extends ListOrderCommand {
  static override paths = [["player", "unban"]];
  static override usage = usageOf("let a banned player in again", "player unban eve");
  protected override readonly verb = "unban";
}

export class PlayerPromoteCommand extends ListOrderCommand {
  static override paths = [["player", "promote"]];
  static override usage = usageOf("make a player an admin of games", "player promote ann");
  protected override readonly verb = "promote";
}

export class PlayerDemoteCommand extends ListOrderCommand {
  static override paths = [["player", "demote"]];
  static override usage = usageOf("make an admin of games a player", "player demote ann");
  protected override readonly verb = "demote";
}

export class PlayerWhitelistAddCommand extends ListOrderCommand {
  static override paths = [["player", "whitelist", "add"]];
  static override usage = usageOf("let a player into games that have a whitelist", "player whitelist add ann");
  protected override readonly verb = "whitelist-add";
}

export class PlayerWhitelistRemoveCommand extends ListOrderCommand {
  static override paths = [["player", "whitelist", "remove"]];
  static override usage = usageOf("take a player off the whitelist", "player whitelist remove ann");
  protected override readonly verb = "whitelist-remove";
}

export const ORDER_COMMANDS = [
  PlayerKickCommand,
  PlayerBanCommand,
  PlayerUnbanCommand,
  PlayerPromoteCommand,
  PlayerDemoteCommand,
  PlayerWhitelistAddCommand,
  PlayerWhitelistRemoveCommand,
] as const;
