import { Command, Option } from "clipanion";
import * as t from "typanion";
import { badInput } from "#core/errors";
import { parseWorldId } from "#core/ids";
import { resourceKey, TOTAL_MAX } from "#core/resource";
import { grouped } from "#ctl/audit/output";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { DEBT_COLUMNS, debtsOf } from "#ctl/debt/view";
import type { Prints } from "#ctl/printed/all";
import { worldIn } from "#ctl/world/base";

const CATEGORY = "Storage";
const SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such debt; 3 the cluster does not run; 4 refused.
`;

export class DebtListCommand extends UserCommand {
  static override paths = [["debt", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "what worlds took back that storage no longer had, and what the cluster is short of",
    details: `
      A world that went back to an earlier save has its exports again; what storage no longer had of them it owes, and its next exports
      repay it. What nobody owes is the cluster's: a world holds it whose export no other world has stated yet.

      ${SOURCE}`,
    examples: [["", "$0 debt list"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const [worlds, stocks] = await Promise.all([client.worlds(), client.storage()]);
      this.list(
        output,
        debtsOf(worlds, stocks) satisfies readonly Prints<"debt list">[],
        DEBT_COLUMNS,
        "nobody owes anything",
      );
    });
  }
}

export class DebtWriteOffCommand extends UserCommand {
  static override paths = [["debt", "write-off"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "forgive a world what it owes of one resource, with a reason",
    details: `
      For a world that will never repay. The ledger holds it as an adjustment of that world, with who did it and why; \`audit commands\`
      shows it. All of it is written off unless --units says how much.
      ${SOURCE}`,
    examples: [
      ["Its save is lost", '$0 debt write-off iron.1 item:iron-plate --reason "the disk died"'],
      ["A part of it", '$0 debt write-off iron.1 item:iron-plate --units 100 --reason "half of it"'],
    ],
  });

  world = Option.String({ name: "world" });
  resource = Option.String({ name: "RESOURCE" });
  units = Option.String("--units", {
    description: "How many (default: all that it owes).",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, TOTAL_MAX)]),
  });
  reason = Option.String("--reason", { required: true, description: "Why: up to 500 characters." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { id } = parseWorldId(this.world);
      const resource = resourceKey(this.resource);
      return async (client, output) => {
        const { debt } = worldIn(await client.worlds(), id);
        const owes = debt[resource] ?? 0;
        const others = Object.keys(debt).filter((key) => (debt[key] ?? 0) > 0);
        if (owes === 0) {
          const said = others.length === 0 ? "it owes nothing" : `it owes ${others.join(", ")}`;
          throw badInput(`${id} owes no ${resource}; ${said}: clusterio debt list`);
        }
        const amount = Math.min(owes, this.units ?? owes);
        await client.master("storage.adjust", { resource, amount, world: id, reason: this.reason });
        this.show(
          output,
          {
            world: id,
            resource,
            units: amount,
            left: owes - amount,
            reason: this.reason,
          } satisfies Prints<"debt write-off">,
          (done) => [
            `${id}: ${grouped(done.units)} ${resource} written off${done.left === 0 ? "" : `, ${grouped(done.left)} left`}`,
          ],
        );
      };
    });
  }
}

export const DEBT_COMMANDS = [DebtListCommand, DebtWriteOffCommand] as const;
