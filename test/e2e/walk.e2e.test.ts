import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive } from "#core/adapters/process-id";
import { instanceId, slaveId } from "#core/ids";
import type { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import { useChaos } from "#test/e2e/chaos/kit/scenario";
import { until } from "#test/kit/until";

/**
 * What an operator of two machines lives through, each line as it is typed: servers are made, started and moved, die, hang and
 * are restored. Each part ends with the independent count of what the worlds hold.
 */
const IRON = instanceId("iron");
const COPPER = instanceId("copper");
const CIRCUITS = instanceId("circuits");
/** A bridge takes a silent game for hung after a minute (LIMITS.silenceMs). */
const HUNG_MS = 70_000;
const WAIT_MS = 60_000;

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Types a line at the prompt of somebody with an operator's context. */
const type = (chaos: ChaosCluster, line: string, input = ""): Promise<Said> => {
  const main = join(packageRoot(), "dist", "ctl", "main.js");
  const child = spawn("sh", ["-c", line.replace(/^clusterio\b/, `exec ${process.execPath} ${main}`)], {
    cwd: chaos.folder,
    env: { ...process.env, CLUSTERIO_CONFIG_DIR: join(chaos.folder, "home"), CLUSTERIO_CONTEXT: "" },
  });
  child.stdin.end(input);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...said })));
};

/** The same, of a line that must do what it says. */
const typed = async (chaos: ChaosCluster, line: string, input?: string): Promise<string> => {
  const { code, out, err } = await type(chaos, line, input);
  chaos.note(`$ ${line}`);
  if (code !== 0) throw new Error(`${line}\nended with ${code}:\n${out}${err}`);
  return out;
};

const objects = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** The worlds of every scenario, made as an operator makes them. */
const makeWorlds = async (chaos: ChaosCluster): Promise<void> => {
  await mkdir(join(chaos.folder, "home"));
  const { path } = await chaos.nats.identity.userCreds(chaos.client.user);
  await typed(chaos, `clusterio context add walk --url ${chaos.nats.url} --creds ${path}`);
  for (const [name, slave, seed] of [
    ["Iron", "alpha", 0],
    ["Copper", "beta", 1],
    ["Circuits", "alpha", 2],
  ] as const)
    await typed(chaos, `clusterio instance create ${name} --slave ${slave} --set seed=${seed} --set autosaveSeconds=2`);
  await typed(chaos, "clusterio instance start iron copper circuits");
  await typed(chaos, "clusterio instance wait iron copper circuits --for linked");
};

const { scenario } = useChaos({ makeWorlds });

scenario("servers that were typed into being trade; one is asked through its console", async (chaos) => {
  const list = objects(await typed(chaos, "clusterio instance list --json"));
  expect(list.map(({ instance, slave }) => [instance, slave])).toEqual([
    ["circuits", "alpha"],
    ["copper", "beta"],
    ["iron", "alpha"],
  ]);
  expect(await typed(chaos, "clusterio instance console iron", "/demo-count\n")).toMatch(/"tick":\d+/);
  const { code, err } = await type(chaos, "clusterio instance start irom");
  expect([code, err]).toEqual([2, expect.stringMatching(/irom.*iron/s)]);
});

scenario(
  "saves are made and carried to the other machine, no master needed; what is to be done by the clock is kept",
  async (chaos) => {
    const { p1, p2 } = chaos.daemons;
    await typed(chaos, "clusterio instance create Spare --slave beta");
    await typed(chaos, "clusterio schedule add spare nightly --cron '15 3 * * *' --action backup --keep 3");
    const scheduled = async () => objects(await typed(chaos, "clusterio schedule list spare --json"));
    expect(await scheduled()).toMatchObject([{ name: "nightly", cron: "15 3 * * *", action: "backup", keep: 3 }]);
    await typed(chaos, "clusterio schedule remove spare nightly");
    expect(await scheduled()).toEqual([]);

    await Promise.all([p1, p2].map((projector) => projector.signal("SIGSTOP")));
    await typed(chaos, "clusterio save create spare first --seed 7");
    await typed(chaos, "clusterio save create iron monday");
    await typed(chaos, "clusterio save transfer iron monday spare");
    const kept = objects(await typed(chaos, "clusterio save list spare --json")).map(({ file }) => file);
    expect(kept).toEqual(expect.arrayContaining(["first.zip", "monday.zip"]));
    await Promise.all([p1, p2].map((projector) => projector.signal("SIGCONT")));

    const refused = await type(chaos, "clusterio instance delete spare");
    expect([refused.code, refused.err]).toEqual([4, expect.stringContaining("--yes")]);
    await typed(chaos, "clusterio instance delete spare --yes");
  },
);

