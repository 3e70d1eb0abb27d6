import { Option } from "clipanion";
import type { Bus } from "#core/ports/bus";
import { dirOption, ResultCommand, timeoutOption } from "#ctl/audit/base-command";
import type { Output } from "#ctl/audit/output";
import type { ClusterClient } from "#ctl/client/client";
import { connectUser } from "#ctl/client/connect";
import { renewWhenDue } from "#ctl/client/renew";
import type { Place } from "#ctl/cluster/place";

/** Whose credentials a command uses, for its help. */
export const AS_USER = `
      You are whom your credentials name: those of a context (--context, CLUSTERIO_CONTEXT or the current one), of the operator of
      the cluster in --dir, or --nats-url and --creds.
`;

/** What asks a cluster for something in a user's name. */
export abstract class UserCommand extends ResultCommand {
  /** Credentials that come to their end are renewed by the way. */
  protected readonly renews: boolean = true;
  dir = dirOption();
  inContext = Option.String("--context", { description: "A context of yours (`clusterio context list`)." });
  natsUrl = Option.String("--nats-url", { description: "Another NATS server, nats://host:port. Needs --creds." });
  creds = Option.String("--creds", { description: "With --nats-url: file with credentials of a user." });
  ca = Option.String("--ca", { description: "With --nats-url: PEM file of the authority of its certificate." });

  timeout = timeoutOption();

  protected run(
    prepare: () => (client: ClusterClient, output: Output, place: Place, bus: Bus) => Promise<void>,
  ): Promise<number> {
    return this.work(() => {
      const ask = prepare();
      return async (output, own) => {
        const { link, client, place, bus } = await connectUser(this, process.cwd());
        own(link, (opened) => opened.close());
        if (this.renews) await renewWhenDue(client, place, (line) => process.stderr.write(`${line}\n`));
        await ask(client, output, place, bus);
      };
    });
  }
}
