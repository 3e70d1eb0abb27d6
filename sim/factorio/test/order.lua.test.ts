import { Game } from "#sim/factorio/game";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

/** `pairs` and `next` as the game documents them: keys 1 to 1024 first, then the others as they were inserted. */
let mods: ModFolder;
let game: Game;

const CONTROL = `
  function keys(t)
    local list = {}
    for key in pairs(t) do list[#list + 1] = tostring(key) end
    return table.concat(list, " ")
  end
  script.on_init(function()
    storage.late_name_first = { zebra = 1, apple = 2 }
    storage.late_name_first.mango = 3
  end)
`;

beforeEach(() => {
  mods = modFolder({ m: { "control.lua": CONTROL } });
  game = Game.create({ modDirectory: mods.path });
});
afterEach(() => {
  game.close();
  mods.remove();
});

const evaluate = (lua: string, peer = game): string => peer.eval(`local m = test.env("m") local keys = m.keys ${lua}`);

test("keys come in the order in which they were inserted", () => {
  expect(evaluate(`return keys{ zebra = 1, apple = 2, mango = 3, [true] = 4, [-1] = 5, [0.5] = 6 }`)).toBe(
    "zebra apple mango true -1 0.5",
  );
});

test("the keys 1 to 1024 come first and ascending, whenever they were inserted", () => {
  expect(evaluate(`local t = { b = 1 } t[1024] = 1 t[7] = 1 t.a = 1 t[2] = 1 t[1] = 1 return keys(t)`)).toBe(
    "1 2 7 1024 b a",
  );
});

test("whole numbers above 1024 come as they were inserted, also when they could be a list", () => {
  const lua = `local t = {} for i = 3000, 1, -1 do t[i] = true end
    local list = {} for key in pairs(t) do list[#list + 1] = key end
    return list[1] .. " " .. list[1024] .. " " .. list[1025] .. " " .. list[3000] .. " " .. #list`;
  expect(evaluate(lua)).toBe("1 1024 3000 1025 3000");
});

test("the order outlives growing, collisions and what is removed", () => {
  const lua = `
    local t, want = {}, {}
    for i = 1, 5000 do t["k" .. (i * 7919) % 10007] = i end
    for i = 1, 5000, 3 do t["k" .. (i * 7919) % 10007] = nil end
    for i = 10001, 12000 do t["n" .. (i * 7919) % 20011] = i end
    local before, n = 0, 0
    for _, value in pairs(t) do
      if value <= before then return "out of order at " .. value end
      before, n = value, n + 1
    end
    return n`;
  expect(evaluate(lua)).toBe("5333");
});

test("clearing fields while going through them visits every key once", () => {
  const lua = `
    local t, n = {}, 0
    for i = 1, 2000 do t[i] = i t["x" .. i] = i end
    for key in pairs(t) do t[key] = nil n = n + 1 end
    return n .. " " .. tostring(next(t))`;
  expect(evaluate(lua)).toBe("4000 nil");
});

test("next goes the same way and refuses a key that is not there", () => {
  expect(evaluate(`local t = { q = 1, p = 2 } return next(t) .. next(t, "q") .. tostring(next(t, "p"))`)).toBe("qpnil");
  expect(() => evaluate(`next({ a = 1 }, "b")`)).toThrow("invalid key to 'next'");
});

test("a save keeps the order, and so does table_to_json", () => {
  const loaded = Game.load(game.save(), { modDirectory: mods.path });
  expect(evaluate(`return keys(m.storage.late_name_first)`, loaded)).toBe("zebra apple mango");
  expect(evaluate(`return helpers.table_to_json(m.storage.late_name_first)`, loaded)).toBe(
    '{"zebra":1,"apple":2,"mango":3}',
  );
  loaded.close();
});

test("two storages with the same content have one hash, whatever the order", () => {
  const before = game.storageHash("m");
  evaluate(`m.storage.late_name_first = { mango = 3, apple = 2, zebra = 1 }`);
  expect(game.storageHash("m")).toBe(before);
});

test("in the adversarial mode the order is another one", () => {
  const other = Game.create({ modDirectory: mods.path, shufflePairs: 5 });
  const lua = `local t = {} for i = 1, 20 do t["k" .. i] = i end return keys(t)`;
  expect(evaluate(lua, other)).not.toBe(evaluate(lua));
  other.close();
});
