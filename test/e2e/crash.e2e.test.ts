import { isAlive, signalProcess } from "#core/adapters/process-id";
import type { ClusterClient } from "#ctl/client/client";
import { FAST, flowing, type Role, UP_MS_MAX, type UpRun, useCluster } from "#test/e2e/up-kit";
import { until } from "#test/kit/until";

/** One cluster through all of it: what one crash broke would show after the next one. */
const cluster = useCluster();
let run: UpRun;
let client: ClusterClient;

beforeAll(async () => {
  run = cluster().up(...FAST);
  await run.says("runs until Ctrl-C");
  client = await cluster().client();
  await flowing(client, "before any crash");
}, UP_MS_MAX);

test.each<Role>(["projector", "bridge", "nats-server"])(
  "kill -9 of the %s: it is started again, and items flow again",
  async (role) => {
    const before = await cluster().process(role);
    signalProcess(before, "SIGKILL");
    await run.says(`${role} runs again`);
    const after = await cluster().process(role);
    expect(after).not.toEqual(before);
    expect(isAlive(after)).toBe(true);
    await flowing(client, `after the death of the ${role}`);
  },
  2 * UP_MS_MAX,
);

test(
  "kill -9 of the bridge leaves the games running, and the next bridge takes them over",
  async () => {
    const games = await Promise.all(["iron", "copper", "circuits"].map((instance) => cluster().game(instance)));
    const before = await cluster().process("bridge");
    signalProcess(before, "SIGKILL");
    const another = async () => (await cluster().process("bridge")).pid !== before.pid;
    await until(another, { timeoutMs: UP_MS_MAX, what: "there is another bridge" });
    await flowing(client, "after the death of the bridge");
    expect(games.every(isAlive)).toBe(true);
  },
  2 * UP_MS_MAX,
);

test(
  "kill -9 of a world: it goes on from its last save, and items flow again",
  async () => {
    const before = await cluster().game("iron");
    signalProcess(before, "SIGKILL");
    const restarted = async () => {
      const now = await cluster().game("iron");
      return now.pid !== before.pid && isAlive(now);
    };
    await until(restarted, { timeoutMs: UP_MS_MAX, what: "the world runs again" });
    await flowing(client, "after the death of a world");
  },
  2 * UP_MS_MAX,
);

test(
  "nothing was lost and nothing was made in all these crashes",
  async () => {
    run.signal("SIGINT");
    expect(await run.ended()).toBe(0);
    expect((await cluster().count(1)).conserved).toBe(true);
  },
  2 * UP_MS_MAX,
);
