import { Command, Option } from "clipanion";
import { z } from "zod";
import { grantText, parseGrant } from "#core/access/grant";
import { type RoleView, roleView } from "#core/events/access";
import { ACCESS_SOURCE } from "#ctl/access/base";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { UserCommand } from "#ctl/client/user-command";
import type { Prints } from "#ctl/printed/all";

const CATEGORY = "Roles";
const GRANTS = `
      A grant is a verb, and for those of instances where: "instance.start on eu-*", "instance.* on north", "policy.set", "see.log". \`*\`
      is everything. A pattern covers instances that come later, too. Changes are in effect at once, also on live connections.
      You can give and take only rights that you have.
`;

const linesOf = ({ role, grants, users }: RoleView): string[] => [
  `${role}${users.length === 0 ? "" : ` (${users.join(", ")})`}`,
  ...grants.map((grant) => `  ${grant}`),
];

abstract class SetRoleCommand extends UserCommand {
  protected abstract readonly command: "role.create" | "role.edit";
  role = Option.String({ name: "role" });
  grants = Option.Rest({ name: "grant" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const grants = this.grants.map((text) => grantText(parseGrant(text)));
      return async (client, output) =>
        this.show(
          output,
          (await client.access(this.command, { role: this.role, grants }, roleView)) satisfies Prints<"role create">,
          linesOf,
        );
    });
  }
}

export class RoleCreateCommand extends SetRoleCommand {
  static override paths = [["role", "create"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a role: a list of grants",
    details: `${GRANTS}${ACCESS_SOURCE}`,
    examples: [
      [
        "Keeps the European games going",
        '$0 role create eu-keeper "instance.start on eu-*" "instance.stop on eu-*" see.telemetry',
      ],
    ],
  });
  protected override readonly command = "role.create";
}

export class RoleEditCommand extends SetRoleCommand {
  static override paths = [["role", "edit"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "other grants for a role, instead of those it has",
    details: `${GRANTS}${ACCESS_SOURCE}`,
    examples: [["", '$0 role edit eu-keeper "instance.* on eu-*"']],
  });
  protected override readonly command = "role.edit";
}

export class RoleListCommand extends UserCommand {
  static override paths = [["role", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the roles, what each may do, and who has it",
    details: `
      ${ACCESS_SOURCE}`,
    examples: [["", "$0 role list"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const { roles } = await client.access("role.list", {}, z.object({ roles: z.array(roleView) }));
      for (const role of roles) this.show(output, role satisfies Prints<"role list">, linesOf);
    });
  }
}

export class RoleShowCommand extends UserCommand {
  static override paths = [["role", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one role",
    details: ACCESS_SOURCE,
    examples: [["", "$0 role show moderator"]],
  });
  role = Option.String({ name: "role" });

  override async execute(): Promise<number> {
    return this.run(
      () => async (client, output) =>
        this.show(
          output,
          (await client.access("role.show", { role: this.role }, roleView)) satisfies Prints<"role show">,
          linesOf,
        ),
    );
  }
}

export class RoleDeleteCommand extends UserCommand {
  static override paths = [["role", "delete"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "remove a role that nobody has",
    details: `Asks for its name, unless --yes is said.
      ${ACCESS_SOURCE}`,
    examples: [
      ["", "$0 role delete eu-keeper"],
      ["In a script", "$0 role delete eu-keeper --yes"],
    ],
  });
  role = Option.String({ name: "role" });
  yes = yesOption();

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const question = { what: "the role's name", name: this.role, does: "delete it with its grants" };
      await confirmed(question, { yes: this.yes, signal: output.signal });
      await client.access("role.delete", { role: this.role }, z.object({}));
      this.show(output, { role: this.role, deleted: true } satisfies Prints<"role delete">, () => [
        `${this.role} is deleted`,
      ]);
    });
  }
}

export const ROLE_COMMANDS = [
  RoleCreateCommand,
  RoleEditCommand,
  RoleListCommand,
  RoleShowCommand,
  RoleDeleteCommand,
] as const;
