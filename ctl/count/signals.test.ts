import { crossedSignals, isShown } from "#ctl/count/signals";
import type { WorldCount } from "#ctl/count/world-count";

const world = (sent: Record<string, number>, shown?: Record<string, number>): WorldCount => ({
  ...{ frozen: true, produced: {}, consumed: {}, held: {}, sent },
  ...(shown === undefined ? {} : { shown }),
});

test("a receiver shows the sum of all, at 32 bits, and nothing besides", () => {
  const sum = { "item:coal": -(2 ** 31), "item:stone": 1 };
  const worlds = [
    world({ "item:coal": 2 ** 31 - 1, "item:stone": 1 }, sum),
    world({ "item:coal": 1, "item:wood": 5 }, { ...sum, "item:wood": 1 }),
    world({ "item:wood": -5 }, { "item:stone": 1 }),
    world({}, sum),
    world({}),
  ];
  const crossed = crossedSignals(worlds, []);
  expect(crossed).toMatchObject({ sent: sum, senders: 3, receivers: 4, showing: 2 });
  expect(isShown(crossed)).toBe(false);
});

test("an inventory combinator shows what is in storage: fluids over all temperatures, no more than a signal holds", () => {
  const stock = (resource: string, storage: number) => ({ resource, storage, shortfall: 0, adjusted: 0 });
  const stocks = [
    ...[stock("item:coal", 2 ** 40), stock("fluid:steam:165", 5), stock("fluid:steam:500", 6)],
    ...[stock("energy", 7), stock("item:stone", 0)],
  ];
  const levels = { "item:coal": 2 ** 31 - 1, "fluid:steam": 11, "virtual:signal-cluster-energy": 7 };
  const worlds = [{ ...world({}), levels }, { ...world({}), levels: { ...levels, "item:stone": 1 } }, world({})];
  const crossed = crossedSignals(worlds, stocks);
  expect(crossed).toMatchObject({ inventories: 2, showingStorage: 1 });
  expect(isShown(crossed)).toBe(false);
  expect(isShown(crossedSignals(worlds.slice(0, 1), stocks))).toBe(true);
});
