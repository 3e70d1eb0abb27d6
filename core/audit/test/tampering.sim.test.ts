import fc from "fast-check";
import type { AuditRule } from "#core/audit/finding";
import { audit, historyStep, KEYS, ledgerOf, resealed, stored } from "#core/audit/test/kit";
import { accountIn, amounts, contended, isRound, lastRound, linkedTrio, type Round } from "#core/audit/test/trade";
import type { Policies } from "#core/events/command";
import type { LedgerMessage, LedgerMessages } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";

/**
 * Every falsification is found at its place. Each is made by somebody who puts the hashes right afterwards (`resealed`),
 * so that the accounts have to tell; chain.test.ts is about those who do not.
 */
const FIELD = { exported: 0, received: 1, allocated: 2, debt: 3, carry: 5 } as const;

const steps = fc.array(historyStep, { maxLength: 50, size: "max" });

/** Falsifies one of the messages for which `falsify` returns true, and audits. */
const falsified = (
  messages: readonly LedgerMessage[],
  pick: number,
  falsify: (data: Round) => boolean,
): { readonly at: number; readonly finding: ReturnType<typeof audit>["finding"] } | undefined => {
  const able = messages.flatMap((message, index) =>
    isRound(message) && falsify(structuredClone(message.data)) ? [index] : [],
  );
  const index = able[pick % able.length];
  if (index === undefined) return undefined;
  const copy = structuredClone(messages) as LedgerMessage[];
  falsify((copy[index] as LedgerMessages["round"]).data);
  return { at: index + 1, finding: audit(stored(resealed(copy))).finding };
};

const eachFound = (rules: readonly AuditRule[], falsify: (data: Round) => boolean): void => {
  let tried = 0;
  fc.assert(
    fc.property(steps, fc.nat(), (history, pick) => {
      const result = falsified(ledgerOf(history), pick, falsify);
      if (result === undefined) return;
      tried++;
      expect(result.finding?.seq).toBe(result.at);
      expect(rules).toContain(result.finding?.rule);
    }),
    { seed: 20_261_132, numRuns: 50 },
  );
  expect(tried).toBeGreaterThan(35);
};

/** Adds `n` to a number of the first account in a round. */
const alter = (field: number, n: number) => (data: Round) => {
  for (const { r } of Object.values(data.worlds ?? {})) {
    const record = Object.values(r ?? {}).find((numbers) => (numbers[field] ?? 0) + n >= 0);
    if (record === undefined) continue;
    while (record.length <= field) record.push(0);
    record[field]! += n;
    return true;
  }
  return false;
};

test.each([
  ["exported raised", FIELD.exported, 1],
  ["exported lowered", FIELD.exported, -1],
  ["allocated raised", FIELD.allocated, 7],
  ["debt raised", FIELD.debt, 3],
])("a changed amount is found: %s", (_what, field, n) => {
  eachFound(["conservation", "bounds"], alter(field, n));
});

test("a received total above what was granted is found", () => {
  eachFound(["bounds"], alter(FIELD.received, 10_000));
});

test("wrong storage is found", () => {
  eachFound(["conservation"], ({ storage = {} }) => {
    const [key] = Object.keys(storage);
    if (key === undefined) return false;
    storage[key]! += 1;
    return true;
  });
});

test("an export that never was, booked into storage, is found when the totals or the state say otherwise", () => {
  // Both sides of the law are changed, so only what follows can tell: here, a checkpoint of the true state.
  const scribe = linkedTrio();
  scribe.fold.report("a.1", { exported: { [PLATE]: 60 } });
  scribe.round();
  scribe.checkpoint();
  const messages = scribe.messages;
  const index = messages.findLastIndex(isRound);
  const { data } = messages[index] as LedgerMessages["round"];
  data.worlds!["a.1" as never]!.r![PLATE]![0]! += 5;
  data.storage![PLATE]! += 5;
  const { finding } = audit(stored(resealed(messages)));
  expect(finding).toMatchObject({ rule: "checkpoint", seq: messages.length });
});

