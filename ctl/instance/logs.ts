import { Command, Option } from "clipanion";
import * as t from "typanion";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { badInput, isClusterioError, messageOf } from "#core/errors";
import { LOG_TAIL_MAX } from "#core/events/log";
import { type InstanceId, instanceId, isId } from "#core/ids";
import { ownLook } from "#core/terminal/look";
import { parsePoint } from "#ctl/audit/point";
import type { ClusterClient } from "#ctl/client/client";
import { connectUser } from "#ctl/client/connect";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { instanceNamed } from "#ctl/instance/named";
import { showLogs } from "#ctl/log/show";
import { logLines } from "#ctl/log/text";
import type { Prints } from "#ctl/printed/all";

const LINES = 100;

/** @throws ClusterioError `bad-input` */
const timeOf = (text: string | undefined, option: string): number | undefined => {
  if (text === undefined) return undefined;
  const point = parsePoint(text, option, Date.now());
  if (point.kind !== "time")
    throw badInput(`${option}: name an age (90s, 10m, 2h, 7d) or a time (2026-11-22T14:05:00Z)`);
  return point.ms;
};

/** @throws ClusterioError `bad-input` */
const patternOf = (text: string | undefined): RegExp | undefined => {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw badInput(`--grep: "${text.slice(0, 80)}" is no regular expression: ${messageOf(error)}`);
  }
};

export interface Named {
  readonly instance: InstanceId;
  /** Where it belongs now; undefined while no master says so. */
  readonly slave: string | undefined;
}

/** Instances by id or name. While no master answers, or one may not ask it, a name is taken for an id. @throws `bad-input` */
export const named = async (client: ClusterClient, names: readonly string[]): Promise<Named[]> => {
  const all = await client.instances().catch((error: unknown) => {
    if (isClusterioError(error, "unavailable") && names.every(isId)) return undefined;
    throw error;
  });
  return names.map((name) => {
    if (all === undefined) return { instance: instanceId(name), slave: undefined };
    const found = instanceNamed(all, name);
    return { instance: instanceId(found.instance), slave: found.slave === "" ? undefined : found.slave };
  });
};

export class InstanceLogsCommand extends UserCommand {
  static override paths = [["instance", "logs"]];
  static override usage = Command.Usage({
    category: "Instances",
    description: "what instances' games print, and what their bridges say of them",
    details: `
      Without --since the last lines (--lines), with it everything since then; --grep chooses among them. -f goes on with what
      comes, until Ctrl-C. The past is kept by the cluster for some days; the file on the slave has everything.

      While no master answers, the past is what the instance's bridge still has, and -f works as ever. An instance is then named
      by its id.
      ${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such instance; 3 the cluster does not run, or nobody has the log.
    `,
    examples: [
      ["The last lines", "$0 instance logs north"],
      ["Two servers as they go, from ten minutes ago", "$0 instance logs north south -f --since 10m"],
      ["Who joined and left today", "$0 instance logs north --since 1d --grep '\\[(JOIN|LEAVE)\\]'"],
    ],
  });

  names = Option.Rest({ name: "instance", required: 1 });
  follow = Option.Boolean("-f,--follow", false, { description: "And then what comes." });
  since = Option.String("--since", { description: "An age (90s, 10m, 2h, 7d) or a time (2026-11-22T14:05:00Z)." });
  until = Option.String("--until", { description: "Not what came after it; an age or a time." });
  grep = Option.String("--grep", { description: "Only lines that fit this regular expression." });
  lines = Option.String("--lines", {
    description: `At most so many of the last, for each instance (default ${LINES}, or all with --since).`,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, LOG_TAIL_MAX)]),
  });

  override async execute(): Promise<number> {
    return this.work(() => {
      const since = timeOf(this.since, "--since");
      const until = timeOf(this.until, "--until");
      const grep = patternOf(this.grep);
      if (this.follow && until !== undefined) throw badInput("-f goes on and --until ends: say one of them");
      return async (output, own) => {
        const { link, client } = await connectUser(this, process.cwd());
        own(link, (opened) => opened.close());
        const asked = { client, bus: new NatsBus(link), clock: nodeClock, signal: output.signal };
        const found = await named(client, this.names);
        const slaves = new Map(found.map(({ instance, slave }) => [String(instance), slave]));
        const look = { ...ownLook(), several: slaves.size > 1, slaveOf: (id: string) => slaves.get(id) };
        const lines = this.lines ?? LINES;
        const wanted = {
          instances: [...new Set(found.map(({ instance }) => instance))],
          ...{ follow: this.follow, grep },
          // What does not fit is not counted: enough has to be asked for.
          lines: grep === undefined ? lines : LOG_TAIL_MAX,
          most: since === undefined && grep === undefined ? undefined : since === undefined ? lines : this.lines,
          ...(since === undefined ? {} : { since }),
          ...(until === undefined ? {} : { until }),
        };
        await showLogs(asked, wanted, (line) => {
          if (this.json)
            output.json({ ...line, time: new Date(line.at).toISOString() } satisfies Prints<"instance logs">);
          else for (const text of logLines(line, look)) output.line(text);
        });
      };
    });
  }
}
