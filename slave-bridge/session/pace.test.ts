import { readFileSync } from "node:fs";
import { join } from "node:path";
import { leaseTicks, newPace, observe } from "#bridge/session/pace";

describe("the pace of a game", () => {
  test("updates per second are measured over a second or more", () => {
    let pace = newPace(1_000, 0);
    pace = observe(pace, 1_030, 500);
    expect(pace.ups).toBeUndefined();
    pace = observe(pace, 1_120, 2_000, 2_000);
    expect(pace).toMatchObject({ tick: 1_120, ups: 60 });
    pace = observe(pace, 1_120, 4_000, 4_000);
    expect(pace.ups).toBe(0);
  });

  test("what is heard late makes no game a faster one", () => {
    // Sixty a second. The answer of tick 60 is heard four seconds late, the next ones at once.
    let pace = observe(newPace(0, 0), 60, 5_000, 1_000);
    expect(pace.ups).toBe(12);
    pace = observe(pace, 360, 6_000, 6_000);
    expect(pace.ups).toBe(60);
    // A report of before is read after a pause of nine seconds, and one of now a second later.
    pace = observe(pace, 420, 16_000);
    expect(pace.ups).toBe(6);
    pace = observe(pace, 1_020, 17_000);
    expect(pace.ups).toBe(60);
  });

  test("an older tick changes nothing", () => {
    const pace = newPace(1_000, 0);
    expect(observe(pace, 900, 5_000)).toBe(pace);
  });

  test("a lease is a minute of the game's own ticks, never less than at normal speed", () => {
    expect(leaseTicks(newPace(0, 0))).toBe(3_600);
    expect(leaseTicks({ ...newPace(0, 0), ups: 20 })).toBe(3_600);
    expect(leaseTicks({ ...newPace(0, 0), ups: 600 })).toBe(36_000);
  });

  test("a lease is never more than the mod grants, however fast the game is", () => {
    const limits = readFileSync(join(__dirname, "../../lua-mod/src/runtime/limits.ts"), "utf8");
    const most = Number(/lease_ticks_max = ([0-9]+)/.exec(limits)?.[1]);
    expect(most).toBeGreaterThan(3_600);
    expect(leaseTicks({ ...newPace(0, 0), ups: 1e9 })).toBe(most);
  });
});
