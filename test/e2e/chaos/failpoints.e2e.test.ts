import { FAILPOINTS, type Failpoint } from "#core/failpoints";
import { instanceId, slaveId } from "#core/ids";
import { SILENCE_MS } from "#projector/projector";
import type { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import type { Daemon } from "#test/e2e/chaos/kit/daemon";
import { useChaos } from "#test/e2e/chaos/kit/scenario";

const { scenario, cluster } = useChaos();

/** The first death makes the other one lead; from there on in the order in which a term comes by, so that the next is soon. */
const OF_PROJECTORS: readonly Failpoint[] = [
  "ledger.appending",
  "term.beginning",
  "term.begun",
  "ledger.sent",
  "ledger.stored",
  "ledger.folded",
  "command.written",
  "delivery.publishing",
  "delivery.published",
  "checkpoint.writing",
  "checkpoint.written",
  "snapshot.writing",
  "snapshot.renaming",
  "snapshot.renamed",
];
const OF_BRIDGES: readonly Failpoint[] = [
  "fact.publishing",
  "fact.published",
  "session.beginning",
  "session.begun",
  "import.sending",
  "import.sent",
  "import.replied",
  "record.writing",
  "record.renaming",
  "record.renamed",
];
/** Of a game, and of its first session. */
const OF_STARTS: readonly Failpoint[] = ["server.spawning", "server.spawned", "session.adopting", "session.adopted"];
const OF_WORLDS: readonly Failpoint[] = ["save.writing", "save.renaming", "save.renamed"];

interface Lane {
  /** Whoever of them comes by first dies. */
  readonly daemons: readonly Daemon[];
  readonly points: readonly Failpoint[];
  /** After each death. */
  readonly afterEach?: () => Promise<void>;
  /** Makes somebody come by, where that does not happen by itself. */
  readonly provoke?: Partial<Record<Failpoint, () => Promise<unknown>>>;
}

/** One death after the other; whoever dies is started again by its keeper, and the next death is already waiting. */
const dieAtEach = async (chaos: ChaosCluster, { daemons, points, afterEach, provoke = {} }: Lane): Promise<void> => {
  for (const point of points) {
    await chaos.arm(daemons, point, "kill");
    await Promise.all([provoke[point]?.(), chaos.fired(daemons, point)]);
    await afterEach?.();
  }
};

/** The standby waits for a silence by its own clock: it need not take the test's time, too (what it takes, stalls.e2e.test.ts shows). */
const hurry = (standby: readonly Daemon[]) => {
  let offsetMs = 0;
  return async () => {
    offsetMs += SILENCE_MS;
    await Promise.all(standby.map((daemon) => daemon.setClock(offsetMs)));
  };
};

const SPARE = instanceId("spare");

/** The answer dies with the leader, the order does not: asked again, there is such an instance. */
const createSpare = async ({ client, patiently }: ChaosCluster) => {
  const config = { seed: 3, autosaveSeconds: 2 };
  await patiently(
    () => client.master("instance.create", { name: "Spare", config }),
    (code) => code === "refused",
  );
};

/** A new map has no id: its world is adopted. */
const startSpare = async ({ client, patiently }: ChaosCluster) => {
  await patiently(() => client.master("instance.assign", { instance: SPARE, slave: "beta" }));
  await patiently(() => client.bridge({ slave: slaveId("beta"), instance: SPARE }, "start", {}));
};

scenario(
  "SIGKILL at every failpoint, of projectors, bridges and worlds at the same time: nothing is lost, nothing is made",
  async (chaos) => {
    const { p1, p2, alpha, beta } = chaos.daemons;
    let hasCreated = () => {};
    const created = new Promise<void>((resolve) => {
      hasCreated = resolve;
    });
    const killCopper = () => chaos.killGame(instanceId("copper"));
    await chaos.withoutPauses(() =>
      Promise.all([
        dieAtEach(chaos, {
          daemons: [p1, p2],
          points: OF_PROJECTORS,
          afterEach: hurry([p1, p2]),
          provoke: { "command.written": () => createSpare(chaos).then(hasCreated) },
        }),
        dieAtEach(chaos, {
          daemons: [beta],
          points: OF_STARTS,
          provoke: {
            "server.spawning": killCopper,
            "server.spawned": killCopper,
            "session.adopting": () => created.then(() => startSpare(chaos)),
          },
        }),
        dieAtEach(chaos, { daemons: [alpha, beta], points: OF_BRIDGES }),
        dieAtEach(chaos, { daemons: [alpha, beta], points: OF_WORLDS }),
      ]),
    );
  },
);

scenario("what is said or heard is lost at every place where something can be: it is said again", async (chaos) => {
  const { p1, p2, alpha, beta } = chaos.daemons;
  const losses: readonly (readonly [readonly Daemon[], Failpoint])[] = [
    [[p1, p2], "ledger.stored"],
    [[p1, p2], "delivery.publishing"],
    [[alpha, beta], "fact.publishing"],
    [[alpha, beta], "import.sending"],
    [[alpha, beta], "import.replied"],
  ];
  for (const round of ["drop@1", "drop@2", "drop@3"]) {
    for (const [daemons, point] of losses) await chaos.arm(daemons, point, round);
    for (const [daemons, point] of losses) await chaos.fired(daemons, point);
  }
});

test("each failpoint that there is was reached in this cluster", async () => {
  expect([...OF_PROJECTORS, ...OF_STARTS, ...OF_BRIDGES, ...OF_WORLDS].sort()).toEqual([...FAILPOINTS].sort());
  const fired = await cluster().allFired();
  expect(FAILPOINTS.filter((point) => !fired.has(point))).toEqual([]);
});