scenario("a server that is killed runs again, one that hangs is ended and runs again", async (chaos) => {
  const { alpha } = chaos.daemons;
  const killed = await chaos.game(COPPER);
  await chaos.killGame(COPPER);
  await until(() => !isAlive(killed), { timeoutMs: WAIT_MS, what: "copper is dead" });
  await chaos.game(COPPER);

  const hung = await chaos.game(CIRCUITS);
  process.kill(hung.pid, "SIGSTOP");
  await alpha.says("circuits: /", WAIT_MS);
  // By the bridge's own clock: what is waited for is long, and the test's time is short.
  await alpha.setClock(HUNG_MS);
  await until(() => !isAlive(hung), { timeoutMs: WAIT_MS, what: "the hung game is ended" });
  await typed(chaos, "clusterio instance wait circuits copper --for linked");
});

scenario("a bridge that is killed leaves its games alone, and the next one takes them over", async (chaos) => {
  const games = await Promise.all([IRON, CIRCUITS].map((instance) => chaos.game(instance)));
  await chaos.daemons.alpha.signal("SIGKILL");
  await typed(chaos, "clusterio instance wait iron circuits --for linked");
  expect(games.map(isAlive)).toEqual([true, true]);
  expect(await Promise.all([IRON, CIRCUITS].map((instance) => chaos.game(instance)))).toEqual(games);
});

scenario("a server moves to the other machine with items in flight", async (chaos) => {
  await typed(chaos, "clusterio instance move copper --to alpha");
  chaos.moved(COPPER, slaveId("alpha"));
  const [moved] = objects(await typed(chaos, "clusterio instance show copper --json"));
  expect(moved).toMatchObject({ instance: "copper", slave: "alpha" });
  const server = await readFile(join(chaos.instanceFolder(COPPER), "server.json"), "utf8");
  expect(JSON.parse(server).process).not.toBeNull();
});

scenario(
  "all is backed up, both machines and the broker lose everything, and the backup brings it back",
  async (chaos) => {
    const backups = join(chaos.folder, "backups");
    const { identity, url } = chaos.nats;
    const [core, user] = [(await identity.masterCreds()).path, (await identity.userCreds(chaos.client.user)).path];
    const asBoth = `--nats-url ${url} --core-creds ${core} --creds ${user}`;
    const [made] = objects(await typed(chaos, `clusterio backup create --to ${backups} --json ${asBoth}`));
    const folder = String(made?.folder);
    await typed(chaos, `clusterio backup verify ${folder}`);

    const daemons = Object.values(chaos.daemons);
    await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
    for (const instance of chaos.instances) await chaos.killGame(instance);
    for (const { name } of daemons) await rm(join(chaos.folder, name), { recursive: true, force: true });
    await chaos.nats.restart({ keepData: false });

    await typed(chaos, `clusterio backup restore ${folder} --yes ${asBoth}`);
    // A bridge without its folder has only the time to tell it from an older one, and alpha's clock went ahead.
    for (const daemon of daemons) await daemon.start(HUNG_MS);
    await until(() => chaos.worlds(), { timeoutMs: WAIT_MS, what: "a projector leads" });
    await typed(chaos, `clusterio backup restore ${folder} --yes ${asBoth}`);
    await typed(chaos, "clusterio instance start iron copper circuits");
    await typed(chaos, "clusterio instance wait iron copper circuits --for linked");
  },
);
