import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "#core/version";

test("the release that the programs name is that of package.json and of the mod", () => {
  for (const file of ["package.json", "lua-mod/package.json"]) {
    const { version } = JSON.parse(readFileSync(join(__dirname, "../..", file), "utf8")) as { version: string };
    expect(version).toBe(VERSION);
  }
});
