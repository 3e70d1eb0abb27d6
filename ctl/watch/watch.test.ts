import * as fc from "fast-check";
import type { InstanceView, WorldView } from "#core/events/query";
import type { InstanceTelemetry } from "#core/events/telemetry";
import { type Model, modelOf, type Snapshot } from "#ctl/watch/model";
import { plainLine, render } from "#ctl/watch/render";
import { frame } from "#ctl/watch/screen";

const instance: InstanceView = {
  instance: "iron",
  config: { name: "Iron", seed: 0, autosaveSeconds: 10 },
  slave: "local",
  epoch: 1,
  generation: 1,
  owner: "",
};
const world = (exported: number, received: number): WorldView => ({
  world: "iron.1" as WorldView["world"],
  instance: "iron",
  open: true,
  tick: 60,
  exported: { "item:iron-plate": exported },
  received: { "item:coal": received },
  allocated: { "item:coal": received + 3 },
  wanted: { "item:coal": 9, "item:gear": 1 },
  debt: { "item:iron-plate": 2 },
  held: {},
});
const told: InstanceTelemetry = { state: "running", linked: true, tick: 60, ups: 59.8, latencyMs: [] };
const snapshot = (at: number, change: Partial<Snapshot> = {}): Snapshot => ({
  at,
  cluster: {
    round: at / 100,
    granting: true,
    ledger: { bytes: 12_300_000, messages: 9, bytesPerHour: 17_040_000, daysLeft: 9.5 },
  },
  instances: [instance],
  worlds: [world(at / 1000, at / 2000)],
  stocks: [{ resource: "item:iron-plate", storage: at / 1000, shortfall: 1, adjusted: 0 }],
  telemetry: { iron: told },
  latencyMs: [10, 20, 30],
  ...change,
});
const around = {
  game: "the stand-in, not real Factorio",
  foot: ["Ctrl-C stops everything"],
  notes: ["bridge runs again"],
};

const SCREEN = [
  "clusterio   up 00:15   1/1 worlds linked   round 200 (10/s)   latency 20/30 ms",
  "the stand-in, not real Factorio   ledger 11.7 MiB +16.3 MiB/h, 9.5 days left",
  "",
  "IN STORAGE                    level   in/min  out/min on the way  missing   owed",
  "coal                              0        –       30          3        9      –",
  "gear                              0        –        –          –        1      –",
  "iron-plate                       20       60        –          –        –      3",
  "",
  "Iron            60 UPS    gives/min 60 iron-plate",
  "                          gets/min  30 coal",
  "                          waits for 9 coal, 1 gear",
  "",
  "bridge runs again",
  "Ctrl-C stops everything",
];

describe("the model", () => {
  const model = modelOf(snapshot(10_000), snapshot(20_000), 5_000);

  test("rates are per minute over the window", () => {
    expect(model.upSeconds).toBe(15);
    expect(model.roundsPerSecond).toBe(10);
    expect(model.worlds[0]).toMatchObject({
      gives: [{ resource: "item:iron-plate", amount: 60 }],
      gets: [{ resource: "item:coal", amount: 30 }],
      waitsFor: [
        { resource: "item:coal", amount: 9 },
        { resource: "item:gear", amount: 1 },
      ],
    });
  });

  test("levels show what is stored, passing through, on the way, missing and owed, also of what is not in storage", () => {
    expect(model.levels).toEqual([
      { resource: "item:coal", storage: 0, given: 0, got: 30, inFlight: 3, wanted: 9, debt: 0 },
      { resource: "item:gear", storage: 0, given: 0, got: 0, inFlight: 0, wanted: 1, debt: 0 },
      { resource: "item:iron-plate", storage: 20, given: 60, got: 0, inFlight: 0, wanted: 0, debt: 3 },
    ]);
  });

  test("what one world gives and another gets at once is seen to move, though storage stands still", () => {
    const two = (exported: number, received: number): Partial<Snapshot> => ({
      instances: [instance, { ...instance, instance: "gears", config: { ...instance.config, name: "Gears" } }],
      worlds: [
        { ...world(exported, 0), wanted: {} },
        {
          ...world(0, 0),
          ...{ world: "gears.1" as WorldView["world"], instance: "gears", wanted: {} },
          ...{ exported: { "item:iron-plate": exported / 10 }, received: { "item:iron-plate": received } },
        },
      ],
      stocks: [{ resource: "item:iron-plate", storage: 0, shortfall: 0, adjusted: 0 }],
    });
    const traded = modelOf(snapshot(10_000, two(100, 40)), snapshot(20_000, two(110, 48)), 0);
    expect(traded.levels).toMatchObject([{ storage: 0, given: 66, got: 48 }]);
  });

  test("one snapshot alone has no flows, and a world that is new in the window neither", () => {
    expect(modelOf(snapshot(10_000), snapshot(10_000), 10_000).worlds[0]?.gives).toEqual([]);
    expect(modelOf(snapshot(10_000, { worlds: [] }), snapshot(20_000), 0).worlds[0]?.gives).toEqual([]);
  });

  test("an instance without an open session is not linked", () => {
    const closed = { ...world(1, 1), open: false };
    expect(modelOf(snapshot(1_000), snapshot(2_000, { worlds: [closed] }), 0).worlds[0]).toMatchObject({
      linked: false,
    });
  });
});

