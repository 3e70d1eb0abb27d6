import type { Moved } from "#ctl/move/move";
import type { Strike } from "#test/kit/mortal";
import { type Death, FOLDER, north, type SlaveName, TwoMachines, type Who } from "#test/kit/two-machines";

/**
 * Whoever dies at whatever step of a move, without a word and with nothing flushed: the same command goes on, and then the instance
 * runs in one place, with all its saves, and nothing of its world is lost or there twice (MV1 to MV4, ADR 0077).
 */
const IRON = "item:iron-plate";
const GEAR = "item:gear";

/** A world with saves of its own, some exports behind it, and thirty gears on their way to it. */
const runningAtHome = async (): Promise<TwoMachines> => {
  const it = new TwoMachines();
  await it.open("home");
  await it.open("attic");
  await it.pass(2_500);
  await it.bridge("home").runner(north)?.start();
  await it.pass(3_000);
  it.world("home").happen({ exported: { [IRON]: 12 }, wanted: { [GEAR]: 50 } });
  await it.pass(5_000);
  expect(it.master.exported).toEqual({ [IRON]: 12 });
  it.master.grant("north.1", { [GEAR]: 30 });
  return it;
};

const files = (it: TwoMachines, name: SlaveName): string[] => [...it.saves(name), ...it.disk(name).snapshot().keys()];

/** The worlds of which somebody noted saves. */
const noted = (it: TwoMachines, name: SlaveName): string[] => {
  const text = new TextDecoder().decode(it.disk(name).snapshot().get(`${FOLDER}/save-notes.json`));
  const { notes } = JSON.parse(text) as { notes: Record<string, { world: string }> };
  return [...new Set(Object.values(notes).map(({ world }) => world))];
};

/** Nothing was lost, and nothing is there twice. */
const expectOnlyAt = (it: TwoMachines, name: SlaveName, saves: readonly string[]): void => {
  const other = name === "home" ? "attic" : "home";
  expect({ doubled: it.doubled, games: it.games() }).toEqual({ doubled: [], games: [name] });
  const runner = it.bridge(name).runner(north);
  expect(runner?.telemetry()).toMatchObject({ state: "running", linked: true, world: "north.1" });
  expect(runner?.record).not.toHaveProperty("moving");
  expect(runner?.record).not.toHaveProperty("arrived");
  expect(it.world(name)).toMatchObject({ world: "north.1", exported: { [IRON]: 12 }, received: { [GEAR]: 30 } });
  expect(it.master.exported).toEqual({ [IRON]: 12 });
  expect(it.master.facts.filter(({ type }) => type === "world-adopted")).toEqual([]);
  expect(it.saves(name)).toEqual(expect.arrayContaining([...saves]));
  expect(it.bridge(other).runner(north)).toBeUndefined();
  expect(files(it, other).filter((path) => path.startsWith(FOLDER))).toEqual([]);
  expect(files(it, "attic").filter((path) => path.includes("/arriving/"))).toEqual([]);
};

/** The command, given anew until it says that it is done. */
const moved = async (it: TwoMachines): Promise<Moved> => {
  for (let attempt = 0; attempt < 4; attempt++) {
    const { mortal, run } = it.caller();
    const end = await it.ended(mortal, run());
    if (typeof end === "object" && "ok" in end) return end.ok;
    await it.pass(5_000);
  }
  throw new Error(`the same command does not end the move\n${it.log.slice(-20).join("\n")}`);
};

test("nobody dies: what is known of its saves goes along, and said again it is there already", async () => {
  const it = await runningAtHome();
  const saves = it.saves("home");
  expect(await moved(it)).toMatchObject({ from: "home", running: true, already: false });
  await it.pass(3_000);
  expectOnlyAt(it, "attic", saves);
  expect(noted(it, "attic")).toEqual(["north.1"]);
  expect(await moved(it)).toMatchObject({ running: true, already: true });
});

const killed: Death = { backAfterMs: 2_000 };
/** Only after whoever waits for an answer has given up. */
const powerless: Death = { backAfterMs: 125_000, power: true };

