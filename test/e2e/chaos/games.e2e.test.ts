import { execFile } from "node:child_process";
import { readdir, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { connectRcon } from "#bridge/rcon/connect";
import { packageRoot } from "#core/adapters/package-root";
import { signalProcess } from "#core/adapters/process-id";
import { instanceId } from "#core/ids";
import type { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import { useChaos } from "#test/e2e/chaos/kit/scenario";
import { until } from "#test/kit/until";

const { scenario } = useChaos();
const COPPER = instanceId("copper");
/** Ten minutes of a game at its normal speed. */
const AWAY_TICKS = 36_000;
/** So that they pass in seconds. */
const FAST = 60;
const HOUR_MS = 3_600_000;
/** Longer than anybody waits for anything before it is said again. */
const TRADED_TICKS = 900;

const newestSave = async (folder: string): Promise<string> => {
  const names = (await readdir(folder)).filter((name) => /^auto-\d\.zip$/.test(name));
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
  return dated.sort((a, b) => b.at - a.at)[0]?.name ?? "";
};

const serverOf = async (chaos: ChaosCluster) =>
  JSON.parse(await readFile(join(chaos.instanceFolder(COPPER), "server.json"), "utf8"));

scenario("a game is killed while it saves, and the save is cut: it goes on from an older one", async (chaos) => {
  const { beta } = chaos.daemons;
  const saves = join(chaos.instanceFolder(COPPER), "saves");
  // The renamed file is there, its content was not flushed when the power went.
  await beta.arm("save.renamed", "stop@2");
  await chaos.fired([beta], "save.renamed");
  await beta.signal("SIGSTOP");
  const cut = await newestSave(saves);
  await truncate(join(saves, cut), Math.floor((await stat(join(saves, cut))).size / 2));
  const before = await chaos.game(COPPER);
  signalProcess(before, "SIGKILL");
  await beta.signal("SIGCONT");
  const again = async () => (await chaos.game(COPPER)).pid !== before.pid;
  await until(again, { timeoutMs: 60_000, what: "copper runs again" });
  const { save } = await serverOf(chaos);
  expect(save).toMatch(/^(?:auto-\d|made|world-[ab])\.zip$/);
  expect(save).not.toBe(cut);
  chaos.note(`${cut} was cut, copper runs from ${save}`);
});

scenario("a bridge is away for ten minutes of game time: the game runs on, its chests stop", async (chaos) => {
  const { beta } = chaos.daemons;
  beta.speed = FAST;
  await chaos.killGame(COPPER);
  await beta.stop();
  await beta.start();
  await chaos.withoutPauses(() => chaos.flowing("at high speed"));
  await beta.stop();
  const { rconPort, password } = await serverOf(chaos);
  const rcon = await connectRcon({ host: "127.0.0.1", port: rconPort, password, timeoutMs: 30_000 });
  try {
    const tick = async (): Promise<number> => JSON.parse(await rcon.send("/demo-count")).tick;
    const from = await tick();
    chaos.note(`the bridge is away from tick ${from} on`);
    const over = async () => (await tick()) >= from + AWAY_TICKS;
    await until(over, { timeoutMs: 120_000, what: "ten minutes of game time have passed" });
  } finally {
    await rcon.close();
  }
  beta.speed = undefined;
  await beta.start();
  await chaos.flowing("when the bridge is back");
});

scenario("clocks jump an hour ahead and back, everybody's by itself", async (chaos) => {
  const { p1, p2, alpha, beta } = chaos.daemons;
  const set = async (...hours: readonly [number, number, number, number]) => {
    for (const [index, daemon] of [p1, p2, alpha, beta].entries()) await daemon.setClock(hours[index]! * HOUR_MS);
    chaos.note(`clocks: ${hours.join(", ")} h`);
    const now = new Map((await chaos.worlds())?.map(({ world, tick }) => [world, tick]));
    const goneOn = async () =>
      (await chaos.worlds())?.every(({ world, tick }) => tick >= (now.get(world) ?? 0) + TRADED_TICKS);
    await until(goneOn, { timeoutMs: 60_000, what: "the ledger hears of some seconds of each world" });
    await chaos.flowing(`clocks: ${hours.join(", ")} h`);
  };
  await set(1, 0, 0, 0);
  await set(1, -1, 1, -1);
  await chaos.killGame(COPPER);
  for (const daemon of [p1, p2]) await daemon.signal("SIGKILL");
  await chaos.withoutPauses(() => set(-1, 1, -1, 1));
  await alpha.signal("SIGKILL");
  await set(0, 0, 0, 0);
});

scenario(
  "a second bridge with the folder of one that runs is refused by the lock, and says who has it",
  async (chaos) => {
    const { alpha } = chaos.daemons;
    const holder = await alpha.id();
    const [command = "", ...args] = alpha.argv;
    const second = await new Promise<{ code: unknown; said: string }>((resolve) =>
      execFile(command, args, { cwd: packageRoot(), timeout: 60_000 }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, said: out + err }),
      ),
    );
    expect(second).toEqual({
      code: 4,
      said: expect.stringMatching(/lock is held by process \d+: one bridge per folder/),
    });
    expect(second.said).toContain(`process ${holder.pid}`);
    expect((await alpha.id()).pid).toBe(holder.pid);
  },
);
