import fc from "fast-check";
import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf, joinImages, prepareAtOnce } from "#core/fold/image";
import { demandOf } from "#core/fold/moves";
import type { State } from "#core/fold/state";
import { Fold } from "#core/fold/test/kit";
import { resourceKey } from "#core/resource";

/** F1 to F6 over random histories of honest, rewound, duplicated and lying statements. */
const KEYS = ["item:iron-plate", "item:coal:rare", "fluid:water:15", "energy"].map(resourceKey);
const WORLDS = ["a.1", "a.2", "b.1", "c.1"];

const totals = fc.dictionary(fc.constantFrom(...KEYS), fc.integer({ min: 0, max: 500 }), { maxKeys: 3 });
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("sync" as const),
      world: fc.constantFrom(...WORLDS),
      exported: totals,
      received: totals,
      wanted: totals,
      stale: fc.boolean(),
      untakeable: fc.subarray(KEYS, { maxLength: 1 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("report" as const),
      world: fc.constantFrom(...WORLDS),
      exported: totals,
      received: totals,
      wanted: totals,
      seq: fc.integer({ min: 0, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("round" as const), grant: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retire" as const), world: fc.constantFrom(...WORLDS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("adjust" as const),
      key: fc.constantFrom(...KEYS),
      amount: fc.integer({ min: -300, max: 300 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("policy" as const),
      rate: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("reassign" as const), instance: fc.constantFrom("a", "b", "c") }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lapse" as const), world: fc.constantFrom(...WORLDS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("delete" as const), instance: fc.constantFrom("a", "b", "c") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("configure" as const),
      instance: fc.constantFrom("a", "b", "c"),
      port: fc.integer({ min: 1, max: 65_535 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const epochOf = (f: Fold, world: string): number => f.state.instances.get(world.split(".")[0] as never)?.epoch ?? 0;

const apply = (f: Fold, s: Step, n: number): void => {
  switch (s.do) {
    case "sync": {
      const token = `aaaaaaaaaa${n.toString(36).padStart(4, "0")}`;
      const prev = s.stale ? { prev: "aaaaaaaaaazzzz" } : {};
      const { exported, received, wanted, untakeable } = s;
      f.sync(s.world, { exported, received, wanted, untakeable, ...prev, token, epoch: epochOf(f, s.world) });
      return;
    }
    case "report": {
      const received = { ...Object.fromEntries(Object.keys(s.wanted).map((k) => [k, 0])), ...s.received };
      const { exported, wanted, seq } = s;
      f.report(s.world, { exported, wanted, seq, received, epoch: epochOf(f, s.world) });
      return;
    }
    case "round":
      return f.round(s.grant);
    case "retire":
      f.round();
      return f.write({ type: "world-retired", data: { user: "op", world: s.world as never } });
    case "adjust":
      f.round();
      return f.write({ type: "adjusted", data: { user: "op", resource: s.key, amount: s.amount, reason: "test" } });
    case "policy":
      f.round();
      return f.write({
        type: "policy-set",
        data: {
          user: "op",
          policies: { ...f.state.policies, ...(s.rate === undefined ? {} : { creditPerSecond: s.rate }) },
        },
      });
    case "reassign":
      return f.assign(s.instance, "s1", epochOf(f, `${s.instance}.1`) + 1);
    case "delete": {
      f.round();
      const { instance } = s;
      const data = { user: "op", instance, epoch: epochOf(f, `${instance}.1`) + 1, void: `~d.${n}` };
      return f.write({ type: "instance-deleted", data });
    }
    case "configure": {
      f.round();
      const config = { name: s.instance, seed: 1, autosaveSeconds: 0, ports: { game: s.port } };
      f.write({ type: "instance-configured", data: { user: "op", instance: s.instance, config } });
      return f.write({ type: "instance-renamed", data: { user: "op", instance: s.instance, name: `n${n}` } });
    }
    case "lapse":
      f.round();
      return f.write({ type: "session-lapsed", data: { world: s.world as never, silentMs: 1, void: `~l.${n}` } });
  }
};

/** The conservation law, added up from nothing but the image: no running sum of the fold is trusted. */
const expectLaws = (state: State): void => {
  for (const stock of state.stocks.values()) {
    let exported = 0;
    let allocated = 0;
    let debt = 0;
    let held = 0;
    for (const world of state.worlds.values()) {
      const account = world.accounts.get(stock.key);
      if (account === undefined) continue;
      exported += account.exported;
      allocated += account.allocated;
      debt += account.debt;
      held += account.held;
      expect(Math.min(account.debt, account.held, account.exported, account.received)).toBeGreaterThanOrEqual(0);
      expect(account.allocated).toBeGreaterThanOrEqual(account.received);
      expect(stock.claimants.has(account)).toBe(demandOf(account) > 0);
      expect(stock.holders.has(account)).toBe(account.held > 0);
    }
    expect(stock.storage + held - debt - stock.shortfall).toBe(exported - allocated + stock.adjusted);
    expect(Math.min(stock.storage, stock.shortfall)).toBeGreaterThanOrEqual(0);
  }
  const open = new Map<string, number>();
  for (const { id, deleted } of state.instances.values()) {
    if (!deleted) continue;
    for (const world of state.worldsOf.get(id) ?? []) {
      expect(world.open).toBe(false);
      for (const account of world.accounts.values()) expect(account.allocated).toBe(account.received);
    }
  }
  for (const world of state.worlds.values())
    if (world.open) open.set(world.instance, (open.get(world.instance) ?? 0) + 1);
  expect([...open.values()].every((n) => n === 1)).toBe(true);
};

test("whatever is stated, the law holds after every step, and the ledger replays to the leader's state", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const f = new Fold();
      for (const instance of ["a", "b", "c"]) f.assign(instance);
      for (const [n, s] of steps.entries()) {
        apply(f, s, n);
        expectLaws(f.state);
      }
      f.round();
      const image = imageOf(f.state);
      expect(hashOf(imageOf(f.replayed()))).toBe(hashOf(image));
      expectLaws(f.replayed());
    }),
    { seed: 20_261_122, numRuns: 300 },
  );
});

test("an image, whole or in parts, restores the same state", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 2_000 }),
      (steps, partBytes) => {
        const f = new Fold();
        for (const instance of ["a", "b", "c"]) f.assign(instance);
        for (const [n, s] of steps.entries()) apply(f, s, n);
        f.round();
        const image = structuredClone(imageOf(f.state));
        const { round, boot, closedAt, chain } = f.state;
        const joined = joinImages(prepareAtOnce(image, partBytes).parts);
        expect(joined).toEqual(image);
        const restored = stateFromImage(joined, { round, boot, closedAt, chain });
        expectLaws(restored);
        expect(hashOf(imageOf(restored))).toBe(hashOf(image));
      },
    ),
    { seed: 20_261_123, numRuns: 100 },
  );
});

test("the grants of a round do not depend on the order in which demands arrived", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 }),
      fc.integer({ min: 1, max: 200 }),
      (wants, stock) => {
        const run = (order: number[]) => {
          const f = new Fold();
          for (const i of wants.keys()) f.assign(`w${i}`);
          f.assign("giver");
          f.sync("giver.1", { exported: { [KEYS[0]!]: stock } });
          for (const i of order) f.sync(`w${i}.1`, { wanted: { [KEYS[0]!]: wants[i]! } });
          f.round();
          return wants.map((_, i) => f.account(`w${i}.1`, KEYS[0]!).allocated);
        };
        const forward = [...wants.keys()];
        expect(run(forward.toReversed())).toEqual(run(forward));
      },
    ),
    { seed: 20_261_124, numRuns: 100 },
  );
});
