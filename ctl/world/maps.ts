import { Command, Option } from "clipanion";
import { z } from "zod";
import { nodeClock } from "#core/adapters/node-clock";
import { badInput, refused } from "#core/errors";
import { parseWorldId } from "#core/ids";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { UserCommand } from "#ctl/client/user-command";
import { instanceNamed } from "#ctl/instance/named";
import type { Prints } from "#ctl/printed/all";
import { whereIs } from "#ctl/save/where";
import { CATEGORY, SOURCE, worldIn } from "#ctl/world/base";

/** Which map of an instance is which world: a new one, the same one again, or one that never comes back. */

const raised = z.object({ generation: z.number() });

export class WorldNewCommand extends UserCommand {
  static override paths = [["world", "new"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the next map of an instance, without a world of ours in its save, is a new world",
    details: `
      Say it before a new map is started on an instance that had one. The world that was stays in the ledger, closed; what is in
      flight to it waits for it, until \`world retire\` recalls it.
      ${SOURCE}`,
    examples: [["Before a fresh map on north", "$0 world new north"]],
  });

  instance = Option.String({ name: "instance" });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const { instance } = instanceNamed(await client.instances(), this.instance);
      const { generation } = raised.parse(await client.master("world.new", { instance }));
      this.show(output, { instance, generation } satisfies Prints<"world new">, () => [
        `${instance}: its next map is ${instance}.${generation}; what was before it stays in the ledger`,
      ]);
    });
  }
}

const AS = ["new", "same"] as const;

export class WorldDecideCommand extends UserCommand {
  static override paths = [["world", "decide"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "whether a running save that names no world is a new one, or the instance's own again",
    details: `
      For an instance that its bridge's alarm says to be undecided. new: another map; it begins with nothing and owes nothing. same: this
      instance's world, for example after the mod was removed and added: its totals began again, and what it had exported is taken
      back. Asked of the bridge, which does it also while no master leads.
      ${SOURCE}`,
    examples: [
      ["It is another map", "$0 world decide north new"],
      ["The mod was away for a while", "$0 world decide north same"],
    ],
  });

  instance = Option.String({ name: "instance" });
  as = Option.String({ name: "new|same" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const as = AS.find((one) => one === this.as);
      if (as === undefined) throw badInput(`"${this.as.slice(0, 40)}": say new or same`);
      return async (client, output, _place, bus) => {
        const { signal } = output;
        const at = await whereIs({ client, bus, clock: nodeClock, signal }, this.instance);
        await client.bridge(at, "decide", { as });
        this.show(output, { instance: at.instance, as } satisfies Prints<"world decide">, () => [
          `${at.instance}: its save is ${as === "new" ? "a new world" : "the world that it was"}`,
        ]);
      };
    });
  }
}

export class WorldRetireCommand extends UserCommand {
  static override paths = [["world", "retire"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "give a world up that never comes back: what is in flight to it returns to storage",
    details: `
      Its record stays: should its save come back, it is a rewind, and nothing is made. Its debts stay until \`debt write-off\`. Asks for
      the world's name, unless --yes is said. A world whose server runs is refused.
      ${SOURCE}`,
    examples: [
      ["Its save is lost", "$0 world retire iron.1"],
      ["In a script", "$0 world retire iron.1 --yes"],
    ],
  });

  world = Option.String({ name: "world" });
  yes = yesOption();

  override async execute(): Promise<number> {
    return this.run(() => {
      const { id } = parseWorldId(this.world);
      return async (client, output) => {
        const world = worldIn(await client.worlds(), id);
        // Before anybody is asked to type a name.
        if (world.open) throw refused(`${id} runs: stop its server first, clusterio instance stop ${world.instance}`);
        const { signal } = output;
        const question = { what: "the world's name", name: id, does: "give it up for ever" };
        await confirmed(question, { yes: this.yes, signal });
        await client.master("world.retire", { world: id });
        const recalled = Object.fromEntries(
          Object.entries(world.allocated)
            .map(([resource, n]) => [resource, n - (world.received[resource] ?? 0)] as const)
            .filter(([, n]) => n > 0),
        );
        const back = Object.entries(recalled).map(([resource, n]) => `${n} ${resource}`);
        this.show(output, { world: id, retired: true, recalled } satisfies Prints<"world retire">, () => [
          `${id} is given up${back.length === 0 ? "" : `; back in storage: ${back.join(", ")}`}`,
        ]);
      };
    });
  }
}
