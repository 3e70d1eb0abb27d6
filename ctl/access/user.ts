import { Command, Option } from "clipanion";
import * as t from "typanion";
import { z } from "zod";
import { tokenIn } from "#core/adapters/nats-creds";
import { newFile } from "#core/adapters/new-file";
import { nodeDisk } from "#core/adapters/node-disk";
import { credentialsAnswer, type UserView, userView } from "#core/events/access";
import { OwnKey } from "#core/identity/own-key";
import { userId } from "#core/ids";
import { type Column, tableLines } from "#core/terminal/table";
import { ACCESS_SOURCE, ANOTHER_OUTPUT, addressFor } from "#ctl/access/base";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { renewedCreds } from "#ctl/client/renew";
import { UserCommand } from "#ctl/client/user-command";
import { encodeContext } from "#ctl/context/store";
import type { Prints } from "#ctl/printed/all";
import { natsUrl } from "#ctl/up/options";

const CATEGORY = "Users";
const days = () =>
  Option.String("--days", {
    description: "The credentials end after so many days, 1 to 3650 (default: they do not end).",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 3_650)]),
  });
const withDays = (value: number | undefined) => (value === undefined ? {} : { days: value });

const COLUMNS: readonly Column<UserView>[] = [
  { head: "USER", of: ({ user }) => user },
  { head: "STATE", of: ({ state }) => state, tone: ({ state }) => (state === "active" ? undefined : "dim") },
  { head: "ROLES", of: ({ root, roles }) => (root ? "admin by the cluster's keys" : roles.join(", ")) },
  { head: "UNTIL", of: ({ expires }) => (expires === undefined ? "-" : new Date(expires).toISOString()) },
  { head: "BY", of: ({ by }) => by },
];
const linesOf = (user: UserView): string[] => tableLines([user], COLUMNS);

export class UserCreateCommand extends UserCommand {
  static override paths = [["user", "create"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a user with roles, as one file to send to him",
    details: `
      The key is made here; only its public part goes to the master. The file (0600) has all that \`clusterio context add --file\`
      needs. A user who was revoked gets new credentials by the same command, and keeps his roles unless others are named.
      You can give only rights that you have.
      ${ACCESS_SOURCE}`,
    examples: [
      ["A moderator", "$0 user create ada --role moderator"],
      ["For a month", "$0 user create guest --role viewer --days 30"],
    ],
  });

  user = Option.String({ name: "user" });
  roles = Option.Array("--role", { description: "A role (`clusterio role list`); may be given several times." });
  days = days();
  url = Option.String("--url", { description: "The address that the file names (default: the one used now)." });
  output = Option.String("--output", { description: "The file (default USER.context.json)." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const user = userId(this.user);
      const url = this.url === undefined ? undefined : natsUrl(this.url, "--url");
      return async (client, output, place) => {
        const path = await newFile(this.output ?? `${user}.context.json`, ANOTHER_OUTPUT);
        const key = new OwnKey();
        const roles = this.roles === undefined ? {} : { roles: this.roles };
        const asked = { user, ...roles, publicKey: key.publicKey, ...withDays(this.days) };
        const { jwt } = await client.access("user.create", asked, credentialsAnswer);
        const context = { v: 1, kind: "clusterio-context", ...addressFor(place, url), creds: key.creds(jwt) } as const;
        await nodeDisk.write(path, encodeContext(context));
        this.show(output, { user, file: path, url: context.url } satisfies Prints<"user create">, (made) => [
          `${made.user}: ${made.file}`,
          `on his machine: clusterio context add NAME --file ${made.file}`,
        ]);
      };
    });
  }
}

