import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GAME_LINES } from "../../sim/factorio/game-version";
import { builtMod, builtVersion, distFolder, zipName } from "./built-mod";
import { changelogProblems } from "./changelog-grammar";

test("two builds make the same bytes, in another folder and another time zone too", () => {
  const folder = mkdtempSync(join(tmpdir(), "clusterio-build-"));
  try {
    execFileSync(process.execPath, [join(__dirname, "..", "scripts", "build.mjs"), folder], {
      env: { ...process.env, TZ: "Pacific/Auckland" },
    });
    for (const line of GAME_LINES) {
      const again = readFileSync(join(folder, line, zipName(line)));
      expect(again.equals(readFileSync(join(distFolder(line), zipName(line))))).toBe(true);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(GAME_LINES)("the mod for %s needs no runtime library of the compiler", (line) => {
  expect(readdirSync(builtMod(line))).not.toContain("lualib_bundle.lua");
});

test.each(GAME_LINES)("the release for %s says so: its game, a version of its own, its changelog", (line) => {
  const info = JSON.parse(readFileSync(join(builtMod(line), "info.json"), "utf8")) as Record<string, unknown>;
  expect(info).toMatchObject({ name: "clusterio", factorio_version: line, version: builtVersion(line) });
  expect(builtVersion(line)).toMatch(line === "2.0" ? /20$/ : /21$/);
  const changelog = readFileSync(join(builtMod(line), "changelog.txt"), "utf8");
  expect(changelog.split("\n")[1]).toBe(`Version: ${builtVersion(line)}`);
  expect(changelogProblems(changelog)).toEqual([]);
});
