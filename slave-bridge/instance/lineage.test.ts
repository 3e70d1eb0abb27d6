import type { SaveFile } from "#bridge/game/port";
import {
  autosaveName,
  belongs,
  chooseSave,
  ended,
  fellBack,
  given,
  type Lineage,
  made,
  NO_LINEAGE,
  shiftLineage,
  started,
  startFileFor,
} from "#bridge/instance/lineage";
import type { WorldId } from "#core/ids";

const north = "north.1" as WorldId;
const child = "north.1.0a1b2c3d" as WorldId;
const save = (name: string, writtenAt: number, opens = true): SaveFile => ({ name, writtenAt, opens });
const start = (lineage: Lineage, saves: SaveFile[], now: number) => {
  const choice = chooseSave(lineage, saves);
  if (choice.kind !== "start") throw new Error(choice.kind);
  return { choice, lineage: started(lineage, choice, now) };
};

describe("the save that is started", () => {
  test("an empty folder begins a new map, also when making one was cut off", () => {
    expect(chooseSave(NO_LINEAGE, [])).toEqual({ kind: "create" });
    expect(chooseSave(NO_LINEAGE, [save("made.zip", 1, false)])).toEqual({ kind: "create" });
  });

  test("a world goes on from its newest save that opens (S7)", () => {
    const first = start(made(NO_LINEAGE), [save("made.zip", 90)], 100);
    expect(first.choice).toEqual({ kind: "start", save: "made.zip", own: true });
    const lineage = belongs(first.lineage, north, 110);
    const saves = [
      save("made.zip", 90),
      save("auto-1.zip", 120),
      save("auto-2.zip", 130),
      save("auto-3.zip", 140, false),
    ];
    expect(chooseSave(ended(lineage, 150), saves)).toEqual({ kind: "start", save: "auto-2.zip", own: true });
  });

  test("what was written on a map that the bridge made counts before its adoption, too", () => {
    const { lineage } = start(made(NO_LINEAGE), [save("made.zip", 90)], 100);
    const saves = [save("made.zip", 90), save("world-a.zip", 5_000)];
    expect(chooseSave(ended(lineage, 6_000), saves)).toMatchObject({ save: "world-a.zip", own: true });
    const named = belongs(lineage, north, 7_000);
    expect(chooseSave(ended(named, 8_000), saves)).toMatchObject({ save: "world-a.zip", own: true });
  });

  test("a save written between the load of a foreign save and its adoption is never started (S8)", () => {
    const { choice, lineage } = start(NO_LINEAGE, [save("south.zip", 50)], 100);
    expect(choice).toEqual({ kind: "start", save: "south.zip", own: false });
    const written = [save("south.zip", 50), save("world-a.zip", 120), save("_autosave1.zip", 130)];
    expect(chooseSave(ended(lineage, 140), written)).toEqual({ kind: "start", save: "south.zip", own: false });

    const adopted = belongs(lineage, child, 125);
    const after = [save("south.zip", 50), save("world-a.zip", 120), save("auto-1.zip", 126)];
    expect(chooseSave(ended(adopted, 140), after)).toMatchObject({ save: "auto-1.zip", own: true });
    // Only the unadopted one is left: the original again, and adopted again.
    const lost = [save("south.zip", 50), save("world-a.zip", 120), save("auto-1.zip", 126, false)];
    const again = start(ended(adopted, 140), lost, 200);
    expect(again.choice).toEqual({ kind: "start", save: "south.zip", own: false });
    const written2 = [...lost, save("world-b.zip", 210)];
    expect(chooseSave(ended(again.lineage, 220), written2)).toMatchObject({ save: "south.zip" });
    expect(chooseSave(belongs(again.lineage, child, 205), written2)).toMatchObject({ save: "world-b.zip" });
  });

  test("saves of the world that was here before are not this world's", () => {
    let lineage = belongs(start(made(NO_LINEAGE), [save("made.zip", 90)], 100).lineage, north, 101);
    lineage = given(ended(lineage, 200));
    const saves = [save("auto-1.zip", 150), save("given.zip", 40)];
    const next = start(lineage, saves, 300);
    expect(next.choice).toEqual({ kind: "start", save: "given.zip", own: false });
    const adopted = ended(belongs(next.lineage, child, 310), 320);
    expect(chooseSave(adopted, saves)).toMatchObject({ save: "given.zip" });
  });

  test("what a save wrote before the mod named its world is never started: an adoption's answer may have been lost (S8)", () => {
    const { lineage } = start(given(NO_LINEAGE), [save("given.zip", 40)], 100);
    const known = belongs(lineage, north, 160);
    const before = [save("given.zip", 40), save("auto-1.zip", 120)];
    expect(chooseSave(known, before)).toEqual({ kind: "start", save: "given.zip", own: false });
    expect(chooseSave(known, [...before, save("auto-2.zip", 170)])).toMatchObject({ save: "auto-2.zip", own: true });
  });

  test("files that neither the game nor the bridge names are somebody's copies", () => {
    const lineage = belongs(start(made(NO_LINEAGE), [save("made.zip", 90)], 100).lineage, north, 101);
    const saves = [save("auto-1.zip", 150), save("somebody.zip", 160)];
    expect(chooseSave(lineage, saves)).toMatchObject({ save: "auto-1.zip" });
  });

  test("a world whose saves are all gone waits for a person instead of beginning anew", () => {
    const lineage = belongs(start(made(NO_LINEAGE), [save("made.zip", 90)], 100).lineage, north, 101);
    expect(chooseSave(ended(lineage, 200), [save("auto-1.zip", 300)])).toMatchObject({ kind: "stuck" });
    expect(chooseSave(NO_LINEAGE, [save("broken.zip", 1, false)])).toMatchObject({ kind: "stuck" });
  });

  test("the game runs on a copy: never on the file that it was copied from (S9)", () => {
    for (const from of ["auto-1.zip", "world-a.zip", "world-b.zip", "given.zip"])
      expect(startFileFor(from)).not.toBe(from);
  });

  test("saves rotate over five names, the oldest first", () => {
    expect(autosaveName([])).toBe("auto-1");
    expect(autosaveName([save("auto-1.zip", 5), save("auto-2.zip", 6)])).toBe("auto-3");
    const all = [9, 8, 3, 7, 6].map((at, index) => save(`auto-${index + 1}.zip`, at));
    expect(autosaveName(all)).toBe("auto-3");
  });
});

