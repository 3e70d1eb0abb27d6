import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bridge } from "#bridge/bridge";
import { standInInstall } from "#bridge/game/adapters/installs";
import { realGame } from "#bridge/game/adapters/real-game";
import { ourMod } from "#bridge/instance/mods";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMaster } from "#bridge/test/fake-master";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { nodeRandom } from "#core/adapters/node-random";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive } from "#core/adapters/process-id";
import { instanceId, slaveId } from "#core/ids";
import { every } from "#core/ports/clock";
import { subjects } from "#core/subjects";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/**
 * Two bridges with a game each, as real processes with real RCON and files, and in both games somebody else's mod that uses
 * ours: mod → report line → bridge → NATS subject → bridge → RCON → mod, under the rights of slaves. Only the master is a double.
 */
const nats = useNats();

let dir: string;
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "messages-"));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

const DEPOT = join(packageRoot(), "lua-mod/test/fixtures");

/** A slave with one running, linked instance. */
const start = async ([name, slaveName]: readonly [string, string]) => {
  const [slave, instance] = [slaveId(slaveName), instanceId(name)];
  const files = realGame();
  const master = new FakeMaster(new NatsBus(await nats().master()), slave, nodeClock);
  master.config = { name, seed: 7, autosaveSeconds: 60 };
  closers.push(every(nodeClock, 500, () => master.state(instance)));
  const depot = (await files.mods(DEPOT)).filter((mod) => mod.name === "sample-depot");
  const mods = [await ourMod(files, join(packageRoot(), "lua-mod/dist/2.1")), ...depot];
  const bus = new NatsBus(await nats().slave(slaveName));
  const log: string[] = [];
  const journal = (_level: string, message: string) => void log.push(message);
  const settings = {
    ...{ slave, dir: join(dir, slaveName), install: standInInstall(4), mods, gameAddress: "127.0.0.1" },
    ...{ limits: LIMITS, version: "0.1.0" },
  };
  const node = { clock: nodeClock, random: nodeRandom, disk: nodeDisk };
  const bridge = await Bridge.open(settings, { ...node, bus, facts: bus, game: realGame(), journal });
  let pids: readonly { readonly pid: number; readonly started: string }[] = [];
  closers.push(async () => {
    pids = await files.find(join(dir, slaveName, "instances", name, "config.ini"));
    await bridge.close({ stopGames: true });
    await until(() => pids.every((process) => !isAlive(process)), { timeoutMs: 20_000, what: `${name} is gone` });
  });
  await until(() => bridge.runner(instance) !== undefined, { what: `${name} is assigned` });
  await bridge.runner(instance)?.start();
  const isLinked = () => bridge.runner(instance)?.telemetry().linked;
  await until(isLinked, { timeoutMs: 20_000, what: `${name} is linked` });
  const console = async (command: string): Promise<unknown> =>
    JSON.parse((await bridge.runner(instance)?.command(command)) ?? "");
  return { bridge, console, log };
};

test("what a mod says in one world is an event for the same mod in another, on another machine", async () => {
  const seen: string[] = [];
  new NatsBus(await nats().user("ann")).subscribe(subjects.all.messages, ({ subject }) => void seen.push(subject));
  const north = await start(["north", "home"]);
  const east = await start(["east", "away"]);
  const text = 'hello "über" 火 😀 \\ end';
  // The lease that lets it out comes with the first extension.
  await until(async () => ((await north.console(`/depot-say ${text}`)) as { sent: boolean }).sent, {
    timeoutMs: 20_000,
    what: "it is sent",
  });
  const heard = async () => (await east.console("/depot-heard")) as { heard: unknown[] };
  await until(async () => ((await heard()).heard.length ?? 0) > 0, { timeoutMs: 20_000, what: "it is heard" });
  expect((await heard()).heard).toEqual([{ slave: "home", from: "north", data: text, direct: false }]);
  expect((await north.console("/depot-heard")) as { heard: unknown }).toEqual({ heard: {} });
  expect(seen).toEqual(["clusterio.v1.message.home.north._.sample-depot"]);
}, 90_000);