const eachContended = (rule: AuditRule, falsify: (data: Round) => void): void =>
  fc.assert(
    fc.property(amounts, ([stock, wants]) => {
      const messages = contended(stock, wants);
      expect(audit(stored(messages)).finding).toBeUndefined();
      falsify(lastRound(messages));
      expect(audit(stored(resealed(messages))).finding).toMatchObject({ rule, seq: messages.length });
    }),
    { seed: 20_261_133, numRuns: 100 },
  );

test("a unit granted to another world than the rules say is found", () => {
  eachContended("grant", (data) => {
    accountIn(data, "b.1")[FIELD.allocated]! -= 1;
    accountIn(data, "c.1")[FIELD.allocated]! += 1;
  });
});

test("a grant that was made smaller, its units left in storage, is found", () => {
  eachContended("grant", (data) => {
    accountIn(data, "c.1")[FIELD.allocated]! -= 1;
    data.storage![PLATE]! += 1;
  });
});

test("a grant beyond the demand, taken from another's credit, is found", () => {
  const messages = contended(100, [10, 20]);
  const data = lastRound(messages);
  accountIn(data, "b.1")[FIELD.allocated]! += 5;
  data.storage![PLATE]! -= 5;
  expect(audit(stored(resealed(messages))).finding).toMatchObject({
    rule: "grant",
    resource: PLATE,
    world: "b.1",
    expected: "a grant of 10 (allocated 10)",
    found: "a grant of 15 (allocated 15)",
  });
});

test("an altered carry is found", () => {
  eachContended("carry", (data) => {
    accountIn(data, "b.1")[FIELD.carry]! += 1;
  });
});

/** b and c want what a gave, under the given policies. */
const governed = (policies: Policies, stock: number, wants: readonly [number, number]): LedgerMessage[] => {
  const scribe = linkedTrio();
  scribe.fold.write({ type: "policy-set", data: { user: "op", policies } });
  for (const [at, id] of (["b.1", "c.1"] as const).entries()) {
    scribe.fold.report(id, { wanted: { [PLATE]: wants[at]! }, received: { [PLATE]: 0 } });
  }
  scribe.round();
  scribe.fold.report("a.1", { exported: { [PLATE]: stock } });
  scribe.round();
  return scribe.messages;
};
const policies = (changes: Partial<Policies>): Policies => ({
  rule: "max-min",
  weights: {},
  tiers: {},
  resources: {},
  ...changes,
});

test("a grant that takes of the reserve is found, and so is what is kept back without one", () => {
  const reserved = policies({ resources: { [PLATE]: { reserve: 40 } } });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (taken) => {
      const messages = governed(reserved, 100, [90, 10]);
      expect(audit(stored(messages)).finding).toBeUndefined();
      const data = lastRound(messages);
      expect([data.storage, accountIn(data, "b.1")[FIELD.allocated]]).toEqual([{ [PLATE]: 40 }, 50]);
      accountIn(data, "b.1")[FIELD.allocated]! += taken;
      data.storage![PLATE]! -= taken;
      expect(audit(stored(resealed(messages))).finding).toMatchObject({
        rule: "grant",
        seq: messages.length,
        resource: PLATE,
        world: "b.1",
        expected: "a grant of 50 (allocated 50)",
        found: `a grant of ${50 + taken} (allocated ${50 + taken})`,
      });
    }),
    { seed: 20_261_135, numRuns: 40 },
  );
  // The same round, had nobody ever set a reserve.
  const kept = governed(reserved, 100, [90, 10]);
  const set = kept.find(({ type }) => type === "policy-set") as LedgerMessages["policy-set"];
  set.data.policies = policies({});
  expect(audit(stored(resealed(kept))).finding).toMatchObject({ rule: "grant", seq: kept.length, resource: PLATE });
});

