import { Command, Option } from "clipanion";
import * as t from "typanion";
import { badInput, isClusterioError } from "#core/errors";
import type { InstanceView } from "#core/events/query";
import { instanceId, slaveId } from "#core/ids";
import { cronProblem, DEFAULT_ZONE, nextRun } from "#core/schedule/cron";
import {
  COUNTDOWN_SECONDS_DEFAULT,
  KEEP_DEFAULT,
  type ScheduleEntry,
  type ScheduleView,
  scheduleAction,
  scheduleName,
  scheduleProblem,
  schedulesAnswer,
} from "#core/schedule/entry";
import { noSuch } from "#core/terminal/near";
import type { Column } from "#core/terminal/table";
import type { ClusterClient } from "#ctl/client/client";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { instanceNamed } from "#ctl/instance/named";
import type { Prints } from "#ctl/printed/all";
import { whenText } from "#ctl/save/text";

const CATEGORY = "Schedules";
const CODES = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such instance or schedule; 3 the cluster does not run; 4 refused.
`;

export class ScheduleAddCommand extends UserCommand {
  static override paths = [["schedule", "add"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "something that an instance's bridge does by its own clock: save, backup or restart",
    details: `
      save: its game saves, as an autosave. backup: the newest save is copied under the schedule's name and the time, on the slave's
      own disk, and the last --keep of them stay (\`save list\` shows them, \`save restore\` loads one). restart: players are told in
      the game, then it is stopped in order and started again.

      It is part of the instance's configuration: its bridge does it also while the master is away. What comes due while the
      bridge is away is told, and not made up for. The same name again is changed.
      ${CODES}`,
    examples: [
      [
        "Every night, the last two weeks",
        "$0 schedule add north nightly --cron '15 3 * * *' --action backup --keep 14",
      ],
      [
        "On Mondays at six in Berlin",
        "$0 schedule add north weekly --cron '0 6 * * 1' --zone Europe/Berlin --action restart --countdown 300",
      ],
    ],
  });

  instance = Option.String({ name: "instance" });
  name = Option.String({ name: "schedule" });
  cron = Option.String("--cron", {
    required: true,
    description: "minute, hour, day of month, month, day of week; or @daily, @hourly, @weekly.",
  });
  action = Option.String("--action", {
    required: true,
    description: `One of ${scheduleAction.options.join(", ")}.`,
    validator: t.isEnum(scheduleAction.options),
  });
  zone = Option.String("--zone", { description: "Time zone of the expression, like Europe/Berlin (default UTC)." });
  keep = Option.String("--keep", {
    description: `Of backups: how many stay (default ${KEEP_DEFAULT}).`,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 1_000)]),
  });
  countdown = Option.String("--countdown", {
    description: `Of restarts: seconds in which players are told (default ${COUNTDOWN_SECONDS_DEFAULT}, 0 for none).`,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(0, 3_600)]),
  });

  override async execute(): Promise<number> {
    return this.run(() => {
      if (!scheduleName.safeParse(this.name).success)
        throw badInput(`"${this.name.slice(0, 80)}" is no name for a schedule: use 1 to 32 of a-z, 0-9 and -`);
      const entry: ScheduleEntry = {
        cron: this.cron,
        action: this.action,
        ...(this.zone === undefined ? {} : { zone: this.zone }),
        ...(this.keep === undefined ? {} : { keep: this.keep }),
        ...(this.countdown === undefined ? {} : { countdownSeconds: this.countdown }),
      };
      const problem = scheduleProblem({ [this.name]: entry });
      if (problem !== undefined) throw badInput(problem);
      return async (client, output) => {
        const { instance } = instanceNamed(await client.instances(), this.instance);
        // What an earlier one of that name said, and this one does not, is taken away.
        const whole = { zone: null, keep: null, countdownSeconds: null, ...entry };
        await client.master("instance.configure", { instance, config: { schedule: { [this.name]: whole } } });
        const next = nextRun(entry.cron, entry.zone ?? DEFAULT_ZONE, Date.now()) ?? null;
        this.show(output, { instance, name: this.name, ...entry, next } satisfies Prints<"schedule add">, () => [
          `${instance} ${this.name}: ${entry.action}, next at ${next === null ? "-" : whenText(next)} UTC`,
        ]);
      };
    });
  }
}

