import { hashOf, imageOf } from "#core/fold/image";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { RESTATED_MS_MAX } from "#projector/granting";
import { Cluster, PLATE, type Running, TOKEN } from "#projector/test/kit";
import { FULL_MS } from "#projector/writing";

/** P12 on a LEDGER that refuses what is new (`discard: new`) once it holds as many bytes as it may. */
const EVERY = 20;

const limited = async (ledgerBytesMax: number) => {
  const cluster = new Cluster({ ledgerBytesMax });
  const leader = await cluster.start({ ...cluster.ports(), checkpointEvery: EVERY });
  const covered = () => leader.projector.view()?.ledger.checkpoint ?? 0;
  const purges: { readonly below: number; readonly covered: number }[] = [];
  const purge = cluster.ledger.purgeBelow.bind(cluster.ledger);
  cluster.ledger.purgeBelow = async (below) => {
    purges.push({ below, covered: covered() });
    await purge(below);
  };
  const epoch = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch });
  await cluster.pass(RESTATED_MS_MAX + 100);
  let seq = 0;
  const report = (exported: number) => {
    const vectors = { exported: { [PLATE]: exported }, received: { [PLATE]: 0 }, wanted: { [PLATE]: exported } };
    cluster.report("a.1", { token: TOKEN, epoch, seq: ++seq, ...vectors });
  };
  /** Asks, and waits for longer than anybody waits for an answer. The world goes on talking: silence ends its session. */
  const command = async (noun: string, verb: string, value: object) => {
    report(1);
    const asked = cluster.command(noun, verb, value);
    await cluster.pass(2 * FULL_MS);
    return asked;
  };
  const adjust = (reason: string) => command("storage", "adjust", { resource: "energy", amount: 1, reason });
  return { cluster, leader, report, command, adjust, purges, covered };
};

const hash = ({ projector }: Running) => hashOf(imageOf(projector.state));
const exportedOf = ({ projector }: Running) =>
  projector.state.worlds.get("a.1" as never)?.accounts.get(PLATE)?.exported;

/** What another projector, which has nothing but the stream, makes of it. */
const fromTheLedgerAlone = async (cluster: Cluster): Promise<string> => {
  const again = await cluster.start(cluster.ports(new MemoryDisk()));
  const state = hash(again);
  await again.stop();
  return state;
};

test("P12 a ledger that lives at its limit loses nothing that its second last verified checkpoint does not cover", async () => {
  const { cluster, leader, report, purges } = await limited(60_000);
  const reports = 400;
  for (let n = 1; n <= reports; n++) {
    report(n);
    await cluster.pass(60);
    const { bytes, bytesMax } = await cluster.ledger.info();
    expect(bytes).toBeLessThanOrEqual(bytesMax!);
  }
  await cluster.pass(2_000);
  expect(exportedOf(leader)).toBe(reports);
  expect(new Set(purges.map(({ below }) => below)).size).toBeGreaterThan(2);
  for (const { below, covered } of purges) expect(below).toBeLessThan(covered);
  const { firstSeq, lastSeq } = await cluster.ledger.info();
  expect(firstSeq).toBe(purges.at(-1)!.below);
  const kept = await cluster.ledger.read(1, 10_000);
  expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq - firstSeq + 1 }, (_, n) => firstSeq + n));
  await leader.stop();
  expect(await fromTheLedgerAlone(cluster)).toBe(hash(leader));
});

test("P12 a full ledger is purged when an operator asks, below its checkpoint and not beyond, and what waited goes on", async () => {
  const { cluster, leader, report, command, adjust, purges, covered } = await limited(20_000);
  while (covered() === 0) await adjust("short");
  for (let answered = true; answered; ) answered = "ok" in (await adjust("x".repeat(500)));
  report(7);
  await cluster.pass(2 * FULL_MS);
  expect(cluster.alarms.join()).toContain("LEDGER is full");
  expect(purges).toEqual([]);
  const full = await cluster.ledger.info();
  expect(full.firstSeq).toBe(1);

  const checkpoint = covered();
  expect(await command("ledger", "purge", { below: checkpoint + 1 })).toMatchObject({ error: { code: "refused" } });
  expect((await cluster.ledger.info()).firstSeq).toBe(1);
  expect(await command("ledger", "purge", { below: checkpoint })).toEqual({ ok: { firstSeq: checkpoint } });
  await cluster.pass(2 * FULL_MS);
  const after = await cluster.ledger.info();
  expect(after.firstSeq).toBe(checkpoint);
  expect(after.lastSeq).toBeGreaterThan(full.lastSeq);
  expect(exportedOf(leader)).toBe(7);
  await leader.stop();
  expect(await fromTheLedgerAlone(cluster)).toBe(hash(leader));
});

test("a broker that takes nothing because its own disk is full costs the ledger none of its past", async () => {
  const { cluster, leader, report, adjust, purges, covered } = await limited(10_000_000);
  while (covered() === 0) await adjust("short");
  for (const first = covered(); covered() === first; ) await adjust("short");
  cluster.ledger.failNext("full", "full", "full");
  report(9);
  await cluster.pass(5 * FULL_MS);
  expect(cluster.alarms.join()).toContain("LEDGER is full");
  expect(exportedOf(leader)).toBe(9);
  expect(purges).toEqual([]);
  expect((await cluster.ledger.info()).firstSeq).toBe(1);
  await leader.stop();
});

test("a leader that is asked to stop does not wait for room in a full ledger", async () => {
  const { cluster, leader, report } = await limited(10_000_000);
  report(8);
  await cluster.pass(100);
  report(9);
  await cluster.pass(5);
  report(10);
  await cluster.pass(5);
  // Folded, and not yet written: a round has just been.
  expect(exportedOf(leader)).toBe(10);
  cluster.ledger.append = async () => ({ kind: "full" });
  const { lastSeq } = await cluster.ledger.info();
  await leader.stop();
  expect((await cluster.ledger.info()).lastSeq).toBe(lastSeq);
});
