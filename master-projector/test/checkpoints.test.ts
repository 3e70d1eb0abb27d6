import { hashOf, imageOf } from "#core/fold/image";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { subjects } from "#core/subjects";
import { healthOf } from "#projector/adapters/http";
import { RESTATED_MS_MAX } from "#projector/granting";
import { HALTED_ALARM_MS, HALTED_RETRY_MS, SILENCE_MS } from "#projector/projector";
import { Cluster, rewritten } from "#projector/test/kit";

/** P12 to P14 on a whole master: checkpoints beside the rounds, the purge below them, damage while it runs. */
const TOKEN = "aaaaaaaaaaaa1";
const RESOURCES = 60;

const exported = (n: number) => Object.fromEntries(Array.from({ length: RESOURCES }, (_, i) => [`item:x-${i}`, n]));

/** A busy world, and a leader that writes a checkpoint every 20 messages, in parts of some accounts. */
const busy = async (disk = new MemoryDisk()) => {
  const cluster = new Cluster();
  const roles: string[] = [];
  const onRole = (role: string) => void roles.push(role);
  const ports = { ...cluster.ports(disk), checkpointEvery: 20, checkpointPartBytes: 300, onRole };
  const leader = await cluster.start(ports);
  const a = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch: a });
  await cluster.pass(RESTATED_MS_MAX + 100);
  let seq = 0;
  const report = async (times: number) => {
    for (let n = 0; n < times; n++) {
      seq++;
      const totals = { exported: exported(seq), received: exported(0), wanted: exported(seq) };
      cluster.report("a.1", { token: TOKEN, epoch: a, seq, ...totals });
      await cluster.pass(60);
    }
  };
  return { cluster, leader, report, disk, roles };
};

const hash = (of: { projector: { state: Parameters<typeof imageOf>[0] } }) => hashOf(imageOf(of.projector.state));

test("P13 rounds go on between a checkpoint's parts, and whoever begins with it has the same state", async () => {
  const { cluster, leader, report } = await busy();
  await report(60);
  await cluster.pass(3_000);
  const types = await cluster.ledgerTypes();
  const first = types.indexOf("checkpoint");
  const last = types.lastIndexOf("checkpoint");
  expect(types.slice(first, last).filter((type) => type === "round").length).toBeGreaterThan(3);
  const { checkpoint } = leader.projector.view()!.ledger;
  expect(checkpoint).toBeGreaterThan(1);
  await leader.stop();
  await cluster.ledger.purgeBelow(checkpoint!);
  const again = await cluster.start();
  expect(hash(again)).toBe(hash(leader));
  await again.stop();
});

test("a term that ends in the middle of a checkpoint ends at once, and the next one leads", async () => {
  const { cluster, leader, report } = await busy();
  await report(21);
  const other = await cluster.start();
  await leader.stop();
  await cluster.pass(SILENCE_MS + 1_000);
  expect(other.projector.leading).toBe(true);
  await other.stop();
});

test("P12 the ledger is purged below a verified checkpoint when asked, and never beyond it", async () => {
  const { cluster, leader, report } = await busy();
  expect(await cluster.command("ledger", "purge", { below: 2 })).toMatchObject({ error: { code: "refused" } });
  await report(60);
  await cluster.pass(3_000);
  const { checkpoint } = leader.projector.view()!.ledger;
  expect(await cluster.command("ledger", "purge", { below: checkpoint! + 1 })).toMatchObject({
    error: { code: "refused", message: expect.stringContaining(`begins at message ${checkpoint}`) },
  });
  expect((await cluster.ledger.info()).firstSeq).toBe(1);
  expect(await cluster.command("ledger", "purge", { below: checkpoint! })).toEqual({ ok: { firstSeq: checkpoint } });
  expect((await cluster.ledger.info()).firstSeq).toBe(checkpoint);
  expect(await cluster.command("ledger", "purge", { below: 0 })).toMatchObject({ error: { code: "bad-input" } });
  await leader.stop();
  const again = await cluster.start();
  expect(hash(again)).toBe(hash(leader));
  await again.stop();
});

test("P12 a checkpoint that reads back otherwise than it was written stops its leader and is not purged for", async () => {
  const { cluster, leader, report, roles } = await busy();
  const get = cluster.ledger.get.bind(cluster.ledger);
  cluster.ledger.get = async (seq) => {
    const stored = await get(seq);
    if (stored?.subject !== subjects.ledger("checkpoint")) return stored;
    const text = new TextDecoder().decode(stored.data).replace(/"item:x-7":\[[0-9]+/, '"item:x-7":[99999');
    return { ...stored, data: rewritten(new TextEncoder().encode(text), {}) };
  };
  await report(40);
  await cluster.pass(3_000);
  expect(roles).toContain("halted");
  expect(cluster.alarms.join()).toContain("is read back with");
  await leader.stop();
});

test("P14 projectors that meet damage halt, say why each minute, and go on when the ledger is whole again", async () => {
  const { cluster, leader, report, roles } = await busy();
  await report(3);
  const standby = await cluster.start();
  await cluster.pass(2_000);
  await report(1);
  const { lastSeq } = await cluster.ledger.info();
  const [message] = await cluster.ledger.read(lastSeq, 1);
  cluster.ledger.damage(
    lastSeq,
    message!.data.map((byte, index) => (index === 30 ? byte ^ 1 : byte)),
  );
  await cluster.pass(2_000);
  await report(1);
  await cluster.pass(SILENCE_MS + HALTED_ALARM_MS + 10_000);
  // The leader's next message may have been on its way.
  expect((await cluster.ledger.info()).lastSeq).toBeLessThanOrEqual(lastSeq + 1);
  expect(roles.at(-1)).toBe("halted");
  for (const { projector } of [leader, standby]) {
    const { problem } = projector;
    expect(problem).toMatch(/^LEDGER message \d+ .*Nothing is written.*audit verify/);
    expect(healthOf(true, projector)).toEqual({ healthy: false, role: "halted", connected: true, problem });
  }
  expect(cluster.alarms.filter((alarm) => alarm.startsWith("halted: ")).length).toBeGreaterThan(3);
  cluster.ledger.damage(lastSeq, message!.data);
  await cluster.pass(HALTED_RETRY_MS + 2 * SILENCE_MS);
  const projectors = [leader.projector, standby.projector];
  expect(projectors.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  expect(projectors.filter(({ leading }) => leading)).toHaveLength(1);
  await leader.stop();
  await standby.stop();
});
