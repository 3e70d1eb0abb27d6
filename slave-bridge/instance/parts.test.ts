import { UNHEARD_MS } from "#bridge/instance/config-copy";
import { LIMITS } from "#bridge/supervisor/limits";
import { FOLDER, north, scene, settle } from "#bridge/test/bridge-scene";
import { unavailable } from "#core/errors";

/** What the parts of an instance know of each other, and what becomes of it when their bridge lets go. */

const dropped = ({ machine }: ReturnType<typeof scene>) => {
  for (const { connections } of machine.alive) for (const drop of [...connections]) drop();
};
/** Counts what is written into the instance's folder. */
const counted = ({ disk }: ReturnType<typeof scene>, slow = 0) => {
  const written: string[] = [];
  const write = disk.write.bind(disk);
  disk.write = async (path, ...rest) => {
    for (let turn = 0; turn < slow; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (path.startsWith(FOLDER)) written.push(path.slice(FOLDER.length + 1));
    return write(path, ...rest);
  };
  return written;
};

test("a configuration that is the same is not taken again, one that came while nobody listened is told when somebody does (GS1)", async () => {
  const it = scene();
  const { bridge } = await it.linked();
  const written = counted(it);
  dropped(it);
  await it.advance(2_000);
  expect(written.filter((path) => path === "instance.json")).toEqual([]);
  const game = it.machine.world("north");
  const { processes } = it.machine;
  const alive = [...processes];
  dropped(it);
  processes.clear();
  it.master.config = { ...it.master.config, settings: { max_players: 3 } };
  it.master.state(north);
  await it.advance(2_000);
  expect(game.commands.filter((line) => line.startsWith("/config"))).toEqual([]);
  for (const [pid, process] of alive) processes.set(pid, process);
  await it.advance(10_000);
  expect(game.commands.filter((line) => line.startsWith("/config"))).toEqual(["/config set max-players 3"]);
  await bridge.close();
});

test("a game that pauses without players by itself is not hung while nobody is there, and is when somebody is", async () => {
  const it = scene();
  it.master.config = { ...it.master.config, settings: { auto_pause: true } };
  const { bridge } = await it.linked();
  const game = it.machine.world("north");
  const before = it.machine.spawned;
  await it.advance(2 * LIMITS.stillMs);
  expect(it.machine.spawned).toBe(before);
  game.players = 1;
  await it.advance(LIMITS.stillMs + 40_000);
  expect(it.machine.spawned).toBe(before + 1);
  // Who is in a game of its own, its log says: it is asked once in a while, not because a number does not fit.
  expect(game.commands.filter((line) => line.startsWith("/players")).length).toBeLessThan(2);
  await bridge.close();
});

test("a server is not attached to while a game of its own is about to start (S1)", async () => {
  const it = scene();
  const { bridge } = await it.open();
  it.master.state(north);
  await settle();
  let go = () => {};
  const gone = new Promise<void>((resolve) => (go = resolve));
  const write = it.disk.write.bind(it.disk);
  it.disk.write = async (path, ...rest) => {
    if (path.endsWith("/config.ini")) await gone;
    return write(path, ...rest);
  };
  await it.command("start");
  expect(bridge.runner(north)?.phase).toBe("preparing");
  it.master.config = { ...it.master.config, attach: { host: "10.0.0.7", port: 1, passwordFile: "x" } };
  it.master.state(north);
  await it.advance(1_000);
  expect(bridge.runner(north)?.telemetry()).not.toHaveProperty("attached");
  go();
  await it.advance(1_000);
  expect(bridge.runner(north)?.telemetry()).not.toHaveProperty("attached");
  expect(it.machine.alive).toHaveLength(1);
  await bridge.close();
});

test("a world's map is on disk before the game is told that it is that world (E1)", async () => {
  const it = scene();
  const write = it.disk.write.bind(it.disk);
  it.disk.write = async (...of) => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    return write(...of);
  };
  const known: unknown[] = [];
  it.machine.console = async (line) => {
    if (!line.startsWith("/clusterio-adopt ")) return undefined;
    known.push(JSON.parse(new TextDecoder().decode(await it.disk.read(`${FOLDER}/instance.json`))).link.seeds);
    return undefined;
  };
  const { bridge } = await it.open();
  await it.command("start");
  await it.advance(3_000);
  expect(known).toEqual([{ "north.1": 7 }]);
  await bridge.close();
});

