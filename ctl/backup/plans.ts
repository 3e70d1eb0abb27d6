import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import type { NatsLink } from "#core/adapters/nats-connection";
import { nodeClock } from "#core/adapters/node-clock";
import { unavailable } from "#core/errors";
import type { Log } from "#core/ports/log";
import { planLists } from "#ctl/backup/lists";
import type { Manifest } from "#ctl/backup/manifest";
import type { Plan } from "#ctl/backup/plan";
import { planPlayers } from "#ctl/backup/players";
import { firstLacking, type Ledger, restoreLedger } from "#ctl/backup/restore";
import { planRights } from "#ctl/backup/rights";
import { ArchiveFile } from "#ctl/history/archive-file";

/** What a restore would put back into the streams, in the order in which it does. */

type Stream = Ledger & Pick<Log, "read">;

/** A stream that a broker without its disk has not: a dry run looks at it, and makes none. */
const ABSENT: Stream = {
  info: async () => ({ created: "", firstSeq: 1, lastSeq: 0, bytes: 0 }),
  get: async () => undefined,
  read: async () => [],
  append: async () => ({ kind: "unknown", reason: "there is no such stream" }),
  beginAt: () => Promise.reject(unavailable("there is no such stream")),
};

export const plansOf = async (of: Manifest, folder: string, core: NatsLink, signal: AbortSignal): Promise<Plan[]> => {
  const { ledger, rights, lists, players } = of;
  const names = new Set<string>();
  for await (const { config } of (await jetstreamManager(core.nc)).streams.list()) names.add(config.name);
  const stream = (name: string): Stream => (names.has(name) ? new JetStreamLog(core, name) : ABSENT);
  const at = ({ path }: { readonly path: string }): string => join(folder, path);
  const plans: Plan[] = [];
  if (rights !== null) plans.push(await planRights(rights, at(rights.file), { log: stream("ACCESS"), signal }));
  if (lists !== null) plans.push(await planLists(at(lists.file), { log: stream("LISTS"), signal }));
  if (players !== null) {
    const ports = { log: stream("PLAYERS"), bus: new NatsBus(core), clock: nodeClock, signal };
    plans.push(await planPlayers(players, at(players.file), ports));
  }
  if (ledger !== null) plans.push(await planLedger(of, at(ledger.file), stream("LEDGER"), signal));
  return plans;
};

const planLedger = async (
  { ledger, time }: Manifest,
  path: string,
  log: Ledger,
  signal: AbortSignal,
): Promise<Plan> => {
  const archive = await ArchiveFile.open(path);
  try {
    if ((await firstLacking(log, archive)) === undefined)
      return { part: "ledger", says: "LEDGER holds something already: it stays" };
  } finally {
    await archive.close();
  }
  return {
    part: "ledger",
    says: `LEDGER is empty, or ends within this backup: messages up to ${ledger?.to} of ${time} go back into it`,
    write: () => restoreLedger(log, path, signal),
  };
};
