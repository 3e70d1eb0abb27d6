import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import type { Output } from "#ctl/audit/output";
import { connectUser } from "#ctl/client/connect";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import type { Asked } from "#ctl/save/where";

export const CATEGORY = "Players";
export const SOURCE = `${AS_USER}
      With --on the instance's bridge answers: that works while the master is away, too.

      Exit codes: 0; 2 bad arguments, or there is no such instance or player; 3 the cluster, the bridge or the game is away; 4 refused.
`;

export interface People extends Asked {
  readonly output: Output;
}

export abstract class PlayerCommand extends UserCommand {
  protected runPeople(prepare: () => (people: People) => Promise<void>): Promise<number> {
    return this.work(() => {
      const ask = prepare();
      return async (output, own) => {
        const { link, client } = await connectUser(this, process.cwd());
        own(link, (opened) => opened.close());
        await ask({ client, bus: new NatsBus(link), clock: nodeClock, signal: output.signal, output });
      };
    });
  }
}
