import { Command, Option } from "clipanion";
import { parseWorldId } from "#core/ids";
import { UserCommand } from "#ctl/client/user-command";
import type { Prints } from "#ctl/printed/all";
import { CATEGORY, SOURCE, worldIn } from "#ctl/world/base";
import { WorldDecideCommand, WorldNewCommand, WorldRetireCommand } from "#ctl/world/maps";
import { WORLD_COLUMNS, worldPage } from "#ctl/world/text";

export class WorldListCommand extends UserCommand {
  static override paths = [["world", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the worlds that the ledger knows, and what waits for a decision",
    details: `
      open: its session counts. closed: its server does not run, or another save does. waits: it went back further than the
      policy's limit, and an operator has to decide. rejected: he did, and its server is stopped.

      ${SOURCE}`,
    examples: [
      ["All of them", "$0 world list"],
      ["Only those that wait for a decision", "$0 world list --waiting"],
    ],
  });

  waiting = Option.Boolean("--waiting", false, { description: "Only those that wait for a decision." });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const worlds = (await client.worlds()).filter(({ waiting }) => !this.waiting || waiting !== undefined);
      const none = this.waiting ? "nothing waits for a decision" : "the ledger knows no world yet";
      this.list(output, worlds satisfies readonly Prints<"world list">[], WORLD_COLUMNS, none);
    });
  }
}

export class WorldShowCommand extends UserCommand {
  static override paths = [["world", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one world: its totals, and what a rewind that waits would take",
    details: SOURCE,
    examples: [["What would be taken from whom", "$0 world show iron.1"]],
  });

  world = Option.String({ name: "world" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { id } = parseWorldId(this.world);
      return async (client, output) => {
        this.show(output, worldIn(await client.worlds(), id) satisfies Prints<"world show">, worldPage);
      };
    });
  }
}

const DECISIONS = {
  accept: "its totals are the ledger's now",
  reject: "its server stops; give it another save and start it again",
} as const;

abstract class DecideCommand extends UserCommand {
  protected abstract readonly decision: keyof typeof DECISIONS;
  world = Option.String({ name: "world" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { id } = parseWorldId(this.world);
      return async (client, output) => {
        const { waits } = (await client.master(`world.${this.decision}`, { world: id })) as { waits: boolean };
        if (this.json)
          output.json({ world: id, decision: this.decision, waited: waits } satisfies Prints<"world accept">);
        else output.line(waits ? `${id}: ${DECISIONS[this.decision]}` : `${id}: nothing waits for a decision`);
      };
    });
  }
}

export class WorldAcceptCommand extends DecideCommand {
  static override paths = [["world", "accept"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "take a world as it is, although it went back further than the limit",
    details: `
      What it had exported since its save is taken back: from storage, and what storage lacks it owes and repays with its next
      exports. What it had received since comes again. Said twice it is done once.
      ${SOURCE}`,
    examples: [["After a look at `world show`", "$0 world accept iron.1"]],
  });

  protected override readonly decision = "accept";
}

export class WorldRejectCommand extends DecideCommand {
  static override paths = [["world", "reject"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "stop a world that went back further than the limit, to give it another save",
    details: `
      Its bridge stops the server. Put a newer save into its folder and start it again: one that goes back less than the limit
      goes on by itself.
      ${SOURCE}`,
    examples: [["", "$0 world reject iron.1"]],
  });

  protected override readonly decision = "reject";
}

export const WORLD_COMMANDS = [
  WorldListCommand,
  WorldShowCommand,
  WorldAcceptCommand,
  WorldRejectCommand,
  WorldNewCommand,
  WorldDecideCommand,
  WorldRetireCommand,
] as const;
