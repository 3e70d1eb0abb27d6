import type { WorldView } from "#core/events/query";
import { PLAIN } from "#core/terminal/look";
import { tableLines } from "#core/terminal/table";
import { DEBT_COLUMNS, debtsOf } from "#ctl/debt/view";

const world = (id: string, open: boolean, debt: WorldView["debt"]) =>
  ({ world: id, instance: id.split(".")[0], open, debt }) as unknown as WorldView;

test("what worlds owe, and what the cluster is short of, with who repays it", () => {
  const worlds = [
    world("iron.1", true, { "item:coal": 20, "item:gear": 0 }),
    world("old.1", false, { "item:coal": 1_000 }),
  ];
  const stocks = [
    { resource: "item:coal", storage: 0, shortfall: 0, adjusted: 0 },
    { resource: "energy", storage: 0, shortfall: 7, adjusted: 0 },
  ];
  const debts = debtsOf(worlds, stocks);
  expect(debts.map(({ world, resource, units }) => [world, resource, units])).toEqual([
    ["iron.1", "item:coal", 20],
    ["old.1", "item:coal", 1_000],
    [null, "energy", 7],
  ]);
  expect(tableLines(debts, DEBT_COLUMNS, PLAIN)).toEqual([
    "WHO          RESOURCE    OWES  REPAID BY",
    "iron.1       item:coal     20  its next exports",
    "old.1        item:coal  1,000  its next exports, when it is back; or debt write-off old.1 item:coal",
    "the cluster  energy         7  the next exports of anybody; or storage adjust energy --add 7",
  ]);
  expect(debtsOf([], [])).toEqual([]);
});
