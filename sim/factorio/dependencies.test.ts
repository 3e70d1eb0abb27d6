import { compareVersions, loadOrder, parseDependency, problemsOf } from "#sim/factorio/dependencies";

test.each([
  ["base >= 2.1", { name: "base", kind: "required", ordered: true, comparison: { operator: ">=", version: "2.1" } }],
  ["! other", { name: "other", kind: "conflict", ordered: false }],
  ["? other", { name: "other", kind: "optional", ordered: true }],
  ["(?)other", { name: "other", kind: "optional", ordered: true }],
  [
    "~ other = 1.0.0",
    { name: "other", kind: "required", ordered: false, comparison: { operator: "=", version: "1.0.0" } },
  ],
  ["+ other", { name: "other", kind: "optional", ordered: true }],
  [
    "My Old Mod < 3.0",
    { name: "My Old Mod", kind: "required", ordered: true, comparison: { operator: "<", version: "3.0" } },
  ],
  [">= 3", undefined],
])("the dependency %s is understood", (text, parsed) => {
  expect(parseDependency(text)).toEqual(parsed);
});

test("versions are compared number by number", () => {
  expect([
    compareVersions("1.10.0", "1.9.9") > 0,
    compareVersions("2.1", "2.1.0"),
    compareVersions("0.9", "1.0") < 0,
  ]).toEqual([true, 0, true]);
});

const mod = (name: string, ...dependencies: string[]) => ({
  name,
  version: "1.0.0",
  dependencies: dependencies.flatMap((text) => parseDependency(text) ?? []),
});

test("what is depended on is loaded first, the rest by name without regard to case", () => {
  const mods = [mod("c", "a"), mod("B"), mod("a", "? z"), mod("z"), mod("d", "~ c")];
  expect(loadOrder(mods).map(({ name }) => name)).toEqual(["B", "d", "z", "a", "c"]);
});

test("mods that depend on each other are refused with the circle", () => {
  expect(() => loadOrder([mod("a", "b"), mod("b", "a")])).toThrow("b -> a -> b");
});

test("an optional dependency counts only when it is there", () => {
  expect(problemsOf([mod("a", "? b >= 2.0")])).toEqual([]);
  expect(problemsOf([mod("a", "? b >= 2.0"), mod("b")])).toEqual(["a (1.0.0) needs b >= 2.0, found 1.0.0"]);
});
