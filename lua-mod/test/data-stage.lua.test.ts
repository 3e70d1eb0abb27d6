// Our mod in a game's own data stage. With FACTORIO_DATA_DIR set (the data/ folder of an installed game) the real game's; always
// on the stand-in's miniature, laid out as a game's folder, with things missing that the check must find.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkDataStage, type Defines } from "../../sim/factorio/data-stage";
import { GAME_LINES, GAME_VERSIONS, type GameLine, isGameLine } from "../../sim/factorio/game-version";
import { declaredDefines, type Names } from "../../sim/factorio/test/declarations";
import { builtMod } from "./built-mod";

const standIn = join(__dirname, "../../sim/factorio/lua");

/** The interface names them; the numbers are the engine's own affair. */
const numbered = (names: Names): Defines =>
  Object.fromEntries(
    Object.entries(names).map(([name, inner], i) => [name, inner === true ? i : numbered(inner)] as const),
  );

const definesOf = (line: GameLine): Defines => {
  const { defines } = declaredDefines(line).global as { defines: Names };
  return numbered(defines);
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clusterio-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const check = (dataDirectory: string, line: GameLine) => {
  const modDirectory = join(folder, "mods");
  cpSync(builtMod(line), join(modDirectory, "clusterio"), { recursive: true });
  return checkDataStage({ dataDirectory, modDirectory, line, defines: definesOf(line), prefix: "clusterio" });
};

const put = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** The miniature as a game's data folder, with every file that a mod may name. */
const miniature = (line: GameLine): string => {
  const data = join(folder, "data");
  for (const name of ["core", "base"]) {
    cpSync(join(standIn, name), join(data, name), { recursive: true });
    put(join(data, name, "info.json"), JSON.stringify({ name, version: GAME_VERSIONS[line] }));
  }
  let missing = filesMissing(data, line);
  // A file that is there may lead to no other: one pass is enough, and the loop ends when it was.
  for (let pass = 0; missing.length > 0 && pass < 2; pass++) {
    for (const path of missing) put(join(data, path.replace(/^__(\w+)__/, "$1")), "");
    missing = filesMissing(data, line);
  }
  return data;
};

const filesMissing = (data: string, line: GameLine): string[] =>
  check(data, line).problems.flatMap((problem) => /there is no file (__(?:base|core)__\S+)$/.exec(problem)?.[1] ?? []);

describe.each(GAME_LINES)("in the data stage of a miniature %s", (line) => {
  test("everything that the mod's prototypes name is there", () => {
    const { prototypes, problems } = check(miniature(line), line);
    expect(problems).toEqual([]);
    expect(prototypes).toEqual(
      expect.arrayContaining([
        "container/clusterio-export-chest",
        "logistic-container/clusterio-import-chest",
        "recipe/clusterio-export-chest",
        "technology/clusterio",
      ]),
    );
  });

  test("a sprite that the game does not ship is found, and where it is named", () => {
    const data = miniature(line);
    const file = join(data, "base/graphics/technology/fluid-handling.png");
    expect(existsSync(file)).toBe(true);
    rmSync(file);
    expect(check(data, line).problems).toEqual([
      "technology/clusterio-fluids.icons.1.icon: there is no file __base__/graphics/technology/fluid-handling.png",
    ]);
  });

  test("a prototype that the game does not have is found", () => {
    const data = miniature(line);
    const file = join(data, "base/prototypes/technologies.lua");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("steel-processing", "steel-making"));
    expect(check(data, line).problems).toContainEqual(
      expect.stringMatching(/^technology\/clusterio\.prerequisites\[\d+\]: there is no technology "steel-processing"$/),
    );
  });

  test("a name without a text is found", () => {
    const data = miniature(line);
    check(data, line);
    const texts = join(folder, "mods/clusterio/locale/en/clusterio.cfg");
    writeFileSync(texts, readFileSync(texts, "utf8").replaceAll(/^clusterio-export-chest=.*$/gm, ""));
    const options = { dataDirectory: data, modDirectory: join(folder, "mods"), line, prefix: "clusterio" };
    expect(checkDataStage({ ...options, defines: definesOf(line) }).problems).toEqual(
      expect.arrayContaining([
        "container/clusterio-export-chest: it has no English name",
        "item/clusterio-export-chest: it has no English name",
      ]),
    );
  });
});

const real = process.env.FACTORIO_DATA_DIR;
const realLine = (dataDirectory: string): GameLine => {
  const { version } = JSON.parse(readFileSync(join(dataDirectory, "base/info.json"), "utf8")) as { version: string };
  const line = version.split(".").slice(0, 2).join(".");
  if (!isGameLine(line))
    throw new Error(`FACTORIO_DATA_DIR is of Factorio ${version}: ${GAME_LINES.join(" or ")} is needed`);
  return line;
};

// Reported as skipped where no game is installed: docs/needs-a-real-server.md says what to run.
(real === undefined ? test.skip : test)("in the data stage of the installed game everything is there", () => {
  const { prototypes, problems } = check(real ?? "", realLine(real ?? ""));
  expect(problems).toEqual([]);
  expect(prototypes.length).toBeGreaterThan(5);
});