export class UserListCommand extends UserCommand {
  static override paths = [["user", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "who there is, with which roles",
    details: `
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 user list"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const { users } = await client.access("user.list", {}, z.object({ users: z.array(userView) }));
      this.list(output, users satisfies readonly Prints<"user list">[], COLUMNS, "there is no user yet");
    });
  }
}

abstract class OneUserCommand extends UserCommand {
  protected abstract readonly command: "user.show" | "user.revoke" | "user.delete";
  protected abstract lines(user: string, view: UserView | undefined): readonly string[];
  /** Asks where something is lost. */
  protected async sure(_user: string, _signal: AbortSignal): Promise<void> {}
  user = Option.String({ name: "user" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const user = userId(this.user);
      return async (client, output) => {
        await this.sure(user, output.signal);
        const found = await client.access(this.command, { user }, z.unknown());
        const view = userView.safeParse(found).data;
        this.show(output, (view ?? { user, deleted: true }) satisfies Prints<"user revoke" | "user delete">, () =>
          this.lines(user, view),
        );
      };
    });
  }
}

export class UserShowCommand extends OneUserCommand {
  static override paths = [["user", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one user",
    details: ACCESS_SOURCE,
    examples: [["", "$0 user show ada"]],
  });
  protected override readonly command = "user.show";
  protected override lines(_: string, view: UserView | undefined): readonly string[] {
    return view === undefined ? [] : linesOf(view);
  }
}

export class UserRevokeCommand extends OneUserCommand {
  static override paths = [["user", "revoke"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "void all credentials of a user, now",
    details: `
      Whoever is connected with them is disconnected within a second. The user stays, with his roles: \`user create\` gives him
      new credentials.
      ${ACCESS_SOURCE}`,
    examples: [["A laptop was stolen", "$0 user revoke ada"]],
  });
  protected override readonly command = "user.revoke";
  protected override lines(user: string): readonly string[] {
    return [`${user}: all credentials are void; new ones: clusterio user create ${user}`];
  }
}

export class UserDeleteCommand extends OneUserCommand {
  static override paths = [["user", "delete"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "void all credentials of a user and forget his roles",
    details: `
      Asks for his name, unless --yes is said. Where there is no time to lose, \`user revoke\` asks nothing.
      ${ACCESS_SOURCE}`,
    examples: [
      ["", "$0 user delete ada"],
      ["In a script", "$0 user delete ada --yes"],
    ],
  });
  yes = yesOption();
  protected override readonly command = "user.delete";
  protected override sure(user: string, signal: AbortSignal): Promise<void> {
    const question = { what: "the user's name", name: user, does: "void his credentials and forget his roles" };
    return confirmed(question, { yes: this.yes, signal });
  }
  protected override lines(user: string): readonly string[] {
    return [`${user} is deleted`];
  }
}

export class UserSetRolesCommand extends UserCommand {
  static override paths = [["user", "set-roles"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the roles of a user, instead of those he has",
    details: `
      In effect at once, also where he is connected now. You can give and take only rights that you have.
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 user set-roles ada moderator eu-keeper"]],
  });

  user = Option.String({ name: "user" });
  roles = Option.Rest({ name: "role", required: 1 });

  override async execute(): Promise<number> {
    return this.run(() => {
      const user = userId(this.user);
      return async (client, output) => {
        const view = await client.access("user.set-roles", { user, roles: this.roles }, userView);
        this.show(output, view satisfies Prints<"user set-roles">, linesOf);
      };
    });
  }
}

export class UserRenewCommand extends UserCommand {
  static override paths = [["user", "renew"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "your own credentials, with a new key, for as long again as they were given for",
    details: `
      They replace those in your context (or in --creds), as a whole; the old ones go on until they end. Commands do the same by
      themselves when a third of their time is left. With --output they are written to a file instead, for another machine.
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 user renew"]],
  });

  output = Option.String("--output", {
    description: "A file for `clusterio context add`, instead of your own context.",
  });
  protected override readonly renews = false;

  override async execute(): Promise<number> {
    return this.run(() => async (client, output, place) => {
      const path = this.output === undefined ? undefined : await newFile(this.output, ANOTHER_OUTPUT);
      const creds = await renewedCreds(client);
      if (path === undefined) await place.replace?.(new TextEncoder().encode(creds));
      else
        await nodeDisk.write(
          path,
          encodeContext({ v: 1, kind: "clusterio-context", ...addressFor(place, undefined), creds }),
        );
      const { expires } = tokenIn(new TextEncoder().encode(creds), "the new credentials");
      const made = { user: client.user, file: path ?? place.credsPath, ...(expires === undefined ? {} : { expires }) };
      this.show(output, made satisfies Prints<"user renew">, ({ user, file }) => [
        `${user}: ${file}${expires === undefined ? "" : `, until ${new Date(expires).toISOString()}`}`,
      ]);
    });
  }
}

export const USER_COMMANDS = [
  UserCreateCommand,
  UserListCommand,
  UserShowCommand,
  UserSetRolesCommand,
  UserRevokeCommand,
  UserDeleteCommand,
  UserRenewCommand,
] as const;
