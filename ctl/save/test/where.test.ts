import { refused, unavailable } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import type { InstanceView } from "#core/events/query";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { SELF, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import { type Asked, whereIs } from "#ctl/save/where";

const view = (instance: string, name: string, slave: string) => ({ instance, slave, config: { name } }) as InstanceView;
/** The first one's name is the second one's id. */
const ALL = [view("old", "north", "attic"), view("north", "Far North", "home"), view("south", "South", "")];
const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A master that answers or does not, and bridges that say what they run. */
const scene = (instances: () => Promise<InstanceView[]>) => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const stop = new AbortController();
  const client = { instances } as Partial<ClusterClient> as ClusterClient;
  const asked: Asked = { client, bus: broker.connect(), clock, signal: stop.signal };
  const say = (slave: string, said: object) =>
    broker.connect().publish(subjects.telemetry(slaveId(slave), SELF), encodeJson(said));
  return { clock, asked, say };
};
const runs = (...instances: string[]) => ({ boot: "000000001-aaaa", version: "0.1.0", game: "the game", instances });
const away = () => Promise.reject(unavailable("no master answers"));

test("an instance is where the master says, by id first, or name; one of no slave, and none, are told with what to do", async () => {
  const { asked } = scene(async () => ALL);
  const at = { slave: "home", instance: "north" };
  expect([await whereIs(asked, "north"), await whereIs(asked, "Far North")]).toEqual([at, at]);
  await expect(whereIs(asked, "south")).rejects.toThrow("clusterio instance assign south --slave ID");
  await expect(whereIs(asked, "nroth")).rejects.toThrow('did you mean "north"');
});

test("while no master answers the bridges say it; a name is no id, and a refusal is no silence", async () => {
  const { asked, clock, say } = scene(away);
  const found = whereIs(asked, "north");
  await settle();
  say("attic", runs("east"));
  say("barn", { odd: true });
  say("home", runs("north"));
  await settle();
  expect(await found).toEqual({ slave: "home", instance: "north" });
  const nowhere = whereIs(asked, instanceId("west"));
  nowhere.catch(() => {});
  await settle();
  say("attic", runs("east"));
  clock.advance(6_000);
  await expect(nowhere).rejects.toThrow("no master answers");
  await expect(whereIs(asked, "Far North")).rejects.toThrow("no master answers");
  const no = scene(() => Promise.reject(refused("not among your rights")));
  await expect(whereIs(no.asked, "north")).rejects.toMatchObject({ code: "refused" });
});
