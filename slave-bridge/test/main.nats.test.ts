import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { realGame } from "#bridge/game/adapters/real-game";
import type { ProcessId } from "#bridge/game/port";
import { FakeMaster } from "#bridge/test/fake-master";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive } from "#core/adapters/process-id";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { instanceTelemetry } from "#core/events/telemetry";
import { instanceId, slaveId, userId } from "#core/ids";
import { every } from "#core/ports/clock";
import { subjects } from "#core/subjects";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** The program as it is installed (dist/), a real nats-server, the stand-in as a process; only the master is a double. */

const nats = useNats();
const slave = slaveId("home");
const north = instanceId("north");
const ann = userId("ann");

const bridges = new Set<ChildProcess>();
const closers: (() => void)[] = [];
let dir = "";

afterEach(async () => {
  for (const close of closers.splice(0)) close();
  for (const bridge of bridges) bridge.kill("SIGKILL");
  bridges.clear();
  const game = realGame();
  for (const process of await game.find(join(dir, "instances/north/config.ini"))) {
    game.signal(process, "SIGKILL");
    await until(() => !isAlive(process), { what: "no game is left" });
  }
  await rm(dir, { recursive: true, force: true });
});

interface Run {
  readonly process: ChildProcess;
  readonly said: () => string;
  readonly exited: Promise<number | null>;
}

const runBridge = (args: readonly string[]): Run => {
  const child = spawn(process.execPath, [join(packageRoot(), "dist/slave-bridge/main.js"), "run", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  bridges.add(child);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { process: child, said: () => said, exited };
};

const scene = async () => {
  dir = join(nats().folder, `bridge-${Date.now()}`);
  const creds = join(nats().folder, "home.creds");
  await writeFile(creds, (await nats().identity.slaveCreds(slave)).bytes, { mode: 0o600 });
  const master = new FakeMaster(new NatsBus(await nats().master()), slave, nodeClock);
  master.config = { name: "North", seed: 10, autosaveSeconds: 1 };
  closers.push(every(nodeClock, 500, () => master.state(north)));
  const user = new NatsBus(await nats().user(ann));
  let state = "";
  user.subscribe(subjects.telemetry(slave, north), ({ data }) => {
    const told = decodeJson(instanceTelemetry, data, "telemetry");
    state = `${told.state}${told.linked ? ", linked" : ""}`;
  });
  const args = ["--slave", slave, "--nats-url", nats().url, "--creds", creds, "--dir", dir];
  const run = (...more: string[]) => runBridge([...args, ...more]);
  const command = async (verb: string) => {
    const result = await user.request(subjects.command(ann, slave, north, verb), encodeJson({}), 5_000);
    return result.kind === "answer" ? decodeJson(answer, result.data, "answer") : result.kind;
  };
  const linked = async (bridge: Run) => {
    const what = "north is linked";
    await until(() => state === "running, linked", { timeoutMs: 20_000, what }).catch((error) => {
      throw new Error(`${state}\n${bridge.said()}`, { cause: error });
    });
  };
  const forget = () => {
    state = "";
  };
  return { master, run, command, linked, forget };
};

const onRecord = async (): Promise<ProcessId> =>
  JSON.parse(await readFile(join(dir, "instances/north/server.json"), "utf8")).process;

describe("clusterio-bridge run", () => {
  test("a bridge that is killed is replaced by one that adopts its game; SIGTERM leaves the game alone, or not if asked", async () => {
    const { master, run, command, linked, forget } = await scene();
    const first = run("--speed", "4");
    await until(async () => typeof (await command("start")) === "object", { what: "the bridge answers" });
    await linked(first);
    const game = await onRecord();
    first.process.kill("SIGKILL");
    await first.exited;
    expect(isAlive(game)).toBe(true);

    forget();
    const second = run("--speed", "4");
    await linked(second);
    expect(await onRecord()).toEqual(game);
    expect(master.synced.length).toBeGreaterThanOrEqual(2);
    second.process.kill("SIGTERM");
    expect(await second.exited).toBe(0);
    expect(isAlive(game)).toBe(true);

    forget();
    const third = run("--speed", "4", "--stop-games");
    await linked(third);
    expect(await onRecord()).toEqual(game);
    third.process.kill("SIGINT");
    expect(await third.exited).toBe(0);
    expect(isAlive(game)).toBe(false);
    await until(() => master.facts.at(-1)?.type === "world-left", { what: "the good-bye has come" });
  }, 60_000);

  test("what it cannot use it names in one line, with the exit code that says whose fault it is", async () => {
    const { run } = await scene();
    const cases: [string[], number, RegExp][] = [
      [["--factorio", "/nowhere"], 3, /^there is no Factorio that can be run in \/nowhere.*\n$/],
      [["--mod-dist", "/nowhere"], 3, /^the mod clusterio_<version>.zip is not in \/nowhere.*\n$/],
      [["--extra-mods", "/nowhere"], 3, /^cannot read the mods in \/nowhere.*\n$/],
      [["--dir", "/dev/null/home"], 3, /^the folder \/dev\/null\/home cannot be used.*\n$/],
      [["--dir", "/proc/home"], 3, /^the folder \/proc\/home cannot be used: \/proc takes no folders\n$/],
      [["--creds", "/nowhere"], 3, /^the credentials file \/nowhere cannot be read.*\n$/],
      [["--slave", "Not An Id"], 2, /^"Not An Id" is not a slave id.*\n$/],
      [["--nats-url", "nats://127.0.0.1:1"], 3, /^no NATS server answers at .*\n$/],
      [["--speed", "fast"], 2, /--speed/],
      [["--log-level", "loud"], 2, /--log-level/],
      [["--what"], 2, /--what/],
    ];
    const runs = cases.map(([args, code, message]) => ({ bridge: run(...args), args, code, message }));
    for (const { bridge, args, code, message } of runs) {
      expect([args, await bridge.exited]).toEqual([args, code]);
      expect(bridge.said()).toMatch(message);
    }
  }, 30_000);

  test("a second bridge in the same folder is refused with exit code 4", async () => {
    const { run } = await scene();
    const first = run();
    await until(() => first.said().includes("ready"), { what: "the first is ready" });
    const second = run();
    expect(await second.exited).toBe(4);
    expect(second.said()).toMatch(/is held by process \d+: one bridge per folder/);
    first.process.kill("SIGTERM");
    expect(await first.exited).toBe(0);
  }, 30_000);
});
