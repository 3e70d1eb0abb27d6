import { instanceId, slaveId } from "#core/ids";
import type { ClusterClient } from "#ctl/client/client";
import { clusterio } from "#ctl/ledger/test/projector";
import { FAST, flowing, UP_MS_MAX, useCluster } from "#test/e2e/up-kit";
import { until } from "#test/kit/until";

/** A cap from the command line to the chests of a running game, and back. */
const cluster = useCluster();
const PLATE = "item:iron-plate";
/** Ten seconds of game time: far longer than an export chest waits for its turn. */
const STILL_TICKS = 600;

interface Given {
  readonly tick: number;
  readonly plates: number;
  readonly others: number;
}
const given = async (client: ClusterClient): Promise<Given> => {
  const { tick, exported } = (await client.worlds()).find(({ world }) => world === "iron.1")!;
  const { [PLATE]: plates = 0, ...others } = exported;
  return { tick, plates, others: Object.values(others).reduce((sum, n) => sum + n, 0) };
};
const storage = async (...args: readonly string[]) => {
  const done = await clusterio(["storage", ...args, "--dir", cluster().dir]);
  expect(done).toMatchObject({ code: 0, err: "" });
  return done.out;
};

test(
  "a cap stops the export chests of one resource, others go on; without it they go on where they stopped; all is conserved",
  async () => {
    const run = cluster().up(...FAST);
    await run.says("runs until Ctrl-C");
    const client = await cluster().client();
    await flowing(client, "without a cap");
    await storage("policy", "set", "item:iron-*", "--cap", "0");
    let before = await given(client);
    const still = async () => {
      const now = await given(client);
      if (now.plates !== before.plates) before = now;
      return now.tick - before.tick >= STILL_TICKS ? now : undefined;
    };
    const stopped = await until(still, { timeoutMs: UP_MS_MAX, what: "no iron plate leaves its chest" });
    expect(stopped.others).toBeGreaterThan(before.others);
    expect(await storage("list", "--full", "--json")).toContain(`"resource":"${PLATE}"`);
    const asked = await client.bridge({ slave: slaveId("local"), instance: instanceId("iron") }, "send-rcon", {
      command: "/clusterio",
    });
    expect(JSON.stringify(asked)).toMatch(/The cluster has enough of:.*\[item=iron-plate\]/);
    await storage("policy", "unset", "item:iron-*");
    await until(async () => (await given(client)).plates > stopped.plates, {
      timeoutMs: UP_MS_MAX,
      what: "iron plates leave their chests again",
    });
    run.ctrlC();
    expect(await run.ended()).toBe(0);
    expect((await cluster().count(1)).conserved).toBe(true);
  },
  4 * UP_MS_MAX,
);
