import { isAlive } from "#core/adapters/process-id";
import { LAPSE_MS } from "#core/fold/lapse";
import { instanceId } from "#core/ids";
import { useChaos } from "#test/e2e/chaos/kit/scenario";
import { until } from "#test/kit/until";

/** What stands still for longer than everybody's patience, and wakes again: the hardest kind of death. */
const { scenario } = useChaos();
const IRON = instanceId("iron");
const COPPER = instanceId("copper");
/** A bridge takes a silent game for hung after a minute (LIMITS.silenceMs). */
const HUNG_MS = 70_000;

scenario("leader, bridge and game stop past every timeout and wake: nothing of theirs counts twice", async (chaos) => {
  const { p1, p2, alpha, beta } = chaos.daemons;
  const first = await chaos.leader();
  const hung = await chaos.game(IRON);
  await beta.signal("SIGSTOP");
  process.kill(hung.pid, "SIGSTOP");
  // In the middle of a write, which is lost when it wakes: another one leads by then.
  await chaos.arm([p1, p2], "ledger.appending", "stop");
  const stopped = await chaos.fired([p1, p2], "ledger.appending");
  chaos.note("beta and the game of iron are stopped, too");
  const another = () =>
    chaos.client.cluster().then(
      ({ leader }) => leader !== first && leader,
      () => undefined,
    );
  const second = await until(another, { timeoutMs: 60_000, what: "the standby leads" });
  chaos.note("the standby leads");
  await stopped.signal("SIGCONT");
  await stopped.says(/"role":"leader"[\s\S]*"role":"standby"/);
  expect(await chaos.leader()).toBe(second);

  await alpha.says("iron: /", 60_000);
  // By the bridge's own clock: what is waited for is long, and the test's time is short.
  await alpha.setClock(HUNG_MS);
  await until(() => !isAlive(hung), { timeoutMs: 60_000, what: "the hung game is killed" });
  await chaos.game(IRON);
  chaos.note("iron runs again");

  const lapsed = async () =>
    (await chaos.worlds())?.some(({ instance, open }) => instance === COPPER && !open) === true;
  await until(lapsed, { timeoutMs: 2 * LAPSE_MS, what: "the session of copper has lapsed" });
  chaos.note("copper has lapsed");
  await beta.signal("SIGCONT");
});

scenario("nats-server and a game stop past all pings, and go on", async (chaos) => {
  const link = await chaos.nats.user("watcher");
  const game = await chaos.game(instanceId("circuits"));
  await chaos.nats.freeze();
  process.kill(game.pid, "SIGSTOP");
  await until(() => !link.connected(), { timeoutMs: 60_000, what: "the clients have given the connection up" });
  chaos.note("connections are given up");
  process.kill(game.pid, "SIGCONT");
  process.kill(chaos.nats.pid, "SIGCONT");
  await link.close();
  await chaos.flowing("after the server woke");
  expect(isAlive(game)).toBe(true);
});
