import { Bridge } from "#bridge/bridge";
import type { FactorioInstalls, Installed, OnProgress } from "#bridge/factorio/port";
import type { Install } from "#bridge/install";
import type { BridgeSettings, Ports } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMachine } from "#bridge/test/fake-game";
import { FakeMaster } from "#bridge/test/fake-master";
import { refused, unavailable } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { instanceId, slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { SELF, subjects } from "#core/subjects";

const slave = slaveId("home");
const north = instanceId("north");
const ann = userId("ann");

const installOf = (version: string): Install => ({
  name: `Factorio ${version}`,
  command: `/games/${version}/factorio`,
  args: [],
  readData: `/games/${version}/data`,
  version,
  line: version.split(".").slice(0, 2).join("."),
});

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Installs that a test finishes when it wants to. */
class FakeInstalls implements FactorioInstalls {
  readonly there: Install[] = [];
  readonly removed: string[] = [];
  on: OnProgress = () => {};
  end: (result: Installed | Error) => void = () => {};
  async list() {
    return this.there;
  }
  async channels() {
    return { stable: "2.0.76" };
  }
  install(_wanted: string, on: OnProgress, signal?: AbortSignal): Promise<Installed> {
    this.on = on;
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(unavailable("stopped as asked")));
      this.end = (result) => (result instanceof Error ? reject(result) : resolve(result));
    });
  }
  installFrom(): Promise<Installed> {
    throw new Error("not over NATS");
  }
  async remove(version: string) {
    this.removed.push(version);
  }
}

const scene = async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const disk = new MemoryDisk();
  const machine = new FakeMachine(clock, disk);
  const master = new FakeMaster(broker.connect(), slave, clock);
  const installs = new FakeInstalls();
  const settings: BridgeSettings = {
    ...{ slave, dir: "/data", install: { ...installOf("2.1.9"), name: "the stand-in" }, standsIn: true },
    ...{ mods: machine.mods, gameAddress: "127.0.0.1", limits: LIMITS, version: "0.1.0" },
    modsOf: async (line) => machine.mods.map((mod) => ({ ...mod, path: `${mod.path}#${line}` })),
  };
  const bus = broker.connect();
  const ports: Ports = {
    ...{ clock, random: new SeededRandom(1), disk, bus, facts: bus, game: machine.game(), journal: () => {}, installs },
  };
  const bridge = await Bridge.open(settings, ports);
  const outside = broker.connect();
  const ask = async (subject: string, data: object = {}) => {
    const asked = outside.request(subject, encodeJson(data), 60_000);
    await settle();
    const result = await asked;
    if (result.kind !== "answer") throw new Error(result.kind);
    return decodeJson(answer, result.data, "answer");
  };
  const order = (verb: string, data: object = {}) => ask(subjects.command(ann, slave, SELF, verb), data);
  const instance = (verb: string) => ask(subjects.command(ann, slave, north, verb));
  const advance = async (ms: number) => {
    await clock.advanceSettling(ms, settle);
    await settle();
  };
  return { bridge, machine, master, installs, order, instance, advance };
};

test("IJ1: an install begins at once, tells how far it is, is joined when it is asked for again, and its end is told", async () => {
  const { bridge, installs, order } = await scene();
  expect(await order("factorio-status")).toEqual({ ok: {} });
  expect(await order("factorio-install", { version: "stable" })).toMatchObject({ ok: { phase: "asking" } });
  installs.on({ version: "2.0.76", phase: "downloading", done: 5, total: 10 });
  const half = { wanted: "stable", version: "2.0.76", phase: "downloading", done: 5, total: 10 };
  expect(await order("factorio-install", { version: "stable" })).toEqual({ ok: half });
  expect(await order("factorio-status")).toEqual({ ok: half });
  expect(await order("factorio-install", { version: "2.1" })).toMatchObject({ error: { code: "refused" } });
  expect(await order("factorio-remove", { version: "2.0.76" })).toMatchObject({ error: { code: "refused" } });
  installs.end({ version: "2.0.76", there: false });
  await settle();
  expect(await order("factorio-status")).toMatchObject({ ok: { phase: "done", version: "2.0.76" } });

  await order("factorio-install", { version: "2.1.12" });
  installs.end(refused("another sum"));
  await settle();
  const failed = { phase: "failed", code: "refused", message: "another sum" };
  expect(await order("factorio-status")).toMatchObject({ ok: failed });
  expect(await order("factorio-install", { version: "newest" })).toMatchObject({ error: { code: "bad-input" } });
  await order("factorio-install", { version: "2.1.12" });
  await bridge.close();
});

