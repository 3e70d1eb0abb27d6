// The mods that a test's game loads: the built mod, linked, and fixtures for that game, in a folder that goes with the test file.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtMod, testedLine } from "./built-mod";

const made = new Map<string, string>();

afterAll(() => {
  for (const folder of made.values()) rmSync(folder, { recursive: true, force: true });
  made.clear();
});

/** A fixture says that it is for the game that is played. */
function putFixture(name: string, folder: string): void {
  cpSync(join(__dirname, "fixtures", name), join(folder, name), { recursive: true });
  const file = join(folder, name, "info.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), factorio_version: testedLine() }));
}

/** The built mod as a later version of itself: the same code, told that it changed. */
function putUpgraded(folder: string): void {
  cpSync(builtMod(), join(folder, "clusterio"), { recursive: true });
  const file = join(folder, "clusterio", "info.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: "9.9.9" }));
}

export function modDirectory(fixtures: readonly string[], isUpgraded = false): string {
  const key = [testedLine(), isUpgraded, ...fixtures].join();
  const known = made.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "clusterio-mods-"));
  if (isUpgraded) putUpgraded(folder);
  else symlinkSync(builtMod(), join(folder, "clusterio"));
  for (const fixture of fixtures) putFixture(fixture, folder);
  made.set(key, folder);
  return folder;
}
