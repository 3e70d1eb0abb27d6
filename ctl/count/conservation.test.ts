import * as fc from "fast-check";
import type { WorldView } from "#core/events/query";
import { type Books, balanceOf } from "#ctl/count/conservation";
import type { WorldCount } from "#ctl/count/world-count";

const IRON = "item:iron-plate";

const world = (
  numbers: Partial<Record<"exported" | "received" | "allocated" | "debt" | "held", number>>,
): WorldView => {
  const vector = (n: number | undefined) => (n === undefined ? {} : { [IRON]: n });
  return {
    world: "a.1" as WorldView["world"],
    instance: "a",
    open: true,
    tick: 0,
    exported: vector(numbers.exported),
    received: vector(numbers.received),
    allocated: vector(numbers.allocated),
    wanted: {},
    debt: vector(numbers.debt),
    held: vector(numbers.held),
  };
};
const stock = (numbers: { storage?: number; shortfall?: number; adjusted?: number }) => ({
  resource: IRON,
  storage: 0,
  shortfall: 0,
  adjusted: 0,
  ...numbers,
});
const count = (produced: number, consumed: number, held: number): WorldCount => ({
  frozen: true,
  produced: { [IRON]: produced },
  consumed: { [IRON]: consumed },
  held: { [IRON]: held },
});

test("what was made and not used is in the worlds, in storage or on the way", () => {
  const books: Books = {
    worlds: [world({ exported: 60, received: 10, allocated: 15 })],
    stocks: [stock({ storage: 45 })],
  };
  const balance = balanceOf([count(100, 20, 30)], books);
  expect(balance.faults).toEqual([]);
  expect(balance.physical).toEqual({ [IRON]: { produced: 100, consumed: 20, held: 30 } });
  expect(balance.storage).toEqual({ [IRON]: 45 });
  expect(balance.inFlight).toEqual({ [IRON]: 5 });
  expect(balance.debt).toEqual({});
});

test("what is held back counts as storage, the cluster's shortfall as debt", () => {
  const books: Books = {
    worlds: [world({ held: 7, debt: 4, allocated: 10, received: 10 })],
    stocks: [stock({ storage: 5, shortfall: 3 })],
  };
  const balance = balanceOf([count(10, 0, 5)], books);
  expect(balance.storage).toEqual({ [IRON]: 12 });
  expect(balance.debt).toEqual({ [IRON]: 7 });
  expect(balance.faults).toEqual([]);
});

test("one unit too many in a world is found, and named", () => {
  const balance = balanceOf([count(10, 0, 11)], { worlds: [], stocks: [] });
  expect(balance.faults).toEqual([
    {
      resource: IRON,
      surplus: 1,
      message: `${IRON}: 1 too many: produced 10 − consumed 0 = 10, but held 11 + storage 0 − debt 0 + in flight 0 = 11`,
    },
  ]);
});

test("what an operator added to storage was not made by a world", () => {
  const balance = balanceOf([count(0, 0, 0)], { worlds: [], stocks: [stock({ storage: 50, adjusted: 50 })] });
  expect(balance.faults).toEqual([]);
});

test("a resource that only the ledger knows is checked, too", () => {
  const balance = balanceOf([], { worlds: [], stocks: [stock({ storage: 1 })] });
  expect(balance.faults.map(({ surplus }) => surplus)).toEqual([1]);
});

test("the law holds for every history of worlds that only move what they made, and for no other number", () => {
  const amount = fc.integer({ min: 0, max: 1_000 });
  const history = fc.record({
    held: amount,
    consumed: amount,
    storage: amount,
    debt: amount,
    flying: amount,
    received: amount,
  });
  fc.assert(
    fc.property(history, fc.integer({ min: -5, max: 5 }), (h, error) => {
      const produced = h.held + h.consumed + h.storage - h.debt + h.flying;
      const books: Books = {
        worlds: [world({ debt: h.debt, received: h.received, allocated: h.received + h.flying })],
        stocks: [stock({ storage: h.storage + error })],
      };
      const { faults } = balanceOf([count(produced, h.consumed, h.held)], books);
      expect(faults.map(({ surplus }) => surplus)).toEqual(error === 0 ? [] : [error]);
    }),
  );
});
