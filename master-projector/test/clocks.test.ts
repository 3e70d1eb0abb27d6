import { LAPSE_MS } from "#core/fold/lapse";
import { RESTATED_MS_MAX } from "#projector/granting";
import { Cluster, PLATE, stock } from "#projector/test/kit";

/** The master's clock and the broker's differ: nothing is judged by comparing one with the other. */
const TOKEN = "aaaaaaaaaaaa1";

/** A leader whose clock is `aheadMs` before the broker's, and the open worlds a.1 and b.1. */
const skewed = async (aheadMs: number) => {
  const cluster = new Cluster();
  const { clock } = cluster;
  let ahead = aheadMs;
  const wrong = { now: () => clock.now() + ahead, after: clock.after.bind(clock) };
  const leader = await cluster.start({ ...cluster.ports(), clock: wrong });
  const [a, b] = [await cluster.instance("a"), await cluster.instance("b")];
  cluster.sync("a.1", { prev: "", epoch: a });
  cluster.sync("b.1", { prev: "", epoch: b });
  await cluster.pass(100);
  const setBack = (ms: number) => {
    ahead -= ms;
  };
  return { cluster, leader, a, setBack };
};

test("a leader whose clock was set back since it began counts a silence as before", async () => {
  const { cluster, leader, a, setBack } = await skewed(0);
  const isOpen = () => leader.projector.state.worlds.get("b.1" as never)?.open;
  setBack(3 * LAPSE_MS);
  for (let ms = 0; ms < LAPSE_MS + 3_000; ms += 3_000) {
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2 });
    await cluster.pass(3_000);
  }
  expect(isOpen()).toBe(false);
  await leader.stop();
});

test.each([-60_000, 60_000])(
  "with a clock %i ms ahead a session lapses after its silence, and no other does",
  async (ahead) => {
    const { cluster, leader, a } = await skewed(ahead);
    const isOpen = (world: string) => leader.projector.state.worlds.get(world as never)?.open;
    const speak = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 3_000) {
        cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2 });
        await cluster.pass(3_000);
      }
    };
    await speak(LAPSE_MS - 3_000);
    expect([isOpen("a.1"), isOpen("b.1")]).toEqual([true, true]);
    await speak(6_000);
    expect([isOpen("a.1"), isOpen("b.1")]).toEqual([true, false]);
    await speak(2 * LAPSE_MS);
    expect(isOpen("a.1")).toBe(true);
    await leader.stop();
  },
);

test.each([-60_000, 60_000])(
  "with a clock %i ms ahead held-back credits come in at the policy's rate",
  async (ahead) => {
    const { cluster, leader, a } = await skewed(ahead);
    await cluster.command("policy", "set", { policies: { creditPerSecond: 10 } });
    await cluster.pass(RESTATED_MS_MAX);
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 1_000 } });
    await cluster.pass(1_000);
    const burst = stock(leader.projector.state);
    expect(burst).toBeGreaterThanOrEqual(100);
    expect(burst).toBeLessThanOrEqual(110);
    await cluster.pass(10_000);
    const later = stock(leader.projector.state);
    expect(later - burst).toBeGreaterThanOrEqual(90);
    expect(later - burst).toBeLessThanOrEqual(110);
    await leader.stop();
  },
);
