import { refused, unavailable } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import type { InstanceView } from "#core/events/query";
import { instanceId, slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { SELF, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import { addressOf, everyInstance, theseInstances, whatIsTold } from "#ctl/instance/find";
import { type CONDITIONS, waitUntil } from "#ctl/instance/power";
import type { Asked } from "#ctl/save/where";

const ada = userId("ada");
const home = slaveId("home");
const view = (instance: string, name: string, slave: string) => ({ instance, slave, config: { name } }) as InstanceView;
/** The second one's name is the first one's id. */
const ALL = [view("north", "Far North", "home"), view("south", "north", "home"), view("east", "East", "")];
const settle = async () => {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const BRIDGE = { boot: "mab3c9xyz-k2f8", version: "0.1.0", game: "the game", instances: [] };
const TOLD = { state: "running", linked: false, tick: 60 };

/** A master, and one bridge that tells of its instances what a test likes, or does not answer. */
const scene = (instances: () => Promise<InstanceView[]> = async () => ALL) => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const bridge = broker.connect();
  const stop = new AbortController();
  const client = { user: ada, instances } as Partial<ClusterClient> as ClusterClient;
  const asked: Asked = { client, bus: broker.connect(), clock, signal: stop.signal };
  const told: Record<string, object> = {};
  const answering = bridge.subscribe(subjects.command(ada, home, SELF, "status"), (message) =>
    bridge.respond(message, encodeJson({ ok: { ...BRIDGE, told } })),
  );
  const say = (instance: string, said: object) =>
    bridge.publish(subjects.telemetry(home, instanceId(instance)), encodeJson({ ...said, latencyMs: [] }));
  return { clock, asked, told, say, stop, away: () => answering.stop() };
};
const ids = (found: readonly { instance: string }[]) => found.map(({ instance }) => instance);
const away = () => Promise.reject(unavailable("no master answers"));

test("instances are named by id or name, ids first, each once in the order in which they were named", async () => {
  const { asked } = scene();
  expect(ids(await theseInstances(asked, ["east", "north", "Far North", "east"]))).toEqual(["east", "north"]);
  await expect(theseInstances(asked, ["nroth"])).rejects.toThrow('there is no instance "nroth"');
  const [east, north] = await theseInstances(asked, ["east", "north"]);
  expect(addressOf(north!)).toEqual({ slave: "home", instance: "north" });
  expect(() => addressOf(east!)).toThrow("clusterio instance assign east --slave ID");
});

test("while no master answers the bridges say what they run; where nobody says anything, or one may not ask, that is told", async () => {
  const { asked, clock, say } = scene(away);
  const found = everyInstance(asked);
  await settle();
  say("north", TOLD);
  say("barn", { ...TOLD, name: "Red Barn" });
  await settle();
  clock.advance(6_000);
  expect(await found).toMatchObject({
    master: false,
    all: [
      { instance: "barn", name: "Red Barn", slave: "home" },
      { instance: "north", name: "north", slave: "home" },
    ],
  });
  const nobody = everyInstance(asked);
  nobody.catch(() => {});
  await settle();
  clock.advance(6_000);
  await expect(nobody).rejects.toThrow("no master answers");
  const no = scene(() => Promise.reject(refused("not among your rights")));
  await expect(everyInstance(no.asked)).rejects.toMatchObject({ code: "refused" });
});

test("a bridge that does not answer is away, and so is nobody's instance's none", async () => {
  const { asked, told, clock, away: leave } = scene();
  told.north = TOLD;
  const found = await theseInstances(asked, ["north", "east"]);
  expect(await whatIsTold(asked, found)).toMatchObject({ told: { north: TOLD }, away: new Set() });
  leave();
  expect((await whatIsTold(asked, found)).away).toEqual(new Set(["home"]));
  // One that hears the question and says nothing is away, too.
  const silent = asked.bus.subscribe(subjects.command(ada, home, SELF, "status"), () => {});
  const asking = whatIsTold(asked, found);
  await settle();
  clock.advance(2_000);
  expect((await asking).away).toEqual(new Set(["home"]));
  silent.stop();
});

test("who may not ask a bridge hears what it says by itself", async () => {
  const { asked, clock, say } = scene();
  const request = () => Promise.reject(refused("not among your rights"));
  const bus = { request, subscribe: asked.bus.subscribe.bind(asked.bus) } as unknown as Asked["bus"];
  const found = await theseInstances(asked, ["north"]);
  const heard = whatIsTold({ ...asked, bus }, found);
  await settle();
  say("north", TOLD);
  await settle();
  clock.advance(6_000);
  expect(await heard).toMatchObject({ told: { north: TOLD } });
});

describe("waiting", () => {
  const waiting = async (it: ReturnType<typeof scene>, condition: (typeof CONDITIONS)[number], seconds = 3) => {
    const found = await theseInstances(it.asked, ["north"]);
    const state = { over: false };
    const work = waitUntil(it.asked, found, { condition, seconds }).finally(() => {
      state.over = true;
    });
    work.catch(() => {});
    const turn = async (ms: number) => {
      await settle();
      it.clock.advance(ms);
      await settle();
      return state.over;
    };
    return { work, turn };
  };

  test("ends when it is so: a failed one is stopped, a running one need not be linked", async () => {
    const it = scene();
    for (const [condition, before, after] of [
      ["running", { state: "starting", linked: false, tick: 60 }, TOLD],
      ["linked", TOLD, { state: "running", linked: true, tick: 60 }],
      ["stopped", TOLD, { state: "stopped", linked: false, tick: 60 }],
      ["stopped", TOLD, { state: "failed", linked: false, tick: 60 }],
    ] as const) {
      it.told.north = before;
      const { work, turn } = await waiting(it, condition);
      expect(await turn(500)).toBe(false);
      it.told.north = after;
      expect(await turn(500)).toBe(true);
      await work;
    }
  });

  test("ends at once for what failed, since that changes only by an operator, and when its time is over", async () => {
    const it = scene();
    it.told.north = { state: "failed", linked: false, tick: 60, alarm: "a port is in use" };
    const failed = await waiting(it, "running");
    expect(await failed.turn(0)).toBe(true);
    await expect(failed.work).rejects.toMatchObject({ code: "refused", message: "north failed: a port is in use" });
    it.told.north = { state: "starting", linked: false, tick: 60 };
    const slow = await waiting(it, "running", 1);
    await slow.turn(500);
    expect(await slow.turn(500)).toBe(true);
    await expect(slow.work).rejects.toThrow("not running within 1 s: north (starting)");
    it.away();
    const gone = await waiting(it, "running", 0.1);
    expect(await gone.turn(500)).toBe(true);
    await expect(gone.work).rejects.toThrow("north (its slave home does not answer)");
  });

  test("ends without a word when it is interrupted", async () => {
    const it = scene();
    it.told.north = { state: "starting", linked: false, tick: 60 };
    const { work, turn } = await waiting(it, "running");
    await turn(0);
    it.stop.abort();
    expect(await turn(0)).toBe(true);
    await work;
  });
});
