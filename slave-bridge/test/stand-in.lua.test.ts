import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { Bridge } from "#bridge/bridge";
import { standInInstall } from "#bridge/game/adapters/installs";
import { realGame } from "#bridge/game/adapters/real-game";
import { realVault } from "#bridge/game/adapters/vault";
import type { ProcessId } from "#bridge/game/port";
import { ourMod } from "#bridge/instance/mods";
import type { BridgeSettings, Ports } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMaster } from "#bridge/test/fake-master";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { nodeRandom } from "#core/adapters/node-random";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive } from "#core/adapters/process-id";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { instanceId, slaveId, userId } from "#core/ids";
import { every } from "#core/ports/clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { subjects } from "#core/subjects";
import { until } from "#test/kit/until";

/** The bridge with the real adapters against the stand-in as a real process; only NATS and the master are doubles. */

const slave = slaveId("home");
const north = instanceId("north");
const SPEED = 4;
/** The demo world of this seed makes copper plates and wants iron plates. */
const SEED = 10;

let dir: string;
const games = new Set<ProcessId>();
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bridge-stand-in-"));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  const game = realGame();
  for (const process of await game.find(join(dir, "instances/north/config.ini"))) games.add(process);
  for (const process of games) game.signal(process, "SIGKILL");
  await until(() => [...games].every((process) => !isAlive(process)), { what: "no game is left" });
  games.clear();
  await rm(dir, { recursive: true, force: true });
});

const scene = async () => {
  const root = packageRoot();
  const files = realGame();
  const broker = new MemoryBroker(nodeClock);
  const master = new FakeMaster(broker.connect(), slave, nodeClock);
  master.config = { name: "North", seed: SEED, autosaveSeconds: 1 };
  closers.push(every(nodeClock, 500, () => master.state(north)));
  const mods = [
    await ourMod(files, join(root, "lua-mod/dist/2.1")),
    ...(await files.mods(join(root, "sim/demo-world"))),
  ];
  const base = { slave, dir, install: standInInstall(SPEED), mods, gameAddress: "127.0.0.1" };
  const settings: BridgeSettings = { ...base, limits: LIMITS, version: "0.1.0" };
  const log: string[] = [];
  const open = async (at = dir): Promise<Bridge> => {
    const bus = broker.connect();
    const journal: Ports["journal"] = (_level, message) => void log.push(message);
    const node = { clock: nodeClock, random: nodeRandom, disk: nodeDisk, vault: realVault };
    const bridge = await Bridge.open({ ...settings, dir: at }, { ...node, bus, facts: bus, game: realGame(), journal });
    let closed: Promise<void> | undefined;
    const close = bridge.close.bind(bridge);
    bridge.close = (options) => {
      closed ??= close(options);
      return closed;
    };
    closers.push(() => bridge.close());
    return bridge;
  };
  const outside = broker.connect();
  const command = async (verb: string, data: object = {}) => {
    const subject = subjects.command(userId("ann"), slave, north, verb);
    const result = await outside.request(subject, encodeJson(data), 20_000);
    if (result.kind !== "answer") throw new Error(`${verb}: ${result.kind}`);
    return decodeJson(answer, result.data, "answer");
  };
  const linked = async (bridge: Bridge): Promise<void> => {
    const is = () => bridge.runner(north)?.telemetry();
    try {
      await until(() => is()?.linked, { timeoutMs: 20_000, what: "north is linked" });
    } catch (error) {
      throw new Error(`${JSON.stringify(is())}\n${log.join("\n")}`, { cause: error });
    }
  };
  return { master, open, command, linked, log };
};

/** The game that the bridge's record names, once it names one. */
const running = async (other = 0): Promise<ProcessId> => {
  const process = await until(
    async () => {
      const text = await readFile(join(dir, "instances/north/server.json"), "utf8").catch(() => "{}");
      const { process } = JSON.parse(text) as { process?: ProcessId | null };
      return process?.pid === other ? undefined : process;
    },
    { timeoutMs: 20_000, what: "a game is on record" },
  );
  games.add(process);
  return process;
};

