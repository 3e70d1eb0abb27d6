import { dependencyIn, infoEntryOf, modInfo, modProblems, type PlacedMod } from "#core/mods/info";
import type { ZipEntry } from "#core/saves/zip";

const entry = (name: string): ZipEntry => ({
  name,
  flags: 0,
  method: 0,
  crc: 0,
  packedBytes: 1,
  bytes: 1,
  headerAt: 0,
});
const mod = (name: string, version: string, dependencies: string[] = [], enabled = true): PlacedMod => ({
  info: modInfo.parse({ name, version, factorio_version: "2.0", dependencies }),
  enabled,
});
const problems = (mods: PlacedMod[], game = "2.0.76") => Object.fromEntries(modProblems(mods, game));

test("a mod is one folder with an info.json in it", () => {
  const good = infoEntryOf([entry("m_1.0.0/info.json"), entry("m_1.0.0/locale/en/x.cfg")]);
  expect(good).toMatchObject({ name: "m_1.0.0/info.json" });
  expect(infoEntryOf([entry("m/info.json"), entry("other/x")])).toMatch("one folder");
  expect(infoEntryOf([entry("m/control.lua")])).toMatch("info.json is missing");
});

test("dependencies are read as the game writes them", () => {
  expect(dependencyIn("base >= 2.0.75")).toEqual({ name: "base", kind: "required", operator: ">=", version: "2.0.75" });
  expect(dependencyIn("~ flib")).toEqual({ name: "flib", kind: "required" });
  for (const optional of ["? flib", "(?) flib", "+ flib"]) expect(dependencyIn(optional)?.kind).toBe("optional");
  expect(dependencyIn("! Squeak Through")).toEqual({ name: "Squeak Through", kind: "conflict" });
  expect(dependencyIn(">= 1")).toBeUndefined();
});

test("what keeps mods from running together is told: twice there, missing, too old, in conflict, of another game", () => {
  expect(
    problems([mod("a", "1.0.0", ["base >= 2.0.0", "b >= 1.1.0", "? none", "quality"]), mod("b", "1.1.0")]),
  ).toEqual({});
  expect(problems([mod("a", "1.0.0", ["b >= 1.2.0"]), mod("b", "1.1.0")])).toEqual({
    a: ["needs b >= 1.2.0, and 1.1.0 is there"],
  });
  expect(problems([mod("a", "1.0.0", ["~ b"]), mod("b", "1.1.0", [], false)])).toEqual({
    a: ["needs b, which is not there or is disabled"],
  });
  expect(problems([mod("a", "1.0.0", ["! b < 2.0.0"]), mod("b", "1.1.0")])).toEqual({
    a: ["does not go together with b"],
  });
  expect(problems([mod("a", "1.0.0"), mod("a", "1.0.1")])).toEqual({ a: ["is there 2 times: 1.0.0, 1.0.1"] });
  expect(problems([mod("a", "1.0.0")], "2.1.9")).toEqual({ a: ["is for Factorio 2.0, and this instance runs 2.1.9"] });
  expect(problems([mod("a", "1.0.0", ["base >= 2.1.0"])])).toEqual({ a: ["needs base >= 2.1.0, and 2.0.76 is there"] });
  expect(problems([mod("a", "1.0.0", ["!!"])]).a?.[0]).toMatch("nobody understands");
});
