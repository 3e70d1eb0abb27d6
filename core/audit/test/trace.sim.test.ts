import fc from "fast-check";
import { beginning } from "#core/audit/checkpoints";
import { Lots } from "#core/audit/lots";
import { Refold } from "#core/audit/refold";
import { historyStep, KEYS, ledgerOf, Scribe, stored } from "#core/audit/test/kit";
import { type LedgerTrace, type TraceOf, Tracer } from "#core/audit/trace";
import type { LedgerMessage } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";
import { parseWorldId } from "#core/ids";

const A = parseWorldId("a.1").id;
const B = parseWorldId("b.1").id;

const traceOf = (messages: readonly LedgerMessage[], of: TraceOf): LedgerTrace => {
  const refold = new Refold(beginning());
  const tracer = new Tracer(of, refold.state, 0);
  for (const message of stored(messages)) {
    const step = refold.take(message);
    if (step !== undefined) tracer.take(refold.state, message.seq, step);
  }
  return tracer.finish();
};

/** a exports 30 and 20; b wants 40 and takes them in. Sequences of the two exports' rounds stand in `at`. */
const trade = () => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1"]) scribe.fold.sync(id, {});
  scribe.round();
  const at: number[] = [];
  const round = () => {
    scribe.round();
    at.push(scribe.messages.length);
  };
  scribe.fold.report("a.1", { exported: { [PLATE]: 30 } });
  round();
  scribe.fold.report("a.1", { exported: { [PLATE]: 50 } });
  round();
  scribe.fold.report("b.1", { wanted: { [PLATE]: 40 }, received: { [PLATE]: 0 } });
  round();
  scribe.fold.report("b.1", { received: { [PLATE]: 40 } });
  round();
  return { messages: scribe.messages, at: at as [number, number, number, number] };
};

test("an export is followed into storage, to the grants that it fed first in first out, and to the chest", () => {
  const { messages, at } = trade();
  const first = traceOf(messages, { kind: "export", seq: at[0], world: A, resource: PLATE });
  expect(first).toMatchObject({
    amount: 30,
    ahead: 0,
    inStorage: 0,
    credit: { from: 0, to: 30, stored: 30, repaid: 0 },
  });
  expect(first.ways).toMatchObject([
    {
      amount: 30,
      exportedTo: 30,
      sink: { kind: "grant", world: B, seq: at[2] },
      grantedTo: 30,
      received: { seq: at[3] },
    },
  ]);
  const second = traceOf(messages, { kind: "export", seq: at[1], world: A, resource: PLATE });
  expect(second).toMatchObject({ amount: 20, ahead: 30, inStorage: 10, ways: [{ amount: 10, grantedTo: 40 }] });
});

test("only some of an export's units are followed when only they are asked for", () => {
  const { messages, at } = trade();
  const units = { from: 35, to: 45 };
  const some = traceOf(messages, { kind: "export", seq: at[1], world: A, resource: PLATE, units });
  expect(some).toMatchObject({ amount: 10, inStorage: 5, ways: [{ amount: 5, exportedTo: 40, grantedTo: 40 }] });
});

test("a grant is followed back to the exports that fed it, with its cause, and forward to the chest", () => {
  const { messages, at } = trade();
  const grant = traceOf(messages, { kind: "grant", seq: at[2], world: B, resource: PLATE });
  expect(grant).toMatchObject({ amount: 40, cause: expect.stringContaining("wanted 40") });
  expect(grant.ways).toMatchObject([
    { amount: 30, origin: { kind: "export", world: A, seq: at[0] }, exportedTo: 30, received: { seq: at[3] } },
    { amount: 10, origin: { kind: "export", world: A, seq: at[1] }, exportedTo: 40, received: { seq: at[3] } },
  ]);
});

test("what repays a debt or covers the shortfall goes no further, and what an earlier save takes back is told", () => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1"]) scribe.fold.sync(id, {});
  scribe.fold.report("a.1", { exported: { [PLATE]: 30 } });
  scribe.round();
  const first = scribe.messages.length;
  scribe.fold.sync("a.1", { exported: { [PLATE]: 10 }, token: "bbbbbbbbbbbb1" });
  scribe.round();
  const back = traceOf(scribe.messages, { kind: "export", seq: first, world: A, resource: PLATE });
  expect(back).toMatchObject({ inStorage: 10, ways: [{ amount: 20, sink: { kind: "reversal", world: A } }] });
  scribe.fold.report("b.1", { received: { [PLATE]: 25 } });
  scribe.round();
  scribe.fold.report("a.1", { exported: { [PLATE]: 40 } });
  scribe.round();
  const cover = traceOf(scribe.messages, { kind: "export", seq: scribe.messages.length, world: A, resource: PLATE });
  expect(cover.credit).toMatchObject({ from: 10, to: 40, covered: 15, stored: 15 });
  expect(cover).toMatchObject({ inStorage: 15, ways: [] });
});

test("what was never there is not found", () => {
  const { messages, at } = trade();
  expect(traceOf(messages, { kind: "export", seq: at[0], world: B, resource: PLATE }).folded).toBeUndefined();
  expect(traceOf(messages, { kind: "grant", seq: at[0], world: B, resource: PLATE }).folded).toBeUndefined();
});

test("whatever happens, what came in and did not leave is what storage has", () => {
  fc.assert(
    fc.property(fc.array(historyStep, { maxLength: 60, size: "max" }), (steps) => {
      const refold = new Refold(beginning());
      const books = KEYS.map((key) => ({ key, lots: new Lots(key, refold.state), left: 0 }));
      for (const message of stored(ledgerOf(steps))) {
        const step = refold.take(message);
        if (step === undefined) continue;
        const window = { seq: message.seq, round: 0, at: 0, after: undefined, until: undefined };
        for (const { key, lots } of books) {
          const { pieces } = lots.take(window, step);
          for (const { amount } of pieces) expect(amount).toBeGreaterThan(0);
          const storage = refold.state.stocks.get(key)?.storage ?? 0;
          expect([key, lots.stored]).toEqual([key, storage]);
        }
      }
    }),
    { seed: 20_261_161, numRuns: 40 },
  );
});
