import type { StockView, WorldView } from "#core/events/query";
import { withClaimFlows, withFlows } from "#ctl/storage/flow";
import { stockLines, stockPage } from "#ctl/storage/text";

const world = (id: string, exported: number, received: number) =>
  ({ world: id, exported: { "item:coal": exported }, received: { "item:coal": received } }) as unknown as WorldView;
const STOCK = { resource: "item:coal", storage: 5, shortfall: 0, adjusted: 0 };

test("what flows a minute is what totals grew by; a world that is new or went back gave nothing", () => {
  const before = [world("a.1", 100, 0), world("b.1", 50, 10)];
  const after = [world("a.1", 110, 0), world("b.1", 40, 15), world("c.1", 99, 99)];
  const [flowing] = withFlows([STOCK], { before, after, ms: 5_000 });
  expect(flowing).toMatchObject({ storage: 5, inPerMinute: 120, outPerMinute: 60 });
  expect(stockLines([flowing!])).toEqual([
    "RESOURCE   LEVEL  IN/MIN  OUT/MIN  WANTED  CAP  STATE",
    "item:coal      5     120       60       0    -",
  ]);
  expect(stockLines([STOCK])[0]).toBe("RESOURCE   LEVEL  WANTED  CAP  STATE");
});

test("a world's account says what it gives and gets a minute, where that was asked for", () => {
  const claim = (exported: number) => ({
    ...{ world: "a.1", instance: "a", open: true, exported, received: 7, allocated: 7, debt: 0, held: 0 },
    ...{ demand: 0, weight: 1, tier: 0, share: 0, carry: 0 },
  });
  const stock = (exported: number) =>
    ({ ...STOCK, rule: "max-min", reserve: 0, worlds: [claim(exported)] }) as unknown as StockView;
  expect(stockPage(withClaimFlows(stock(100), stock(101), 1_000)).at(-1)).toBe(
    "a.1     101         60    7         0          0      0       1",
  );
  expect(stockPage(stock(100)).at(-1)).toBe("a.1     100    7          0      0       1");
});
