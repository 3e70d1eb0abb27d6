import { Command, Option } from "clipanion";
import * as t from "typanion";
import { refused } from "#core/errors";
import { slaveId } from "#core/ids";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { CATEGORY, InstanceCommand, SOURCE } from "#ctl/instance/base";
import { patchFrom } from "#ctl/instance/config-text";
import { theseInstances, whatIsTold } from "#ctl/instance/find";
import { proveSlave } from "#ctl/instance/slave-known";
import type { Prints } from "#ctl/printed/all";

const yetUnknownOption = () =>
  Option.Boolean("--yet-unknown", false, { description: "Also to a slave that the cluster does not know yet." });

export class InstanceCreateCommand extends InstanceCommand {
  static override paths = [["instance", "create"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a new instance, configured, on a slave",
    details: `
      Its id is made from the name. Made as a whole or not at all. Its first start makes a save. A slave that is away takes it up
      when it comes; one that the cluster does not know is refused, unless --yet-unknown says that it joins later.
      ${SOURCE}`,
    examples: [
      ["", '$0 instance create "North" --slave attic'],
      ["Configured", '$0 instance create "North" --slave attic --set game=2.0 --set ports.game=34197'],
    ],
  });
  name = Option.String({ name: "name" });
  slave = Option.String("--slave", { description: "The slave that it belongs to; without, nobody yet." });
  yetUnknown = yetUnknownOption();
  seed = Option.String("--seed", {
    description: "The map's seed.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(0, 4_294_967_295)]),
  });
  set = Option.Array("--set", [], { description: "KEY=VALUE of its configuration; may be given several times." });

  override async execute(): Promise<number> {
    return this.ask(() => {
      const slave = this.slave === undefined ? undefined : slaveId(this.slave);
      const config = { ...(this.seed === undefined ? {} : { seed: this.seed }), ...patchFrom(this.set) };
      return async (asked, output) => {
        const on = slave === undefined ? {} : { slave };
        if (slave !== undefined) await proveSlave(asked, slave, { yetUnknown: this.yetUnknown });
        const made = await asked.client.master("instance.create", { name: this.name, config, ...on });
        const { instance } = made as { instance: string };
        this.show(output, { instance, slave: slave ?? null } satisfies Prints<"instance create">, () => [
          `${instance} is made${slave === undefined ? "" : ` and belongs to ${slave}`}`,
        ]);
      };
    });
  }
}

export class InstanceAssignCommand extends InstanceCommand {
  static override paths = [["instance", "assign"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the slave that instances belong to; saves stay where they are (see instance move)",
    details: `
      A slave that is away takes them up when it comes; one that the cluster does not know is refused, unless --yet-unknown says that
      it joins later.
      ${SOURCE}`,
    examples: [
      ["", "$0 instance assign north --slave attic"],
      ["Before the machine is there", "$0 instance assign north --slave attic --yet-unknown"],
    ],
  });
  instances = Option.Rest({ name: "instance", required: 1 });
  slave = Option.String("--slave", { required: true, description: "The slave." });
  yetUnknown = yetUnknownOption();

  override async execute(): Promise<number> {
    return this.ask(() => {
      const slave = slaveId(this.slave);
      return async (asked, output) => {
        const found = await theseInstances(asked, this.instances);
        await proveSlave(asked, slave, { yetUnknown: this.yetUnknown });
        for (const { instance } of found) {
          await asked.client.master("instance.assign", { instance, slave });
          this.show(output, { instance, slave } satisfies Prints<"instance assign">, () => [
            `${instance} belongs to ${slave}`,
          ]);
        }
      };
    });
  }
}

export class InstanceRenameCommand extends InstanceCommand {
  static override paths = [["instance", "rename"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "another name for people; the id stays",
    details: SOURCE,
    examples: [["", '$0 instance rename north "Far North"']],
  });
  instance = Option.String({ name: "instance" });
  to = Option.String({ name: "name" });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const [found] = await theseInstances(asked, [this.instance]);
      const { instance } = found!;
      await asked.client.master("instance.rename", { instance, name: this.to });
      this.show(output, { instance, name: this.to } satisfies Prints<"instance rename">, () => [
        `${instance} is called "${this.to}" now`,
      ]);
    });
  }
}

export class InstanceDeleteCommand extends InstanceCommand {
  static override paths = [["instance", "delete"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "end an instance for good: its id is never given again",
    details: `
      Asks for its name. What it gave stays in storage; what is in flight to its worlds comes back, and what they owe nobody repays:
      either is refused without --force. Its bridge sets the folder aside (deleted/ beside instances/), with all saves.
      ${SOURCE}`,
    examples: [
      ["", "$0 instance delete north"],
      ["In a script", "$0 instance delete north --yes"],
    ],
  });
  instances = Option.Rest({ name: "instance", required: 1 });
  force = Option.Boolean("--force", false, { description: "Also while something is in flight, or owed." });
  yes = yesOption();

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const found = await theseInstances(asked, this.instances);
      const { told } = await whatIsTold(asked, found);
      for (const { instance } of found) {
        const state = told[instance]?.state;
        if (state !== undefined && state !== "stopped" && state !== "failed")
          throw refused(`${instance} is ${state}: clusterio instance stop ${instance}, then delete it`);
      }
      const { signal } = output;
      for (const { instance, name, slave } of found) {
        const question = { what: "the instance's name", name, does: `delete ${instance}` };
        await confirmed(question, { yes: this.yes, signal });
        const request = { instance, ...(this.force ? { force: true as const } : {}) };
        const { deleted } = (await asked.client.master("instance.delete", request)) as { deleted: boolean };
        const kept = slave === undefined ? "" : `; ${slave} sets its folder aside as deleted/${instance}-…`;
        this.show(output, { instance, deleted } satisfies Prints<"instance delete">, () => [
          `${instance} is deleted${kept}`,
        ]);
      }
    });
  }
}
