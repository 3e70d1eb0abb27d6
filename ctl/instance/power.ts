import { Command, Option } from "clipanion";
import * as t from "typanion";
import { ClusterioError, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import { pause } from "#core/ports/clock";
import type { Output } from "#ctl/audit/output";
import { CATEGORY, InstanceCommand, SOURCE } from "#ctl/instance/base";
import { addressOf, everyInstance, type Found, theseInstances, whatIsTold } from "#ctl/instance/find";
import type { Prints } from "#ctl/printed/all";
import type { Asked } from "#ctl/save/where";
import type { Told } from "#ctl/status/view";

export const CONDITIONS = ["running", "stopped", "linked"] as const;
type Condition = (typeof CONDITIONS)[number];

/** Bridges are asked this often. */
const POLL_MS = 500;
const WAIT_S = 300;
/** Instances that are told at once: as many as a small slave may start side by side. */
const AT_ONCE = 8;

const holds = (told: Told | undefined, condition: Condition): boolean =>
  condition === "linked"
    ? told?.linked === true
    : told?.state === condition || (condition === "stopped" && told?.state === "failed");

/** @throws ClusterioError `refused` when one failed, `unavailable` when the time is over. */
export const waitUntil = async (
  asked: Asked,
  found: readonly Found[],
  { condition, seconds }: { readonly condition: Condition; readonly seconds: number },
): Promise<void> => {
  const { clock, signal } = asked;
  const until = clock.now() + seconds * 1_000;
  for (;;) {
    const { told, away } = await whatIsTold(asked, found);
    const open = found.filter(({ instance }) => !holds(told[instance], condition));
    if (open.length === 0) return;
    // Only an operator changes that.
    const failed = open.find(({ instance }) => told[instance]?.state === "failed");
    if (failed !== undefined)
      throw refused(
        `${failed.instance} failed: ${told[failed.instance]?.alarm ?? "clusterio instance logs shows why"}`,
      );
    if (clock.now() >= until) {
      const states = open.map(({ instance, slave }) => {
        const how = away.has(slave ?? "")
          ? `its slave ${slave} does not answer`
          : (told[instance]?.state ?? "not taken up");
        return `${instance} (${how})`;
      });
      throw unavailable(`not ${condition} within ${seconds} s: ${states.join(", ")}`);
    }
    await pause(clock, POLL_MS, signal);
    if (signal.aborted) return;
  }
};

type Verb = "start" | "stop" | "kill" | "restart";
const AFTER: Readonly<Record<Verb, Condition>> = {
  ...{ start: "running", restart: "running", stop: "stopped", kill: "stopped" },
};

abstract class PowerCommand extends InstanceCommand {
  protected abstract readonly verb: Verb;
  wait = Option.Boolean("--wait", false, { description: `Until it is so, for up to ${WAIT_S} s.` });

  /** Each is told, whatever becomes of the others; the first error is the command's. */
  protected async order(asked: Asked, output: Output, found: readonly Found[]): Promise<void> {
    const waiting = [...found];
    const errors: ClusterioError[] = [];
    const done: Found[] = [];
    const one = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { instance } = next;
        try {
          const { state } = (await asked.client.bridge(addressOf(next), this.verb, {})) as { state: string };
          done.push(next);
          if (!this.wait)
            this.show(output, { instance, state } satisfies Prints<"instance start">, () => [`${instance}: ${state}`]);
        } catch (error) {
          if (!isClusterioError(error)) throw error;
          errors.push(error);
          if (found.length > 1) process.stderr.write(`${instance}: ${messageOf(error)}\n`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    if (this.wait && done.length > 0) {
      const state = AFTER[this.verb];
      await waitUntil(asked, done, { condition: state, seconds: WAIT_S });
      for (const { instance } of done)
        this.show(output, { instance, state } satisfies Prints<"instance start">, () => [`${instance}: ${state}`]);
    }
    const [first] = errors;
    if (first === undefined) return;
    if (found.length === 1) throw first;
    throw new ClusterioError(first.code, `${errors.length} of ${found.length} instances were not told to ${this.verb}`);
  }
}

abstract class TheseCommand extends PowerCommand {
  instances = Option.Rest({ name: "instance", required: 1 });

  override async execute(): Promise<number> {
    return this.ask(
      () => async (asked, output) => this.order(asked, output, await theseInstances(asked, this.instances)),
    );
  }
}

abstract class AllCommand extends PowerCommand {
  slave = Option.String("--slave", { description: "Only those of this slave." });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const { all } = await everyInstance(asked);
      const wanted = all.filter(({ slave }) => slave !== undefined && (this.slave ?? slave) === slave);
      if (wanted.length === 0 && !this.json) output.line("no instance belongs to a slave here");
      await this.order(asked, output, wanted);
    });
  }
}