describe("the view", () => {
  const model = modelOf(snapshot(10_000), snapshot(20_000), 5_000);

  test("80x24 shows all of a small cluster", () => {
    expect(render(model, around, { columns: 80, rows: 24 })).toEqual(SCREEN);
  });

  test("where rows are few a world has one line, and levels give way first", () => {
    expect(render(model, around, { columns: 80, rows: 12 })).toEqual([
      ...SCREEN.slice(0, 5),
      "… 2 more",
      "",
      "WORLD            state  gives a minute     gets a minute      waits for",
      "Iron            60 UPS  60 iron-plate      30 coal            9 coal, 1 gear",
      ...SCREEN.slice(-3),
    ]);
  });

  test("a line for what is no terminal", () => {
    expect(plainLine(model)).toBe(
      "15 s: round 200 (10/s), latency 20/30 ms, ledger 11.7 MiB +16.3 MiB/h, 9.5 days left; moved a minute: coal 0 in 30 out (0 stored), gear 0 in 0 out (0 stored), iron-plate 60 in 0 out (20 stored); Iron 60 UPS",
    );
  });

  test("whatever there is to show, no line is too long, none too many, and no control character gets out", () => {
    const text = fc.string({ maxLength: 200 });
    const size = fc.record({ columns: fc.integer({ min: 20, max: 200 }), rows: fc.integer({ min: 4, max: 60 }) });
    const many = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(size, many, many, text, (screen, levels, worlds, words) => {
        const crowded: Model = {
          ...model,
          levels: Array.from({ length: levels }, () => ({ ...model.levels[0]!, resource: `item:${words}` })),
          worlds: Array.from({ length: worlds }, () => ({ ...model.worlds[0]!, name: words, alarm: words })),
        };
        const lines = render(crowded, { game: words, foot: [words], notes: [words, words] }, screen);
        expect(lines.length).toBeLessThanOrEqual(screen.rows);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(screen.columns);
          expect(/\p{Cc}/u.test(line)).toBe(false);
        }
      }),
    );
  });

  test("a frame is one write that never scrolls: home, each line and its cleared rest, then the rest of the screen", () => {
    expect(frame(["a", "b"])).toBe("\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J");
  });
});

test("what crosses on a channel is a line: senders, and their signals added up, the largest first", () => {
  const channels = {
    main: { iron: { "item:coal": 5, "virtual:signal-A": -7 }, copper: { "item:coal": 2, "item:stone": 1 } },
    quiet: { iron: { "item:coal": 1 }, copper: { "item:coal": -1 } },
  };
  const model = modelOf(snapshot(10_000, { channels }), snapshot(20_000, { channels }), 5_000);
  const lines = [
    "signals on main from 2 worlds: 7 coal, -7 signal-A, 1 stone",
    "signals on quiet from 2 worlds: nothing",
  ];
  expect(render(model, around, { columns: 100, rows: 40 })).toEqual(expect.arrayContaining(lines));
  expect(plainLine(model)).toContain(lines[0]);
});
