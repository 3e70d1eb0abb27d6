import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import { newFile } from "#core/adapters/new-file";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, refused, unavailable } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { createIdentity, type Identity, identityFile } from "#core/identity/identity";
import { type UserId, userId } from "#core/ids";
import { ANOTHER_OUTPUT } from "#ctl/access/base";
import { ResultCommand } from "#ctl/audit/base-command";
import { serverOf } from "#ctl/cluster/place";
import { identityFolder, publicUrl, readSettings } from "#ctl/cluster/settings";
import { encodeContext } from "#ctl/context/store";
import type { Prints } from "#ctl/printed/all";

const EXITS = `
      Works on the machine with the cluster's keys, also while the cluster does not run.

      Exit codes: 0; 2 bad arguments; 3 there is no cluster in --dir, or its folder cannot be used; 4 the name or the file is taken.
`;

abstract class BootstrapCommand extends ResultCommand {
  dir = Option.String("--dir", "./.clusterio", {
    description: "Folder of a cluster that `clusterio init` or `clusterio up` made (default ./.clusterio).",
  });
  name = Option.String({ name: "name" });

  /** The identity that is there: a new one is made by `init` and `up` alone. */
  protected async identity(): Promise<{ readonly folder: string; readonly identity: Identity }> {
    const dir = resolve(this.dir);
    const folder = identityFolder(dir);
    if ((await nodeDisk.read(identityFile(folder))) === undefined)
      throw unavailable(`there is no cluster in ${dir}: make one with \`clusterio init --dir ${dir}\``);
    return { folder, identity: await createIdentity(folder, nodeDisk) };
  }

  protected async has(folder: string, user: UserId): Promise<boolean> {
    return (await nodeDisk.list(join(folder, "creds"))).includes(`user-${user}.creds`);
  }
}

export class CreateAdminCommand extends BootstrapCommand {
  static override paths = [["bootstrap", "create-admin"]];
  static override usage = Command.Usage({
    category: "Bootstrap",
    description: "a user who may do everything, made from the cluster's keys",
    details: `
      For the first ones, and for whoever has locked himself out. Others are made by \`clusterio user create\`.
      ${EXITS}`,
    examples: [["", "$0 bootstrap create-admin ada"]],
  });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const user = userId(this.name);
      const { folder, identity } = await this.identity();
      if (await this.has(folder, user)) throw refused(`there is a user "${user}" already: choose another name`);
      const { path } = await identity.userCreds(user);
      this.show(output, { user, file: path } satisfies Prints<"bootstrap create-admin">, () => [
        `${user} is an admin; his credentials: ${path}`,
        `for his own machine: clusterio bootstrap create-ctl-config ${user}`,
      ]);
    });
  }
}

export class CreateCtlConfigCommand extends BootstrapCommand {
  static override paths = [["bootstrap", "create-ctl-config"]];
  static override usage = Command.Usage({
    category: "Bootstrap",
    description: "one file with all that an admin needs on another machine",
    details: `
      Holds the address, the authority and the admin's credentials, with mode 0600: carry it as you would a password, then
      \`clusterio context add NAME --file FILE\`.
      ${EXITS}`,
    examples: [["", "$0 bootstrap create-ctl-config ada"]],
  });

  output = Option.String("--output", { description: "The file (default NAME.context.json)." });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const user = userId(this.name);
      const { folder, identity } = await this.identity();
      if (!(await this.has(folder, user)))
        throw badInput(`there is no admin "${user}": clusterio bootstrap create-admin ${user}`);
      const settings = await readSettings(resolve(this.dir));
      const at = await serverOf(resolve(this.dir));
      if (at === undefined)
        throw unavailable("this cluster never ran, so that it has no address yet: start it with `clusterio up`");
      const { bytes } = await identity.userCreds(user);
      const path = await newFile(this.output ?? `${user}.context.json`, ANOTHER_OUTPUT);
      const url = settings === undefined ? at.url : publicUrl(settings);
      const context = { v: 1, kind: "clusterio-context", ...at, url, creds: decodeText(bytes) } as const;
      await nodeDisk.write(path, encodeContext(context));
      this.show(output, { user, file: path, url } satisfies Prints<"bootstrap create-ctl-config">, () => [
        `${path}: ${user} at ${url}`,
        `on the other machine: clusterio context add NAME --file ${path}`,
      ]);
    });
  }
}

export const BOOTSTRAP_COMMANDS = [CreateAdminCommand, CreateCtlConfigCommand] as const;
