import { nodeClock } from "#core/adapters/node-clock";
import type { Output } from "#ctl/audit/output";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import type { Asked } from "#ctl/save/where";

export const CATEGORY = "Instances";
export const SOURCE = `
      Instances are named by id or by name (quoted when it has blanks).
      ${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such instance; 3 the cluster does not run, or its slave is away; 4 refused.
`;

/** Commands about instances. */
export abstract class InstanceCommand extends UserCommand {
  protected ask(prepare: () => (asked: Asked, output: Output) => Promise<void>): Promise<number> {
    return this.run(() => {
      const work = prepare();
      return (client, output, _place, bus) => work({ client, bus, clock: nodeClock, signal: output.signal }, output);
    });
  }
}
