import { ASK_AGAIN_MS, ConfigCopy, UNHEARD_MS } from "#bridge/instance/config-copy";
import { FOLDER, north, scene, settle } from "#bridge/test/bridge-scene";
import type { Delivery, LinkAnswer } from "#core/events/delivery";
import { type InstanceConfig, revisionOf } from "#core/instance-config";
import { ManualClock } from "#core/ports/memory/manual-clock";

const OLD: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 0 };
const NEW: InstanceConfig = { ...OLD, ports: { game: 34_197 } };

/** A copy beside a leader that answers with what the test says. */
const copying = () => {
  const clock = new ManualClock();
  const seen = { asked: 0, gone: 0, config: OLD };
  let answer: LinkAnswer | "nobody" = "nobody";
  const copy = new ConfigCopy({
    clock,
    ask: async () => {
      seen.asked++;
      return answer;
    },
    have: () => seen.config,
    take: (config) => {
      seen.config = config;
    },
    gone: () => void seen.gone++,
  });
  const hear = async (config?: InstanceConfig) => {
    copy.heard((config === undefined ? {} : { config: revisionOf(config) }) as Delivery);
    await settle();
  };
  const says = (config: InstanceConfig) => {
    answer = { ok: { config } } as LinkAnswer;
  };
  const deletes = () => {
    answer = { notYours: { epoch: 9, deleted: true } };
  };
  return { clock, seen, copy, hear, says, deletes };
};

test("another revision in a delivery is asked for, and only the answer changes the copy (CF1)", async () => {
  const { seen, hear, says } = copying();
  await hear(OLD);
  await hear(undefined);
  expect(seen).toMatchObject({ asked: 0, config: OLD });
  says(NEW);
  await hear(NEW);
  expect(seen).toMatchObject({ asked: 1, config: NEW });
  await hear(NEW);
  expect(seen.asked).toBe(1);
});

test("a leader that does not answer is asked again with a later delivery, not with each (CF3)", async () => {
  const { clock, seen, hear, says } = copying();
  for (let n = 0; n < 5; n++) await hear(NEW);
  expect(seen.asked).toBe(1);
  await clock.advanceSettling(ASK_AGAIN_MS, settle);
  says(NEW);
  await hear(NEW);
  expect(seen).toMatchObject({ asked: 2, config: NEW });
});

test("two changes in a row are both known at once, also one that is delivered while the other is asked for (CF3)", async () => {
  const { seen, copy, hear, says } = copying();
  says(NEW);
  await hear(NEW);
  const newer: InstanceConfig = { ...NEW, name: "South" };
  says(newer);
  await hear(newer);
  expect(seen).toMatchObject({ asked: 2, config: newer });

  const newest: InstanceConfig = { ...newer, name: "West" };
  says(NEW);
  copy.heard({ config: revisionOf(NEW) } as Delivery);
  copy.heard({ config: revisionOf(newest) } as Delivery);
  says(newest);
  await settle();
  expect(seen).toMatchObject({ asked: 4, config: newest });
});

test("a leader whose answer is not what it delivers is not asked with every delivery (CF3)", async () => {
  const { seen, hear, says } = copying();
  says(OLD);
  for (let n = 0; n < 5; n++) await hear(NEW);
  expect(seen).toMatchObject({ asked: 1, config: OLD });
});

test("an instance of which nothing is delivered is asked about, once a minute; a deleted one is told (CF2)", async () => {
  const { clock, seen, copy, deletes } = copying();
  await clock.advanceSettling(UNHEARD_MS - 1, settle);
  copy.tick();
  expect(seen.asked).toBe(0);
  await clock.advanceSettling(1, settle);
  for (let n = 0; n < 3; n++) copy.tick();
  await settle();
  expect(seen).toMatchObject({ asked: 1, gone: 0 });
  deletes();
  await clock.advanceSettling(UNHEARD_MS, settle);
  copy.tick();
  await settle();
  expect(seen).toMatchObject({ asked: 2, gone: 1 });
});

describe("a bridge", () => {
  const kept = async (disk: ReturnType<typeof scene>["disk"], folder = FOLDER) => {
    const bytes = await disk.read(`${folder}/instance.json`);
    return bytes === undefined
      ? undefined
      : (JSON.parse(new TextDecoder().decode(bytes)) as { config: InstanceConfig });
  };

  test("keeps what an instance is to be, also of one that does not run, and has it while no master is there", async () => {
    const { master, open, disk, advance } = scene();
    const { bridge } = await open();
    master.state(north);
    await settle();
    master.config = { ...master.config, start: "never", ports: { game: 34_197 } };
    master.state(north);
    await settle();
    expect((await kept(disk))?.config).toEqual(master.config);
    expect(bridge.runner(north)?.telemetry()).toMatchObject({ name: "North", config: revisionOf(master.config) });
    await bridge.close();
    const asked = master.asked;
    const { bridge: next } = await open();
    await advance(1_000);
    expect([next.runner(north)?.telemetry().config, master.asked]).toEqual([revisionOf(master.config), asked]);
    await next.close();
  });

  test("stops a deleted instance, sets its folder aside with every save, and knows it no more (K4)", async () => {
    const { master, disk, machine, advance, linked, open, log } = scene();
    const { bridge } = await linked();
    master.assigned = false;
    master.deleted = true;
    master.epoch = 2;
    await advance(UNHEARD_MS + 10_000);
    expect(bridge.runner(north)).toBeUndefined();
    expect(machine.alive).toEqual([]);
    const folder = `/data/deleted/north-${bridge.boot}`;
    expect(await kept(disk, folder)).toMatchObject({ config: { name: "North" } });
    expect([...machine.saves.keys()].every((path) => path.startsWith(`${folder}/saves/`))).toBe(true);
    expect(machine.saves.size).toBeGreaterThan(0);
    expect(log).toContain(`north was deleted: its folder is ${folder} now`);
    await bridge.close();
    const { bridge: next } = await open();
    expect(next.runner(north)).toBeUndefined();
    await next.close();
  });
});