const MASTERLESS = `
      The bridge itself does it: this works while no master answers, too.
      ${SOURCE}`;
const usageOf = (description: string, ...examples: [string, string][]) =>
  Command.Usage({ category: CATEGORY, description, details: MASTERLESS, examples });

export class InstanceStartCommand extends TheseCommand {
  static override paths = [["instance", "start"]];
  static override usage = usageOf(
    "start instances' games; one without a save makes its first",
    ["", "$0 instance start north"],
    ["And wait until they run", '$0 instance start north "Far South" --wait'],
  );
  protected override readonly verb = "start";
}

export class InstanceStopCommand extends TheseCommand {
  static override paths = [["instance", "stop"]];
  static override usage = usageOf("save and stop instances' games", ["", "$0 instance stop north"]);
  protected override readonly verb = "stop";
}

export class InstanceKillCommand extends TheseCommand {
  static override paths = [["instance", "kill"]];
  static override usage = usageOf("end instances' games at once, without a save", ["", "$0 instance kill north"]);
  protected override readonly verb = "kill";
}

export class InstanceRestartCommand extends TheseCommand {
  static override paths = [["instance", "restart"]];
  static override usage = usageOf("save and stop instances' games, and start them again", [
    "",
    "$0 instance restart north",
  ]);
  protected override readonly verb = "restart";
}

export class InstanceStartAllCommand extends AllCommand {
  static override paths = [["instance", "start-all"]];
  static override usage = usageOf("start every instance that belongs to a slave", [
    "",
    "$0 instance start-all --slave attic",
  ]);
  protected override readonly verb = "start";
}

export class InstanceStopAllCommand extends AllCommand {
  static override paths = [["instance", "stop-all"]];
  static override usage = usageOf("save and stop every instance", ["", "$0 instance stop-all --wait"]);
  protected override readonly verb = "stop";
}

export class InstanceWaitCommand extends InstanceCommand {
  static override paths = [["instance", "wait"]];
  static values = { "--for": "running|stopped|linked" };
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "wait until instances run, are stopped, or are linked to the cluster",
    details: `
      Ends at once when one failed, since that changes only by an operator.
      ${SOURCE}`,
    examples: [
      ["", "$0 instance wait north --for running"],
      ["For a minute at most", "$0 instance wait north south --for linked --timeout 60"],
    ],
  });
  instances = Option.Rest({ name: "instance", required: 1 });
  for = Option.String("--for", {
    required: true,
    description: `${CONDITIONS.join(", ")}.`,
    validator: t.isEnum(CONDITIONS),
  });
  override timeout = Option.String("--timeout", {
    description: `Seconds to wait for all of it (default ${WAIT_S}).`,
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(0.1, 86_400)]),
  });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const found = await theseInstances(asked, this.instances);
      await waitUntil(asked, found, { condition: this.for, seconds: this.timeout ?? WAIT_S });
      for (const { instance } of found)
        this.show(output, { instance, is: this.for } satisfies Prints<"instance wait">, () => [
          `${instance}: ${this.for}`,
        ]);
    });
  }
}

export const POWER_COMMANDS = [
  InstanceStartCommand,
  InstanceStopCommand,
  InstanceKillCommand,
  InstanceRestartCommand,
  InstanceStartAllCommand,
  InstanceStopAllCommand,
  InstanceWaitCommand,
] as const;
