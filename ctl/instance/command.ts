import { Command, Option } from "clipanion";
import * as t from "typanion";
import { badInput } from "#core/errors";
import type { InstanceView } from "#core/events/query";
import { instanceId, slaveId } from "#core/ids";
import { noSuch } from "#core/terminal/near";
import type { Column } from "#core/terminal/table";
import type { ClusterClient } from "#ctl/client/client";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { InstanceLogsCommand } from "#ctl/instance/logs";
import { InstanceConsoleCommand, InstanceSendRconCommand } from "#ctl/instance/rcon";

const CATEGORY = "Instances";
const SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such instance; 3 the cluster does not run, or its slave is away; 4 refused.
`;

const COLUMNS: readonly Column<InstanceView>[] = [
  { head: "INSTANCE", of: ({ instance }) => instance },
  { head: "SLAVE", of: ({ slave }) => (slave === "" ? "-" : slave) },
  { head: "NAME", of: ({ config }) => config.name },
];

const find = async (client: ClusterClient, name: string): Promise<InstanceView> => {
  const all = await client.instances();
  const found = all.find(({ instance, config }) => instance === name || config.name === name);
  if (found !== undefined) return found;
  const names = all.map(({ instance }) => instance);
  throw badInput(noSuch("instance", name, { names, none: "clusterio instance create NAME" }));
};

/** Where an instance runs. @throws ClusterioError `bad-input` when it belongs to no slave. */
const addressOf = ({ instance, slave }: InstanceView) => {
  if (slave === "") throw badInput(`${instance} belongs to no slave: clusterio instance assign ${instance} --slave ID`);
  return { slave: slaveId(slave), instance: instanceId(instance) };
};

export class InstanceListCommand extends UserCommand {
  static override paths = [["instance", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the instances, and on which slave each is",
    details: SOURCE,
    examples: [["", "$0 instance list"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      this.list(output, await client.instances(), COLUMNS, "there is no instance yet: clusterio instance create NAME");
    });
  }
}

export class InstanceCreateCommand extends UserCommand {
  static override paths = [["instance", "create"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a new instance, on a slave",
    details: SOURCE,
    examples: [["", '$0 instance create "North" --slave attic']],
  });
  name = Option.String({ name: "name" });
  slave = Option.String("--slave", { description: "The slave that it belongs to; without, nobody yet." });
  seed = Option.String("--seed", {
    description: "The map's seed.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(0, 4_294_967_295)]),
  });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = this.slave === undefined ? undefined : slaveId(this.slave);
      return async (client, output) => {
        const config = this.seed === undefined ? {} : { seed: this.seed };
        const { instance } = (await client.master("instance.create", { name: this.name, config })) as {
          instance: string;
        };
        if (slave !== undefined) await client.master("instance.assign", { instance, slave });
        this.show(output, { instance, slave: slave ?? null }, (made) => [
          `${made.instance} is made${slave === undefined ? "" : ` and belongs to ${slave}`}`,
        ]);
      };
    });
  }
}

export class InstanceAssignCommand extends UserCommand {
  static override paths = [["instance", "assign"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the slave that an instance belongs to",
    details: SOURCE,
    examples: [["", "$0 instance assign north --slave attic"]],
  });
  instance = Option.String({ name: "instance" });
  slave = Option.String("--slave", { required: true, description: "The slave." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = slaveId(this.slave);
      return async (client, output) => {
        const { instance } = await find(client, this.instance);
        await client.master("instance.assign", { instance, slave });
        this.show(output, { instance, slave }, (done) => [`${done.instance} belongs to ${done.slave}`]);
      };
    });
  }
}

abstract class OnBridgeCommand extends UserCommand {
  protected abstract readonly verb: "start" | "stop" | "kill";
  instance = Option.String({ name: "instance" });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const found = await find(client, this.instance);
      const { state } = (await client.bridge(addressOf(found), this.verb, {})) as { state: string };
      this.show(output, { instance: found.instance, state }, (done) => [`${done.instance}: ${done.state}`]);
    });
  }
}

export class InstanceStartCommand extends OnBridgeCommand {
  static override paths = [["instance", "start"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "start an instance's game",
    details: SOURCE,
    examples: [["", "$0 instance start north"]],
  });
  protected override readonly verb = "start";
}

export class InstanceStopCommand extends OnBridgeCommand {
  static override paths = [["instance", "stop"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "save and stop an instance's game",
    details: SOURCE,
    examples: [["", "$0 instance stop north"]],
  });
  protected override readonly verb = "stop";
}

export const INSTANCE_COMMANDS = [
  InstanceListCommand,
  InstanceCreateCommand,
  InstanceAssignCommand,
  InstanceStartCommand,
  InstanceStopCommand,
  InstanceLogsCommand,
  InstanceSendRconCommand,
  InstanceConsoleCommand,
] as const;
