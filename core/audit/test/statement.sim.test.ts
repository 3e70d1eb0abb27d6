import fc from "fast-check";
import { actOf, commandOf, joinCommands } from "#core/audit/acts";
import { beginning } from "#core/audit/checkpoints";
import { compareLive } from "#core/audit/live";
import { Refold } from "#core/audit/refold";
import { balanceOf, type Entry, Statement } from "#core/audit/statement";
import { historyStep, KEYS, ledgerOf, Scribe, stored } from "#core/audit/test/kit";
import { replayViewOf, stockViewsOf, worldViewOf } from "#core/audit/view";
import { encodeJson } from "#core/events/codec";
import type { LedgerMessage } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";
import { instanceId, parseWorldId } from "#core/ids";

const statementOf = (messages: readonly LedgerMessage[], instance?: string) => {
  const of = { resource: PLATE, ...(instance === undefined ? {} : { instance: instanceId(instance) }) };
  const refold = new Refold(beginning());
  const statement = new Statement(of, 0);
  const entries: Entry[] = [];
  for (const message of stored(messages)) {
    const step = refold.take(message);
    if (step !== undefined) entries.push(...statement.take(refold.state, message.seq, step));
  }
  return { entries, statement, state: refold.state, of };
};

test("the entries of any honest history add up from opening to closing, for the cluster and for each instance", () => {
  fc.assert(
    fc.property(fc.array(historyStep, { maxLength: 60, size: "max" }), (steps) => {
      const messages = ledgerOf(steps);
      for (const instance of [undefined, "a", "b", "c"]) {
        const { statement, state, of } = statementOf(messages, instance);
        expect(statement.balance).toBe(balanceOf(state, of));
      }
      const { state } = statementOf(messages);
      const stock = state.stocks.get(PLATE);
      let [held, debt] = [0, 0];
      for (const world of state.worlds.values()) {
        held += world.accounts.get(PLATE)?.held ?? 0;
        debt += world.accounts.get(PLATE)?.debt ?? 0;
      }
      const net = (stock?.storage ?? 0) + held - debt - (stock?.shortfall ?? 0);
      expect(balanceOf(state, { resource: PLATE })).toBe(net);
    }),
    { seed: 20_261_140, numRuns: 40 },
  );
});

test("a statement names each entry by what it is, with its cause", () => {
  const scribe = new Scribe();
  const { fold } = scribe;
  for (const id of ["a.1", "b.1", "c.1"]) fold.sync(id, {});
  scribe.round();
  fold.report("a.1", { exported: { [PLATE]: 30 } });
  fold.report("b.1", { wanted: { [PLATE]: 50 }, received: { [PLATE]: 0 } });
  fold.report("c.1", { wanted: { [PLATE]: 40 }, received: { [PLATE]: 0 } });
  scribe.round();
  fold.sync("a.1", { exported: { [PLATE]: 10 }, token: "bbbbbbbbbbbb1" });
  scribe.round();
  fold.report("c.1", { received: { [PLATE]: 25 } });
  scribe.round();
  fold.write({
    type: "adjusted",
    data: { user: "ann", resource: PLATE, amount: 5, world: parseWorldId("a.1").id, reason: "lag" },
  });
  fold.write({ type: "session-lapsed", data: { world: parseWorldId("b.1").id, silentMs: 1, void: "~l.1" } });
  fold.write({ type: "world-retired", data: { user: "bob", world: parseWorldId("b.1").id } });
  const { entries } = statementOf(scribe.messages);
  expect(entries.map(({ kind, world, amount, balance, cause }) => [kind, world, amount, balance, cause])).toEqual([
    ["credit", "a.1", 30, 30, "exported 0 → 30"],
    ["grant", "b.1", -15, 15, "wanted 50 (up to 50); 90 asked for, 30 there, max-min"],
    ["grant", "c.1", -15, 0, "wanted 40 (up to 40); 90 asked for, 30 there, max-min"],
    ["reversal", "a.1", -20, -20, "an earlier save: exported 30 → 10, debt 0 → 20"],
    ["receipt", "c.1", -10, -30, "it holds 25, 10 more than this ledger had granted"],
    ["write-off", "a.1", 5, -25, "ann wrote off 5 of its debt: lag"],
    ["recall", "b.1", 15, -10, "bob retired the world: what was in flight came back"],
  ]);
  const own = statementOf(scribe.messages, "b").entries;
  expect(own.map(({ kind, amount, balance }) => [kind, amount, balance])).toEqual([
    ["grant", -15, -15],
    ["recall", 15, 0],
  ]);
});

test("what the leader answers is compared with the ledger, the tick aside", () => {
  fc.assert(
    fc.property(fc.array(historyStep, { maxLength: 40, size: "max" }), (steps) => {
      const { state } = statementOf(ledgerOf(steps));
      const worlds = [...state.worlds.values()].map((world) => ({ ...worldViewOf(world), tick: world.tick + 9 }));
      const live = { round: state.round, worlds, stocks: stockViewsOf(state) };
      expect(compareLive(state, 7, live)).toBeUndefined();
      const one = { resource: KEYS[0]!, storage: 1, shortfall: 0, adjusted: 0 };
      const stocks = [...live.stocks.filter(({ resource }) => resource !== one.resource), { ...one, storage: -1 }];
      expect(compareLive(state, 7, { ...live, stocks })).toMatchObject({
        rule: "live",
        resource: one.resource,
        seq: 7,
      });
      expect(compareLive(state, 7, { ...live, worlds: worlds.slice(1) })).toMatchObject({ world: worlds[0]!.world });
      expect(replayViewOf(state).worlds).toHaveLength(worlds.length);
    }),
    { seed: 20_261_141, numRuns: 30 },
  );
});

test("commands are told once, with how they ended, and acts in the ledger by who did them", () => {
  const told = (seq: number, subject: string, value: object) =>
    commandOf({ seq, subject: `clusterio.v1.audit.${subject}`, data: encodeJson(value), time: seq })!;
  const master = { user: "ann", verb: "world.retire", time: "2026-11-22T14:00:00.000Z" };
  const bridge = { user: "bob", verb: "stop", time: "2026-11-22T14:00:00.000Z" };
  const acts = joinCommands([
    told(1, "master._", { ...master, outcome: "asked", message: '{"world":"a.1"}' }),
    told(2, "s1.a", { ...bridge, outcome: "asked" }),
    told(3, "master._", { ...master, outcome: "refused", message: "it is open" }),
    told(4, "s1.a", { ...bridge, outcome: "ok" }),
    told(5, "s1.a", { ...bridge, outcome: "asked" }),
  ]);
  expect(
    acts.map(({ user, executor, instance, what, outcome, detail }) => [
      user,
      executor,
      instance,
      what,
      outcome,
      detail,
    ]),
  ).toEqual([
    ["ann", "master", undefined, "world.retire", "refused", '{"world":"a.1"} — it is open'],
    ["bob", "s1", "a", "stop", "ok", ""],
    ["bob", "s1", "a", "stop", "asked", ""],
  ]);
  expect(
    commandOf({ seq: 1, subject: "clusterio.v1.audit.s1.a", data: encodeJson({ odd: 1 }), time: 1 }),
  ).toBeUndefined();
  const [created] = new Scribe(["a"]).messages;
  expect(actOf(1, created!)).toMatchObject({ user: "op", what: "instance-created", instance: "a", source: "ledger" });
});
