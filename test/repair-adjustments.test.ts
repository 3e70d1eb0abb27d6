import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Auditor } from "#core/audit/auditor";
import { isFinding } from "#core/audit/finding";
import { baseIn } from "#core/audit/test/kit";
import { hashOf, imageOf } from "#core/fold/image";
import { prepareRepair } from "#ctl/repair/repair";
import { planLines } from "#ctl/repair/text";
import { RESTATED_MS_MAX } from "#projector/granting";
import { type Cluster, COPPER, expectAudited, PLATE, rewritten, stock } from "#projector/test/kit";
import { bridgeOf, damaged, during, HOLD, portsOf, repairedIn, signal } from "#test/kit/repair";

/** RP5: what operators adjusted stands in no save. The old ledger tells it, else AUDIT; what neither tells is named. */
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clusterio-adjusted-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const adjust = async (cluster: Cluster, resource: string, amount: number): Promise<void> => {
  const answer = await cluster.command("storage", "adjust", { resource, amount, reason: "a gift" });
  expect(answer).toEqual({ ok: {} });
};
const prepared = (cluster: Cluster) => during(cluster, prepareRepair(portsOf(cluster), signal));
/** Damages the first ledger message of a type, and with it the chain behind. */
const damage = async (cluster: Cluster, type: string): Promise<number> => {
  const stored = await cluster.ledger.read(1, 10_000);
  const { seq, data } = stored.find(({ subject }) => subject.endsWith(`.${type}`))!;
  cluster.ledger.damage(seq, new TextEncoder().encode(new TextDecoder().decode(data).replace('"round":', '"round":1')));
  return seq;
};

/** Repairs, leads on, and audits the new ledger from its first message on. */
const ledOn = async (cluster: Cluster): Promise<Record<string, number[]>> => {
  await repairedIn(folder)(cluster, await prepared(cluster));
  const next = await cluster.start();
  await cluster.pass(RESTATED_MS_MAX + 1_000);
  const { state } = next.projector;
  expect(next.projector.leading).toBe(true);
  const messages = await cluster.ledger.read(1, 10_000);
  const base = baseIn(messages, "first");
  if (base === undefined || isFinding(base)) throw new Error("the new ledger has no checkpoint");
  const auditor = new Auditor(base);
  for (const stored of messages.filter(({ seq }) => seq > base.seq)) expect(auditor.take(stored)).toBeUndefined();
  expect(hashOf(imageOf(auditor.state))).toBe(hashOf(imageOf(state)));
  const levels = Object.fromEntries(
    [...state.stocks.values()].map(({ key, storage, shortfall, adjusted }) => [key, [storage, shortfall, adjusted]]),
  );
  await next.stop();
  return levels;
};

test("RP5 what the readable part of the old ledger adjusted is carried over to the unit, and said", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 500);
    await adjust(before, PLATE, -30);
    await adjust(before, COPPER, 7);
    // Another message behind them is the one that is damaged.
    await before.command("policy", "set", { policies: { rule: "proportional" } });
  });
  bridgeOf(cluster, HOLD, epochs);
  const plan = await prepared(cluster);
  expect(plan.told).toEqual({ commands: [], doubtful: [] });
  const text = planLines(plan).join("\n");
  expect(text).toMatch(/item:iron-plate +570 +570/);
  expect(text).toMatch(/item:iron-plate +\+470 {2}all adjustments in LEDGER up to message \d+/);
  expect(text).toMatch(/item:copper-plate +\+7 /);
  expect(text).not.toContain("lost");
  expect(await ledOn(cluster)).toEqual({ [PLATE]: [570, 0, 470], [COPPER]: [7, 0, 7] });
});

test("RP5 what stands behind the damage is told by AUDIT: carried out again, in the order of then", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 500);
    // So much was never there: what storage has goes.
    await adjust(before, COPPER, -1_000);
    // Refused then: nothing to carry over.
    const nobody = { resource: PLATE, amount: 9, world: "z.1", reason: "a debt" };
    expect(await before.command("storage", "adjust", nobody)).toMatchObject({ error: { code: "bad-input" } });
    await before.command("storage", "rename", { from: PLATE, to: "item:steel-plate", reason: "a mod" });
    await damage(before, "adjusted");
  });
  bridgeOf(cluster, HOLD, epochs);
  const plan = await prepared(cluster);
  expect(plan.told.commands.map(({ body }) => body.type)).toEqual(["adjusted", "adjusted", "resource-renamed"]);
  expect(plan.told.doubtful).toEqual([]);
  const text = planLines(plan).join("\n");
  expect(text).toMatch(/item:iron-plate +\+500 {2}op adjusted by \+500 at \S+: a gift \(AUDIT \d+\)/);
  expect(text).toMatch(/item:copper-plate +0 {2}op adjusted by -1,000 /);
  expect(text).toMatch(/item:steel-plate +\+600 {2}op renamed item:iron-plate to item:steel-plate/);
  expect(await ledOn(cluster)).toEqual({
    [PLATE]: [0, 0, -100],
    [COPPER]: [0, 0, 0],
    "item:steel-plate": [600, 0, 600],
  });
});

