import { pathsOf, readRecord } from "#bridge/instance/folder";
import { KeptRecord } from "#bridge/instance/kept-record";
import { OwnGame, type OwnGameHands } from "#bridge/instance/own-game";
import { newRecord } from "#bridge/instance/record";
import type { Telling } from "#bridge/instance/telling";
import type { BridgeContext } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { settle } from "#bridge/test/bridge-scene";
import { FakeMachine } from "#bridge/test/fake-game";
import { unavailable } from "#core/errors";
import { instanceId } from "#core/ids";
import { modesOf } from "#core/people/lists";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const paths = pathsOf("/data/instances/north");

/** A game of the bridge's own on a disk whose writes take a while. */
const owned = (hands: Partial<OwnGameHands> = {}) => {
  const clock = new ManualClock();
  const disk = new MemoryDisk();
  const write = disk.write.bind(disk);
  disk.write = async (...of) => {
    await new Promise((resolve) => setImmediate(resolve));
    return write(...of);
  };
  const machine = new FakeMachine(clock, disk);
  const said: string[] = [];
  const install = { name: "fake", command: "factorio", args: [], readData: "/data", version: "2.1.9", line: "2.1" };
  const settings = { dir: "/data", install, mods: machine.mods, gameAddress: "127.0.0.1", limits: LIMITS };
  const ports = { clock, disk, game: machine.game(), random: new SeededRandom(1), journal: () => {} };
  const context = { settings, ports } as unknown as BridgeContext;
  const record = new KeptRecord(
    disk,
    paths,
    newRecord(instanceId("north"), { name: "N", seed: 1, autosaveSeconds: 0 }),
  );
  const note = (what: string) => () => void said.push(what);
  const game = new OwnGame({
    ...{
      context,
      paths,
      record,
      telling: { alarm: () => {}, say: () => {}, remember: () => {} } as unknown as Telling,
    },
    ...{ modes: () => modesOf(undefined), takenPorts: () => [], prepare: async () => {}, leave: async () => {} },
    ...{ printed: () => {}, connected: () => {}, disconnected: note("disconnected"), exited: note("exited") },
    saved: async () => void said.push("saved"),
    reported: () => said.push(game.phase),
    clean: (text) => text,
    ...hands,
  });
  const die = (exit: { code?: number; signal?: string }) => machine.end(machine.alive[0]?.id.pid ?? 0, exit);
  const started = async () => {
    game.input({ kind: "start" });
    for (let turn = 0; turn < 4; turn++) await settle();
    expect(game.phase).toBe("running");
  };
  return { clock, disk, machine, game, record, said, started, die };
};

test("which save a run goes on from is on disk before its process is there (R2)", async () => {
  const { machine, disk, started } = owned();
  const atSpawn: unknown[] = [];
  const find = machine.processes.set.bind(machine.processes);
  machine.processes.set = (...of) => {
    void readRecord(disk, paths).then((record) => atSpawn.push(record?.lineage));
    return find(...of);
  };
  await started();
  expect(atSpawn).toEqual([
    expect.objectContaining({ original: "" }),
    expect.objectContaining({ original: "made.zip", startedAt: expect.any(Number) }),
  ]);
  expect((atSpawn[1] as { startedAt: number }).startedAt).toBeGreaterThan(0);
});

test("a run that has ended writes nothing of this world's any more, and nobody looks for its process (S7)", async () => {
  const { started, die, record, disk, clock } = owned();
  await started();
  expect(record.now.lineage.periods.at(-1)).not.toHaveProperty("to");
  expect(await disk.read(paths.server)).toBeDefined();
  clock.advance(5_000);
  die({ code: 1 });
  await settle();
  expect(record.now.lineage.periods.at(-1)).toMatchObject({ to: clock.now() });
  expect(await disk.read(paths.server)).toBeUndefined();
});

test("a save is noted when the game says that it wrote one, and the last one before anybody hears that it ended", async () => {
  const { started, die, said, machine, game } = owned();
  await started();
  said.length = 0;
  machine.print(paths.console, "   9.000 Info AppManagerStates.cpp:1: Saving finished");
  expect(said).toEqual(["saved"]);
  die({ code: 1 });
  await settle();
  expect(said).toEqual(["saved", "disconnected", "running", "exited", "saved", "backing-off"]);
  expect(game.phase).toBe("backing-off");
});

test("a folder that cannot be made ready now is tried again", async () => {
  let refusals = 1;
  const { game, clock } = owned({
    prepare: async () => {
      if (refusals-- > 0) throw unavailable("the disk is away");
    },
  });
  game.input({ kind: "start" });
  await settle();
  expect(game.phase).toBe("backing-off");
  clock.advance(LIMITS.pauseMsMin);
  game.input({ kind: "tick" });
  for (let turn = 0; turn < 4; turn++) await settle();
  expect(game.phase).toBe("running");
});

test("who let go of a game begins nothing with it any more, not even what was under way", async () => {
  const { game, machine } = owned();
  game.input({ kind: "start" });
  game.release();
  await game.worked();
  await settle();
  expect(machine.spawned).toBe(0);
  game.input({ kind: "start" });
  await settle();
  expect(machine.spawned).toBe(0);
});

test("a game whose record cannot be completed runs, and no other is started beside it (S1)", async () => {
  const { disk, machine, game, started } = owned();
  const { write } = disk;
  let records = 0;
  disk.write = async (path, ...rest) => {
    if (path === paths.server && ++records === 2) throw unavailable("the disk is full");
    return write(path, ...rest);
  };
  await started();
  expect(records).toBe(2);
  expect(machine.alive).toHaveLength(1);
  expect(game.run.rcon).toBeDefined();
});

test("that a disk is full when a game ends keeps nobody from hearing of it", async () => {
  const { disk, started, die, game, record } = owned();
  await started();
  disk.write = async () => Promise.reject(unavailable("the disk is full"));
  die({ code: 1 });
  await settle();
  expect(game.phase).toBe("backing-off");
  expect(record.now.lineage.periods.at(-1)).toHaveProperty("to");
});
