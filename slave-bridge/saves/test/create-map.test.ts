import type { ProcessExit, SpawnOrder } from "#bridge/game/port";
import { pathsOf } from "#bridge/instance/folder";
import { newRecord } from "#bridge/instance/record";
import type { BridgeContext } from "#bridge/ports";
import { makeMap } from "#bridge/saves/create-map";
import { FakeMachine } from "#bridge/test/fake-game";
import { newSave } from "#bridge/test/fake-world";
import type { MapOptions } from "#core/events/saves";
import { instanceId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryVault } from "#test/kit/memory-vault";

const paths = pathsOf("/data/instances/north");
const FILE = `${paths.folder}/incoming/new-map.zip`;

/** A game that makes a map as the test says. */
const scene = (makes: (done: (exit: ProcessExit) => void, write: () => void) => void) => {
  const clock = new ManualClock();
  const disk = new MemoryDisk();
  const machine = new FakeMachine(clock, disk);
  const vault = new MemoryVault(machine, disk, clock);
  const orders: SpawnOrder[] = [];
  const signals: string[] = [];
  let end: (exit: ProcessExit) => void = () => {};
  const game = {
    ...machine.game(),
    spawn: async (order: SpawnOrder) => {
      orders.push(order);
      // The game makes the file, not the folder.
      expect(await disk.list(`${paths.folder}/incoming`)).not.toEqual([]);
      return { pid: 1, started: "x" };
    },
    watch: (_: unknown, onExit: (exit: ProcessExit) => void) => {
      end = onExit;
      makes(onExit, () => machine.writeSave(FILE, newSave(1)));
      return () => {};
    },
    signal: (_: unknown, signal: string) => {
      signals.push(signal);
      end({ signal });
    },
  };
  const install = { name: "fake", command: "factorio", args: [], readData: "/d", version: "2.1.9", line: "2.1" };
  const settings = { dir: "/data", install, mods: machine.mods };
  const context = { settings, ports: { clock, disk, game } } as unknown as BridgeContext;
  const record = newRecord(instanceId("north"), { name: "N", seed: 77, autosaveSeconds: 0 });
  const make = (map: MapOptions = {}) => makeMap(context, vault, { paths, record, map, file: FILE });
  return { clock, machine, disk, orders, signals, make };
};
const whole = () =>
  scene((done, write) => {
    write();
    done({ code: 0 });
  });
const argsAfter = (order: SpawnOrder | undefined, flag: string) => order?.args[order.args.indexOf(flag) + 1];
const failure = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

test("a map has the seed that was asked for, else its settings', else the instance's", async () => {
  for (const [map, seed] of [
    [{}, "77"],
    [{ seed: 5, mapGenSettings: "{}" }, "5"],
    [{ mapGenSettings: '{"seed":9}' }, undefined],
  ] as const) {
    const { make, orders, disk } = whole();
    await make(map);
    expect(orders[0]?.args.includes("--map-gen-seed")).toBe(seed !== undefined);
    if (seed !== undefined) expect(argsAfter(orders[0], "--map-gen-seed")).toBe(seed);
    const settings = argsAfter(orders[0], "--map-gen-settings");
    if ("mapGenSettings" in map)
      expect(new TextDecoder().decode(await disk.read(settings ?? ""))).toBe(map.mapGenSettings);
  }
  const { make, orders } = whole();
  await make({ preset: "rich-resources", mapSettings: '{"pollution":{}}' });
  expect(argsAfter(orders[0], "--preset")).toBe("rich-resources");
  expect(argsAfter(orders[0], "--map-settings")).toMatch(/map-settings.json$/);
});

test("settings that are no object are told before any game is started", async () => {
  for (const mapSettings of ["{", "[]", "null", "3"]) {
    const { make, orders } = whole();
    await expect(make({ mapSettings })).rejects.toMatchObject(
      failure("bad-input", /the map's settings are not a JSON/),
    );
    expect(orders).toEqual([]);
  }
});

test("a game that ends in error, or makes nothing, made no map: its last words say why", async () => {
  const failed = scene((done, write) => {
    write();
    done({ code: 1 });
  });
  failed.machine.print(paths.console, "Error: unknown preset");
  await expect(failed.make()).rejects.toMatchObject(failure("refused", /made no map \(code 1\); it printed nothing/));
  const silent = scene((done) => done({ code: 0 }));
  await expect(silent.make()).rejects.toMatchObject(failure("refused", /made no map \(code 0\)/));
});

test("one that takes too long is ended, and one that was in time is left alone", async () => {
  const slow = scene(() => {});
  const making = slow.make();
  const late = expect(making).rejects.toMatchObject(failure("unavailable", /within 110 s: it was ended/));
  await slow.clock.advanceSettling(110_000, () => new Promise((resolve) => setImmediate(resolve)));
  await late;
  expect(slow.signals).toEqual(["SIGKILL"]);
  const quick = whole();
  await quick.make();
  quick.clock.advance(200_000);
  expect(quick.signals).toEqual([]);
});
