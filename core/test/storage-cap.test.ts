import { policies } from "#core/events/command";
import { RESOURCE_RULE_PATTERN } from "#core/resource";
import { CapRules, isCapped } from "#core/storage-cap";

const rules = (caps: object) => new CapRules(policies.parse({ caps }));
const capOf = (caps: object, resource: string) => rules(caps).capFor(resource)?.cap;

test.each([
  ["item:iron-plate", 1],
  ["item:iron-plate:rare", 3],
  ["item:iron-ore", 2],
  ["item:iron-ore:legendary", 3],
  ["item:coal", 4],
  ["item:stone", undefined],
  ["fluid:steam:165", 6],
  ["fluid:water:15", undefined],
  ["energy", 7],
])("SC1 of several rules the most specific one counts: %s", (resource, cap) => {
  const caps = {
    "item:*": { cap: 4 },
    "item:iron-*": { cap: 2 },
    "item:iron-*:*": { cap: 3 },
    "item:iron-plate": { cap: 1 },
    "item:stone": {},
    "fluid:steam:*": { cap: 6 },
    energy: { cap: 7 },
  };
  expect(capOf(caps, resource)).toBe(cap);
});

test("SC1 patterns of the same weight count in the order of the alphabet, whatever order they were written in", () => {
  expect(capOf({ "item:*b": { cap: 2 }, "item:a*": { cap: 1 } }, "item:ab")).toBe(2);
  expect(capOf({ "item:a*": { cap: 1 }, "item:*b": { cap: 2 } }, "item:ab")).toBe(2);
  expect(capOf({ "*": { cap: 1 } }, "energy")).toBe(1);
});

test("a pattern is no regular expression: its dots and dashes are characters of names", () => {
  expect(capOf({ "item:a.b*": { cap: 1 } }, "item:axb")).toBeUndefined();
  expect(capOf({ "item:a.b*": { cap: 1 } }, "item:a.b-2")).toBe(1);
});

test.each([
  ["below it goes on", 99, false, false],
  ["at the cap it stops", 100, false, true],
  ["above resume it stays stopped", 91, true, true],
  ["at resume it goes on", 90, true, false],
])("SC2 %s", (_what, level, before, capped) => {
  expect(isCapped(rules({ "item:*": { cap: 100 } }).capFor("item:a")!, level, before)).toBe(capped);
});

test("SC2 a cap of zero never lets go; resume may be named", () => {
  expect(isCapped(rules({ energy: { cap: 0 } }).capFor("energy")!, 0, true)).toBe(true);
  expect(rules({ energy: { cap: 10, resume: 2 } }).capFor("energy")).toMatchObject({ cap: 10, resume: 2 });
});

test.each(["*", "item:*", "item:*:legendary", "fluid:steam:*", "energy", "item:logistic chest.2"])(
  "%s is a pattern",
  (text) => {
    expect(RESOURCE_RULE_PATTERN.test(text)).toBe(true);
  },
);

test.each(["", "items:*", "energy:1", "item:a|b", `item:${"a".repeat(500)}`, "plate"])("%s is no pattern", (text) => {
  expect(RESOURCE_RULE_PATTERN.test(text)).toBe(false);
  expect(policies.safeParse({ caps: { [text]: { cap: 1 } } }).success).toBe(false);
});

test.each([{ cap: -1 }, { cap: 1.5 }, { resume: 3 }, { cap: 3, resume: 4 }])("%j is no rule", (rule) => {
  expect(policies.safeParse({ caps: { energy: rule } }).success).toBe(false);
});
