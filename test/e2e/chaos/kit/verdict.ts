import { execFile } from "node:child_process";
import { join } from "node:path";
import { nodeClock } from "#core/adapters/node-clock";
import { packageRoot } from "#core/adapters/package-root";
import { isClusterioError } from "#core/errors";
import { addressesOf, freeze, type SettleContext, settle, thaw } from "#ctl/count/settle";
import { type ChaosCluster, PATIENCE_MS } from "#test/e2e/chaos/kit/cluster";
import { until } from "#test/kit/until";

/** What the cluster was found to be: compared as a whole, so that a failure shows all of it. */
export interface Verdict {
  /** For each resource that does not add up, how. */
  readonly faults: readonly string[];
  readonly inFlight: Readonly<Record<string, number>>;
  /** Sessions of the ledger that are open, by instance. */
  readonly open: readonly string[];
  /** `clusterio audit verify`. */
  readonly audit: { readonly code: number; readonly said: string };
  /** Daemons that ended by themselves, and how. */
  readonly failures: readonly string[];
}

/** Whether a daemon that ended by itself may have done so, by what it printed. */
export type Allowed = (said: string) => boolean;

/**
 * Stands everything still and counts what the worlds physically hold, produced and consumed against what the ledger says of
 * the rest; then lets the shipped audit look at the ledger. Items flow again afterwards.
 */
export const verdictOf = async (cluster: ChaosCluster, allowed: Allowed = () => false): Promise<Verdict> => {
  await cluster.flowing("before the count");
  const { client } = cluster;
  const context: SettleContext = { client, clock: nodeClock, signal: new AbortController().signal };
  const addresses = (await cluster.patiently(() => addressesOf(client))) ?? [];
  await cluster.patiently(() => freeze(context, addresses));
  const counted = async () => {
    const count = await settle(context, addresses).catch((error: unknown) => {
      if (isClusterioError(error)) return undefined;
      throw error;
    });
    return count === undefined || Object.keys(count.balance.inFlight).length > 0 ? undefined : count;
  };
  const { balance, books } = await until(counted, { timeoutMs: PATIENCE_MS, what: "nothing is in flight" });
  const physical = Object.values(balance.physical);
  if (physical.length === 0 || physical.some(({ produced }) => produced <= 0)) throw new Error("nothing was produced");
  const audit = await auditOf(cluster);
  await cluster.patiently(() => thaw(context, addresses));
  const failures = cluster.failures.filter(({ said }) => !allowed(said));
  cluster.note("counted");
  return {
    faults: balance.faults.map(({ message }) => message),
    inFlight: balance.inFlight,
    open: books.worlds.filter(({ open }) => open).map(({ instance }) => instance),
    audit,
    failures: failures.map(({ daemon, code, said }) => `${daemon} ended with ${code}:\n${said}`),
  };
};

/** What every scenario ends with. */
export const isGood = ({ faults, inFlight, open, audit, failures }: Verdict): boolean =>
  faults.length === 0 &&
  Object.keys(inFlight).length === 0 &&
  ["copper", "circuits", "iron"].every((instance) => open.includes(instance)) &&
  audit.code === 0 &&
  failures.length === 0;

const auditOf = async (cluster: ChaosCluster): Promise<Verdict["audit"]> => {
  const creds = (await cluster.nats.identity.masterCreds()).path;
  const argv = ["audit", "verify", "--nats-url", cluster.nats.url, "--core-creds", creds];
  return new Promise((resolve) => {
    const program = join(packageRoot(), "dist", "ctl", "main.js");
    execFile(process.execPath, [program, ...argv], { timeout: PATIENCE_MS }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), said: `${out}${err}` }),
    );
  });
};
