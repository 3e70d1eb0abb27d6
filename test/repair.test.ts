import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Auditor } from "#core/audit/auditor";
import { isFinding } from "#core/audit/finding";
import { baseIn } from "#core/audit/test/kit";
import { hashOf, imageOf } from "#core/fold/image";
import { instanceId } from "#core/ids";
import { type Prepared, prepareRepair, repair } from "#ctl/repair/repair";
import { planLines } from "#ctl/repair/text";
import { RESTATED_MS_MAX } from "#projector/granting";
import { Projector } from "#projector/projector";
import { type Cluster, COPPER, LATER, PLATE, stock, told, traded } from "#projector/test/kit";
import { bridgeOf, damaged, during, HOLD, portsOf, repairedIn, signal, USER } from "#test/kit/repair";

/** `clusterio repair --from-worlds` on the shipped projector: what the worlds hold is what the new ledger says (RP1 to RP4). */
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clusterio-repair-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const repaired = (cluster: Cluster, prepared: Prepared) => repairedIn(folder)(cluster, prepared);

test("a ledger that no projector reads any more is begun anew from the worlds, and they trade on", async () => {
  const { cluster, epochs, lastSeq } = await damaged();
  bridgeOf(cluster, HOLD, epochs);
  const prepared = await during(cluster, prepareRepair(portsOf(cluster), signal));
  expect(prepared.plan.resources.map(({ resource, after }) => [resource, after])).toEqual([
    [COPPER, { storage: 0, shortfall: 0 }],
    [PLATE, { storage: 100, shortfall: 0 }],
  ]);
  const { first, last, kept } = await repaired(cluster, prepared);
  expect([first, kept]).toEqual([lastSeq + 1, lastSeq]);
  expect(await told(cluster, "ledger-recovered")).toMatchObject([{ user: "op", follows: { seq: lastSeq } }]);

  const next = await cluster.start();
  await cluster.pass(RESTATED_MS_MAX + 1_000);
  const { state } = next.projector;
  expect(next.projector.leading).toBe(true);
  expect(stock(state)).toBe(100);
  expect(state.instances.get(instanceId("a"))).toMatchObject({ slave: "s1", epoch: epochs.a, config: { name: "a" } });
  const { token } = state.worlds.get("b.1" as never)!;
  const want = { exported: { [COPPER]: 40 }, received: { [PLATE]: 30 }, wanted: { [PLATE]: 25 } };
  cluster.sync("b.1", { prev: token, token: LATER, epoch: epochs.b, ...want });
  await cluster.pass(RESTATED_MS_MAX);
  expect(cluster.delivery("b").worlds["b.1" as never]).toMatchObject({ allocated: { [PLATE]: 55 } });
  expect(stock(state)).toBe(75);

  const messages = await cluster.ledger.read(1, 10_000);
  expect(messages[0]?.seq).toBe(first);
  const base = baseIn(messages, "first");
  if (base === undefined || isFinding(base)) throw new Error("the new ledger has no checkpoint");
  expect(base.seq).toBeLessThanOrEqual(last);
  const auditor = new Auditor(base);
  for (const stored of messages.filter(({ seq }) => seq > base.seq)) expect(auditor.take(stored)).toBeUndefined();
  expect(auditor.finish()).toBeUndefined();
  expect(hashOf(imageOf(auditor.state))).toBe(hashOf(imageOf(state)));
  await next.stop();
});

test("a dry run changes nothing, and says what is wrong, what would become of it, and who does not speak", async () => {
  const { cluster, epochs, lastSeq } = await damaged();
  bridgeOf(cluster, { "b.1": HOLD["b.1"]! }, epochs);
  const prepared = await during(cluster, prepareRepair(portsOf(cluster), signal));
  const { plan } = prepared;
  expect((await cluster.ledger.info()).lastSeq).toBe(lastSeq);
  expect(plan.resources.find(({ resource }) => resource === PLATE)?.after).toEqual({ storage: 0, shortfall: 30 });
  expect(plan.silent).toMatchObject([{ world: "a.1", exported: 130 }]);
  const text = planLines(prepared).join("\n");
  expect(text).toMatch(/LEDGER is good up to message/);
  expect(text).toMatch(/item:iron-plate +100 +short of 30/);
  expect(text).toMatch(/nobody speaks for them/);
  expect(text).toMatch(/s1\/a: /);
});

test("RP3 nothing is written while a projector leads, nor when somebody writes meanwhile", async () => {
  const { cluster, leader, a, b } = await traded();
  bridgeOf(cluster, HOLD, { a, b });
  const prepared = await during(cluster, prepareRepair(portsOf(cluster), signal));
  await expect(repaired(cluster, prepared)).rejects.toMatchObject({ code: "refused" });
  await leader.stop();
  // Another leader came and went after the old ledger was read.
  await (await cluster.start()).stop();
  await cluster.pass(5_000);
  const { lastSeq } = await cluster.ledger.info();
  await expect(repaired(cluster, prepared)).rejects.toMatchObject({ code: "lost-write" });
  expect((await cluster.ledger.info()).lastSeq).toBe(lastSeq);
  await (await cluster.start()).stop();
});

test("RP4 a repair that dies before its checkpoint is whole has changed nothing: the next one begins again", async () => {
  const { cluster, epochs, lastSeq } = await damaged();
  bridgeOf(cluster, HOLD, epochs);
  const prepared = await during(cluster, prepareRepair(portsOf(cluster), signal));
  const { ledger } = cluster;
  const dying = new Proxy(ledger, {
    get: (log, name: keyof typeof ledger) =>
      name === "append"
        ? (subject: string, data: Uint8Array, seq: number) =>
            subject.endsWith("checkpoint") ? Promise.reject(new Error("killed")) : log.append(subject, data, seq)
        : (log[name] as () => unknown).bind(log),
  });
  const file = join(folder, "LEDGER.jsonl.gz");
  const dead = repair({ ...portsOf(cluster), ledger: dying }, prepared, { user: USER, file, signal });
  await expect(during(cluster, dead)).rejects.toThrow("killed");
  await expect(Projector.open(cluster.ports())).rejects.toMatchObject({ code: "corrupt" });
  const again = await during(cluster, prepareRepair(portsOf(cluster), signal));
  expect(again.old).toMatchObject({ lastSeq: lastSeq + 1 });
  await repaired(cluster, again);
  const next = await cluster.start();
  expect(stock(next.projector.state)).toBe(100);
  await next.stop();
});

test("a repair without any world that speaks is refused", async () => {
  const { cluster } = await damaged();
  const prepared = await during(cluster, prepareRepair(portsOf(cluster), signal));
  expect(prepared.plan.worlds).toEqual([]);
  await expect(repaired(cluster, prepared)).rejects.toMatchObject({ code: "refused" });
});

test("nothing is written before the old ledger is in its file", async () => {
  const { cluster, epochs, lastSeq } = await damaged();
  bridgeOf(cluster, HOLD, epochs);
  const prepared = await during(cluster, prepareRepair(portsOf(cluster), signal));
  const file = join(folder, "taken");
  await writeFile(file, "another repair's");
  const refused = during(cluster, repair(portsOf(cluster), prepared, { user: USER, file, signal }));
  await expect(refused).rejects.toMatchObject({ code: "refused" });
  expect(await cluster.ledger.info()).toMatchObject({ firstSeq: 1, lastSeq });
});