/** Each stage of a move, by the steps in which it is taken. */
const STEPS: readonly { readonly stage: string; readonly who: Who; readonly at: RegExp; readonly nth?: number }[] = [
  { stage: "held at the source", who: "caller", at: /^ask move hold/ },
  { stage: "held at the source", who: "home", at: /^disk.write \/data\/instances\/north\/instance.json/ },
  { stage: "stopping at the source", who: "home", at: /^game.signal SIGTERM/ },
  { stage: "stopped at the source", who: "home", at: /^disk.remove .*server.json/ },
  { stage: "files partly sent", who: "home", at: /^answer move read/, nth: 2 },
  { stage: "files partly sent", who: "caller", at: /^ask move put/, nth: 2 },
  { stage: "files partly come", who: "attic", at: /^vault.write/, nth: 2 },
  { stage: "a file come whole", who: "attic", at: /^vault.place/ },
  { stage: "a file come whole", who: "attic", at: /^answer move finish/ },
  { stage: "verified at the target", who: "attic", at: /^disk.write \/data\/arriving\/north\/instance.json/ },
  { stage: "verified at the target", who: "caller", at: /^ask move seal/ },
  { stage: "assigned", who: "caller", at: /^ask .*instance.assign/ },
  { stage: "adopted at the target", who: "attic", at: /^vault.moveFolder/ },
  { stage: "adopted at the target", who: "attic", at: /^disk.write \/data\/instances\/north\/instance.json/ },
  { stage: "started at the target", who: "attic", at: /^game.spawn/ },
  { stage: "started at the target", who: "attic", at: /^publish .*world-synced/ },
  { stage: "started at the target", who: "caller", at: /^ask start/ },
  { stage: "let go of by the source", who: "home", at: /^vault.moveFolder/ },
  { stage: "let go of by the source", who: "home", at: /^answer move depart/ },
  { stage: "let go of by the source", who: "caller", at: /^ask move depart/ },
  { stage: "settled at the target", who: "attic", at: /^answer move settled/ },
  { stage: "settled at the target", who: "caller", at: /^ask move settled/ },
];

describe.each(STEPS)("$stage: $who dies at $at", ({ who, at, nth = 1 }) => {
  const strikes: readonly (readonly [Strike["when"], Death])[] = [
    ["before", killed],
    ["after", powerless],
  ];
  test.each(strikes)("just %s it", async (when, death) => {
    const it = await runningAtHome();
    const saves = it.saves("home");
    const strike: Strike = { when, at, nth };
    const { mortal, run } = it.caller(who === "caller" ? strike : undefined);
    const dying = who === "caller" ? mortal : it.mortal(who);
    if (who !== "caller") it.strike(who, strike, death);
    await it.ended(mortal, run());
    expect(dying.dead).toBe(true);
    await it.whole();
    // MV1: whatever its bridge remembers of before, nothing starts it there; at the target it may run already.
    if (it.bridge("home").runner(north)?.record.moving !== undefined) expect(it.games()).not.toContain("home");
    const { to } = await moved(it);
    await it.pass(3_000);
    expect(to).toBe("attic");
    expectOnlyAt(it, "attic", saves);
  });
});

test.each([
  ["home", "held", /^disk.write \/data\/instances\/north\/instance.json/, 1],
  ["attic", "verified", /^disk.write \/data\/arriving\/north\/instance.json/, 1],
  ["attic", "adopted", /^disk.write \/data\/instances\/north\/instance.json/, 1],
  ["attic", "started", /^disk.write .*server.json/, 2],
] as const)("the disk of %s is full when it is to be %s: the same command goes on", async (who, _stage, at, nth) => {
  const it = await runningAtHome();
  const saves = it.saves("home");
  it.mortal(who).dieAt({ when: "failing", at, nth }, () => {});
  await moved(it);
  await it.pass(3_000);
  expectOnlyAt(it, "attic", saves);
});

test.each([
  ["before", killed],
  ["after", killed],
  ["after", powerless],
] as const)(
  "given back (--abort), the source dies just %s it writes that down: it runs there as before, or the same command says so",
  async (when, death) => {
    const it = await runningAtHome();
    const saves = it.saves("home");
    const first = it.caller({ when: "before", at: /^ask move seal/ });
    await it.ended(first.mortal, first.run());
    expect(it.games()).toEqual([]);
    it.strike("home", { when, at: /^disk.write \/data\/instances\/north\/instance.json/ }, death);
    const second = it.caller();
    await it.ended(second.mortal, second.abort());
    await it.whole();
    const third = it.caller();
    expect(await it.ended(third.mortal, third.abort())).toHaveProperty("ok");
    await it.pass(10_000);
    expectOnlyAt(it, "home", saves);
  },
);
