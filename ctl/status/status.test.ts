import type { InstanceView, WorldView } from "#core/events/query";
import { PLAIN } from "#core/terminal/look";
import { statusLines } from "#ctl/status/text";
import { type Gathered, statusOf } from "#ctl/status/view";

const instance = (id: string, slave: string): InstanceView => ({
  instance: id,
  config: { name: id, seed: 0, autosaveSeconds: 10 },
  slave,
  epoch: 1,
  generation: 1,
  owner: "",
});
const world: WorldView = {
  world: "iron.1" as WorldView["world"],
  ...{ instance: "iron", open: true, tick: 60 },
  ...{ exported: {}, received: {}, allocated: {}, debt: {}, held: {} },
  wanted: { "item:coal": 9, "item:gear": 100 },
};
const CLUSTER = {
  leader: "mab3c9xyz-k2f8",
  standbys: [{ name: "projector-two", role: "standby" }],
  ...{ round: 12_345, closedAt: 0, granting: true, waiting: [] },
  facts: { applied: 0, ignored: {}, rejected: 0 },
  ledger: { bytes: 12_300_000, bytesMax: 4_000_000_000, messages: 9, bytesPerHour: 1_200_000, daysLeft: 138.4 },
} as unknown as NonNullable<Gathered["cluster"]>;
const SAID = { boot: "mab3c9xyz-k2f8", version: "0.1.0", game: "the stand-in", instances: [] } as const;
const RUNNING = { state: "running", linked: true, world: "iron.1", tick: 60, ups: 59.8, slave: "attic" } as const;

const FOUND: Gathered = {
  ...{ url: "tls://host:4222", user: "ada", problem: "", cluster: CLUSTER },
  instances: [instance("iron", "attic"), instance("copper", "")],
  worlds: [world],
  stocks: [{ resource: "item:coal", storage: 3, shortfall: 0, adjusted: 0 }],
  slaves: [{ slave: "attic", name: "Attic" }],
  present: { attic: { is: "present", said: { ...SAID, instances: [] } } } as unknown as Gathered["present"],
  told: { iron: RUNNING } as unknown as Gathered["told"],
  streams: [],
};
const shown = (found: Partial<Gathered> = {}) => statusLines(statusOf({ ...FOUND, ...found }), PLAIN);
const advised = (found: Partial<Gathered>) =>
  statusOf({ ...FOUND, ...found }).advice.map(({ what, next }) => `${what} → ${next}`);

test("a cluster that is well is one screen, and says that nothing wants you", () => {
  expect(shown()).toEqual([
    "cluster    tls://host:4222, you are ada",
    "master     leads (mab3c9xyz-k2f8), round 12,345; 1 other beside it: projector-two",
    "ledger     11.7 MiB of 3.73 GiB, +1.1 MiB an hour, 138 days left",
    "slaves     1 present",
    "instances  1 unassigned, 1 running",
    "storage    1 resource",
    "",
    "INSTANCE  SLAVE  STATE       UPS  LINK    WORLD   WAITS FOR",
    "copper    -      unassigned    -  -       -",
    "iron      attic  running      60  linked  iron.1  100 item:gear",
    "",
    "nothing wants you",
  ]);
});

test("while no master answers, what bridges say is shown, and that comes first", () => {
  const away = {
    ...FOUND,
    cluster: undefined,
    problem: "no master answers: start one",
    instances: [],
    worlds: [],
    stocks: [],
  };
  const lines = shown({ ...away, slaves: undefined });
  expect(lines).toContain("master     no answer: no master answers");
  expect(lines).toContain("ledger     not known while no master answers");
  expect(lines).toContain("iron      attic  running   60  linked  iron.1");
  expect(lines.at(-2)).toBe("! no master answers");
});

test.each<[string, Partial<Gathered>, string]>([
  [
    "a slave that is away",
    { present: { attic: { is: "away" } } },
    "attic is away, with 1 of the instances → start clusterio-bridge there, or look at its log",
  ],
  [
    "a decision",
    { cluster: { ...CLUSTER, waiting: ["iron.1"] } as never },
    "iron.1 went back further than the limit, and waits for a decision → clusterio world show iron.1",
  ],
  [
    "an alarm",
    { told: { iron: { ...RUNNING, alarm: "no Factorio\nmore" } } as never },
    "iron: no Factorio → clusterio instance show iron",
  ],
  [
    "a failed game",
    { told: { iron: { ...RUNNING, state: "failed" } } as never },
    "iron is failed → clusterio instance start iron",
  ],
  [
    "no grants",
    { cluster: { ...CLUSTER, granting: false } },
    "nothing is granted: the leader waits for worlds, or the ledger is nearly full → clusterio doctor",
  ],
  [
    "a full ledger",
    { cluster: { ...CLUSTER, ledger: { ...CLUSTER.ledger, daysLeft: 2.5 } } },
    "the ledger is full in 2.5 days → clusterio ledger archive --purge DIR",
  ],
  ["a slow game", { told: { iron: { ...RUNNING, ups: 31 } } as never }, "iron runs at 31 UPS → clusterio top"],
  [
    "debt",
    { worlds: [{ ...world, debt: { "item:coal": 2 } }] },
    "worlds owe what they took back → clusterio debt list",
  ],
  [
    "waiting",
    { stocks: [{ resource: "item:coal", storage: 0, shortfall: 0, adjusted: 0, demand: 9, waiting: 1 }] },
    "worlds wait for 1 resources → clusterio storage list --waiting",
  ],
  [
    "a halted master",
    { cluster: { ...CLUSTER, standbys: [{ name: "two", role: "halted" }] } },
    "two is halted: its ledger cannot be folded → clusterio audit verify",
  ],
])("%s is told with what to do next", (_, found, said) => {
  expect(advised(found)).toEqual([said]);
});

test("of many instances those are shown that are not as they should be", () => {
  const ids = Array.from({ length: 50 }, (_, n) => `i${n}`);
  const told = Object.fromEntries(ids.map((id) => [id, id === "i7" ? { ...RUNNING, linked: false } : RUNNING]));
  const lines = shown({ instances: ids.map((id) => instance(id, "attic")), worlds: [], told: told as never });
  expect(lines.filter((line) => line.includes("not linked"))).toHaveLength(1);
  expect(lines).toContain("and 49 more as they should be: clusterio instance list");
  expect(lines.length).toBeLessThan(24);
});
