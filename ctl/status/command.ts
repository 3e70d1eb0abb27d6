import { resolve } from "node:path";
import { Command } from "clipanion";
import { nodeClock } from "#core/adapters/node-clock";
import { unavailable } from "#core/errors";
import { ownLook } from "#core/terminal/look";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { serverOf } from "#ctl/cluster/place";
import type { Prints } from "#ctl/printed/all";
import { gather } from "#ctl/status/gather";
import { statusLines } from "#ctl/status/text";
import { statusOf } from "#ctl/status/view";

export class StatusCommand extends UserCommand {
  static override paths = [["status"]];
  static override usage = Command.Usage({
    category: "Cluster",
    description: "the cluster on one screen: who leads, what runs, what wants you, and what to do next",
    details: `
      Asks the master and every bridge at once. While no master answers, it listens for six seconds to what bridges say of themselves,
      shows that, and ends with 3. Streams are shown on the machine with the cluster's folder (--dir).

      ${AS_USER}
      Exit codes: 0 a master leads, whatever else there is to do; 2 bad arguments; 3 the broker or the master does not answer.
    `,
    examples: [
      ["", "$0 status"],
      ["What wants somebody, for a program", "$0 status --json"],
    ],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output, place, bus) => {
      const dir = resolve(this.dir);
      const here =
        this.natsUrl === undefined && this.inContext === undefined && (await serverOf(dir))?.url === place.url;
      const asked = { client, bus, clock: nodeClock, url: place.url, signal: output.signal };
      const status = statusOf(await gather({ ...asked, dir: here ? dir : undefined }));
      this.show(output, status satisfies Prints<"status">, (shown) => statusLines(shown, ownLook()));
      if (!status.master.leads) throw unavailable(`${status.master.problem}; what bridges say of themselves is shown`);
    });
  }
}
