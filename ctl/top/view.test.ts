import { PLAIN } from "#core/terminal/look";
import { tableLines } from "#core/terminal/table";
import { inOrder, LEVEL_COLUMNS, levelScreen } from "#ctl/storage/watch";
import { ORDERS, sorted, TOP_COLUMNS, topHead, topRows, topScreen } from "#ctl/top/view";
import type { Level, Model, WorldLine } from "#ctl/watch/model";

const world = (instance: string, change: Partial<WorldLine> = {}): WorldLine => ({
  ...{ instance, slave: "attic", name: instance, state: "running", linked: true, ups: 60, rconMs: 3, alarm: "" },
  ...{ gives: [], gets: [], waitsFor: [] },
  ...change,
});
const WORLDS = [
  world("busy", { gives: [{ resource: "item:coal", amount: 900 }], gets: [{ resource: "item:gear", amount: 100 }] }),
  world("slow", { ups: 31, rconMs: 250 }),
  world("wants", {
    waitsFor: [
      { resource: "item:coal", amount: 70 },
      { resource: "item:gear", amount: 5 },
    ],
  }),
  world("off", { state: "stopped", linked: false, ups: null, rconMs: null, slave: "" }),
];
const MODEL = {
  ...{ upSeconds: 1, round: 1_234, roundsPerSecond: 4, granting: true, p50: 20.4, p99: 51, worlds: WORLDS },
  ...{ levels: [], channels: [], ledger: { bytes: 0, bytesPerHour: null, daysLeft: null } },
} satisfies Model;

test.each([
  ["ups", ["slow", "busy", "wants", "off"]],
  ["latency", ["slow", "busy", "wants", "off"]],
  ["traffic", ["busy", "off", "slow", "wants"]],
  ["waits", ["wants", "busy", "off", "slow"]],
  ["name", ["busy", "off", "slow", "wants"]],
] as const)("sorted by %s, what is most interesting is on top", (order, names) => {
  expect(topRows(MODEL, order).map(({ instance }) => instance)).toEqual(names);
});

test("sorting loses nobody, and is the same each time", () => {
  const rows = topRows(MODEL, "name");
  for (const order of ORDERS) expect(sorted([...rows].reverse(), order)).toEqual(sorted(rows, order));
});

test("a row says what its game does, and what it misses most", () => {
  expect(tableLines(topRows(MODEL, "waits"), TOP_COLUMNS, PLAIN)).toEqual([
    "INSTANCE  SLAVE  STATE    UPS  RCON MS  GIVES/MIN  GETS/MIN  WAITS  MOST FOR",
    "wants     attic  running   60        3          0         0     75  coal",
    "busy      attic  running   60        3        900       100      0",
    "off       -      stopped    -        -          0         0      0",
    "slow      attic  running   31      250          0         0      0",
  ]);
});

test("a screen has its size, and says how it is sorted and what is left out", () => {
  const many = Array.from({ length: 50 }, (_, n) => world(`i${n}`));
  const shown = { head: topHead(MODEL, ""), rows: topRows({ worlds: many }, "name"), order: "name" as const };
  const lines = topScreen(shown, PLAIN, { columns: 60, rows: 20 });
  expect(lines.length).toBeLessThanOrEqual(20);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines[0]).toMatch(/^round 1,234 \(4\/s\) {3}3 of 4 linked /);
  expect(lines.at(-3)).toBe("… 36 more");
  expect(lines.at(-1)).toMatch(/^sorted by name /);
});

test("what is not of now says so", () => {
  expect(topHead(MODEL, "the master is away")).toContain("no news: the master is away");
  expect(topHead(undefined, "")).toBe("asking…");
  expect(topHead({ ...MODEL, granting: false, p50: null }, "")).toMatch(/no grant seen yet {3}NOTHING IS GRANTED$/);
});

test("levels are in the order of what flows", () => {
  const level = (resource: string, given: number, got: number): Level => ({
    ...{ resource, storage: 1_000, given, got, inFlight: 0, wanted: 0, debt: 0 },
  });
  const levels = [level("item:coal", 1, 2), level("energy", 0, 0), level("item:gear", 500, 0)];
  expect(inOrder(levels).map(({ resource }) => resource)).toEqual(["item:gear", "item:coal", "energy"]);
  expect(tableLines(inOrder(levels), LEVEL_COLUMNS, PLAIN)[1]).toBe(
    "item:gear  1,000     500        -           -        -     -",
  );
  expect(levelScreen({ head: "x", levels }, PLAIN, { columns: 70, rows: 6 })).toEqual([
    "x",
    "",
    expect.stringMatching(/^RESOURCE/),
    "… 3 more",
    "",
    "q ends",
  ]);
});