const savedTimes = async (): Promise<number> =>
  (await readdir(join(dir, "instances/north/saves"))).filter((name) => name.startsWith("auto-")).length;

const sum = (totals: Readonly<Record<string, number>> = {}) => Object.values(totals).reduce((a, b) => a + b, 0);

describe("the bridge and the stand-in", () => {
  test("it makes a world, links it, follows what it exports, delivers what it is granted, and stops it in order", async () => {
    const { master, open, command, linked } = await scene();
    const bridge = await open();
    expect(await command("start")).toMatchObject({ ok: {} });
    await linked(bridge);
    const process = await running();
    expect((await stat(join(dir, "instances/north/server.json"))).mode & 0o777).toBe(0o600);
    // What is configured meanwhile the running game is told in its own words.
    master.config = { ...master.config, settings: { max_players: 3, description: "a b" } };
    const said = (what: string) => bridge.runner(north)?.command(`/config get ${what}`);
    await until(async () => (await said("max-players")) === "3", {
      timeoutMs: 20_000,
      what: "the game has its settings",
    });
    expect(await said("description")).toBe("Server description: a b");
    const exported = await until(() => master.reported.find((report) => sum(report.exported) > 0)?.exported, {
      timeoutMs: 20_000,
      what: "an export",
    });
    expect(Object.keys(exported).length).toBeGreaterThan(0);
    const stated = () => [...master.synced, ...master.reported];
    const wants = await until(() => stated().find(({ wanted }) => sum(wanted) > 0)?.wanted, { what: "a want" });
    const [resource] = Object.entries(wants).find(([, wanted]) => wanted > 0) ?? [""];
    master.grant(north, "north.1", { [resource]: 3 }, Date.now());
    await until(() => master.reported.some(({ received }) => received[resource] === 3), { what: "the import" });
    await until(() => (bridge.runner(north)?.telemetry().ups ?? 0) > 30, { what: "its speed" });

    await command("stop");
    await until(() => bridge.runner(north)?.phase === "stopped", { timeoutMs: 20_000, what: "the stop" });
    expect(isAlive(process)).toBe(false);
    expect(master.facts.at(-1)?.type).toBe("world-left");
    expect(await readdir(join(dir, "instances/north/saves"))).toContain("world-a.zip");
  }, 60_000);

  test("a game that is killed goes on from its newest save as the same world, and takes nothing back that it had saved", async () => {
    const { master, open, command, linked } = await scene();
    const bridge = await open();
    await command("start");
    await linked(bridge);
    await until(() => master.reported.some((report) => sum(report.exported) > 0), {
      timeoutMs: 20_000,
      what: "an export",
    });
    const before = await savedTimes();
    await until(async () => (await savedTimes()) > before, { timeoutMs: 20_000, what: "a save" });
    const first = await running();
    const syncs = master.synced.length;
    realGame().signal(first, "SIGKILL");
    await until(() => master.synced.length > syncs, { timeoutMs: 20_000, what: "a new session" });
    const synced = master.synced.at(-1);
    expect(synced).toMatchObject({ world: "north.1" });
    expect(synced?.tick).toBeGreaterThan(0);
    await running(first.pid);
    await linked(bridge);
    await command("kill");
    await until(() => bridge.runner(north)?.phase === "stopped", { what: "the kill" });
  }, 60_000);

  test("a second bridge adopts the running game: same process, new session, and reports go on", async () => {
    const { master, open, command, linked } = await scene();
    const first = await open();
    await command("start");
    await linked(first);
    const process = await running();
    await first.close();
    expect(isAlive(process)).toBe(true);
    const second = await open();
    await linked(second);
    expect((await running()).pid).toBe(process.pid);
    expect(master.synced.at(-1)).toMatchObject({ owner: second.boot });
    const heard = master.reported.length;
    await until(() => master.reported.length > heard + 3, { timeoutMs: 20_000, what: "reports" });
    // Its exit is noticed although it is not this bridge's child.
    realGame().signal(process, "SIGKILL");
    await running(process.pid);
    await second.close({ stopGames: true });
    await until(() => !isAlive(process), { what: "the end" });
  }, 60_000);

  test("a bridge that only has a game's RCON links its world, pulls what it exports, and leaves it running", async () => {
    const { master, open, command, linked } = await scene();
    const runs = await open();
    await command("start");
    await linked(runs);
    const process = await running();
    const text = await readFile(join(dir, "instances/north/server.json"), "utf8");
    const { rconPort: port, password } = JSON.parse(text) as { rconPort: number; password: string };
    await runs.close();
    // Somebody else's machine, as far as this bridge can know.
    const away = join(dir, "away");
    await nodeDisk.write(join(away, "secrets/north"), new TextEncoder().encode(`${password}\n`));
    // Its folder, where this machine's owner put it.
    await mkdir(join(away, "attached"), { recursive: true });
    await symlink(join(dir, "instances/north"), join(away, "attached/north"));
    const attach = { host: "127.0.0.1", port, passwordFile: "north", writeData: "north" };
    master.config = { ...master.config, attach };
    const before = master.synced.length;
    const attached = await open(away);
    await until(() => master.synced.length > before, { timeoutMs: 20_000, what: "a session" });
    await linked(attached);
    const heard = master.reported.length;
    await until(() => master.reported.length > heard + 3, { timeoutMs: 20_000, what: "reports" });
    const reports = await readdir(join(dir, "instances/north/script-output/clusterio"));
    expect(reports.filter((name) => name.startsWith(master.synced.at(-1)?.token ?? "?"))).toEqual([]);
    expect(await command("stop")).toMatchObject({ error: { code: "refused" } });
    // Its saves and its log are there.
    expect(await command("save-write", { op: "create", name: "by-hand" })).toMatchObject({
      ok: { file: "by-hand.zip" },
    });
    const said = async () => JSON.stringify(await command("log", { lines: 50 }));
    await until(async () => (await said()).includes("Saving finished"), {
      timeoutMs: 5_000,
      what: "a line of its log",
    });
    const list = (await command("save-read", { op: "list" })) as { ok: { saves: { file: string }[] } };
    expect(list.ok.saves.map(({ file }) => file)).toContain("by-hand.zip");
    await attached.close({ stopGames: true });
    expect(isAlive(process)).toBe(true);
  }, 60_000);

  test("a whole zip that the game cannot load is set aside, and the save before it is started", async () => {
    const { open, command, linked } = await scene();
    const bridge = await open();
    await command("start");
    await linked(bridge);
    const first = await running();
    await until(async () => (await savedTimes()) > 0, { timeoutMs: 20_000, what: "a save" });
    await command("stop");
    await until(() => bridge.runner(north)?.phase === "stopped", { timeoutMs: 20_000, what: "the stop" });
    // What it wrote at its end is the newest.
    const saves = join(dir, "instances/north/saves");
    const path = join(saves, "world-a.zip");
    const { atime, mtime } = await stat(path);
    const files = unzipSync(new Uint8Array(await readFile(path)));
    const without = Object.entries(files).filter(([name]) => !name.endsWith("/level.dat0"));
    await writeFile(path, zipSync(Object.fromEntries(without)));
    // Its disk did that, and no operator: it is the one that this world wrote last.
    await utimes(path, atime, mtime);
    await command("start");
    await until(async () => (await readdir(join(saves, "set-aside")).catch(() => [])).length > 0, {
      timeoutMs: 20_000,
      what: "it is set aside",
    });
    await running(first.pid);
    await linked(bridge);
    expect(await readdir(join(saves, "set-aside"))).toEqual([expect.stringMatching(/-world-a\.zip$/)]);
    expect(bridge.runner(north)?.telemetry().alarm).toContain(
      "the save world-a.zip was set aside because it does not load",
    );
    await bridge.close({ stopGames: true });
  }, 60_000);

  test("two bridges do not share a folder", async () => {
    const { open } = await scene();
    await open();
    await expect(open()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("one bridge per folder"),
    });
  });
});
