// The mods that a test's game loads: the built mod and fixtures, linked into a folder that goes with the test file.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtMod } from "./built-mod";

const made = new Map<string, string>();

afterAll(() => {
  for (const folder of made.values()) rmSync(folder, { recursive: true, force: true });
  made.clear();
});

export function modDirectory(fixtures: readonly string[]): string {
  const key = fixtures.join();
  const known = made.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "clusterio-mods-"));
  symlinkSync(builtMod(), join(folder, "clusterio"));
  for (const fixture of fixtures) symlinkSync(join(__dirname, "fixtures", fixture), join(folder, fixture));
  made.set(key, folder);
  return folder;
}