test("a grant to a later tier before an earlier one is met is found", () => {
  const messages = governed(policies({ rule: "priority", tiers: { c: 1 } }), 60, [50, 50]);
  expect(audit(stored(messages)).finding).toBeUndefined();
  const data = lastRound(messages);
  expect(["b.1", "c.1"].map((id) => accountIn(data, id)[FIELD.allocated])).toEqual([50, 10]);
  accountIn(data, "b.1")[FIELD.allocated]! -= 5;
  accountIn(data, "c.1")[FIELD.allocated]! += 5;
  expect(audit(stored(resealed(messages))).finding).toMatchObject({
    rule: "grant",
    seq: messages.length,
    world: "b.1",
  });
});

test("a credit that went into storage although its world owes is found", () => {
  const scribe = linkedTrio();
  scribe.fold.report("a.1", { exported: { [PLATE]: 50 } });
  scribe.fold.report("b.1", { wanted: { [PLATE]: 50 }, received: { [PLATE]: 0 } });
  scribe.round();
  const epoch = 1;
  scribe.fold.sync("a.1", { exported: { [PLATE]: 10 }, token: "bbbbbbbbbbbb1", epoch });
  scribe.round();
  scribe.fold.report("a.1", { exported: { [PLATE]: 30 }, token: "bbbbbbbbbbbb1", epoch });
  scribe.round();
  const messages = scribe.messages;
  const data = lastRound(messages);
  expect(accountIn(data, "a.1")[FIELD.debt]).toBe(20);
  accountIn(data, "a.1")[FIELD.debt]! += 20;
  data.storage = { [PLATE]: 20 };
  expect(audit(stored(resealed(messages))).finding).toMatchObject({
    rule: "credit",
    seq: messages.length,
    world: "a.1",
    expected: "debt 20",
    found: "debt 40",
  });
});

test("demand left beside storage in a round that grants is found", () => {
  const scribe = linkedTrio();
  for (const key of [PLATE, KEYS[1]!]) {
    scribe.fold.report("a.1", { exported: { [key]: 40 } });
    scribe.fold.report("b.1", { wanted: { [key]: 30 }, received: { [key]: 0 } });
  }
  scribe.round();
  const messages = scribe.messages;
  const data = lastRound(messages);
  accountIn(data, "b.1")[FIELD.allocated] = 0;
  data.storage![PLATE] = 40;
  expect(audit(stored(resealed(messages))).finding).toMatchObject({
    rule: "withheld",
    resource: PLATE,
    world: "b.1",
    seq: messages.length,
  });
});

test("an exported total that falls without a new session is found", () => {
  const scribe = linkedTrio();
  scribe.fold.report("a.1", { exported: { [PLATE]: 40 } });
  scribe.round();
  scribe.fold.report("a.1", { exported: { [PLATE]: 41 } });
  scribe.round();
  const messages = scribe.messages;
  const data = lastRound(messages);
  accountIn(data, "a.1")[FIELD.exported] = 30;
  data.storage![PLATE] = 30;
  expect(audit(stored(resealed(messages))).finding).toMatchObject({ rule: "totals", seq: messages.length });
});

test("a forged checkpoint is found, whether its hash or its content is", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (history, forgeHash) => {
      const messages = ledgerOf([...history, { do: "checkpoint", partBytes: 1_000_000 }]);
      const data = (messages.findLast(({ type }) => type === "checkpoint") as LedgerMessages["checkpoint"]).data;
      const seq = messages.findLastIndex(({ type }) => type === "checkpoint") + 1;
      if (forgeHash) data.stateHash = "x".repeat(43);
      else data.image.stocks = { ...data.image.stocks, [PLATE]: [123_456] };
      expect(audit(stored(resealed(messages))).finding).toMatchObject({ rule: "checkpoint", seq });
    }),
    { seed: 20_261_134, numRuns: 50 },
  );
});
