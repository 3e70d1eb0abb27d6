import { Command, Option } from "clipanion";
import * as t from "typanion";
import { z } from "zod";
import { newFile } from "#core/adapters/new-file";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput } from "#core/errors";
import { credentialsAnswer, type SlaveView, slaveView, TOKEN_MINUTES_MAX, tokenAnswer } from "#core/events/access";
import { encodeBridgeConfig, encodeJoinToken } from "#core/identity/bridge-config";
import { OwnKey } from "#core/identity/own-key";
import { slaveId } from "#core/ids";
import { type Column, tableLines } from "#core/terminal/table";
import { ACCESS_SOURCE, ANOTHER_OUTPUT, addressFor } from "#ctl/access/base";
import { UserCommand } from "#ctl/client/user-command";
import type { Prints } from "#ctl/printed/all";
import { natsUrl } from "#ctl/up/options";

const CATEGORY = "Slaves";
const URL_HELP = "The address that the slave uses, tls://host:port (default: the one used now).";

const COLUMNS: readonly Column<SlaveView>[] = [
  { head: "SLAVE", of: ({ slave }) => slave },
  { head: "STATE", of: ({ state }) => state, tone: ({ state }) => (state === "active" ? undefined : "dim") },
  { head: "NAME", of: ({ name }) => name },
  { head: "UNTIL", of: ({ expires }) => (expires === undefined ? "-" : new Date(expires).toISOString()) },
  { head: "BY", of: ({ by }) => by },
];
const DAYS_HELP =
  "The credentials end after so many days, 1 to 3650, unless they are renewed before, as a bridge does (default: they do not end).";
const daysOption = () =>
  Option.String("--days", {
    description: DAYS_HELP,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 3_650)]),
  });
const linesOf = (slave: SlaveView): string[] => tableLines([slave], COLUMNS);

export class SlaveCreateConfigCommand extends UserCommand {
  static override paths = [["slave", "create-config"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a slave's configuration with its credentials, as one file to carry to its machine",
    details: `
      The file (0600) is all that \`clusterio-bridge run --config FILE\` needs. Carry it as you would a password; \`slave token\` lets a
      machine join without a file. A revoked slave comes back by the same command, under its id.
      ${ACCESS_SOURCE}`,
    examples: [["", '$0 slave create-config --name "Local" --generate-token --url tls://cluster.example:4222']],
  });

  name = Option.String("--name", { required: true, description: "The slave's name; its id is made from it." });
  generateToken = Option.Boolean("--generate-token", false, {
    description: "Make the credentials: without it a slave cannot come in, so it must be said.",
  });
  days = daysOption();
  url = Option.String("--url", { description: URL_HELP });
  output = Option.String("--output", { description: "The file (default bridge.json)." });

  override async execute(): Promise<number> {
    return this.run(() => {
      if (!this.generateToken)
        throw badInput("say --generate-token: the file is made with credentials, and is a secret then");
      const url = this.url === undefined ? undefined : natsUrl(this.url, "--url");
      return async (client, output, place) => {
        const path = await newFile(this.output ?? "bridge.json", ANOTHER_OUTPUT);
        const key = new OwnKey();
        const asked = {
          name: this.name,
          publicKey: key.publicKey,
          ...(this.days === undefined ? {} : { days: this.days }),
        };
        const { id, jwt } = await client.access("slave.create", asked, credentialsAnswer);
        const at = addressFor(place, url);
        const config = {
          v: 1,
          kind: "clusterio-bridge",
          slave: id,
          ...at,
          creds: key.creds(jwt),
          settings: {},
        } as const;
        await nodeDisk.write(path, encodeBridgeConfig(config));
        this.show(output, { slave: id, file: path, url: at.url } satisfies Prints<"slave create-config">, (one) => [
          `${one.slave}: ${one.file}`,
          `on its machine: clusterio-bridge run --config ${one.file} --dir FOLDER`,
        ]);
      };
    });
  }
}

export class SlaveTokenCommand extends UserCommand {
  static override paths = [["slave", "token"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a word with which one machine can join, once, soon",
    details: `
      On the other machine: \`clusterio-bridge join\`, and paste it. That machine makes its own key; only the public part comes here.
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 slave token --name attic --url tls://cluster.example:4222"]],
  });

  name = Option.String("--name", { description: "The slave's name (default: what it calls itself)." });
  minutes = Option.String("--minutes", "15", {
    description: `How long it is good, 1 to ${TOKEN_MINUTES_MAX} (default 15).`,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, TOKEN_MINUTES_MAX)]),
  });
  days = daysOption();
  url = Option.String("--url", { description: URL_HELP });

  override async execute(): Promise<number> {
    return this.run(() => {
      const url = this.url === undefined ? undefined : natsUrl(this.url, "--url");
      return async (client, output, place) => {
        const key = new OwnKey();
        const { name, days } = this;
        const wanted = { ...(name === undefined ? {} : { name }), ...(days === undefined ? {} : { days }) };
        const asked = { ...wanted, publicKey: key.publicKey, minutes: this.minutes };
        const { id, jwt, expires } = await client.access("slave.token", asked, tokenAnswer);
        const token = encodeJoinToken({ v: 1, id, ...addressFor(place, url), creds: key.creds(jwt), expires });
        this.show(output, { token, expires } satisfies Prints<"slave token">, (made) => [made.token]);
      };
    });
  }
}

export class SlaveListCommand extends UserCommand {
  static override paths = [["slave", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the slaves that may come in, and those that may not any more",
    details: `
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 slave list"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const { slaves } = await client.access("slave.list", {}, z.object({ slaves: z.array(slaveView) }));
      this.list(
        output,
        slaves satisfies readonly Prints<"slave list">[],
        COLUMNS,
        "there is no slave yet: clusterio slave token lets one join",
      );
    });
  }
}

abstract class OneSlaveCommand extends UserCommand {
  protected abstract readonly command: "slave.show" | "slave.revoke";
  slave = Option.String({ name: "slave" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = slaveId(this.slave);
      return async (client, output) =>
        this.show(
          output,
          (await client.access(this.command, { slave }, slaveView)) satisfies Prints<"slave show">,
          linesOf,
        );
    });
  }
}

export class SlaveShowCommand extends OneSlaveCommand {
  static override paths = [["slave", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one slave",
    details: ACCESS_SOURCE,
    examples: [["", "$0 slave show attic"]],
  });
  protected override readonly command = "slave.show";
}

export class SlaveRevokeCommand extends OneSlaveCommand {
  static override paths = [["slave", "revoke"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "void a slave's credentials, now",
    details: `
      It is disconnected within a second; nobody else is. Its games go on by themselves, unlinked. Its instances stay assigned to it:
      \`slave create-config\` with its name brings it back.
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 slave revoke attic"]],
  });
  protected override readonly command = "slave.revoke";
}

export class SlaveRenameCommand extends UserCommand {
  static override paths = [["slave", "rename"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "another name for a slave; its id stays, for it stands in the ledger",
    details: ACCESS_SOURCE,
    examples: [["", '$0 slave rename attic "Attic, second box"']],
  });
  slave = Option.String({ name: "slave" });
  name = Option.String({ name: "name" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = slaveId(this.slave);
      return async (client, output) => {
        const view = await client.access("slave.rename", { slave, name: this.name }, slaveView);
        this.show(output, view satisfies Prints<"slave rename">, linesOf);
      };
    });
  }
}

export const SLAVE_COMMANDS = [
  SlaveCreateConfigCommand,
  SlaveTokenCommand,
  SlaveListCommand,
  SlaveShowCommand,
  SlaveRevokeCommand,
  SlaveRenameCommand,
] as const;