describe("what is remembered of runs", () => {
  test("only the last fifty periods: older saves are long overwritten", () => {
    let lineage = belongs(started(made(NO_LINEAGE), { save: "made.zip", own: true }, 0), north, 1);
    for (let n = 1; n <= 80; n++)
      lineage = ended(started(lineage, { save: "auto-1.zip", own: true }, n * 10), n * 10 + 5);
    expect(lineage.periods).toHaveLength(50);
    expect(lineage.periods.at(-1)).toEqual({ world: north, from: 800, to: 805 });
  });

  test("a run of a save that is nobody's yet ends what was this world's, and what it began from stays its beginning", () => {
    const own = belongs(started(made(NO_LINEAGE), { save: "made.zip", own: true }, 10), north, 20);
    const foreign = started({ ...own, original: "given.zip" }, { save: "given.zip", own: false }, 30);
    expect(foreign).toMatchObject({
      original: "given.zip",
      startedAt: 30,
      periods: [{ world: north, from: 10, to: 30 }],
    });
    expect(started(own, { save: "auto-1.zip", own: true }, 40).original).toBe("made.zip");
  });

  test("a map that the bridge made is its world's from the run's first tick on, whenever the mod says so", () => {
    const run = { ...started(made(NO_LINEAGE), { save: "made.zip", own: false }, 100), made: true };
    expect(belongs(run, north, 900)).toMatchObject({ made: false, periods: [{ world: north, from: 100 }] });
  });

  test("a save that is nobody's yet and does not load blocks nothing; one of this world's does, until somebody gives another", () => {
    const unnamed = made(NO_LINEAGE);
    expect(fellBack(unnamed, { own: true })).toBe(unnamed);
    const own = { ...NO_LINEAGE, world: north, original: "made.zip" };
    expect(fellBack(own, { own: false })).toBe(own);
    const blocked = fellBack(own, { own: true });
    expect(blocked.fellBack).toBe(true);
    for (const next of [given(blocked), made(blocked)]) expect(next).not.toHaveProperty("fellBack");
  });

  test("with other clocks all of it moves, ends as well as beginnings (MV4)", () => {
    const lineage = {
      ...NO_LINEAGE,
      startedAt: 5,
      periods: [
        { world: north, from: 1, to: 4 },
        { world: north, from: 5 },
      ],
    };
    expect(shiftLineage(lineage, 100)).toMatchObject({
      startedAt: 105,
      periods: [
        { from: 101, to: 104 },
        { world: north, from: 105 },
      ],
    });
  });
});
