import { Game } from "#sim/factorio/game";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

let mods: ModFolder;
let game: Game;

beforeEach(() => {
  mods = modFolder({ m: { "control.lua": "script.on_init(function() storage.n = 1 end)" } });
  game = Game.create({ modDirectory: mods.path, seed: 99 });
});
afterEach(() => {
  game.close();
  mods.remove();
});

const WARNING = "Using Lua console commands will disable achievements. Please repeat the command to proceed.\n";

test("the first Lua command of a map only warns; the second runs and marks the save", () => {
  expect(game.rcon("/c rcon.print(1 + 1)")).toBe(WARNING);
  expect(game.eval("return game.console_command_used")).toBe("false");
  expect(game.rcon("/sc rcon.print(1 + 1)")).toBe("2\n");
  expect(game.eval("return game.console_command_used")).toBe("true");
  const loaded = Game.load(game.save(), { modDirectory: mods.path });
  expect(loaded.rcon("/silent-command rcon.print(game.tick)")).toBe("0\n");
  loaded.close();
});

test("a Lua command runs in the scenario, with __mod__ before it in that mod; its errors are told and stop nothing", () => {
  game.rcon("/c ");
  expect(game.rcon("/c storage.n = 5 rcon.print(storage.n)")).toBe("5\n");
  expect(game.rcon("/c __m__ rcon.print(storage.n) rcon.print(script.mod_name)")).toBe("1\nm\n");
  expect(game.rcon("/c __no_such__ rcon.print(1)")).toBe(
    "Cannot execute command. Error: There is no mod named no_such running\n",
  );
  expect(game.rcon("/c local x = nil + 1")).toMatch(
    /^Cannot execute command\. Error: \(command\):1: attempt to perform arithmetic/,
  );
  expect(game.rcon("/c this is not lua")).toMatch(/^Cannot execute command\. Error: /);
  expect(game.tick(1)).toBe(1);
});

test("the game's own commands answer", () => {
  game.tick(60 * 3725);
  expect(game.rcon("/time")).toBe("1 hour, 2 minutes and 5 seconds\n");
  expect(game.rcon("/seed")).toBe("99\n");
  expect(game.rcon("/version")).toMatch(/^2\.1\.\d+\n$/);
  game.eval('test.join("ann") test.join("bob") test.leave("bob")');
  expect(game.rcon("/players")).toBe("Players (2):\n  ann (online)\n  bob\n");
  expect(game.rcon("/players online")).toBe("Online players (1):\n  ann (online)\n");
  expect(game.rcon("/no-such")).toBe('Unknown command "no-such". Type /help for a list of commands.\n');
});

test("the largest seed and totals up to 2^53 are written whole", () => {
  const large = Game.create({ modDirectory: mods.path, seed: 4294967295 });
  expect(large.rcon("/seed")).toBe("4294967295\n");
  expect(large.eval("return { game.surfaces[1].map_gen_settings.seed, 2 ^ 53 - 1, -2 ^ 40, 0.5 }")).toBe(
    "[4294967295,9007199254740991,-1099511627776,0.5]",
  );
  large.close();
});

test("a save may not be called like an autosave, nor leave the folder", () => {
  expect(game.rcon("/server-save _autosave1")).toBe("Can't save under the name _autosave1.\n");
  expect(game.rcon("/server-save ../x")).toBe("Can't save under the name ../x.\n");
  expect(game.drain()).toEqual([]);
  expect(game.rcon("/server-save good")).toBe("Saving map...\n");
  expect(game.drain()).toEqual([{ kind: "save", name: "good" }]);
});

test("a line without a slash is chat", () => {
  expect(game.rcon("hello all")).toBe("");
  expect(game.drain()).toEqual([{ kind: "chat", text: "<server>: hello all" }]);
});

test("files can't leave script-output", () => {
  const problem = (lua: string) => game.eval(`return tostring(select(2, pcall(function() ${lua} end)))`);
  expect(problem('helpers.write_file("../x", "")')).toMatch("File names can't go up");
  expect(problem('helpers.write_file("/etc/x", "")')).toMatch("Bad file name");
  expect(problem('helpers.remove_path("a/../../x")')).toMatch("File names can't go up");
});
