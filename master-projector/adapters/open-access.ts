import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { natsAccountServer } from "#core/adapters/nats-account-server";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf } from "#core/errors";
import { AccessKeys } from "#core/identity/access-keys";
import { edgeFile } from "#core/identity/identity";
import type { FloodLimits } from "#projector/access/flood-guard";
import type { LeaderPorts } from "#projector/leader";

const readKeys = async (path: string): Promise<AccessKeys> => {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw badInput(`cannot read the access keys ${path}: ${messageOf(error)}`, error);
  });
  return AccessKeys.of(new Uint8Array(bytes), path);
};

/** What a master needs to say who may do what, and a connection of the system account. @throws ClusterioError */
export const openAccess = async (options: {
  readonly accessKeys: string;
  readonly natsUrl: string;
  readonly ca?: string | undefined;
  /** Folder of this projector. */
  readonly dir: string;
  /** Of CORE. */
  readonly creds: Uint8Array;
  /** To CORE. */
  readonly link: NatsLink;
  readonly flood: FloodLimits;
  readonly onProblem: (error: Error) => void;
}): Promise<NonNullable<LeaderPorts["access"]> & { close(): Promise<void> }> => {
  const path = resolve(options.accessKeys);
  const { systemCreds } = await readKeys(path);
  const { natsUrl: servers, ca, onProblem } = options;
  const system = await connectNats({ servers, creds: systemCreds, name: "system", ca, onProblem });
  const watching = await connectNats({ servers, creds: options.creds, name: "projector-watch", ca, onProblem });
  return {
    log: new JetStreamLog(options.link, "ACCESS"),
    disk: nodeDisk,
    path: join(resolve(options.dir), "access-book.json"),
    accounts: natsAccountServer(system),
    keys: () => readKeys(path),
    keepEdge: (jwt) => nodeDisk.write(edgeFile(dirname(path)), new TextEncoder().encode(`${jwt}\n`), 0o600),
    watch: new NatsBus(watching),
    flood: options.flood,
    close: async () => {
      await Promise.all([system.close(), watching.close()]);
    },
  };
};
