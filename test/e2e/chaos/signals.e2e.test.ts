import { CHANNEL_SILENCE_MS } from "#core/events/signal";
import { type InstanceId, instanceId } from "#core/ids";
import { crossedSignals } from "#ctl/count/signals";
import { parseWorldCount, type WorldCount } from "#ctl/count/world-count";
import type { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import { useChaos } from "#test/e2e/chaos/kit/scenario";
import { until } from "#test/kit/until";

/** ADR 0052: nobody vouches for the signals of a world whose bridge is gone. */
const { scenario } = useChaos();
/** Both on alpha; copper is beta's. */
const IRON = instanceId("iron");
const CIRCUITS = instanceId("circuits");
const COPPER = instanceId("copper");

const say = (chaos: ChaosCluster, instance: InstanceId, command: string) =>
  chaos.patiently(() => chaos.client.bridge({ slave: chaos.slaveOf(instance), instance }, "send-rcon", { command }));

const countOf = async (chaos: ChaosCluster, instance: InstanceId): Promise<WorldCount> => {
  const answer = await say(chaos, instance, "/demo-count");
  return parseWorldCount((answer as { readonly reply?: unknown }).reply, instance);
};

/** Receivers of these worlds that show the sum of what just these worlds send. */
const showing = async (chaos: ChaosCluster, worlds: readonly InstanceId[]): Promise<number> =>
  crossedSignals(await Promise.all(worlds.map((world) => countOf(chaos, world))), []).showing;

scenario("a bridge is killed: its world's signals end everywhere, and come back with it", async (chaos) => {
  const { beta } = chaos.daemons;
  await chaos.flowing("before the bridge is killed");
  for (const world of [IRON, CIRCUITS, COPPER]) await say(chaos, world, "/demo-freeze");
  const all = { timeoutMs: 60_000, what: "all three worlds show the sum of all" };
  await until(async () => (await showing(chaos, [IRON, CIRCUITS, COPPER])) === 3, all);
  expect(Object.keys((await countOf(chaos, COPPER)).sent ?? {})).not.toEqual([]);

  await beta.stop("SIGKILL");
  const left = async () => (await showing(chaos, [IRON, CIRCUITS])) === 2;
  expect(await left()).toBe(false);
  // What it said last is forgotten after three periods; looked at once a second, shown within another.
  const alone = { timeoutMs: CHANNEL_SILENCE_MS + 15_000, what: "the others show each other alone" };
  await until(left, alone);
  await beta.start();
  await until(async () => (await showing(chaos, [IRON, CIRCUITS, COPPER])) === 3, all);
  for (const world of [IRON, CIRCUITS, COPPER]) await say(chaos, world, "/demo-thaw");
  chaos.note("copper's signals ended and came back");
});
