import type { State } from "#core/fold/state";
import type { MemoryLog } from "#core/ports/memory/memory-log";
import { RESTATED_MS_MAX } from "#projector/granting";
import { Cluster, COPPER, expectAudited, PLATE, stock, TOKEN } from "#projector/test/kit";

/** Rounds too long for one message. */

/** Every round of more than nothing is split, resource by resource. */
const ROUND_BYTES_MAX = 40;

/** A leader whose ledger takes so many more messages, once armed, and is silent then: it dies between two parts. */
const dying = async (cluster: Cluster) => {
  let left = Number.POSITIVE_INFINITY;
  const ledgerLog = new Proxy(cluster.ledger, {
    get: (log, name) => {
      if (name === "append" && left-- <= 0) return () => new Promise(() => {});
      const value: unknown = Reflect.get(log, name, log);
      return typeof value === "function" ? value.bind(log) : value;
    },
  }) satisfies MemoryLog;
  const bus = cluster.broker.connect();
  await cluster.start({ ...cluster.ports(), ledgerLog, bus, roundBytesMax: ROUND_BYTES_MAX });
  return {
    diesAfter: (messages: number) => {
      left = messages;
    },
    bury: () => bus.setConnected(false),
  };
};

/** Wants of worlds whose session is not open. */
const leftWanting = ({ worlds }: State): string[] =>
  [...worlds.values()].flatMap(({ id, open, accounts }) =>
    open ? [] : [...accounts.values()].flatMap(({ target, stock }) => (target === 0 ? [] : [`${id} ${stock.key}`])),
  );

const partsIn = async (cluster: Cluster): Promise<number> => {
  const stored = await cluster.ledger.read(1, 10_000);
  const bodies = stored.map(({ data }) => JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>);
  return bodies.filter(({ storage, position }) => storage !== undefined && position === undefined).length;
};

test.each([1, 2])(
  "a leader that dies after part %d of a round leaves nothing that looks like a rewind",
  async (parts) => {
    const cluster = new Cluster();
    const first = await dying(cluster);
    const [a, b] = [await cluster.instance("a"), await cluster.instance("b")];
    cluster.sync("b.1", { prev: "", epoch: b, received: { [PLATE]: 0 }, wanted: { [PLATE]: 20 } });
    await cluster.pass(RESTATED_MS_MAX + 100);
    const before = await partsIn(cluster);
    first.diesAfter(parts);
    // One round has both: the beginning of the session, and what it gave afterwards.
    cluster.sync("a.1", { prev: "", epoch: a, exported: { [PLATE]: 10, [COPPER]: 10 } });
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: 1, exported: { [PLATE]: 20, [COPPER]: 20 } });
    await cluster.pass(100);
    expect((await partsIn(cluster)) - before).toBe(parts);
    first.bury();
    const second = await cluster.start({ ...cluster.ports(), roundBytesMax: ROUND_BYTES_MAX });
    await cluster.pass(RESTATED_MS_MAX + 5_000);
    expect(second.projector.leading).toBe(true);
    expect(await cluster.ledgerTypes()).not.toContain("world-rewound");
    expect(cluster.delivery("b").worlds["b.1" as never]).toMatchObject({ allocated: { [PLATE]: 20 } });
    expect([stock(second.projector.state), stock(second.projector.state, COPPER)]).toEqual([0, 20]);
    await expectAudited(cluster, second);
    await second.stop();
  },
);

test("P18: wants of a session that a round was cut off before end with the next term, also when EVENTS forgot the session", async () => {
  const cluster = new Cluster();
  const first = await dying(cluster);
  const a = await cluster.instance("a");
  const before = await partsIn(cluster);
  first.diesAfter(1);
  cluster.sync("a.1", { prev: "", epoch: a, received: { [PLATE]: 0 }, wanted: { [COPPER]: 5, [PLATE]: 10 } });
  await cluster.pass(100);
  expect((await partsIn(cluster)) - before).toBe(1);
  first.bury();
  cluster.events.recreate();
  const second = await cluster.start({ ...cluster.ports(), roundBytesMax: ROUND_BYTES_MAX });
  await cluster.pass(RESTATED_MS_MAX + 5_000);
  expect(second.projector.leading).toBe(true);
  expect(second.projector.state!.worlds.get("a.1" as never)).toMatchObject({ open: false });
  expect(leftWanting(second.projector.state!)).toEqual([]);
  await expectAudited(cluster, second);
  await second.stop();
});