test("what worlds took out of an adjustment is not granted once more", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, COPPER, 500);
    await damage(before, "adjusted");
  });
  // a.1 received 240 of it; only 40 were ever exported.
  const a = { ...HOLD["a.1"]!, received: { [COPPER]: 240 } };
  bridgeOf(cluster, { ...HOLD, "a.1": a }, epochs);
  expect((await ledOn(cluster))[COPPER]).toEqual([300, 0, 500]);
});

test("a command at the end of the good part is not taken for one behind it", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 5);
    await adjust(before, PLATE, 5);
    await before.command("policy", "set", { policies: { rule: "proportional" } });
    await adjust(before, PLATE, 5);
    await damage(before, "policy-set");
  });
  bridgeOf(cluster, HOLD, epochs);
  const { plan } = await prepared(cluster);
  expect(plan.adjustments.map(({ amount, told }) => [amount, told === undefined])).toEqual([
    [10, true],
    [5, false],
  ]);
  expect((await ledOn(cluster))[PLATE]).toEqual([115, 0, 15]);
});

test("a command whose end nobody told counts if LEDGER has it, behind the damage or before", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    for (const amount of [5, 6, 7]) await adjust(before, PLATE, amount);
    await damage(before, "adjusted");
  });
  bridgeOf(cluster, HOLD, epochs);
  // AUDIT knows of the commands that 6 was asked for, and 8, which no leader wrote.
  const entries = await cluster.audit.read(1, 1_000);
  cluster.audit.recreate();
  let dropped = false;
  for (const { subject, data } of entries) {
    const text = new TextDecoder().decode(data);
    if (text.includes('\\"amount\\":6')) dropped = true;
    else if (dropped && text.includes('"ok"')) {
      dropped = false;
      continue;
    }
    cluster.audit.store(subject, data);
    if (dropped)
      cluster.audit.store(subject, new TextEncoder().encode(text.replace(":6", ":8").replace('"op"', '"ann"')));
  }
  const plan = await prepared(cluster);
  expect(plan.plan.adjustments.map(({ amount }) => amount)).toEqual([5, 6, 7]);
  expect(plan.told.doubtful).toEqual([]);
});

test("an adjustment that only a broken ledger says is not believed, and named", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 5);
    await damage(before, "adjusted");
    const { data } = (await before.ledger.read(1, 10_000)).findLast(({ subject }) => subject.endsWith(".adjusted"))!;
    const forged = rewritten(data, { round: 99, amount: 1_000_000, reason: "mine" });
    await before.ledger.append("clusterio.v1.ledger.adjusted", forged);
    const [first] = await before.ledger.read(1, 1);
    await before.ledger.append(first!.subject, first!.data);
  });
  bridgeOf(cluster, HOLD, epochs);
  const plan = await prepared(cluster);
  expect(plan.plan.adjustments).toMatchObject([{ resource: PLATE, amount: 5 }]);
  expect(planLines(plan).join("\n")).toMatch(/message \d+: item:iron-plate: op adjusted by \+1,000,000: mine/);
  expect((await ledOn(cluster))[PLATE]).toEqual([105, 0, 5]);
});

test("what neither LEDGER nor AUDIT reaches back to is said to be lost", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 500);
    await before.pass(120_000);
    before.audit.recreate();
    await adjust(before, PLATE, 20);
    await damage(before, "adjusted");
  });
  bridgeOf(cluster, HOLD, epochs);
  const plan = await prepared(cluster);
  expect(plan.told.gap).toMatchObject({ from: plan.old.goodAt });
  const text = planLines(plan).join("\n");
  expect(text).toMatch(/What operators adjusted after \S+ and before \S+ is lost: neither LEDGER nor AUDIT tells it/);
  expect(plan.plan.adjustments).toMatchObject([{ amount: 20 }]);
  expect(stock(plan.plan.state)).toBe(120);
});

test("a ledger without its beginning leaves AUDIT alone to tell, as far back as it reaches", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 500);
  });
  bridgeOf(cluster, HOLD, epochs);
  await cluster.ledger.purgeBelow(3);
  expect((await prepared(cluster)).plan.adjustments).toMatchObject([{ resource: PLATE, amount: 500 }]);
  await cluster.audit.purgeBelow(3);
  await cluster.pass(180_000);
  const plan = await prepared(cluster);
  expect(plan.told.gap?.from).toBeUndefined();
});

test("an empty ledger is begun anew with what AUDIT tells, and holds from its first message on", async () => {
  const { cluster, epochs } = await damaged(async (before) => {
    await adjust(before, PLATE, 500);
  });
  bridgeOf(cluster, HOLD, epochs);
  cluster.ledger.recreate();
  const plan = await prepared(cluster);
  expect(planLines(plan)[0]).toContain("it is empty");
  await repairedIn(folder)(cluster, plan);
  const next = await cluster.start();
  expect(stock(next.projector.state)).toBe(600);
  await next.stop();
  await expectAudited(cluster, next);
});