type Row = ScheduleView & {
  readonly instance: string;
  readonly keep: number | null;
  readonly countdownSeconds: number | null;
};

const timeOr = (ms: number | null | undefined): string => (ms === null || ms === undefined ? "-" : whenText(ms));

const COLUMNS: readonly Column<Row>[] = [
  { head: "INSTANCE", of: ({ instance }) => instance },
  { head: "SCHEDULE", of: ({ name }) => name },
  { head: "WHEN", of: ({ cron, zone }) => (zone === DEFAULT_ZONE ? cron : `${cron} ${zone}`) },
  {
    head: "DOES",
    of: ({ action, keep, countdownSeconds }) =>
      `${action}${keep === null ? "" : `, keeps ${keep}`}${countdownSeconds === null ? "" : `, ${countdownSeconds} s of notice`}`,
  },
  { head: "NEXT (UTC)", of: ({ next }) => timeOr(next) },
  { head: "LAST (UTC)", of: ({ last }) => timeOr(last?.at) },
  {
    head: "OUTCOME",
    of: ({ last, missed }) =>
      `${last?.outcome ?? "-"}${missed === null ? "" : `; missed ${missed.count}, last ${whenText(missed.at)}`}`,
  },
];

export class ScheduleListCommand extends UserCommand {
  static override paths = [["schedule", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "what is done when, what came of it, and what was missed",
    details: `
      Where a bridge is away, what it did is not known, and only what is configured is shown.
      ${CODES}`,
    examples: [["", "$0 schedule list"]],
  });
  instance = Option.String({ name: "instance", required: false });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const all = await client.instances();
      const views = this.instance === undefined ? all : [instanceNamed(all, this.instance)];
      const rows = await Promise.all(views.map((view) => rowsOf(client, view)));
      this.list(
        output,
        rows.flat() satisfies readonly Prints<"schedule list">[],
        COLUMNS,
        "nothing is scheduled: clusterio schedule add INSTANCE NAME --cron … --action …",
      );
    });
  }
}

const rowsOf = async (client: ClusterClient, { instance, slave, config }: InstanceView): Promise<Row[]> => {
  const configured = Object.entries(config.schedule ?? {});
  if (configured.length === 0) return [];
  const known = slave === "" ? [] : await askBridge(client, instance, slave);
  return configured.map(([name, { cron, zone = DEFAULT_ZONE, action, keep, countdownSeconds }]) => {
    const next = cronProblem(cron, zone) === undefined ? (nextRun(cron, zone, Date.now()) ?? null) : null;
    const said = known.find((one) => one.name === name);
    const of = {
      keep: action === "backup" ? (keep ?? KEEP_DEFAULT) : null,
      countdownSeconds: action === "restart" ? (countdownSeconds ?? COUNTDOWN_SECONDS_DEFAULT) : null,
    };
    return { instance, name, cron, zone, action, ...of, next, last: said?.last ?? null, missed: said?.missed ?? null };
  });
};

const askBridge = async (client: ClusterClient, instance: string, slave: string): Promise<ScheduleView[]> => {
  try {
    const answer = await client.bridge({ slave: slaveId(slave), instance: instanceId(instance) }, "schedule", {});
    return schedulesAnswer.parse(answer).schedules;
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    process.stderr.write(`${slave} does not answer: what it did for ${instance} is not known\n`);
    return [];
  }
};

export class ScheduleRemoveCommand extends UserCommand {
  static override paths = [["schedule", "remove"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "take a schedule away; what it made stays",
    details: CODES,
    examples: [["", "$0 schedule remove north nightly"]],
  });
  instance = Option.String({ name: "instance" });
  name = Option.String({ name: "schedule" });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const { instance, config } = instanceNamed(await client.instances(), this.instance);
      const names = Object.keys(config.schedule ?? {});
      if (!names.includes(this.name))
        throw badInput(noSuch(`schedule of ${instance}`, this.name, { names, none: "clusterio schedule add" }));
      await client.master("instance.configure", { instance, config: { schedule: { [this.name]: null } } });
      this.show(output, { instance, removed: this.name } satisfies Prints<"schedule remove">, ({ removed }) => [
        `${instance}: ${removed} is gone`,
      ]);
    });
  }
}

export const SCHEDULE_COMMANDS = [ScheduleAddCommand, ScheduleListCommand, ScheduleRemoveCommand] as const;
