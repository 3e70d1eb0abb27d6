import type { DescribeAnswer } from "#core/events/saves";
import { meaningLines, SAVE_COLUMNS, whenText } from "#ctl/save/text";

const BASE: DescribeAnswer = {
  ...{ file: "monday.zip", bytes: 5, writtenAt: 0, kind: "unknown", world: "north.1", current: "north.2" },
};
const said = (about: Partial<DescribeAnswer>) => meaningLines("north", { ...BASE, ...about }).join("\n");

test("what loading a save means is told of each kind, with what is known of it", () => {
  const totals = { takenBack: { "item:iron-plate": 1_200, energy: 5 }, comesAgain: {} };
  expect(said({ kind: "rewind", ticksBack: 60 * 150, ...totals })).toBe(
    [
      "a rewind of north.1 by 2 min of game time, by its reports:",
      "  taken back from storage, since it is in its chests again: 1,200 item:iron-plate, 5 energy",
      "  comes again from the cluster: nothing",
    ].join("\n"),
  );
  expect(said({ kind: "rewind", ticksBack: 60 * 119, ...totals })).toContain("by 119 s of");
  expect(said({ kind: "rewind", ticksBack: 60 * 7_200, ...totals })).toContain("by 2.0 h of");
  expect(said({ kind: "rewind", takenBack: {} })).toContain("what it exported since monday.zip was written");
  expect(said({ kind: "earlier-world" })).toContain("north.1, an earlier world of north (now it is north.2)");
  expect(said({ kind: "earlier-world", current: "" })).not.toContain("now it is");
  expect(said({ kind: "adoption" })).toContain("north adopts it as a world of its own, a fork");
  expect(said({})).toContain("nobody saw it being written");
});

test("of many resources the largest are told, and how many more there are", () => {
  const comesAgain = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`item:i${n}`, n]));
  const line = said({ kind: "rewind", takenBack: {}, comesAgain }).split("\n")[2];
  expect(line).toMatch(/cluster: 14 item:i14, 13 item:i13, .*, 3 item:i3, and of 3 more$/);
});

test("a list of saves says which one is next, and of which nothing is known", () => {
  const row = (save: object) =>
    SAVE_COLUMNS.map(({ of }) => of({ file: "a.zip", bytes: 1_536, writtenAt: 0, opens: true, ...save } as never));
  expect(row({})).toEqual(["a", "1.5 KiB", "1970-01-01 00:00:00", "-", "-", "-"]);
  expect(row({ world: "north.1", tick: 1_200, next: true }).slice(3)).toEqual(["north.1", "1,200", "next"]);
  expect(row({ world: "", opens: false }).slice(3)).toEqual(["-", "-", "does not open"]);
  expect(whenText(1_700_000_000_000)).toBe("2023-11-14 22:13:20");
});
