import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtMod, distFolder, zipName } from "./built-mod";

test("two builds make the same bytes, in another folder and another time zone too", () => {
  builtMod();
  const folder = mkdtempSync(join(tmpdir(), "clusterio-build-"));
  try {
    execFileSync(process.execPath, [join(__dirname, "..", "scripts", "build.mjs"), folder], {
      env: { ...process.env, TZ: "Pacific/Auckland" },
    });
    const again = readFileSync(join(folder, zipName()));
    expect(again.equals(readFileSync(join(distFolder, zipName())))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the mod needs no runtime library of the compiler", () => {
  expect(readdirSync(builtMod())).not.toContain("lualib_bundle.lua");
});
