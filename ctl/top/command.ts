import { Command, Option } from "clipanion";
import * as t from "typanion";
import { nodeClock } from "#core/adapters/node-clock";
import { isClusterioError } from "#core/errors";
import { slaveId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { ownLook } from "#core/terminal/look";
import { tableLines } from "#core/terminal/table";
import type { ClusterClient } from "#ctl/client/client";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import type { Prints } from "#ctl/printed/all";
import { ask } from "#ctl/status/gather";
import { runLive } from "#ctl/top/live";
import { intervalOption, timesOption } from "#ctl/top/options";
import { ORDER_KEYS, ORDERS, TOP_COLUMNS, topHead, topRows, topScreen } from "#ctl/top/view";
import type { Model } from "#ctl/watch/model";
import { Watcher } from "#ctl/watch/watcher";

/** What bridges last said, so that nobody waits five seconds for the first figures. */
const learn = async (watcher: Watcher, client: ClusterClient, bus: Bus): Promise<void> => {
  try {
    const slaves = new Set((await client.instances()).map(({ slave }) => slave).filter((slave) => slave !== ""));
    const { told } = await ask({ client, bus }, [...slaves].map(slaveId));
    for (const [instance, said] of Object.entries(told)) watcher.learn(instance, said);
  } catch (error) {
    // It is told where the figures stand.
    if (!isClusterioError(error)) throw error;
  }
};

const NO_MODEL: Pick<Model, "worlds"> = { worlds: [] };

export class TopCommand extends UserCommand {
  static override paths = [["top"]];
  static override usage = Command.Usage({
    category: "Cluster",
    description: "what every instance does now, live: UPS, latency, traffic, who waits for what",
    details: `
      Keys: u, l, t, w and n sort by UPS, latency, traffic, waits and name; q ends. Without a terminal the table is printed again and
      again, with -o json an object for each instance. Rates are those of the last ten looks. While the master is away the last
      figures stay, and it says so.

      ${AS_USER}
      Exit codes: 0 ended as asked; 2 bad arguments; 3 the cluster does not run.
    `,
    examples: [
      ["", "$0 top"],
      ["Who waits most, once, for a program", "$0 top --sort waits --times 1 --json"],
    ],
  });

  sort = Option.String("--sort", "ups", {
    description: `What comes first: ${ORDERS.join(", ")} (default ups: the slowest game).`,
    validator: t.isEnum(ORDERS),
  });
  interval = intervalOption();
  times = timesOption();

  override async execute(): Promise<number> {
    return this.run(() => async (client, output, _place, bus) => {
      const watcher = new Watcher(client, bus, nodeClock);
      await learn(watcher, client, bus);
      let order = this.sort;
      const look = ownLook();
      const shown = (model: Model | undefined) => ({
        head: topHead(model, watcher.problem),
        rows: topRows(model ?? this.#without(watcher), order),
        order,
      });
      const view = {
        screen: (model: Model | undefined, size: Parameters<typeof topScreen>[2]) =>
          topScreen(shown(model), look, size),
        plain: (model: Model | undefined) => {
          const { head, rows } = shown(model);
          return [head, ...tableLines(rows, TOP_COLUMNS, look), ""];
        },
        values: (model: Model) => topRows(model, order) satisfies readonly Prints<"top">[],
        key: (key: string) => {
          order = ORDER_KEYS[key] ?? order;
          return key in ORDER_KEYS;
        },
      };
      const { json, times } = this;
      await runLive(view, { watcher, output, json, times, intervalMs: this.interval * 1_000 });
      watcher.stop();
    });
  }

  /** Without a master: what bridges measure is shown all the same. */
  #without({ telemetry, slaves }: Watcher): Pick<Model, "worlds"> {
    const on = (instance: string) => Object.keys(slaves).find((id) => slaves[id]?.instances.includes(instance)) ?? "";
    const worlds = Object.entries(telemetry).map(([instance, { state, linked, ups, rconLatencyMs, alarm }]) => ({
      ...{ instance, slave: on(instance), name: instance, state, linked },
      ...{ ups: ups ?? null, rconMs: rconLatencyMs ?? null, gives: [], gets: [], waitsFor: [], alarm: alarm ?? "" },
    }));
    return worlds.length === 0 ? NO_MODEL : { worlds };
  }
}
