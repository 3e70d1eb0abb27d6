import { configured, limitsOf, pausesAlone, restartOf, wantedAtStart } from "#bridge/instance/policy";
import { newRecord } from "#bridge/instance/record";
import { north, scene, settle } from "#bridge/test/bridge-scene";
import type { InstanceConfig } from "#core/instance-config";

const config: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 0 };

test("a configuration's words, and what stands for what it leaves out", () => {
  expect(restartOf(config)).toEqual({ policy: "on-failure" });
  expect(restartOf({ ...config, restart: { policy: "never" } })).toEqual({ policy: "never" });
  expect(restartOf({ ...config, restart: { attempts: 9, pauseSecondsMax: 600 } })).toEqual({
    policy: "on-failure",
    attemptsMax: 9,
    pauseMsMax: 600_000,
  });
  expect(limitsOf(config)).toEqual({});
  expect(pausesAlone(config)).toBe(false);
  expect(pausesAlone({ ...config, settings: { auto_pause: true } })).toBe(true);
});

test("a save that the configuration names is gone on from once, as long as it names that one", () => {
  const record = { ...newRecord(north, { ...config, save: "a.zip" }), loaded: "a.zip" };
  expect(configured(record, { ...config, save: "a.zip", seed: 8 })).toMatchObject({
    loaded: "a.zip",
    config: { seed: 8 },
  });
  for (const other of [{ ...config, save: "b.zip" }, config])
    expect(configured(record, other)).not.toHaveProperty("loaded");
});

test.each([
  [undefined, "running", "bridge-started", "running"],
  [undefined, "stopped", "bridge-started", "stopped"],
  ["never", "running", "bridge-started", "stopped"],
  ["boot", "stopped", "bridge-started", "running"],
  ["boot", "stopped", "learned", "stopped"],
  ["always", "stopped", "learned", "running"],
] as const)("start %s, left %s, %s: %s", (start, desired, when, wanted) => {
  expect(wantedAtStart({ config: start === undefined ? config : { ...config, start }, desired }, when)).toBe(wanted);
});

test("what a mover brings is started by him alone", () => {
  const record = { config: { ...config, start: "always" as const }, desired: "stopped" as const };
  expect(wantedAtStart({ ...record, arrived: { from: "attic", ran: true } }, "learned")).toBe("stopped");
});

test("always is started when its bridge learns of it; a game that runs is left alone by never; limits reach the process", async () => {
  const { master, machine, open, advance } = scene();
  master.config = { ...master.config, start: "always", limits: { memoryMiB: 4_096, nice: 5 } };
  const { bridge } = await open();
  master.state(north);
  await advance(3_000);
  expect(bridge.runner(north)?.phase).toBe("running");
  expect(machine.limits.at(-1)).toEqual({ memoryMiB: 4_096, nice: 5 });
  const { start: _start, limits: _limits, ...rest } = master.config;
  master.config = { ...rest, start: "never" };
  master.round++;
  master.state(north);
  await advance(5_000);
  const { spawned } = machine;
  await bridge.close();
  const next = await open();
  await settle();
  expect(next.bridge.runner(north)?.phase).toBe("running");
  expect(machine.spawned).toBe(spawned);
  await next.bridge.close();
  machine.end(machine.alive[0]?.id.pid ?? 0, { code: 1 });
  const third = await open();
  await advance(5_000);
  expect(third.bridge.runner(north)?.phase).toBe("stopped");
  await third.bridge.close();
});
