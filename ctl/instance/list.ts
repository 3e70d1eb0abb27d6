import { Command, Option } from "clipanion";
import { gameTime } from "#core/audit/explanation";
import { revisionOf } from "#core/instance-config";
import type { Column } from "#core/terminal/table";
import { CATEGORY, InstanceCommand, SOURCE } from "#ctl/instance/base";
import { entriesOf } from "#ctl/instance/config-text";
import { everyInstance, type Found, theseInstances, whatIsTold } from "#ctl/instance/find";
import type { Prints } from "#ctl/printed/all";
import type { Told } from "#ctl/status/view";

/** An instance as the master has it, and what its bridge last said. */
interface Row extends Found {
  readonly told: Told | undefined;
  /** Its bridge does not answer. */
  readonly away: boolean;
}

const stateOf = ({ slave, told, away }: Row): string => {
  if (slave === undefined) return "-";
  if (away) return "slave away";
  if (told === undefined) return "not taken up";
  return told.state === "running" && !told.linked ? "running, unlinked" : told.state;
};

const COLUMNS: readonly Column<Row>[] = [
  { head: "INSTANCE", of: ({ instance }) => instance },
  { head: "SLAVE", of: ({ slave }) => slave ?? "-" },
  { head: "STATE", of: stateOf },
  { head: "PLAYERS", of: ({ told }) => (told?.players === undefined ? "-" : String(told.players)), align: "right" },
  { head: "NAME", of: ({ name }) => name },
];

/** For programs: the master's view, and beside it what its bridge says (docs/instances.md). */
const plain = ({ instance, name, slave, view, told, away }: Row) => ({
  ...{ instance, name, slave: slave ?? null, state: away ? null : (told?.state ?? null) },
  ...{ linked: told?.linked ?? false, world: told?.world ?? null, tick: told?.tick ?? null, ups: told?.ups ?? null },
  ...{ ports: told?.ports ?? null, players: told?.players ?? null, alarm: told?.alarm ?? null, away },
  ...{ config: view?.config ?? null, waiting: view?.waiting ?? [] },
});

export class InstanceListCommand extends InstanceCommand {
  static override paths = [["instance", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the instances, on which slave each is, and what it does",
    details: `
      While no master answers, the bridges say what they run.
      ${SOURCE}`,
    examples: [
      ["", "$0 instance list"],
      ["Of one slave", "$0 instance list --slave attic"],
    ],
  });

  slave = Option.String("--slave", { description: "Only those of this slave." });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const { all } = await everyInstance(asked);
      const wanted = all.filter(({ slave }) => this.slave === undefined || slave === this.slave);
      const { told, away } = await whatIsTold(asked, wanted);
      const rows = wanted.map((one): Row => ({ ...one, told: told[one.instance], away: away.has(one.slave ?? "") }));
      if (this.json) for (const row of rows) output.json(plain(row) satisfies Prints<"instance list">);
      else this.list(output, rows, COLUMNS, "there is no instance yet: clusterio instance create NAME");
    });
  }
}

const PAD = 12;
const line = (what: string, value: string): string => `${`${what}:`.padEnd(PAD)}${value}`;

const pageOf = (row: Row): string[] => {
  const { instance, name, slave, told, view } = row;
  const stale = told?.config !== undefined && view !== undefined && told.config !== revisionOf(view.config);
  const ports =
    told?.ports === undefined ? [] : [line("ports", `game ${told.ports.game}/udp, rcon ${told.ports.rcon}/tcp`)];
  return [
    `${instance} "${name}"`,
    line("slave", slave ?? `none: clusterio instance assign ${instance} --slave ID`),
    line("state", stateOf(row)),
    ...(told?.world === undefined ? [] : [line("world", `${told.world}, tick ${told.tick} (${gameTime(told.tick)})`)]),
    ...(told?.ups === undefined ? [] : [line("ups", told.ups.toFixed(1))]),
    ...ports,
    ...(told?.players === undefined ? [] : [line("players", String(told.players))]),
    ...(view?.waiting ?? []).map((world) => line("waits", `${world}: clusterio world show ${world}`)),
    ...(told?.alarm === undefined ? [] : [line("alarm", told.alarm)]),
    ...(view === undefined ? [] : ["config:", ...entriesOf(view.config).map(([key, value]) => `  ${key} = ${value}`)]),
    ...(stale ? ["its bridge has an older configuration yet"] : []),
  ];
};

export class InstanceShowCommand extends InstanceCommand {
  static override paths = [["instance", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "instances, one page each: configuration, state, world, ports, players, the last alarm",
    details: SOURCE,
    examples: [["", "$0 instance show north"]],
  });

  instances = Option.Rest({ name: "instance", required: 1 });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const found = await theseInstances(asked, this.instances);
      const { told, away } = await whatIsTold(asked, found);
      for (const [at, one] of found.entries()) {
        const row: Row = { ...one, told: told[one.instance], away: away.has(one.slave ?? "") };
        if (this.json) output.json(plain(row) satisfies Prints<"instance show">);
        else for (const text of [...(at === 0 ? [] : [""]), ...pageOf(row)]) output.line(text);
      }
    });
  }
}