test("a game that answered until its connection broke has its whole patience from then on (S11)", async () => {
  const it = scene();
  const { bridge } = await it.linked();
  it.machine.world("north").runs = true;
  await it.advance(LIMITS.silenceMs + 30_000);
  const before = it.machine.spawned;
  const processes = [...it.machine.processes];
  dropped(it);
  it.machine.processes.clear();
  await it.advance(LIMITS.silenceMs - 10_000);
  for (const [pid, process] of processes) it.machine.processes.set(pid, process);
  await it.advance(10_000);
  expect([it.machine.spawned, bridge.runner(north)?.phase]).toEqual([before, "running"]);
  await bridge.close();
});

test("what is learned while the disk is full holds, and is told; it is on disk as soon as anything is (LE2)", async () => {
  const it = scene();
  const { bridge } = await it.linked();
  const { write } = it.disk;
  it.disk.write = async () => Promise.reject(unavailable("the disk of /data is full"));
  it.master.config = { ...it.master.config, settings: { max_players: 3 } };
  it.master.state(north);
  await it.advance(2_500);
  expect(it.log).toContain("north: its configuration is not on disk: the disk of /data is full");
  expect(it.log).toContain("north: what it was told is not on disk: the disk of /data is full");
  expect(bridge.runner(north)?.record.config).toEqual(it.master.config);
  expect(it.machine.world("north").commands).toContain("/config set max-players 3");
  expect(await it.command("stop")).toMatchObject({
    error: { code: "unavailable", message: "the disk of /data is full" },
  });
  it.disk.write = write;
  expect(await it.command("stop")).toMatchObject({ ok: {} });
  await it.advance(1_000);
  const bytes = await it.disk.read(`${FOLDER}/instance.json`);
  expect(JSON.parse(new TextDecoder().decode(bytes)).config).toEqual(it.master.config);
  await bridge.close();
});

describe("once its bridge let go of it, the folder is another bridge's", () => {
  test("what was being written is written before, and nothing after", async () => {
    const it = scene();
    const { bridge } = await it.open();
    it.master.state(north);
    await settle();
    const written = counted(it, 3);
    const runner = bridge.runner(north)!;
    const starting = runner.start();
    await new Promise((resolve) => setImmediate(resolve));
    void runner.kill();
    await bridge.close();
    await starting;
    const before = written.length;
    expect(before).toBeGreaterThan(0);
    await settle();
    await settle();
    expect(written).toHaveLength(before);
    expect(it.machine.spawned).toBe(0);
  });

  test("its game hears nothing of it any more", async () => {
    const it = scene();
    const { bridge } = await it.linked();
    const { commands } = it.machine.world("north");
    await bridge.close();
    const heard = commands.length;
    await it.advance(60_000);
    expect(commands).toHaveLength(heard);
    expect(it.machine.alive[0]?.connections.size).toBe(0);
  });

  test.each([
    ["another configuration", { start: "always" as const }, false],
    ["that it was deleted", {}, true],
  ])("an answer that comes late and says %s changes nothing there", async (_what, patch, deleted) => {
    const it = scene();
    const { bridge, bus } = await it.open();
    it.master.state(north);
    await settle();
    bus.setConnected(false);
    await it.advance(UNHEARD_MS + 500);
    const asked = it.master.asked;
    it.master.config = { ...it.master.config, ...patch };
    [it.master.deleted, it.master.assigned] = [deleted, !deleted];
    const written = counted(it);
    const before = [...it.disk.snapshot().keys()];
    await bridge.close();
    written.length = 0;
    bus.setConnected(true);
    await settle();
    expect(it.master.asked).toBe(asked + 1);
    expect(written).toEqual([]);
    expect([...it.disk.snapshot().keys()].filter((path) => !before.includes(path))).toEqual([]);
    expect(await it.disk.read(`${FOLDER}/instance.json`)).toBeDefined();
  });
});