test("an instance runs the newest installed game; its version is named as used and not removed", async () => {
  const { bridge, machine, installs, order, instance, advance } = await scene();
  installs.there.push(installOf("2.0.28"), installOf("2.0.76"));
  await instance("start");
  await advance(1_000);
  expect(machine.alive).toHaveLength(1);
  const list = {
    ok: {
      installs: [
        { version: "2.0.28", channels: [], usedBy: [] },
        { version: "2.0.76", channels: ["stable"], usedBy: ["north"] },
      ],
    },
  };
  expect(await order("factorio-list")).toEqual(list);
  expect(await order("factorio-remove", { version: "2.0.76" })).toMatchObject({ error: { code: "refused" } });
  expect(await order("factorio-remove", { version: "2.0.28" })).toEqual({ ok: { removed: "2.0.28" } });
  await instance("stop");
  await advance(1_000);
  expect(await order("factorio-remove", { version: "2.0.76" })).toEqual({ ok: { removed: "2.0.76" } });
  expect(installs.removed).toEqual(["2.0.28", "2.0.76"]);
  await bridge.close();
});

test("GV1: an instance that is pinned runs that version and no other; what is not here is named with what would bring it", async () => {
  const { bridge, master, installs, order, instance, advance } = await scene();
  installs.there.push(installOf("2.0.28"), installOf("2.0.76"));
  master.config = { ...master.config, game: "2.0.28" };
  await instance("start");
  await advance(1_000);
  const used = { ok: { installs: [{ usedBy: ["north"] }, { usedBy: [] }] } };
  expect(await order("factorio-list")).toMatchObject(used);
  await instance("stop");
  await advance(1_000);
  // Not running, but pinned.
  expect(await order("factorio-remove", { version: "2.0.28" })).toMatchObject({ error: { code: "refused" } });
  installs.there.splice(0, 1);
  await instance("start");
  await advance(1_000);
  expect(bridge.runner(north)?.telemetry()).toMatchObject({
    state: "failed",
    alarm: expect.stringMatching(/Factorio 2\.0\.28, which is not installed here .*factorio install 2\.0\.28/),
  });
  await bridge.close();
});

test("GV2: a save of a newer game is not started: the instance fails at once and says which version it needs", async () => {
  const { bridge, machine, installs, instance, advance } = await scene();
  installs.there.push(installOf("2.0.76"));
  await instance("start");
  await advance(1_000);
  await instance("stop");
  await advance(1_000);
  const spawned = machine.spawned;
  for (const path of machine.saves.keys()) machine.saveVersions.set(path, "2.1.9");
  await instance("start");
  await advance(60_000);
  expect(machine.spawned).toBe(spawned);
  const { state, alarm } = bridge.runner(north)!.telemetry();
  expect(state).toBe("failed");
  expect(alarm).toMatch(/was written by Factorio 2\.1\.9, and this instance runs 2\.0\.76/);
  await bridge.close();
});

test("GV3: an unpinned instance goes on in the line of its save, whatever was installed since, and over to another when it is told", async () => {
  const { bridge, master, machine, installs, instance, advance } = await scene();
  const runs = () => bridge.runner(north)?.gameVersion;
  const again = async () => {
    await instance("stop");
    await advance(1_000);
    for (const path of machine.saves.keys()) machine.saveVersions.set(path, "2.0.76");
    await instance("start");
    await advance(1_000);
  };
  installs.there.push(installOf("2.0.76"));
  await instance("start");
  await advance(1_000);
  expect(runs()).toBe("2.0.76");
  installs.there.push(installOf("2.0.77"), installOf("2.1.12"));
  await again();
  expect(runs()).toBe("2.0.77");
  installs.there.splice(0, 2);
  await again();
  expect(bridge.runner(north)?.telemetry()).toMatchObject({
    state: "failed",
    alarm: expect.stringMatching(/written by Factorio 2\.0\.76, and no 2\.0 is installed here/),
  });
  master.config = { ...master.config, game: "2.1" };
  master.state(north);
  await advance(1_000);
  await again();
  expect(runs()).toBe("2.1.12");
  await bridge.close();
});
