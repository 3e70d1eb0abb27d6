import { crossedSignals } from "#ctl/count/signals";
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
  expect(crossedSignals(worlds)).toEqual({ sent: sum, senders: 3, receivers: 4, showing: 2 });
});
