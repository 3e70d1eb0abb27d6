import { Game } from "#sim/factorio/game";
import { SaveError } from "#sim/factorio/save-file";
import { PRELUDE, probeMod } from "#sim/factorio/test/contracts/prelude";
import { runtimeDeclarations } from "#sim/factorio/test/declarations";
import { infoJson, type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";
import { type Offered, strangersAmong } from "#sim/factorio/test/offered";

/** The stand-in as Factorio 2.0. */
let mods: ModFolder;
let game: Game;

beforeAll(() => {
  const { "control.lua": control = "" } = probeMod("1.0.0");
  const probe = { "control.lua": control, "info.json": infoJson("probe", { factorio_version: "2.0" }) };
  mods = modFolder({ probe });
  game = Game.create({ modDirectory: mods.path, line: "2.0" });
});
afterAll(() => {
  game.close();
  mods.remove();
});

const evaluate = (lua: string): unknown => JSON.parse(game.eval(`${PRELUDE} ${lua}`));

test("every class and member that is offered is in 2.0's interface", () => {
  expect(strangersAmong(game.offered() as Offered, runtimeDeclarations("2.0"))).toEqual([]);
});

test("what 2.1 added is not there, what it took away is", () => {
  expect(evaluate(`return { helpers.game_version, pcall(function() return tank().add_fluid end) }`)).toEqual([
    "2.0.77",
    false,
    expect.stringContaining("LuaEntity doesn't contain key add_fluid"),
  ]);
  const fluidbox = `
    local t = tank()
    t.fluidbox[1] = { name = "water", amount = 70.5, temperature = 20 }
    local taken = t.remove_fluid{ name = "water", amount = 30 }
    local left = t.fluidbox[1]
    t.fluidbox[1] = nil
    return { #t.fluidbox, t.fluidbox.get_capacity(1), taken, left.name, left.amount, left.temperature, t.fluidbox[1] == nil }`;
  expect(evaluate(fluidbox)).toEqual([1, 25_000, 30, "water", 40.5, 20, true]);
});

test("science packs are tools, and a logistic chest has an animation", () => {
  expect(evaluate(`return { prototypes.item["automation-science-pack"].type }`)).toEqual(["tool"]);
});

test("a mod for 2.1 is refused", () => {
  const folder = modFolder({ newer: {} });
  expect(() => Game.prepare({ modDirectory: folder.path, line: "2.0" })).toThrow("is for Factorio 2.1, this is 2.0");
  folder.remove();
});

test("2.1 opens a save of 2.0, 2.0 none of 2.1", () => {
  const empty = modFolder({});
  const older = Game.create({ modDirectory: empty.path, line: "2.0" });
  const newer = Game.load(older.save(), { modDirectory: empty.path, line: "2.1" });
  const save = newer.save();
  for (const each of [older, newer]) each.close();
  expect(() => Game.load(save, { modDirectory: empty.path, line: "2.0" })).toThrow(SaveError);
  empty.remove();
});
